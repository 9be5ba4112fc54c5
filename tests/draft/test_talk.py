"""Reading a talk: encodings, line ends, Word documents; and files that hold no talk."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from speechsite.draft.talk import read_talk
from speechsite.problem import Stop
from speechsite.words import Speech


def lines(path: Path) -> list[str]:
    return [line.text for line in read_talk(path).lines]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "big5"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, end: str) -> None:
    if end == "\u2028" and encoding in {"gbk", "big5"}:
        end = "\n\n"  # they have no such character
    words = ["在全國會議上的講話", "同志們：", "　　這次會議非常重要，大家要認真學習，抓好落實。"]
    if encoding == "utf-8":
        words[2] += "\u200b\t中"
    (tmp_path / "t.txt").write_bytes(end.join(words).encode(encoding))
    assert lines(tmp_path / "t.txt") == [word.strip() for word in words]


def test_this_speech_in_any_encoding(tmp_path: Path, speech: Speech) -> None:
    text = speech.files["speech/original.txt"].decode("utf-8")
    for encoding in ("utf-8", "utf-16", "gb18030", "gbk"):
        (tmp_path / "t.txt").write_bytes(text.encode(encoding))
        assert lines(tmp_path / "t.txt") == [line for line in text.split("\n") if line]


def test_control_characters_are_dropped_and_said(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("讲话\n\x01同\x00志们\ufeff：\n", encoding="utf-8")
    read = read_talk(tmp_path / "t.txt")
    assert [line.text for line in read.lines] == ["讲话", "同志们："]
    assert "U+0001、U+0000、U+FEFF" in read.notes[0]


def test_lines_broken_at_a_width_are_said(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text(
        "讲话\n" + "这一段话被断成了很多行，每行二十个字左右\n" * 9, encoding="utf-8"
    )
    assert "断开" in read_talk(tmp_path / "t.txt").notes[0]
    (tmp_path / "t.txt").write_text(
        "讲话\n" + "这一段话没有断成很多行，每行都有个句号。\n" * 9, encoding="utf-8"
    )
    assert read_talk(tmp_path / "t.txt").notes == ()


def archive(**files: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        for name, text in files.items():
            made.writestr(
                zipfile.ZipInfo(name), text
            )  # without the time of day: the workers must see the same test
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("t.txt", b"", "文件是空的"),
        ("t.txt", b" \r\n\xe3\x80\x80", "没有文字"),
        ("t.txt", b"%PDF-1.7\n%\xe2\xe3", "PDF 文件"),
        ("t.docx", b"%PDF-1.7\n%\xe2\xe3", "PDF 文件"),
        ("t.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "加密的文件或旧式 .doc"),
        ("t.docx", "讲话".encode(), "不是 Word 文件"),
        ("t.docx", archive(a="b"), "Word 文件打不开"),
        ("t.docx", archive(a="b")[:20], "Word 文件打不开"),
        ("t.txt", archive(a="b"), "压缩文件"),
        ("t.txt", bytes(range(256)) * 40, "编码|不是文本文件"),
        ("t.txt", bytes(4000), "不是文本文件"),
        ("t.txt", "会議の資料をご覧ください。よろしく".encode("shift-jis"), "认不出文字编码"),
        ("t.pdf", b"%PDF", ".pdf 的文件读不了"),
        ("t", b"x", "没有后缀"),
    ],
)
def test_what_is_no_talk(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(Stop, match=said) as stop:
        read_talk(tmp_path / name)
    assert len(stop.value.problems) == 1
    assert "\n" not in str(stop.value)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Friends, we have met to open a new reading room – “at last”."),
        ("latin-1", "les élèves étaient là, près de la forêt"),
    ],
)
def test_western_encodings(tmp_path: Path, encoding: str, text: str) -> None:
    (tmp_path / "t.txt").write_bytes(text.encode(encoding))
    assert lines(tmp_path / "t.txt") == [text]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="找不到"):
        read_talk(tmp_path / "没有 这个.txt")
