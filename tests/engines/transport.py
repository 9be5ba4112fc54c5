"""The ways a page comes to a reader: from a server with our headers or without, from the disk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from speechsite.delivery.bundle import DEPLOY, SERVER_POLICY

HEADERS, PLAIN, FILE = "http with headers", "http without", "file://"
TRANSPORTS = (HEADERS, PLAIN, FILE)
# add_header X-Frame-Options "DENY" always;
ADD_HEADER = re.compile(r'^ *add_header (\S+) "([^"]*)" always;', re.MULTILINE)


def our_headers() -> dict[str, str]:
    """The headers that deploy/nginx.conf makes a server send."""
    settings = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    return dict(ADD_HEADER.findall(settings.replace("@POLICY@", SERVER_POLICY)))


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder below /a/b/, as an intranet does, with some headers."""

    def __init__(self, *arguments, headers: dict[str, str], **options):
        self.sent = headers
        super().__init__(*arguments, **options)

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix("/a/b"))

    def end_headers(self) -> None:
        for name, value in self.sent.items():
            self.send_header(name, value)
        super().end_headers()

    def log_message(self, *_: object) -> None: ...


@contextmanager
def served(folder: Path, headers: dict[str, str]) -> Iterator[str]:
    """Yields the address of `folder` on this machine, ending in a slash."""
    handler = partial(Handler, directory=str(folder), headers=headers)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/a/b/"
        server.shutdown()


@contextmanager
def reached(folder: Path, transport: str) -> Iterator[str]:
    """Yields the address of the site in `folder` by one of TRANSPORTS."""
    if transport == FILE:
        yield f"{folder.as_uri()}/"
        return
    with served(folder, our_headers() if transport == HEADERS else {}) as address:
        yield address
