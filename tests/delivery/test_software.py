"""The list of software and its licences: true, complete, and in the standard's form."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib import metadata

import pytest
from conftest import ROOT

from speechsite.delivery.software import PROJECT, SHIPPED, licences, sbom, shipped
from speechsite.words import Speech

MADE_FOR_TRADITIONAL = "pylopdf-fonts-zh-tw"


@pytest.fixture(scope="module")
def listed(speech: Speech) -> dict:
    return sbom(speech)


def packages(listed: dict) -> dict[str, dict]:
    """Returns the entries that are packages of PyPI, by name."""
    found = {}
    for entry in listed["components"]:
        if "purl" in entry:
            found[entry["name"]] = entry
    return found


def test_every_package_that_takes_part_is_in_it(listed: dict) -> None:
    project = PROJECT.read_text(encoding="utf-8").partition("[project.optional")[0]
    required = re.findall(r'^  "([\w.-]+)[><=]', project, re.MULTILINE)
    assert len(required) > 8
    named = packages(listed)
    assert {name.lower() for name in required} <= set(named)
    assert "jinja2" in named  # which MkDocs needs, not we
    for name, entry in named.items():
        assert entry["version"] == metadata.version(name)
        assert entry["purl"] == f"pkg:pypi/{name}@{entry['version']}"


def test_who_needs_whom_is_complete(listed: dict, speech: Speech) -> None:
    references = {entry["bom-ref"] for entry in listed["components"]} | {speech.slug}
    named = set()
    for relation in listed["dependencies"]:
        named |= {relation["ref"], *relation["dependsOn"]}
    assert named == references


def test_every_part_has_a_licence(listed: dict) -> None:
    for entry in listed["components"]:
        (licence,) = entry["licenses"]
        words = licence.get("expression") or licence["license"]["name"]
        assert words and words != "UNKNOWN", entry["name"]


def test_what_readers_receive_is_marked(listed: dict, speech: Speech) -> None:
    required = {e["name"] for e in listed["components"] if e["scope"] == "required"}
    parts = {part.package for part in shipped(speech)}
    assert required == parts | {"speechsite", "Material Design Icons"}
    assert MADE_FOR_TRADITIONAL not in required
    traditional = replace(speech, metadata=speech.metadata | {"lang": "zh-Hant"})
    assert MADE_FOR_TRADITIONAL in {part.package for part in shipped(traditional)}


def test_the_pages_hold_no_icons_but_those_that_are_named() -> None:
    """Another set of icons wants its own entry and licence."""
    used = set()
    for path in [ROOT / "mkdocs.yml", *(ROOT / "speechsite/theme").rglob("*.html")]:
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r"\.icons/(\w+)/", text))
        used |= set(re.findall(r"(?<!fav)icon: (\w+)/", text))
    assert used <= {"material"}


def test_the_licences_texts_are_in_the_bundle(speech: Speech) -> None:
    text = licences(speech)
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").strip() in text
    for part in shipped(speech):
        assert f"{part.package} {metadata.version(part.package)}" in text
    for words in ("Martin Donath", "SIL OPEN FONT LICENSE", "Apache License", "Material Design"):
        assert words in text
    assert len(SHIPPED) > 3


def test_the_list_of_software_keeps_the_standard(listed: dict) -> None:
    validation = pytest.importorskip(
        "cyclonedx.validation.json", reason="cyclonedx-python-lib[json-validation]"
    )
    schema = pytest.importorskip("cyclonedx.schema")
    validator = validation.JsonStrictValidator(schema.SchemaVersion.V1_6)
    assert validator.validate_str(json.dumps(listed)) is None
    broken = listed | {"components": [{"type": "nonsense", "name": "x"}]}
    assert validator.validate_str(json.dumps(broken)) is not None
