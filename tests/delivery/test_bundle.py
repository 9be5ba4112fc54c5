"""The zip for the intranet: the same bytes everywhere, whole, verifiable, with its guide."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import brotli
import pytest
from conftest import ROOT, program, run

from speechsite.delivery.bundle import write_bundle
from speechsite.delivery.checksums import SUMS, damaged
from speechsite.problem import Stop
from speechsite.words import Speech, read_speech

SETTINGS = ("Caddyfile", "apache.conf", "nginx.conf")
IN_SITE = ("site/.htaccess", "site/web.config", "site/handouts/")


@pytest.fixture(scope="module")
def archive(site: Path, speech: Speech, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist") / "speech.zip"
    write_bundle(site, speech, target)
    return target


@pytest.fixture(scope="module")
def unpacked(archive: Path, speech: Speech, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(archive) as bundle:
        bundle.extractall(folder)
    return folder / speech.slug


def test_the_same_input_gives_the_same_bytes_anywhere(project: Path, tmp_path: Path) -> None:
    """Another folder, day (by faketime, where it is), time zone, locale, umask, order of hashes."""
    elsewhere = shutil.copytree(project, tmp_path / "另一个 folder" / "project")
    for path in elsewhere.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    changed = {
        "TZ": "Asia/Shanghai",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "HOME": str(tmp_path),
        "USER": "other",
    }
    one = run("bundle", "--fonts", "bundled", "-f", project / "mkdocs.yml")
    assert one.returncode == 0, one.stderr
    clock = [program("faketime"), "-f", "+570d"]
    command = [*clock, sys.executable, ROOT / "build_site.py", "bundle", "--fonts", "bundled"]
    subprocess.run(
        [*command, "-f", elsewhere / "mkdocs.yml"],
        env=os.environ | changed,
        umask=0o077,
        check=True,
        capture_output=True,
    )
    (here,) = (project / "dist").glob("*.zip")
    (there,) = (elsewhere / "dist").glob("*.zip")
    assert here.read_bytes() == there.read_bytes()


def test_the_zip_unpacks_everywhere(archive: Path, speech: Speech) -> None:
    with zipfile.ZipFile(archive) as bundle:
        assert bundle.testzip() is None
        entries = bundle.infolist()
    names = [entry.filename for entry in entries]
    assert names == sorted(names)
    assert len({name.lower() for name in names}) == len(names)
    for entry in entries:
        assert re.fullmatch(r"[A-Za-z0-9._/-]+", entry.filename), (
            entry.filename
        )  # Windows Explorer reads ASCII right
        assert entry.filename.startswith(f"{speech.slug}/") and ".." not in entry.filename
        assert entry.external_attr >> 16 == 0o100644  # a plain file: no symlink, nothing to run
    top = [name.partition("/")[2] for name in names if name.count("/") == 1]
    assert top == sorted([*SETTINGS, "DEPLOY.txt", "LICENSES.txt", SUMS, "sbom.cdx.json"])


def test_the_site_is_in_it_unchanged_and_precompressed(unpacked: Path, site: Path) -> None:
    for path in (path for path in site.rglob("*") if path.is_file()):
        inside = unpacked / "site" / path.relative_to(site)
        assert inside.read_bytes() == path.read_bytes()
        for suffix, unpack in ((".gz", gzip.decompress), (".br", brotli.decompress)):
            packed = inside.with_name(inside.name + suffix)
            if packed.exists():
                assert unpack(packed.read_bytes()) == path.read_bytes()
                assert packed.stat().st_size < path.stat().st_size
            else:
                assert path.suffix in (".pdf", ".docx", ".png") or path.stat().st_size < 300, path
    assert (unpacked / "site/.htaccess").is_file() and (unpacked / "site/web.config").is_file()


def test_the_checksums_cover_everything_and_notice_everything(
    unpacked: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(unpacked, tmp_path / "copy")
    check = [program("sha256sum"), "-c", "--quiet", "SHA256SUMS"]
    assert subprocess.run(check, cwd=copy, capture_output=True).returncode == 0
    listed = {
        line.split("  ", 1)[1]
        for line in (copy / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    }
    assert listed == {p.relative_to(copy).as_posix() for p in copy.rglob("*") if p.is_file()} - {
        "SHA256SUMS"
    }
    assert damaged(copy) == []
    (copy / "site/index.html").write_text("x", encoding="utf-8")
    (copy / "site/full.html").unlink()
    assert damaged(copy) == ["site/full.html", "site/index.html"]
    assert subprocess.run(check, cwd=copy, capture_output=True).returncode == 1


def test_the_guide_is_chinese_true_and_opens_in_notepad(unpacked: Path, speech: Speech) -> None:
    data = (unpacked / "DEPLOY.txt").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\n") == data.count(b"\r\n")
    text = data.decode("utf-8-sig")
    assert speech.title in text and f"{speech.slug}.zip" in text
    assert not re.search(r"@[A-Z]+@", text)
    for name in (*SETTINGS, "sbom.cdx.json", "LICENSES.txt", SUMS, *IN_SITE):
        assert name in text and (unpacked / name).exists(), name


def test_a_bundle_that_cannot_be_written_is_said_and_the_old_one_stays(
    site: Path, speech: Speech, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "speech.zip"
    write_bundle(site, speech, target)
    before = target.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("speechsite.delivery.bundle.write_zip", full)
    with pytest.raises(Stop, match=r"speech\.zip: write: 磁盘满了；腾出空间再来一次"):
        write_bundle(site, speech, target)
    assert target.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [".speech.zip.lock", "speech.zip"]
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(Stop, match="write: "):
        write_bundle(site, speech, tmp_path / "file" / "speech.zip")


def test_another_speech_makes_a_bundle_of_its_own(project: Path) -> None:
    metadata_file = project / "speech/speech.yml"
    text = metadata_file.read_text(encoding="utf-8")
    slug = read_speech(project / "mkdocs.yml").slug
    metadata_file.write_text(text.replace(f"slug: {slug}", "slug: another-talk"), encoding="utf-8")
    result = run("bundle", "-f", project / "mkdocs.yml")
    assert result.returncode == 0, result.stderr
    with zipfile.ZipFile(project / "dist/another-talk.zip") as bundle:
        assert all(name.startswith("another-talk/") for name in bundle.namelist())
