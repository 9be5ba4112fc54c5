"""The software of a bundle: what made it, and what of that is shipped to readers, with licences.

A list in CycloneDX (https://cyclonedx.org/docs/1.6/json/), where `scope` is "required" for what
readers receive and "excluded" for what only took part in the making; and the licences' texts.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from speechsite import __version__
from speechsite.words import Speech

PROJECT = Path(__file__).parents[2] / "pyproject.toml"
# A licence among a package's files: typst-0.15.2.dist-info/licenses/LICENSE
LICENCE_FILE = re.compile(r"(?i)\.dist-info/.*(licen[cs]e|copying|notice)[^/]*$")
NAMED_LICENCES = {  # how packages before PEP 639 name them, and SPDX (https://spdx.org/licenses/)
    "MIT License": "MIT",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
}
OWN_FONTS = """\
讲义（PDF）里嵌有所用字体的一部分。用了制作者机器上的公文字体时，那些字体的许可
由制作者负责；字体的名称见 PDF 的“文件属性”。用 --fonts bundled 生成，就只有下面列出的字体。
"""


@dataclass(frozen=True, slots=True)
class Part:
    """A package of which something is in the files that readers receive."""

    package: str
    what: str  # Chinese: what of it, and where


SHIPPED = (
    Part("mkdocs-material", "样式表和页面框架"),
    Part("pylopdf-fonts-zh-cn", "讲义里的 Noto Serif SC、Noto Sans SC"),
    Part("pylopdf-fonts-zh-tw", "讲义里的 Noto Serif TC、Noto Sans TC"),
    Part("pypinyin", "检索用的读音"),
    Part("opencc-python-reimplemented", "检索用的简繁对照"),
)
TRADITIONAL_ONLY = "pylopdf-fonts-zh-tw"
ICONS = "Material Design Icons"  # mkdocs-material brings them along; a package of their own is none
ICONS_LICENCE = "material/templates/.icons/material/LICENSE"


def sbom(speech: Speech) -> dict[str, Any]:
    """Returns the CycloneDX 1.6 list of every package that took part, and which needs which.

    No time and no serial number, which would differ from run to run.
    """
    needs = packages_needed()
    direct = project_requirements()
    product = {
        "type": "application",
        "name": speech.slug,
        "version": speech.transcript_sha256,
        "bom-ref": speech.slug,
        "description": speech.title,
    }
    components = [component_of_maker(), component_of_icons()]
    relations = [
        {"ref": speech.slug, "dependsOn": ["speechsite"]},
        {"ref": "speechsite", "dependsOn": [ICONS, *references(direct)]},
    ]
    for name in sorted(needs):
        components.append(component(name, speech))
        relations.append({"ref": reference(name), "dependsOn": references(needs[name])})
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": product, "tools": {"components": [component_of_maker()]}},
        "components": components,
        "dependencies": relations,
    }


def project_requirements() -> list[str]:
    """Returns the names of our direct dependencies that hold here."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))
    return holding(project["project"]["dependencies"])


@cache
def packages_needed() -> dict[str, list[str]]:
    """Returns every package that takes part → the names of those that it needs itself."""
    needs: dict[str, list[str]] = {}
    waiting = project_requirements()
    while waiting:
        name = waiting.pop()
        if name not in needs:
            needs[name] = holding(metadata.requires(name) or [])
            waiting.extend(needs[name])
    return needs


def holding(requirements: list[str]) -> list[str]:
    """Returns the names, sorted, of those requirements that hold on this system."""
    names = set()
    for text in requirements:
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or marker.evaluate({"extra": ""}):
            names.add(canonicalize_name(requirement.name))
    return sorted(names)


@cache
def version_of(name: str) -> str:
    return metadata.version(name)


def reference(name: str) -> str:
    """Returns a package's address (https://github.com/package-url/purl-spec)."""
    return f"pkg:pypi/{name}@{version_of(name)}"


def references(names: list[str]) -> list[str]:
    return [reference(name) for name in sorted(names)]


def shipped(speech: Speech) -> list[Part]:
    """Returns the packages of which readers of this speech receive something."""
    traditional = speech.metadata.get("lang") == "zh-Hant"
    return [part for part in SHIPPED if traditional or part.package != TRADITIONAL_ONLY]


def component(name: str, speech: Speech) -> dict[str, Any]:
    """Returns a package's entry: version, licence, and what of it readers receive."""
    entry = {
        "type": "library",
        "bom-ref": reference(name),
        "name": name,
        "version": version_of(name),
        "scope": "excluded",
        "licenses": [spdx(licence_of(name))],
        "purl": reference(name),
    }
    for part in shipped(speech):
        if part.package == name:
            entry |= {"scope": "required", "description": part.what}
    return entry


def component_of_maker() -> dict[str, Any]:
    return {
        "type": "application",
        "bom-ref": "speechsite",
        "name": "speechsite",
        "version": __version__,
        "scope": "required",
        "description": "本程序：页面的脚本和样式",
        "licenses": [spdx("MIT")],
    }


def component_of_icons() -> dict[str, Any]:
    return {
        "type": "data",
        "bom-ref": ICONS,
        "name": ICONS,
        "scope": "required",
        "description": "页面上的图标，随 mkdocs-material 而来",
        "licenses": [spdx("Apache-2.0")],
    }


@cache
def licence_of(name: str) -> str:
    """Returns the licence that a package states: an SPDX expression, or its own words for it."""
    about: Any = metadata.metadata(name)  # an email.message.Message
    if "License-Expression" in about:
        return str(about["License-Expression"])
    stated = str(about.get("License", ""))
    if is_expression(stated):
        return stated
    for classifier in about.get_all("Classifier") or []:
        if classifier.startswith("License :: "):
            named = classifier.rpartition(" :: ")[2]
            return str(NAMED_LICENCES.get(named, named))
    return stated.partition("\n")[0]


def is_expression(text: str) -> bool:
    try:
        canonicalize_license_expression(text)
    except InvalidLicenseExpression:
        return False
    return True


def spdx(licence: str) -> dict[str, Any]:
    """Returns a licence as CycloneDX wants it: an expression, or a name that SPDX does not have."""
    if is_expression(licence):
        return {"expression": licence}
    return {"license": {"name": licence}}


def licences(speech: Speech) -> str:
    """Returns the licences of what readers receive: what it is, then the text that it came with."""
    chapters = [OWN_FONTS, chapter("speechsite", __version__, "页面的脚本和样式", own_licence())]
    for part in shipped(speech):
        version = version_of(part.package)
        text = licence_texts(part.package)
        chapters.append(chapter(part.package, version, part.what, text))
    icons = metadata.distribution("mkdocs-material").locate_file(ICONS_LICENCE)
    text = Path(str(icons)).read_text(encoding="utf-8")
    chapters.append(chapter(ICONS, "", "页面上的图标", text))
    return "\n".join(chapters)


def chapter(name: str, version: str, what: str, text: str) -> str:
    line = "=" * 72
    return f"{line}\n{name} {version}（{what}）\n{line}\n\n{text.strip()}\n"


def own_licence() -> str:
    """Returns this program's licence; a copy of the program may lack the file, not the licence."""
    path = PROJECT.with_name("LICENSE")
    return path.read_text(encoding="utf-8") if path.is_file() else "MIT"


@cache
def licence_texts(name: str) -> str:
    """Returns the licence files that a package brings along, or its licence's name."""
    texts = []
    for path in metadata.files(name) or []:
        if LICENCE_FILE.search(path.as_posix()):
            text = path.read_text("utf-8")
            texts.append(text.strip())
    return "\n\n".join(texts) or licence_of(name)
