"""DEPLOY.txt: each command line of it is run as printed, on copies of what it changes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, program
from sites import fill

from speechsite.delivery.bundle import write_bundle
from speechsite.words import Speech

GUIDE = (ROOT / "speechsite/delivery/deploy/DEPLOY.txt").read_text(encoding="utf-8")
UNSHARE = ("--mount", "--net", "--pid", "--mount-proc", "--fork", "--kill-child")


@pytest.fixture
def bundles(speech: Speech, tmp_path: Path) -> list[Path]:
    """Two bundles, one after the other, of the small sites 1 and 2."""
    made = []
    for number in (1, 2):
        bundle = tmp_path / "small.zip"
        write_bundle(fill(tmp_path / f"sites/{number}", number), speech, bundle)
        made.append(shutil.copy(bundle, tmp_path / f"{number}.zip"))
    return made


def test_the_guide_followed_to_the_letter(bundles: list[Path], tmp_path: Path) -> None:
    """Put up, verified, on each server; updated and rolled back, by hand and by `publish`."""
    for name in ("unshare", "unzip", "nginx", "apache2ctl", "caddy", "ip"):
        program(name, f"/usr/sbin/{name}")
    allowed = subprocess.run(["unshare", *UNSHARE, "mount", "-t", "tmpfs", "x", "/srv"])
    if allowed.returncode:
        pytest.skip("no right to mount here")
    with zipfile.ZipFile(bundles[0]) as bundle:
        (guide,) = [name for name in bundle.namelist() if name.endswith("/DEPLOY.txt")]
        bundle.extract(guide, tmp_path)
    command = [program("unshare"), *UNSHARE, sys.executable, Path(__file__).with_name("follow.py")]
    result = subprocess.run(
        [*command, tmp_path / guide, *bundles, checkout(tmp_path)],
        capture_output=True,
        encoding="utf-8",
    )
    assert result.returncode == 0, result
    said = result.stdout.splitlines()
    assert said[:3] == ["nginx: 000001", "Apache: 000001", "Caddy: 000001"]
    steps = [line.partition("/")[2] for line in said[3:]]
    assert [re.sub(r"[/-].*: ", " ", step) for step in steps] == [
        "2 000002",  # by hand
        "1 000001",  # back by hand
        "0003 speechsite",  # by publish; what was rolled back is gone
        "1 000001",  # back by publish, to what was put up by hand
    ]


def checkout(tmp_path: Path) -> Path:
    """Returns a copy of the project, as it lies on the server's machine."""
    folder = tmp_path / "checkout"
    for name in ("docs", "speech", "speechsite"):
        shutil.copytree(ROOT / name, folder / name)
    for name in ("build_site.py", "mkdocs.yml", "pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def test_nothing_in_the_guide_is_typed_that_is_not_run() -> None:
    """What is printed as a command is either Linux's, and run above, or Windows'."""
    typed = re.findall(r"(?m)^      (\S.*)$", GUIDE)
    others = [line for line in typed if not line.startswith(("sudo ", "cd "))]
    assert len(typed) - len(others) >= 24
    assert all(line.startswith(("Get-Content ", "%windir%")) for line in others)


def test_powershell_reads_the_checksums_as_they_are_written() -> None:
    """Where there is PowerShell: a damaged file is named, whole ones are not."""
    line = next(line.strip() for line in GUIDE.splitlines() if "Get-Content" in line)
    assert "-Encoding UTF8" in line  # names may be Chinese
    assert line.count("{") == line.count("}") and line.count('"') % 2 == 0
