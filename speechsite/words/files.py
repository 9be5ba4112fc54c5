"""Reads the files of a project, whatever an editor's program made of them.

UTF-8 with or without a byte order mark and every kind of line end are text. What is none is one
problem, and nothing that would follow from it is looked for: such a file counts as not there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from speechsite.problem import Problem

LARGEST = 16 << 20  # bytes; a speech of 1,000 times ours has 7 MB
UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # how such a file begins
# What begins with these is no text: what it is.
FORMATS = {
    b"PK\x03\x04": "压缩包或 Word 文件",
    b"\xd0\xcf\x11\xe0": "旧版 Word 文件",
    b"%PDF": "PDF",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"{\\rtf": "RTF 文件",
}


def text_of(data: bytes) -> str:
    """Returns the text of a UTF-8 file with \\n line ends and without a byte order mark.

    What is not UTF-8 becomes U+FFFD; `read_file` has said so.
    """
    text = data.decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, slots=True)
class Reading:
    """The files of text below `root` that were read, by name, and what keeps others from it."""

    root: Path
    files: dict[str, bytes] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def read(self, name: str) -> None:
        """Reads a file into `files`, or says in `problems` what is wrong with it."""
        data = read_file(self.root, name)
        if isinstance(data, Problem):
            self.problems.append(data)
        else:
            self.files[name] = data

    def text(self, name: str) -> str:
        return text_of(self.files.get(name, b""))


def read_file(root: Path, name: str) -> bytes | Problem:
    """Returns a file of text below `root`, or what keeps it from being one."""
    path = root / name
    try:
        if path.is_dir():
            return Problem(name, 0, "file", "这是文件夹，应为文件；把它改名或移走，放回文件")
        size = path.stat().st_size
        if size > LARGEST:
            message = f"有 {size / 1e6:.0f} MB，不像一篇讲话的文件；换回正确的文件"
            return Problem(name, 0, "file", message)
        data = path.read_bytes()
    except FileNotFoundError:
        return missing(root, name)
    except OSError as error:
        return Problem(name, 0, "file", f"读不了（{error.strerror}）；检查文件的权限")
    return wrong_encoding(name, data) or data


def missing(root: Path, name: str) -> Problem:
    """Returns the problem of a file that is not there; it names the nearest folder that is."""
    folder = Path(name).parent
    while folder != Path() and not (root / folder).is_dir():
        folder = folder.parent
    if folder == Path():
        return Problem(name, 0, "missing", "找不到这个文件；补上它，或用 -f 写明 mkdocs.yml 的位置")
    rest = Path(name).relative_to(folder).as_posix()
    return Problem(folder.as_posix(), 0, "missing", f"里面没有 {rest}；补上这个文件")


def wrong_encoding(name: str, data: bytes) -> Problem | None:
    """Returns why some bytes are no text in UTF-8; None where they are."""
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        return Problem(name, 0, "empty", "文件是空的；补上内容，或连同引用它的地方一起删去")
    if data.startswith(UTF_16):
        return Problem(name, 0, "encoding", "是 UTF-16 编码（记事本的“Unicode”）；另存为“UTF-8”")
    for start, kind in FORMATS.items():
        if data.startswith(start):
            return Problem(name, 0, "encoding", f"是{kind}，不是文本；换成 UTF-8 的文本文件")
    if b"\0" in data:
        message = "不是 UTF-8 的文本（可能是 UTF-16，或别的程序的文件）；另存为“UTF-8”"
        return Problem(name, 0, "encoding", message)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if looks_like_gbk(data):
            return Problem(name, 0, "encoding", "是 GBK 编码（记事本的“ANSI”）；另存为“UTF-8”")
        line = data.count(b"\n", 0, error.start) + 1
        message = f"不是 UTF-8（字节 {data[error.start]:02X}）；另存为“UTF-8”"
        return Problem(name, line, "encoding", message)
    return None


def looks_like_gbk(data: bytes) -> bool:
    """Says whether bytes that are not UTF-8 are GBK all through, not UTF-8 that broke somewhere.

    Of GBK's two bytes a character hardly any pair is UTF-8 by accident.
    """
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    foreign = sum(byte >= 0x80 for byte in data)
    return 4 * data.decode("utf-8", errors="replace").count("\ufffd") > foreign
