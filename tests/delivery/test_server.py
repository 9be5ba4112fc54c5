"""The bundle behind real servers (nginx, Apache, Caddy), with the settings that it brings along."""

from __future__ import annotations

import gzip
import http.client
import re
import shutil
from collections.abc import Callable
from email.message import Message
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import brotli
import pytest
from conftest import REQUIRE_ALL
from lxml import etree
from servers import BROTLI, DEPLOY, apache, caddy, nginx

from speechsite.delivery.bundle import SERVER_POLICY, assemble, deployed
from speechsite.pages.assets import HASHED
from speechsite.words import Speech

HEADERS = {
    "Content-Security-Policy": SERVER_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
TYPES = {
    ".html": {"text/html; charset=utf-8"},
    ".css": {"text/css; charset=utf-8", "text/css"},
    ".js": {
        f"{kind}/javascript{charset}"
        for kind in ("text", "application")
        for charset in ("", "; charset=utf-8")
    },
    ".json": {"application/json"},
    ".svg": {"image/svg+xml"},
    ".png": {"image/png"},
    ".pdf": {"application/pdf"},
    ".docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
}
Ask = Callable[..., tuple[int, Message, bytes]]


@pytest.fixture(scope="module")
def hosted(site: Path, speech: Speech, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder a server shows, with a file of every kind that a site may hold."""
    folder = tmp_path_factory.mktemp("hosted")
    full = shutil.copytree(site, folder / "full")
    (full / "handouts").mkdir(exist_ok=True)
    for name, data in (
        ("sample.pdf", b"%PDF-1.7\n" + bytes(5000)),
        ("sample.docx", b"PK"),
        ("sample.svg", b"<svg/>"),
    ):
        (full / "handouts" / name).write_bytes(data)
    assemble(full, speech, folder / "bundle")
    return folder / "bundle/site"


SERVERS = {
    "nginx": (nginx, "/"),
    "nginx-below": (nginx, "/a/b/"),
    "apache": (apache, "/"),
    "apache-below": (apache, "/a/b/"),
    "caddy": (caddy, "/"),
}


def asker(port: int) -> Ask:
    """Returns a function that sends a path as it stands."""

    def ask(path: str, **headers: str) -> tuple[int, Message, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=named)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, response.headers, body

    return ask


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest, hosted: Path, tmp_path_factory: pytest.TempPathFactory):
    """(ask, the site's address below the host) of each server, at its root and in a sub-path."""
    run, base = SERVERS[request.param]
    if run is caddy and not REQUIRE_ALL and not shutil.which("caddy"):
        pytest.skip("caddy is not installed: apt-get install caddy")
    work = tmp_path_factory.mktemp("server")
    with run(hosted, work) if run is caddy else run(hosted, work, base) as port:
        yield asker(port), base


def files(hosted: Path) -> list[str]:
    names = (path.relative_to(hosted).as_posix() for path in hosted.rglob("*") if path.is_file())
    return [name for name in names if not name.startswith(".") and Path(name).suffix in TYPES]


def assert_secured(headers: Message, where: str) -> None:
    for name, value in HEADERS.items():
        assert headers.get(name) == value, f"{where}: {name}"


def test_every_file_is_served_with_its_type_and_all_headers(server, hosted: Path) -> None:
    ask, base = server
    assert len(files(hosted)) > 15
    for name in files(hosted):
        status, headers, body = ask(base + name)
        assert status == 200, name
        assert body == (hosted / name).read_bytes(), name
        assert headers["Content-Type"] in TYPES[Path(name).suffix], name
        assert_secured(headers, name)
        lasting = "public, max-age=31536000, immutable" if HASHED.search(name) else "no-cache"
        assert headers["Cache-Control"] == lasting, name
    status, headers, body = ask(base)
    assert (status, body) == (200, (hosted / "index.html").read_bytes())
    assert_secured(headers, base)


@pytest.mark.parametrize(
    ("coding", "suffix", "unpack"),
    [("gzip", ".gz", gzip.decompress), ("br", ".br", brotli.decompress)],
)
def test_what_is_precompressed_is_served(
    server, hosted: Path, coding: str, suffix: str, unpack
) -> None:
    ask, base = server
    if coding == "br" and not BROTLI.exists():
        pytest.skip("nginx has no brotli module here")
    packed = [name for name in files(hosted) if (hosted / (name + suffix)).exists()]
    assert len(packed) > 10
    for name in packed:
        status, headers, body = ask(base + name, Accept_Encoding=coding)
        assert (status, headers.get("Content-Encoding")) == (200, coding), name
        assert body == (hosted / (name + suffix)).read_bytes()
        assert unpack(body) == (hosted / name).read_bytes()
        assert headers["Content-Type"] in TYPES[Path(name).suffix], name
        assert "Accept-Encoding" in headers["Vary"] or "accept-encoding" in headers["Vary"], name
        assert_secured(headers, name)


@pytest.mark.parametrize(
    "path",
    ["nothing", "nothing.html", "deep/er/nothing.html", "handouts/nothing.pdf", "assets/nothing/"],
)
def test_an_unknown_path_gets_our_page(server, hosted: Path, path: str) -> None:
    ask, base = server
    status, headers, body = ask(base + path)
    assert (status, headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert body == (hosted / "404.html").read_bytes()
    assert_secured(headers, path)
    here = base + path
    for _ in path.split(
        "/"
    ):  # its links lead home: the first one does, or the second one has to be taken first
        if ask(urljoin(here, "./"))[0] == 200:
            break
        here = urljoin(here, "../")
    assert urljoin(here, "./") == base


@pytest.mark.parametrize(
    "path", [".htaccess", ".git/config", "web.config", "assets/", "handouts/", "search/"]
)
def test_settings_and_lists_of_files_are_not_shown(server, hosted: Path, path: str) -> None:
    ask, base = server
    status, headers, body = ask(base + path)
    assert (status, body) == (404, (hosted / "404.html").read_bytes())
    assert_secured(headers, path)


@pytest.mark.parametrize(
    "path",
    [
        "../../SHA256SUMS",
        "../SHA256SUMS",
        "assets/../../SHA256SUMS",
        "..%2fSHA256SUMS",
        "%2e%2e/SHA256SUMS",
        "..;/x",
    ],
)
def test_nothing_outside_the_folder_is_served(server, hosted: Path, path: str) -> None:
    ask, base = server
    assert (hosted.parent / "SHA256SUMS").is_file()
    status, _, body = ask(base + path)
    assert status in (400, 403, 404)
    assert b"site/index.html" not in body


def test_a_part_of_a_pdf_is_served(server, hosted: Path) -> None:
    ask, base = server
    status, headers, body = ask(base + "handouts/sample.pdf", Range="bytes=5-104")
    assert (status, headers["Content-Range"]) == (206, "bytes 5-104/5009")
    assert body == (hosted / "handouts/sample.pdf").read_bytes()[5:105]
    assert_secured(headers, "range")


def test_the_slash_at_the_end_of_a_sub_path_may_be_left_out(server) -> None:
    ask, base = server
    status, headers, _ = ask(base.removesuffix("/") or "/")
    assert (
        status == 200
        if base == "/"
        else (status, urlsplit(headers["Location"]).path) == (301, base)
    )


def test_what_is_unchanged_is_not_sent_again(server) -> None:
    ask, base = server
    _, headers, _ = ask(base + "index.html", Accept_Encoding="gzip")
    status, again, body = ask(
        base + "index.html", Accept_Encoding="gzip", If_None_Match=headers["ETag"]
    )
    assert (status, body) == (304, b"")
    assert again.get("Content-Security-Policy") == HEADERS["Content-Security-Policy"]


def test_all_settings_say_the_same(speech: Speech) -> None:
    """And what is said of the policy comes from the one place where it stands."""
    nginx_conf = deployed("nginx.conf", speech)
    assert dict(re.findall(r'^ +add_header (\S+) "(.*)" always;', nginx_conf, re.M)) == HEADERS
    htaccess = deployed("htaccess", speech)
    said = dict(re.findall(r'^    Header always set (\S+) "(.*)"', htaccess, re.M))
    assert said == HEADERS | {"Cache-Control": "no-cache"}
    caddyfile = deployed("Caddyfile", speech)
    assert dict(re.findall(r'^\t\t([A-Z]\S+) "(.*)"$', caddyfile, re.M)) == HEADERS
    web_config = etree.fromstring(deployed("web.config", speech).encode())
    added = web_config.findall(".//customHeaders/add")
    assert {entry.get("name"): entry.get("value") for entry in added} == HEADERS


def test_nothing_in_the_settings_for_iis_collides_with_what_it_inherits() -> None:
    """IIS answers 500.19 where a folder above has the same entry, unless that is removed first."""
    keys = {"add": ("name", "value"), "mimeMap": ("fileExtension",), "error": ("statusCode",)}
    entries = [entry for entry in etree.parse(DEPLOY / "web.config").iter(*keys)]
    assert len(entries) > 10
    for entry in entries:
        before = list(entry.itersiblings(preceding=True))
        key = next(entry.get(name) for name in keys[entry.tag] if entry.get(name))
        assert any(
            other.tag == "clear" or (other.tag == "remove" and key in other.values())
            for other in before
        ), key


def test_mozilla_observatorys_rules(server, hosted: Path) -> None:
    """On a real answer: https://developer.mozilla.org/observatory/docs/tests_and_scoring"""
    ask, base = server
    _, headers, body = ask(base)
    names = {name.lower() for name in headers}
    directives = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    # Content Security Policy: denied by default; nothing unsafe, no whole scheme, no foreign host
    assert directives["default-src"] == "'none'"
    assert {value for name, value in directives.items() if name != "img-src"} == {
        "'none'",
        "'self'",
    }
    assert directives["img-src"] == "'self' data:"
    for name in ("base-uri", "form-action"):
        assert directives[name] == "'none'"
    for name in ("object-src", "frame-ancestors"):  # the owner's own PDFs and pages
        assert directives[name] == "'self'"
    assert not {"script-src-elem", "script-src-attr"} & set(directives)  # fall back to script-src
    # Cookies, Cross-origin Resource Sharing: there is none to be careless with
    assert not names & {"set-cookie", "access-control-allow-origin", "public-key-pins"}
    # Cross-origin Resource Policy, Referrer Policy, X-Content-Type-Options, X-Frame-Options
    assert_secured(headers, base)
    # Subresource Integrity: every script comes from the site itself
    assert not re.findall(rb'<script[^>]+src="(?:[a-z]+:)?//', body)
    # Redirections, Strict Transport Security: need https, so the settings name the line to add
    assert "strict-transport-security" not in names
    assert 'Strict-Transport-Security "max-age=63072000" always' in (
        DEPLOY / "nginx.conf"
    ).read_text(encoding="utf-8")
    # Not scored there: no version of the server
    maker = headers.get("Server", "")
    assert not re.search(r"\d", maker) or "Apache" in maker
