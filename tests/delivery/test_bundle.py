"""The zip for the intranet: the same bytes everywhere, whole, verifiable, and true about what made it."""

from __future__ import annotations

import datetime
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import brotli
import pytest
from conftest import ROOT, program, run

from speechsite.delivery.bundle import PROJECT, damaged, sbom, write_bundle
from speechsite.problem import Stop
from speechsite.words.read import Speech, read_speech


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
    """Two builds by the command line: another folder, day, time zone, locale, umask and order of hashes."""
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
    one = run(
        "bundle",
        "--fonts",
        "bundled",
        "-f",
        project / "mkdocs.yml",
        env=os.environ | {"PYTHONHASHSEED": "1"},
    )
    other = run(
        "bundle",
        "--fonts",
        "bundled",
        "-f",
        elsewhere / "mkdocs.yml",
        env=os.environ | changed,
        umask=0o077,
    )
    assert one.returncode == other.returncode == 0, other.stderr
    digests = {
        hashlib.sha256(next((p / "dist").glob("*.zip")).read_bytes()).hexdigest()
        for p in (project, elsewhere)
    }
    assert len(digests) == 1


def test_the_same_site_gives_the_same_bytes_on_another_day(
    site: Path, speech: Speech, tmp_path: Path
) -> None:
    """The clock of the whole build is set on by a year and seven months."""
    faketime = program("faketime")
    folders = [tmp_path / "now", tmp_path / "later"]
    for folder, prefix in zip(folders, ([], [faketime, "-f", "+570d"]), strict=True):
        shutil.copytree(ROOT / "docs", folder / "docs")
        shutil.copytree(ROOT / "speech", folder / "speech")
        shutil.copytree(ROOT / "speechsite/theme", folder / "speechsite/theme")
        shutil.copy(ROOT / "mkdocs.yml", folder)
        command = [
            *prefix,
            sys.executable,
            ROOT / "build_site.py",
            "bundle",
            "-f",
            folder / "mkdocs.yml",
        ]
        subprocess.run([*command, "--fonts", "bundled"], check=True, capture_output=True)
    assert len({next((folder / "dist").glob("*.zip")).read_bytes() for folder in folders}) == 1


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
        assert 2024 <= entry.date_time[0] <= 2025
    assert [name for name in names if name.count("/") == 1] == [
        f"{speech.slug}/{name}"
        for name in ("DEPLOY.txt", "SHA256SUMS", "nginx.conf", "sbom.cdx.json")
    ]


def test_files_that_differ_have_another_date(
    site: Path, speech: Speech, archive: Path, tmp_path: Path
) -> None:
    """A change that keeps the size: rsync and robocopy go by size and date, ETags too."""
    changed = shutil.copytree(site, tmp_path / "site")
    page = changed / "about.html"
    page.write_text(
        page.read_text(encoding="utf-8").replace("。", "！", 1), encoding="utf-8", newline="\n"
    )
    write_bundle(changed, speech, tmp_path / "changed.zip")
    with zipfile.ZipFile(archive) as one, zipfile.ZipFile(tmp_path / "changed.zip") as other:
        before = {entry.filename: (entry.file_size, entry.date_time) for entry in one.infolist()}
        after = {entry.filename: (entry.file_size, entry.date_time) for entry in other.infolist()}
    name = f"{speech.slug}/site/about.html"
    assert before[name][0] == after[name][0] and before[name][1] != after[name][1]
    assert before[f"{speech.slug}/site/index.html"] == after[f"{speech.slug}/site/index.html"]
    assert datetime.datetime(*after[name][1])


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
    assert not re.search(r"\{\w*\}", text)
    for name in (
        "nginx.conf",
        "sbom.cdx.json",
        "SHA256SUMS",
        "site/.htaccess",
        "site/web.config",
        "site/handouts/",
    ):
        assert name in text and (unpacked / name).exists(), name


def test_the_guides_way_of_updating_works(archive: Path, speech: Speech, tmp_path: Path) -> None:
    """The Linux commands of DEPLOY.txt, word for word, in a folder of the test."""
    text = (
        (ROOT / "speechsite/delivery/deploy/DEPLOY.txt")
        .read_text(encoding="utf-8")
        .format(title="", slug=speech.slug)
    )
    commands = re.findall(r"(?m)^      (sudo (?:mkdir|unzip|chmod|ln) .*)$", text)
    assert len(commands) == 7
    shutil.copy(archive, tmp_path / f"{speech.slug}.zip")
    program("unzip")
    for command in commands:
        here = command.replace("sudo ", "").replace("/srv/speech", f"{tmp_path}/srv")
        subprocess.run(
            ["sh", "-ec", here], cwd=tmp_path, check=True, capture_output=True, umask=0o077
        )
    assert os.readlink(tmp_path / "srv/current") == f"releases/2/{speech.slug}"
    assert damaged(tmp_path / "srv/current") == []
    for path in (tmp_path / "srv/current/site").rglob("*"):
        assert path.stat().st_mode & 0o004, path  # the server is another user


def test_the_list_of_software_is_true(speech: Speech) -> None:
    made = sbom(speech)
    named = {entry["name"]: entry for entry in made["components"]}
    required = re.findall(
        r'^  "([\w.-]+)[><=]',
        PROJECT.read_text(encoding="utf-8").split("[project.optional")[0],
        re.M,
    )
    assert len(required) > 8
    assert {name.lower() for name in required} <= set(named)
    for name, entry in named.items():
        assert entry["version"] == metadata.version(name)
        assert entry["purl"] == f"pkg:pypi/{name}@{entry['version']}"
    references = {entry["bom-ref"] for entry in made["components"]} | {speech.slug}
    assert {entry["ref"] for entry in made["dependencies"]} == references
    assert all(set(entry["dependsOn"]) <= references for entry in made["dependencies"])
    assert "jinja2" in named  # which MkDocs needs, not we


def test_the_list_of_software_keeps_the_standard(unpacked: Path) -> None:
    validation = pytest.importorskip(
        "cyclonedx.validation.json", reason="cyclonedx-python-lib[json-validation]"
    )
    schema = pytest.importorskip("cyclonedx.schema")
    validator = validation.JsonStrictValidator(schema.SchemaVersion.V1_6)
    text = (unpacked / "sbom.cdx.json").read_text(encoding="utf-8")
    assert validator.validate_str(text) is None
    broken = json.loads(text) | {"components": [{"type": "nonsense", "name": "x"}]}
    assert validator.validate_str(json.dumps(broken)) is not None


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
