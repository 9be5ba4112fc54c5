"""Makes the search: an index of the words and of the editors' pages, and Material's box pointed at our matcher.

The matching itself is theme/javascripts/search.js (the worker), its page side searchbox.js. The index carries what they
need and no more: the text, how its characters are read, and the traditional forms of just these characters.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Any

from speechsite.problem import Problem, Stop
from speechsite.words.read import METADATA, WHOLE, Heading, Paragraph, Speech, Theme, text_of

# A character with the marks that combine with it, as the worker folds it; plain Han characters are left alone.
CLUSTER = "[^\u4e00-\u9fff][\u0300-\u036f\u3099\u309a]*"
BLOCK_END = re.compile(r"</(?:p|li|pre|h\d|t[dhr]|d[dt]|div)>|<br\s*/?>", re.IGNORECASE)
SYLLABLE = re.compile(r"[a-z]+")
TONE = re.compile("[\u0300\u0301\u0304\u030c]")


@dataclass(frozen=True, slots=True)
class Sounds:
    """What is known of Chinese, whatever the speech: it can be loaded before there are pages.

    `common` is how each of the 3,755 characters of GB 2312's first level is read, in the standard's order, `also` which
    of them are usually read otherwise (syllable → characters), `words` the words of the dictionaries.
    """

    common: dict[str, str]
    also: dict[str, str]
    words: set[str]


def install_search(site: Path, speech: Speech, sounds: Sounds) -> None:
    """Puts the index of the search into a finished site."""
    index_file = site / "search" / "search_index.json"
    index = search_index(speech, json.loads(index_file.read_text(encoding="utf-8"))["docs"], sounds)
    data = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    script = f"self.speechIndex={data};\n"
    index_file.with_name("index.js").write_text(script, encoding="utf-8", newline="\n")
    index_file.unlink()


def search_index(
    speech: Speech, editor_docs: list[dict[str, Any]], sounds: Sounds
) -> dict[str, Any]:
    """Returns the index: `docs`, the pages in the order of their rank, and `config`, how their characters are read.

    `editor_docs` is `docs` of the index that MkDocs wrote; of it the pages are taken that hold no words of the speech.
    Positions count UTF-16 units in all units of text, folded as the worker folds them, each with one for its line end.
    Raises Stop where speech.yml gives a reading that cannot be.
    """
    docs = [theme_page(theme) for theme in speech.themes] + editor_pages(speech, editor_docs)
    texts = [text for doc in docs for text in units(doc)]
    forms = traditional_forms(set("".join(texts)))
    folded = "".join(fold(text, forms) + "\n" for text in texts)
    common, also = sounds.common, dict(sounds.also)
    usual, exceptions = compact(folded, read_aloud(folded, readings(speech, folded)), common)
    for char in "".join(
        usual.values()
    ):  # typed in a wrong place it may still be meant as it is usually read
        if char in common:
            also[common[char]] = also.get(common[char], "") + char
    variants: dict[str, str] = defaultdict(str)
    for variant, simple in forms.items():
        variants[simple] += variant
    config = {
        "sounds": "".join(f"{sound}{len(list(run))}" for sound, run in groupby(common.values())),
        "also": also,
        "readings": usual,
        "exceptions": exceptions,
        "words": " ".join(sorted(words_in(fold(speech.corrected, forms), sounds.words))),
        "forms": " ".join(simple + variants[simple] for simple in sorted(variants)),
    }
    return {"config": config, "docs": docs}


def theme_page(theme: Theme) -> dict[str, Any]:
    """Returns a page of the speech: `first` is the number of its first paragraph, `parts` [id, heading, paragraphs]."""
    parts: list[list[Any]] = [["", "", []]]
    for block in theme.blocks:
        if isinstance(block, Heading):
            parts.append([block.id, block.title, []])
        elif isinstance(block, Paragraph):
            parts[-1][2].append(block.corrected)
    first = next((block.number for block in theme.blocks if isinstance(block, Paragraph)), 0)
    return {"location": f"{theme.slug}.html", "title": theme.title, "first": first, "parts": parts}


def editor_pages(speech: Speech, editor_docs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Returns the pages that hold only editors' words, in the form of `theme_page`, `first` 0."""
    pages: dict[str, dict[str, Any]] = {}
    others = {f"{theme.slug}.html" for theme in speech.themes} | {WHOLE.replace(".md", ".html")}
    for doc in editor_docs:
        location, _, anchor = doc["location"].partition("#")
        if location in others:
            continue
        blocks = [plain(block) for block in BLOCK_END.split(doc["text"])]
        part = [anchor, plain(doc["title"]), [block for block in blocks if block]]
        if location not in pages:
            pages[location] = {"location": location, "title": part[1], "first": 0, "parts": []}
            part[1] = ""
        if part[1] or part[2]:
            pages[location]["parts"].append(part)
    return list(pages.values())


def plain(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", markup)).split())


def units(doc: dict[str, Any]) -> Iterator[str]:
    """Yields the texts of a page in the worker's order: its title, and of each part the heading and the texts."""
    yield doc["title"]
    for _, heading, texts in doc["parts"]:
        yield heading
        yield from texts


def fold(text: str, forms: dict[str, str]) -> str:
    """Returns `text` as the worker compares it: NFKC, lower case, simplified."""

    def one(match: re.Match[str]) -> str:
        return "".join(
            forms.get(char, char) for char in unicodedata.normalize("NFKC", match[0]).lower()
        )

    return re.sub(f"{CLUSTER}|[{''.join(forms)}]" if forms else CLUSTER, one, text)


def traditional_forms(chars: set[str]) -> dict[str, str]:
    """Returns each traditional form that a reader may type for one of `chars`, and its simplified form.

    Source: OpenCC's dictionaries of characters (https://github.com/BYVoid/OpenCC), by opencc-python-reimplemented,
    with the standards of Taiwan and Hong Kong. A form that is itself in the text is folded only if it has a simplified
    one of its own.
    """
    simplified = {key: values[0] for key, values in dictionary("TSCharacters")}
    simple = {simplified.get(char, char) for char in chars}
    forms: dict[str, str] = {}
    for key, values in dictionary("TSCharacters"):
        if target := next((value for value in values if value in simple), ""):
            forms[key] = target
    for key, values in dictionary("STCharacters"):
        for value in values if key in simple else ():
            forms.setdefault(value, key)
    for name in ("TWVariants", "HKVariants"):
        for key, values in dictionary(name):
            for value in values if forms.get(key, key) in simple else ():
                forms.setdefault(value, forms.get(key, key))
    return {form: char for form, char in forms.items() if form != char and (form not in simple)}


def dictionary(name: str) -> Iterator[tuple[str, list[str]]]:
    text = (resources.files("opencc") / "dictionary" / f"{name}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        key, _, values = line.partition("\t")
        yield key, values.split()


def load_sounds(speech: Speech) -> Sounds:
    """Returns how the common characters sound; the standard lists them by pinyin, so 398 runs of one sound say it all.

    With them the worker hears wrong characters. The dictionaries are pypinyin's and OpenCC's. The words of the speech
    are read aloud, and kept: that too needs no page.
    """
    from pypinyin.constants import PINYIN_DICT
    from pypinyin.phrases_dict import phrases_dict

    for paragraph in speech.paragraphs:
        line_aloud(fold(paragraph.corrected, {}))
    codes = (bytes([high, low]) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    common: dict[str, str] = {}
    also: dict[str, str] = defaultdict(str)
    sound = ""
    for char in b"".join(codes).decode("gb2312", errors="ignore"):
        heard = [spelling(toneless(syllable)) for syllable in PINYIN_DICT[ord(char)].split(",")]
        common[char] = sound = sound if sound in heard else heard[0]
        if heard[0] != sound:
            also[heard[0]] += char
    return Sounds(
        common, dict(also), phrases_dict.keys() | {key for key, _ in dictionary("STPhrases")}
    )


def toneless(sound: str) -> str:
    """Returns a syllable without its tone mark: lǜ → lv."""
    return TONE.sub("", unicodedata.normalize("NFD", sound)).replace("u\u0308", "v")


def spelling(sound: str) -> str:
    """Returns a toneless syllable as the worker writes it: ü as v, but lue and nue as every input method takes them."""
    return re.sub("^([ln])ve$", r"\1ue", sound)


def read_aloud(text: str, overrides: dict[str, list[str]]) -> list[str]:
    """Returns the syllable of each character of `text` in its context; what has no sound stands for itself."""
    sounds = [sound for line in text.split("\n") for sound in (*line_aloud(line), "\n")][:-1]
    for word, syllables in overrides.items():
        for match in re.finditer(re.escape(word), text):
            sounds[match.start() : match.end()] = syllables
    return sounds


@cache  # load_sounds has the words of the speech read already
def line_aloud(line: str) -> list[str]:
    from pypinyin import lazy_pinyin

    sounds: list[str] = lazy_pinyin(line, errors=list)  # type: ignore[arg-type] # it takes lists too
    return [spelling(sound) for sound in sounds]


def words_in(text: str, words: set[str]) -> set[str]:
    """Returns those of `words` that `text` holds; answers by sound that are words come first."""
    return {
        text[i : i + n] for n in (2, 3, 4) for i in range(len(text)) if text[i : i + n] in words
    }


def compact(
    text: str, sounds: list[str], known: dict[str, str]
) -> tuple[dict[str, str], dict[str, list[int]]]:
    """Returns the usual syllable of each character where `known` has another or none (syllable → characters), and the
    places that are read otherwise (syllable → positions in UTF-16 units, each as the step from the last)."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for char, sound in zip(text, sounds, strict=True):
        if sound != char and SYLLABLE.fullmatch(sound) and ord(char) <= 0xFFFF:
            counts[char][sound] += 1
    usual = {char: count.most_common(1)[0][0] for char, count in counts.items()}
    readings: dict[str, str] = defaultdict(str)
    for char, sound in usual.items():
        if known.get(char) != sound:
            readings[sound] += char
    places: dict[str, list[int]] = defaultdict(list)
    last: Counter[str] = Counter()
    position = 0
    for char, sound in zip(text, sounds, strict=True):
        if char in usual and sound != usual[char]:
            places[sound].append(position - last[sound])
            last[sound] = position
        position += 1 + (ord(char) > 0xFFFF)
    return dict(readings), dict(places)


def readings(speech: Speech, text: str) -> dict[str, list[str]]:
    """Returns `readings` of speech.yml, word → syllables; raises Stop where one cannot be, or is not in `text`."""
    given = speech.metadata.get("readings") or {}
    lines = text_of(speech.files.get(METADATA, b"")).split("\n")
    if not isinstance(given, dict):
        raise Stop(Problem(METADATA, 0, "readings", "应为“词: 拼音”，一行一个；改正写法"))
    problems, words = [], {}
    for word, pinyin in ((str(word), str(pinyin)) for word, pinyin in given.items()):
        words[word] = [spelling(part.replace("ü", "v")) for part in pinyin.lower().split()]
        line = next(
            (n for n, source in enumerate(lines, 1) if source.strip().startswith(f"{word}:")), 0
        )
        if len(words[word]) != len(word) or not all(map(SYLLABLE.fullmatch, words[word])):
            message = (
                f"“{word}”的拼音“{pinyin}”不成立；一个字一个音节，不带声调，空格隔开，ü 写作 v"
            )
            problems.append(Problem(METADATA, line, "readings", message))
        elif word not in text:
            message = f"“{word}”在讲话和各页里都没有；照改正后的原话写，或删去这一行"
            problems.append(Problem(METADATA, line, "readings", message))
    if problems:
        raise Stop(problems)
    return words
