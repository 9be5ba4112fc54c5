"""Real old Chromium builds, by the DevTools protocol over a pipe: no driver speaks to one this old.

The protocol: https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tarfile
import threading
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import brotli
import pytest
from engine import CENTIMETRES, PATIENCE, Paper
from filelock import FileLock

INCH = 2.54  # centimetres
LONGEST = 120  # seconds that a build lives; then reading from it ends, and the test fails
BUILDS = {  # the builds come as npm packages
    75: "chrome-aws-lambda@1.14.0",
    80: "chrome-aws-lambda@2.1.1",
    86: "chrome-aws-lambda@5.3.1",
    92: "chrome-aws-lambda@10.1.0",
    109: "@sparticuz/chromium@109.0.6",
}
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-zygote",
    "--remote-debugging-pipe",
    "--disable-background-networking",
)


def unpacked(number: int, builds: Path) -> Path:
    """Returns the folder with the browser of that number, fetched and unpacked in `builds` once."""
    folder = builds / str(number)
    with FileLock(builds / f"{number}.lock"):
        if not (folder / "chromium").exists():
            folder.mkdir(exist_ok=True)
            unpack(fetched(BUILDS[number], builds), folder)
    return folder


def fetched(package: str, builds: Path) -> Path:
    """Returns the archive of an npm package."""
    name = package.removeprefix("@").replace("/", "-").replace("@", "-")
    archive = builds / f"{name}.tgz"
    if not archive.exists():
        if not shutil.which("npm"):
            pytest.skip(f"no {archive.name} in OLD_CHROMIUM, and no npm to fetch it")
        command = ["npm", "pack", "--ignore-scripts", package]
        subprocess.run(command, cwd=builds, check=True, capture_output=True)
    return archive


def unpack(archive: Path, folder: Path) -> None:
    """Writes the libraries of a package (each a tar), then the browser itself."""
    browser = b""
    with tarfile.open(archive) as packed:
        for member in packed:
            if not member.name.endswith(".br"):
                continue
            data = brotli.decompress(packed.extractfile(member).read())
            if ".tar" not in member.name:
                browser = data
                continue
            with tarfile.open(fileobj=BytesIO(data)) as libraries:
                libraries.extractall(folder, filter="data")
    (folder / "new").write_bytes(browser)
    (folder / "new").chmod(0o755)
    (folder / "new").rename(folder / "chromium")


class OldBrowser:
    """A running build. Called with a method of the protocol, it returns that one's result."""

    def __init__(self, folder: Path, profile: Path):
        command_read, self.command = os.pipe()
        self.answer, answer_write = os.pipe()

        def connect() -> None:  # the browser reads from 3 and writes to 4
            copies = os.dup(command_read), os.dup(answer_write)
            os.dup2(copies[0], 3)
            os.dup2(copies[1], 4)

        self.process = subprocess.Popen(
            [folder / "chromium", *OPTIONS, f"--user-data-dir={profile}", "about:blank"],
            env={**os.environ, "LD_LIBRARY_PATH": str(folder / "lib")},
            stderr=subprocess.DEVNULL,
            preexec_fn=connect,
            pass_fds=(3, 4),
        )
        os.close(command_read)
        os.close(answer_write)
        self.watchdog = threading.Timer(LONGEST, self.process.kill)
        self.watchdog.start()
        self.number, self.session, self.events, self.rest = 0, None, [], b""
        target = self("Target.createTarget", url="about:blank")["targetId"]
        self.session = self("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self(f"{domain}.enable")
        self("Emulation.setFocusEmulationEnabled", enabled=True)
        self.resize(1280, 800)

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

    def resize(self, width: int, height: int) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self("Emulation.setDeviceMetricsOverride", **size)

    def open(self, address: str) -> None:
        self.events.clear()
        self("Page.navigate", url=address)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.receive())

    def ask(self, script: str, *arguments: Any) -> Any:
        """Returns what a function of JavaScript, written `(a, b) => …`, returns on the page."""
        given = ", ".join(map(json.dumps, arguments))
        question = {"expression": f"({script})({given})", "returnByValue": True}
        answer = self("Runtime.evaluate", **question)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait(self, script: str, *arguments: Any) -> None:
        """Waits until the function returns something true."""
        end = time.monotonic() + PATIENCE
        while not self.ask(script, *arguments):
            assert time.monotonic() < end, f"waited in vain for {script}"

    def printed(self, paper: Paper) -> bytes:
        width, height = (side / INCH for side in CENTIMETRES[paper.name])
        chosen = {"paperWidth": width, "paperHeight": height, "landscape": paper.landscape}
        return base64.b64decode(self("Page.printToPDF", scale=paper.scale, **chosen)["data"])

    def faults(self) -> list[str]:
        """What went wrong on the page that is open: exceptions, what was refused or not found."""
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
