"""The dates in a bundle go forward with every change, so that a plain copy is seen at once."""

from __future__ import annotations

import http.client
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import program
from servers import stock_apache, stock_nginx
from sites import fill

from speechsite import RELEASED
from speechsite.delivery.bundle import write_bundle
from speechsite.delivery.dates import STEP, date_of, dated
from speechsite.words import Speech

DAY = date(2026, 11, 24)


def on(speech: Speech, day: date | None) -> Speech:
    """Returns the speech as if its `updated` were that day."""
    known = {name: value for name, value in speech.metadata.items() if name != "updated"}
    return replace(speech, metadata=known | ({"updated": day} if day else {}))


@pytest.fixture
def bundled(speech: Speech, tmp_path: Path):
    """Bundles the small site of a number over the bundle before; returns the one date in it."""

    def bundled(number: int, day: date | None = DAY) -> datetime:
        site = tmp_path / f"sites/{number}"
        if not site.exists():
            fill(site, number)
        write_bundle(site, on(speech, day), tmp_path / "small.zip")
        with zipfile.ZipFile(tmp_path / "small.zip") as archive:
            dates = {entry.date_time for entry in archive.infolist()}
        assert len(dates) == 1
        return datetime(*dates.pop(), tzinfo=UTC)

    return bundled


def test_a_changed_content_has_a_later_date_and_the_same_one_its_own(bundled) -> None:
    """Back to what it was before is a change, too."""
    dates = [bundled(number) for number in (1, 2, 3, 2, 1)]
    assert dates == sorted(set(dates))
    assert bundled(1) == dates[-1]


def test_the_date_is_on_the_day_that_the_editors_name(bundled) -> None:
    assert bundled(1).date() == DAY
    assert bundled(2, date(2027, 2, 1)).date() == date(2027, 2, 1)


def test_an_earlier_day_does_not_set_it_back(bundled) -> None:
    first = bundled(1)
    assert bundled(2, date(2020, 1, 1)) == first + STEP


def test_without_a_day_it_is_this_versions(bundled) -> None:
    assert bundled(1, None).date() == date.fromisoformat(RELEASED)


def test_without_a_bundle_of_before_the_content_alone_decides(speech: Speech, tmp_path) -> None:
    nothing = tmp_path / "nothing.zip"
    one, same, other = (date_of(text, speech, nothing) for text in (b"one", b"one", b"other"))
    assert one == same != other


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04"])
def test_what_is_no_bundle_counts_for_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    assert dated(tmp_path / "x.zip") is None
    with zipfile.ZipFile(tmp_path / "y.zip", "w") as archive:
        archive.writestr("letter.txt", "no bundle")
    assert dated(tmp_path / "y.zip") is None


def test_the_reproducible_builds_variable_sets_it(speech: Speech, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    when = date_of(b"one", speech, tmp_path / "nothing.zip")
    assert when == datetime.fromtimestamp(1_800_000_000, UTC)


@contextmanager
def stock_python(folder: Path, _: Path) -> Iterator[int]:
    """Python's own server; yields its port."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    handler.func.log_message = lambda *_: None
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize("server", [stock_python, stock_nginx, stock_apache])
def test_a_plain_copy_over_an_old_site_is_sent_to_who_has_the_old_one(
    bundled, tmp_path: Path, server
) -> None:
    """Unpacked with its dates, as Explorer, unzip and rsync do; a change that keeps the size."""
    unzip = program("unzip")
    folder = tmp_path / "www"
    with server(folder, tmp_path) as port:
        headers = {}
        for number in (7, 8, 9, 8):
            bundled(number)
            unpack(unzip, tmp_path / "small.zip", folder)
            status, answer, body = ask(port, headers)
            assert (status, f"<p>{number:06}</p>" in body) == (200, True)
            headers = conditions(answer)
            assert ask(port, headers)[0] == 304
            age = parsedate_to_datetime(answer["Date"]) - parsedate_to_datetime(
                answer["Last-Modified"]
            )
            assert age.days < 400


def unpack(unzip: str, bundle: Path, folder: Path) -> None:
    """Puts the site of a bundle over what stands in `folder`, dates and all."""
    work = bundle.with_name("unpacked")
    shutil.rmtree(work, ignore_errors=True)
    subprocess.run([unzip, "-q", bundle, "-d", work], check=True)
    (site,) = work.glob("*/site")
    shutil.copytree(site, folder, dirs_exist_ok=True)


def ask(port: int, headers: dict[str, str]) -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/index.html", headers=headers)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.status, dict(response.getheaders()), body


def conditions(answer: dict[str, str]) -> dict[str, str]:
    """Returns what a browser asks with when it has the answer already."""
    asked = {"If-Modified-Since": answer["Last-Modified"]}
    if "ETag" in answer:
        asked["If-None-Match"] = answer["ETag"]
    return asked
