"""How the words sound: what the search needs to find them by pinyin and by wrong characters.

The dictionaries are pypinyin's and OpenCC's. A syllable has no tone, and ü is written v, but lue
and nue as every input method takes them.
"""

from __future__ import annotations

import gc
import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import groupby, product

from speechsite.words import Speech

SYLLABLE = re.compile(r"[a-z]+")
TONE = re.compile("[\u0300\u0301\u0304\u030c]")  # ā, á, ǎ, à, taken apart
# GB 2312's first level, the 3,755 commonest characters: rows 16 to 55, in the order of pinyin.
ROWS, CELLS = range(0xB0, 0xD8), range(0xA1, 0xFF)


@dataclass(frozen=True, slots=True)
class Sounds:
    """What is known of Chinese, whatever the speech.

    `common` is how each of GB 2312's commonest characters is read, in the standard's order; `also`
    which of them are usually read otherwise (syllable → characters); `words` the dictionaries'.
    """

    common: dict[str, str]
    also: dict[str, str]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Readings:
    """How a text is read, as far as `Sounds.common` does not say it.

    `usual` is syllable → the characters that are usually so read; `exceptions` syllable → the
    places, in UTF-16 units, of characters read otherwise there, each as the step from the last.
    """

    usual: dict[str, str]
    exceptions: dict[str, list[int]]


def load_sounds() -> Sounds:
    """Returns the sounds; the standard lists characters by pinyin, so 398 runs say it all.

    The collector of garbage would walk half a million words of the dictionaries again and again
    while they come in, and once more at the end of the program: a tenth of a build.
    """
    gc.disable()
    from pypinyin.constants import PINYIN_DICT
    from pypinyin.phrases_dict import phrases_dict

    gc.freeze()
    gc.enable()
    common: dict[str, str] = {}
    also: dict[str, str] = defaultdict(str)
    sound = ""
    for char in common_characters():
        heard = [spelling(toneless(syllable)) for syllable in PINYIN_DICT[ord(char)].split(",")]
        sound = sound if sound in heard else heard[0]
        common[char] = sound
        if heard[0] != sound:
            also[heard[0]] += char
    words = frozenset(phrases_dict.keys() | dictionary("STPhrases").keys())
    return Sounds(common, dict(also), words)


def common_characters() -> str:
    codes = map(bytes, product(ROWS, CELLS))
    return b"".join(codes).decode("gb2312", errors="ignore")


@cache
def dictionary(name: str) -> dict[str, str]:
    """Returns an OpenCC dictionary (https://github.com/BYVoid/OpenCC): 发 → "發 髮"."""
    file = resources.files("opencc") / "dictionary" / f"{name}.txt"
    entries = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        key, _, values = line.partition("\t")
        entries[key] = values
    return entries


def toneless(sound: str) -> str:
    """Returns a syllable without its tone mark: lǜ → lv."""
    return TONE.sub("", unicodedata.normalize("NFD", sound)).replace("u\u0308", "v")


def spelling(sound: str) -> str:
    """Returns a toneless syllable as the matcher writes it: lve → lue, nve → nue."""
    return f"{sound[0]}ue" if sound in ("lve", "nve") else sound


def given_readings(speech: Speech) -> dict[str, list[str]]:
    """Returns `readings` of speech.yml: word → its syllables, one a character."""
    given = {}
    for word, pinyin in speech.readings.items():
        syllables = [spelling(part.replace("ü", "v")) for part in pinyin.lower().split()]
        if len(syllables) == len(word):  # any other is a problem that the rules name
            given[word] = syllables
    return given


def read_aloud(text: str, given: dict[str, list[str]]) -> list[str]:
    """Returns the syllable of each character in its context; what has no sound is itself.

    `given` holds the words that the dictionaries read wrong.
    """
    from pypinyin import lazy_pinyin

    heard = lazy_pinyin(text, errors=list)  # type: ignore[arg-type] # it takes lists too
    sounds = [spelling(sound) for sound in heard]
    for word, syllables in given.items():
        for match in re.finditer(re.escape(word), text):
            sounds[match.start() : match.end()] = syllables
    return sounds


def readings(text: str, sounds: list[str], known: dict[str, str]) -> Readings:
    """Returns how `text` is read, where `known` has another or no sound for a character."""
    heard = list(zip(text, sounds, strict=True))
    usual = usual_sounds(heard)
    otherwise: dict[str, str] = defaultdict(str)
    for char, sound in usual.items():
        if known.get(char) != sound:
            otherwise[sound] += char
    exceptions: dict[str, list[int]] = defaultdict(list)
    last: Counter[str] = Counter()
    position = 0
    for char, sound in heard:
        if char in usual and sound != usual[char]:
            exceptions[sound].append(position - last[sound])
            last[sound] = position
        position += 1 + (ord(char) > 0xFFFF)
    return Readings(dict(otherwise), dict(exceptions))


def usual_sounds(heard: list[tuple[str, str]]) -> dict[str, str]:
    """Returns the commonest sound of each character that has one."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for (char, sound), times in Counter(heard).items():
        if sound != char and SYLLABLE.fullmatch(sound) and ord(char) <= 0xFFFF:
            counts[char][sound] += times
    return {char: count.most_common(1)[0][0] for char, count in counts.items()}


def runs(common: dict[str, str]) -> str:
    """Returns the sounds of the commonest characters: each with how many follow each other."""
    counted = []
    for sound, run in groupby(common.values()):
        counted.append(f"{sound}{len(list(run))}")
    return "".join(counted)


def words_in(text: str, words: frozenset[str]) -> set[str]:
    """Returns those of `words` that `text` holds; answers by sound that are words come first."""
    found = set()
    for size in (2, 3, 4):
        for start in range(len(text) - size + 1):
            if text[start : start + size] in words:
                found.add(text[start : start + size])
    return found
