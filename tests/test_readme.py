"""README, ARCHITECTURE and CONTRIBUTING are true: commands, tree, rooms, pins."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT, run

README = (ROOT / "README.md").read_text(encoding="utf-8")
ROOMS = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def tracked() -> list[str]:
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, or no git")
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    return listed.stdout.splitlines()


def test_the_tree_is_the_tree_on_disk() -> None:
    tree = re.search(r"## The tree\n+```\n(.*?)```", README, re.DOTALL)[1]
    named = {line.split()[0].rstrip("/") for line in tree.splitlines()}
    expected_by_the_ecosystem = {
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "LICENSE",
    }
    expected_by_the_ecosystem |= {
        "pyproject.toml",
        "requirements.txt",
        "requirements-dev.txt",
        ".gitignore",
        ".ci",
    }
    assert {name.split("/")[0] for name in tracked()} - expected_by_the_ecosystem == named


def test_every_command_and_option_is_documented_and_real() -> None:
    help_text = run("--help").stdout
    commands = set(re.findall(r"(?m)^    ([a-z]+) ", help_text))
    options = set(re.findall(r"(?<!\w)--[a-z-]+", help_text)) - {
        "--help",
        "--version",
        "--config-file",
        "--site-dir",
    }
    assert commands == set(re.findall(r"\| `python build_site.py ([a-z]+)", README)) | {"build"}
    assert all(option in README for option in options)
    assert "`-f FILE`" in README and "`-d FOLDER`" in README


def test_the_first_screen_has_the_two_commands() -> None:
    block = re.search(r"```sh\n(.*?)```", README, re.DOTALL)[1]
    lines = [line for line in block.splitlines() if line and not line.startswith("#")]
    assert README.index("```sh") < 1500
    assert [line.rsplit(" && ", 1)[1] for line in lines] == [
        ".venv/bin/python build_site.py",
        ".venv/bin/python -m pytest",
    ]
    for line in lines:
        (name,) = re.findall(r"-r (\S+)", line)
        assert (ROOT / name).is_file()


def test_every_module_is_a_room_of_the_architecture() -> None:
    modules = {path.stem for path in (ROOT / "speechsite").glob("*.py")} - {"__init__"}
    assert modules <= set(re.findall(r"`(\w+)\.py`", ROOMS))
    for name in re.findall(r"(\w+)\.(?:\w+)(?= |─| \()", ROOMS.split("```")[1]):
        assert name in modules | {"mkdocs", "speech"}, name


def test_everything_is_pinned_and_no_registry_is_named() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = [
            line
            for line in (ROOT / name).read_text().splitlines()
            if line and not line.startswith("#")
        ]
        assert lines and all(re.fullmatch(r"[a-z0-9_.\-]+==\S+( ;.*)?", line) for line in lines), (
            name
        )


def test_the_measured_table_is_of_the_pinned_versions() -> None:
    """bench/bench.py --readme writes the table with the versions that it compared; others want a new run."""
    measured = re.search(r"<!-- bench -->\n(.*?)<!-- /bench -->", README, re.DOTALL)[1]
    pins = (ROOT / "requirements.txt").read_text().split()
    wanted = {pin for pin in pins if pin.startswith(("mkdocs==", "mkdocs-material==", "typst=="))}
    for path in (ROOT / "bench").glob("requirements-*.txt"):
        wanted |= {line for line in path.read_text().splitlines() if not line.startswith("#")}
    assert wanted == set(re.findall(r"[\w-]+==[\w.]+\w", measured))


def test_files_named_in_the_documents_exist() -> None:
    for document in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        for name in re.findall(r"`((?:tests|docs|speech|speechsite|bench|\.ci)/[\w./-]+)`", text):
            assert (ROOT / name).exists(), f"{document}: {name}"


def test_the_changelog_has_this_version() -> None:
    version = re.search(r'__version__ = "(.+)"', (ROOT / "speechsite/__init__.py").read_text())[1]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f'version = "{version}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert Path(ROOT / "LICENSE").is_file()
