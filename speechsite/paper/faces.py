"""The faces of a build: which of the machine's fonts serve which role of GB/T 9704-2012, 7.3."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import typst

from speechsite.problem import Problem, Stop

Fonts = Literal["auto", "bundled"]
# Also makes typst refuse a character that no face has, instead of printing a box.
ARCHIVABLE: list[Any] = ["a-2a", "ua-1"]
STAND_IN = "〓"  # U+3013, what printers set for a character that they have no type for
BUNDLED = ("pylopdf_fonts_zh_cn", "pylopdf_fonts_zh_tw")


@dataclass(frozen=True, slots=True)
class Role:
    """A part that a face plays: its name, and the families that may play it, best first.

    The families go by the names that Windows, macOS, WPS, Founder's packages and Linux give them.
    """

    name: str
    families: tuple[str, ...]
    traditional: tuple[str, ...] = ()


ROLES = {
    # Noto Serif CJK SC (fonts-noto-cjk) is no 小标宋 but has a cut as heavy.
    "title": Role(
        "小标宋",
        (
            *("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "方正小标宋_GBK"),
            *("方正公文小标宋", "FZGongWenXiaoBiaoSong", "小标宋体"),
            *("STZhongsong", "华文中宋", "Songti SC", "Noto Serif CJK SC", "Source Han Serif SC"),
            "FandolSong",
        ),
    ),
    "text": Role(
        "仿宋",
        (
            *("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "华文仿宋"),
            *("方正仿宋_GBK", "FZFangSong-Z02", "FZFangSong-Z02S", "方正仿宋简体", "方正公文仿宋"),
            *("FandolFang R", "FandolFang", "Zhuque Fangsong (technical preview)"),
            *("Zhuque Fangsong", "朱雀仿宋"),
        ),
    ),
    "first": Role(
        "黑体",
        (
            *("SimHei", "黑体", "STHeiti", "华文黑体", "Heiti SC"),
            *("方正黑体_GBK", "FZHei-B01", "FZHei-B01S", "方正黑体简体", "方正公文黑体"),
            *("FandolHei", "Source Han Sans SC", "Noto Sans CJK SC", "WenQuanYi Zen Hei"),
        ),
    ),
    "second": Role(
        "楷体",
        (
            *("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "STKaiti", "华文楷体", "Kaiti SC"),
            *("方正楷体_GBK", "FZKai-Z03", "FZKai-Z03S", "方正楷体简体", "方正公文楷体"),
            *("FandolKai", "AR PL UKai CN", "AR PL UKai", "AR PL KaitiM GB"),
            *("LXGW WenKai", "LXGW WenKai GB"),
        ),
        ("DFKai-SB", "標楷體", "BiauKai", "AR PL UKai TW", "AR PL KaitiM Big5"),
    ),
    "number": Role(
        "宋体",
        (
            *("SimSun", "宋体", "STSong", "华文宋体", "Songti SC"),
            *("方正书宋_GBK", "FZShuSong-Z01", "FZShuSong-Z01S", "方正书宋简体"),
            *("FandolSong", "AR PL UMing CN", "AR PL SungtiL GB"),
            *("Noto Serif CJK SC", "Source Han Serif SC"),
        ),
        ("PMingLiU", "新細明體", "AR PL UMing TW", "AR PL Mingti2L Big5"),
    ),
}
FOUNDER = ("FZ", "方正")
# Faces that are none of the standard's, and what a reader calls them.
SUBSTITUTES = {
    "Noto Serif SC": "思源宋体",
    "Noto Serif TC": "思源宋体",
    "Noto Serif CJK SC": "思源宋体",
    "Source Han Serif SC": "思源宋体",
    "Noto Sans SC": "思源黑体",
    "Noto Sans TC": "思源黑体",
    "Noto Sans CJK SC": "思源黑体",
    "Source Han Sans SC": "思源黑体",
}
NO_GLYPH = re.compile(r'the text `"(?P<text>.+?)"` could not be displayed', re.DOTALL)
ESCAPE = re.compile(r"\\u\{([0-9a-f]+)\}")  # \u{1f600}


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces of one build: by role, the families to try in order.

    `stand_ins` are the roles without a face of their own. Behind all of them typst looks through
    the whole machine ("auto") or the font packages ("bundled").
    """

    fonts: typst.Fonts
    families: dict[str, tuple[str, ...]]
    stand_ins: dict[str, bool]

    def __str__(self) -> str:
        """A sentence for an office: which faces of the standard this machine lacks."""
        instead: dict[str, list[str]] = {}
        for role, families in self.families.items():
            if substitute := SUBSTITUTES.get(families[0]):
                instead.setdefault(substitute, []).append(ROLES[role].name)
        clauses = [f"没有{'、'.join(roles)}，用{name}代替" for name, roles in instead.items()]
        sentences = ["本机" + "；".join(clauses)] if clauses else ["公文字体齐全"]
        used = [families[0] for families in self.families.values()]
        if any(family.startswith(FOUNDER) for family in used):
            sentences.append("方正字体是商业字体，公开发布前先取得授权")
        return "；".join(sentences)


@cache  # the report asks too; reading the faces of a whole machine takes 0.2 s
def find_faces(fonts: Fonts, traditional: bool = False) -> Faces:
    """Returns the faces of a build: the machine's own ("auto"), the font packages' behind them.

    Raises Stop when a font package is missing.
    """
    installed = typst.Fonts(
        include_system_fonts=fonts == "auto",
        include_embedded_fonts=False,
        font_paths=package_folders(traditional),
    )
    here = set(installed.families())  # typst warns of every family that is not there
    families: dict[str, tuple[str, ...]] = {}
    stand_ins: dict[str, bool] = {}
    for name, role in ROLES.items():
        wanted = role.traditional if traditional else role.families
        own = [family for family in wanted if family in here]
        behind = [family for family in packaged(name) if family in here]
        families[name] = tuple(dict.fromkeys([*own, *behind]))
        stand_ins[name] = not own
    return Faces(installed, families, stand_ins)


def package_folders(traditional: bool) -> list[Path]:
    """Returns the folders of the font packages, for a traditional speech of both: the simplified
    one serves what the editors say. Raises Stop where one is missing.
    """
    packages = BUNDLED[::-1] if traditional else BUNDLED[:1]
    found = [spec for package in packages if (spec := find_spec(package))]
    if len(found) < len(packages):
        wanted = " ".join(packages).replace("_", "-")
        raise Stop(Problem("pyproject.toml", 0, "fonts", f"缺少字体包；运行 pip install {wanted}"))
    return [Path(str(spec.origin)).parent for spec in found]


def packaged(role: str) -> list[str]:
    """Returns the families of the font packages for a role: a 黑体 for the first level, 宋体 else."""
    styles = ("Sans", "Serif") if role == "first" else ("Serif", "Sans")
    return [f"Noto {style} {script}" for script in ("TC", "SC") for style in styles]


def missing_characters(characters: Iterable[str], faces: Faces) -> list[str]:
    """Returns those of `characters` that no face has: typst sets them all, naming one at a time."""
    wanted = set(characters)
    missing: set[str] = set()
    while found := refused(wanted - missing, faces):
        missing |= found
    return sorted(missing)


def refused(characters: set[str], faces: Faces) -> set[str]:
    """Returns what typst says it cannot print of `characters`; some of it, or nothing."""
    source = (
        '#set document(title: "-", date: datetime(year: 1980, month: 1, day: 1))\n'
        "#set text(font: json(bytes(sys.inputs.faces)))\n#sys.inputs.characters"
    )
    inputs = {
        "characters": "".join(sorted(characters)),
        "faces": json.dumps(faces.families["text"]),
    }
    try:
        typst.compile(
            source.encode(),
            font_paths=faces.fonts,
            sys_inputs=inputs,
            pdf_standards=ARCHIVABLE,
        )
    except typst.TypstError as error:
        named = NO_GLYPH.search(error.message)
        if not named:
            raise
        return set(ESCAPE.sub(lambda code: chr(int(code[1], 16)), named["text"]))
    return set()
