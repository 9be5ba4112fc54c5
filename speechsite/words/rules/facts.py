"""Rules about speech.yml, what is known of the speech, and about the transcript itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from speechsite.problem import Problem, Problems
from speechsite.words.model import METADATA, TRANSCRIPT, Speech
from speechsite.words.places import guess, in_metadata
from speechsite.words.segmentation import width_of
from speechsite.words.titles import TITLE_WIDTH
from speechsite.words.transcript import said_text

# key -> (type, what it is, whether it must be there)
KEYS: dict[str, tuple[type, str, bool]] = {
    "title": (str, "标题，一行文字", True),
    "slug": (str, "文件名，小写英文、数字和连字符", True),
    "untitled": (bool, "true，表示原文没有标题，title 是编者起的", False),
    "title_lines": (list, "标题在纸上的各行", False),
    "byline": (list, "原文标题与正文之间的各行（讲话人、日期）", False),
    "speaker": (str, "讲话人，一行文字", False),
    "date": (date, "讲话的日期，如 2026-01-31", False),
    "occasion": (str, "场合，一行文字", False),
    "audience": (str, "听众，一行文字", False),
    "recording": (str, "docs/ 里录音文件的路径", False),
    "readings": (dict, "各词的读音，每行“词语: 拼音”", False),
    "reflection": (list, "笔记版末页的标题和各题，都用讲话里的原话", False),
    "lang": (str, "zh-Hans、zh-Hant 或 en", False),
    "updated": (date, "文字最后改动的日期，如 2026-01-31", False),
    "left_out": (dict, "原文里不是讲话的各行，每行“行号: 那一行的文字”", False),
    "sha256": (str, "原文文件的 SHA-256，64 个十六进制数字", False),
}
FORMS = {  # what a line of text must look like besides
    "slug": re.compile(r"[a-z0-9]+(-[a-z0-9]+)*"),  # office-training-speech
    "lang": re.compile(r"zh-Han[st]|en"),
    "sha256": re.compile(r"[0-9a-fA-F]{64}"),
}
TEXT = re.compile(r"(?s).*\S.*")  # anything but spaces
SYLLABLE = re.compile(r"[a-z]+")


def key_rules(speech: Speech) -> Problems:
    """speech.yml has the keys that are needed and no other, each of its type and form."""
    if METADATA not in speech.files:
        return
    for key, (_, what, required) in KEYS.items():
        if key not in speech.metadata:
            if required:
                yield in_metadata(speech, "metadata", f"缺少 {key}（{what}）；补上")
        elif not is_well_formed(key, speech.metadata[key]):
            remedy = "改正" if required else "改正，或删去这一项"
            message = f"{key} 的写法不对：应为{what}；{remedy}"
            yield in_metadata(speech, "metadata", message, key)
    for name in map(str, speech.metadata):
        if name not in KEYS:
            hint = guess(name, list(KEYS)) or f"（可用的有 {'、'.join(KEYS)}）"
            message = f"不认识的键 {name}{hint}；改正，或删去这一项"
            yield in_metadata(speech, "metadata", message, name)


def is_well_formed(key: str, value: Any) -> bool:
    """Says whether a value is of the type and form that its key needs, and not empty."""
    kind, _, _ = KEYS[key]
    if not value and kind is not bool:
        return False
    if isinstance(value, dict) and kind is dict:
        names = int if key == "left_out" else str
        return are(names, value) and are(str, value.values())
    if isinstance(value, list) and kind is list:
        return are(str, value) and all(map(str.strip, value))
    if isinstance(value, str) and kind is str:
        form = FORMS.get(key, TEXT)
        return bool(form.fullmatch(value))
    return type(value) is kind


def are(kind: type, values: Iterable[Any]) -> bool:
    return all(type(value) is kind for value in values)


def transcript_rules(speech: Speech) -> Problems:
    """The transcript is the file that came; lines left out of it are what they are said to be."""
    if TRANSCRIPT not in speech.files:
        return
    noted = speech.sha256.lower()
    if is_well_formed("sha256", noted) and noted != speech.transcript_sha256:
        message = (
            "原文与收到时不同了（SHA-256 不合）；换回收到的文件，"
            f"有意换成新的就把 speech.yml 的 sha256 改成 {speech.transcript_sha256}"
        )
        yield Problem(TRANSCRIPT, 0, "transcript", message)
    lines = speech.text(TRANSCRIPT).split("\n")
    for number, text in speech.left_out.items():
        said = str(text).strip()
        there = lines[number - 1].strip() if 0 < number <= len(lines) else ""
        if said != there:
            message = (
                f"left_out 说原文第 {number} 行是“{said[:24]}”，"
                f"那一行其实是“{there[:24]}”；照原文改正"
            )
            yield in_metadata(speech, "left-out", message, "left_out", number)


def recording_rules(speech: Speech) -> Problems:
    """The recording is a file of docs/."""
    file = speech.recording
    if file and speech.names and file not in speech.names:
        hint = guess(file, sorted(speech.names))
        message = f"没有 {speech.docs}/{file} 这个录音{hint}；改正路径，或放入文件"
        yield in_metadata(speech, "recording", message, "recording")


def title_rules(speech: Speech) -> Problems:
    """title_lines make up the title, and each fits into a line of paper."""
    lines = speech.lines("title_lines")
    title = without_spaces(speech.title)
    joined = without_spaces("".join(lines))
    if lines and joined != title:
        # Where the title is what differs from the transcript, that is said.
        begins = without_spaces(speech.text(TRANSCRIPT)).startswith
        if begins(title) or not begins(joined):
            message = "title_lines 各行连起来不是 title；改成同样的字"
            yield in_metadata(speech, "metadata", message, "title_lines")
        return
    for number, line in enumerate(lines):
        width = width_of(line.strip())
        if width > TITLE_WIDTH:
            message = (
                f"标题的这一行宽 {width:g} 字，纸上一行排 {TITLE_WIDTH} 字；"
                "在 title_lines 里按意思再断一行，或删去 title_lines，由程序断行"
            )
            yield in_metadata(speech, "title", message, "title_lines", number)


def without_spaces(text: str) -> str:
    return "".join(text.split())


def reading_rules(speech: Speech) -> Problems:
    """A reading has a syllable for each character, of a word that the site shows."""
    pages = "".join(page.text for page in speech.pages)
    shown = said_text(speech) + pages
    for word, pinyin in speech.readings.items():
        syllables = pinyin.lower().replace("ü", "v").split()
        are_right = all(map(SYLLABLE.fullmatch, syllables))
        message = ""
        if len(syllables) != len(word) or not are_right:
            remedy = "一个字一个音节，不带声调，空格隔开，ü 写作 v"
            message = f"“{word}”的拼音“{pinyin}”不成立；{remedy}"
        elif word not in shown:
            message = f"“{word}”在讲话和各页里都没有；照改正后的原话写，或删去这一行"
        if message:
            yield in_metadata(speech, "readings", message, "readings", word)


def reflection_rules(speech: Speech) -> Problems:
    """What the notes ask in the end are the speaker's own words."""
    said = said_text(speech)
    for number, prompt in enumerate(speech.reflection):
        if prompt not in said:
            message = f"reflection 里的“{prompt[:24]}”不是讲话里的原话；改成原话，或删去"
            yield in_metadata(speech, "reflection", message, "reflection", number)
