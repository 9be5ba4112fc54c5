"""What the layouts read: the facts of a speech (speech.json) and its words, part by part."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

import segno

from speechsite.paper.faces import STAND_IN, Faces
from speechsite.paper.printed import Line, Printed, printed, printed_theme
from speechsite.words.model import Heading, Speech, Table
from speechsite.words.segmentation import width_of

NO_DAY = date(1980, 1, 1)  # a PDF/A must have a date, and the same speech makes the same bytes


def manuscript(speech: Speech, faces: Faces, missing: str) -> dict[str, Any]:
    """Returns what the layouts read, by the names of their JSON files.

    A stand-in is set for each character of `missing`.
    """
    parts: dict[str, Any] = {
        "speech": facts(speech, faces),
        "transcript": listed(printed(speech, as_transcript=True)),
        "split": listed(printed(speech, as_transcript=False)),
    }
    for theme in speech.themes:
        lines = [line for line, _ in printed_theme(speech, theme)]
        parts[f"theme-{theme.slug}"] = listed(lines)
    return {name: with_stand_ins(part, missing) for name, part in parts.items()}


def listed(lines: list[Printed]) -> list[dict[str, Any]]:
    """Returns what a JSON file holds of some lines; a paragraph's `length` is in characters."""
    entries: list[dict[str, Any]] = []
    for line in lines:
        entry = asdict(line)
        if isinstance(line, Line):
            entry["length"] = sum(width_of(piece.text) for piece in line.pieces)
        entries.append(entry)
    return entries


def facts(speech: Speech, faces: Faces) -> dict[str, Any]:
    """Returns what the layouts know of a speech, its words aside."""
    address = page_address(speech)
    return {
        "title": speech.title,
        "title_lines": [line.strip() for line in speech.title_lines],
        "byline": speech.byline,
        "known": known(speech),
        "occasion": speech.occasion,
        "date": list((speech.updated or NO_DAY).timetuple()[:3]),
        "keywords": [theme.title for theme in speech.themes],
        "region": "tw" if speech.is_traditional else "cn",
        "faces": faces.families,
        "stand-ins": faces.stand_ins,
        "reflection": speech.reflection,
        "address": address,
        "code": code(address),
    }


def known(speech: Speech) -> str:
    """Returns who spoke and when as the editors know it, '' where the transcript says it itself."""
    if speech.byline:
        return ""
    facts = [speech.speaker] if speech.speaker else []
    if day := speech.date:
        facts.append(f"{day.year}年{day.month}月{day.day}日")
    return f"{'，'.join(facts)}（据编者所知，原文未载）" if facts else ""


def page_address(speech: Speech) -> str:
    """Returns the full address of the page with the whole text, '' where no site_url is set."""
    site = speech.config.get("site_url")
    if not isinstance(site, str) or not site.startswith(("http://", "https://")):
        return ""
    page = speech.whole or speech.home
    return site.rstrip("/") + "/" + (page.address if page else "")


def code(address: str) -> str:
    """Returns a QR code (ISO/IEC 18004) of `address` as SVG, '' where there is none."""
    if not address:
        return ""
    picture = io.BytesIO()
    segno.make(address, error="m", micro=False).save(picture, kind="svg", border=2, scale=4)
    return picture.getvalue().decode()


def with_stand_ins(value: Any, missing: str) -> Any:
    """Returns `value` with a stand-in for each character of `missing` in all its texts."""
    if isinstance(value, str):
        return value.translate(dict.fromkeys(map(ord, missing), STAND_IN))
    if isinstance(value, Mapping):
        return {key: with_stand_ins(part, missing) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [with_stand_ins(part, missing) for part in value]
    return value


def printed_texts(speech: Speech) -> Iterator[tuple[int, str]]:
    """Yields all that is printed of a speech, with the number of its paragraph or 0."""
    yield 0, speech.title + "".join(speech.byline) + speech.occasion + known(speech)
    for theme in speech.themes:
        yield 0, theme.title
        for block in theme.blocks:
            if isinstance(block, Table):
                yield 0, "".join("".join(row) for row in block.rows)
            elif isinstance(block, Heading):
                yield 0, block.title
            else:
                yield block.number, block.corrected
