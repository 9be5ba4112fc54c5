"""Follows DEPLOY.txt to the letter, on a machine that is thrown away afterwards.

    unshare --mount --net --pid --fork --kill-child python follow.py GUIDE OLD NEW CHECKOUT

In the namespaces of unshare(1), /srv, /run and the servers' settings are copies, the network is
empty. `apt` only asks whether the package is here. Prints a line for each server and each step that
was seen to work; ends with 1 at the first that does not.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PATIENCE = 20.0  # seconds
HOST = "10.1.2.3"  # which the guide has its reader replace
SETTINGS = ("/etc/nginx", "/etc/apache2", "/etc/caddy")
SHIMS = {
    "sudo": '#!/bin/sh\nexec "$@"\n',
    "apt": '#!/bin/sh\nshift\ndpkg -s "$@" >/dev/null\n',
}
SERVERS = {  # how the package starts it on a machine with an init system; how it is stopped
    "nginx": ("nginx", "nginx -s stop"),
    "Apache": ("apache2ctl start", "apache2ctl stop"),
    "Caddy": ("caddy start --config /etc/caddy/Caddyfile", "caddy stop"),
}
SECURED = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cache-Control")
# A command: six spaces, then what is typed; "      sudo apt install unzip"
COMMAND = re.compile(r"(?m)^      ((?:sudo|cd) .*)$")


def main(guide: Path, old: Path, new: Path, checkout: Path) -> None:
    work = Path(tempfile.mkdtemp())
    prepare(work)
    text = guide.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    parts = re.split(r"(?m)^[一二三四五六七八]、", text)
    _, put_up, verify, settings, _, update, *_ = parts
    archive = work / re.search(r"(\S+\.zip)", put_up)[1]
    shutil.copy(old, archive)
    for command in [*COMMAND.findall(put_up), *COMMAND.findall(verify)]:
        run(command, work)
    for name in SERVERS:
        chapter = re.search(rf"(?ms)^  {name}\n(.*?)^\n", settings)[1]
        start, stop = SERVERS[name]
        run(start, work)
        for command in COMMAND.findall(chapter):
            run(command, work)
        print(f"{name}: {ask()}", flush=True)
        run(stop, work)
        await_end()
    run("nginx", work)
    shutil.copy(new, archive)
    seen = ask()
    steps = COMMAND.findall(update)
    for command in steps:
        if "build_site.py" in command:
            run(command, checkout)
        else:
            run(command, work)
        if "current" in command or "build_site" in command:
            seen = ask(other_than=seen)
            print(f"{os.readlink('/srv/speech/current')}: {seen}", flush=True)


def prepare(work: Path) -> None:
    """Makes this machine one that may be thrown away."""
    run("mount --make-rprivate /", work)
    run("ip link set lo up", work)
    for place in SETTINGS:
        copy = shutil.copytree(place, work / place.strip("/"), symlinks=True)
        run(f"mount --bind {copy} {place}", work)
    for place in ("/srv", "/run"):
        run(f"mount -t tmpfs tmpfs {place}", work)
    Path("/run/lock").mkdir()
    for name, text in SHIMS.items():
        shim = work / "bin" / name
        shim.parent.mkdir(exist_ok=True)
        shim.write_text(text, encoding="utf-8")
        shim.chmod(0o755)
    os.environ["PATH"] = f"{work}/bin:/usr/sbin:{os.environ['PATH']}"
    os.environ["HOME"] = str(work)  # where Caddy keeps what it remembers


def run(command: str, folder: Path) -> None:
    """Types a command; what a server says of itself is not of interest unless it fails."""
    with tempfile.TemporaryFile() as said:
        status = subprocess.run(["sh", "-c", command], cwd=folder, stdout=said, stderr=said)
        if status.returncode:
            said.seek(0)
            sys.exit(f"{command}\n{said.read().decode(errors='replace')}")


def ask(other_than: str = "") -> str:
    """Returns a small site's number, or a real one's maker, once every header is there.

    A server answers a while with its old settings after it was told to reload; nginx, with our
    settings, up to a second with the release before.
    """
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        connection = http.client.HTTPConnection("127.0.0.1", 80, timeout=30)
        connection.request("GET", "/", headers={"Host": HOST})
        answer = connection.getresponse()
        body = answer.read().decode(errors="replace")
        number = re.search(r"<p>(\d{6})</p>", body) or re.search(r"\"(speechsite) ", body)
        secured = all(answer.headers.get(name) for name in SECURED)
        if number and secured and number[1] != other_than:
            return number[1]
    sys.exit(f"{answer.status} {answer.headers}\n{body[:300]}")


def await_end() -> None:
    """Waits until nobody listens any more."""
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", 80)):
                return


if __name__ == "__main__":
    main(*(Path(argument).resolve() for argument in sys.argv[1:]))
