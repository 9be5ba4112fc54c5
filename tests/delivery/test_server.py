"""The bundle behind a real nginx (and Apache, where it is installed), with the settings that it brings along."""

from __future__ import annotations

import gzip
import http.client
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import brotli
import pytest
from conftest import program
from lxml import etree

from speechsite.delivery.bundle import DEPLOY, assemble
from speechsite.pages.assets import HASHED
from speechsite.pages.policy import POLICY
from speechsite.words.read import Speech

HEADERS = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",  # which a <meta> cannot say
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
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
Ask = Callable[..., tuple[int, dict[str, str], bytes]]


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


@contextmanager
def served(command: list[str], port: int) -> Iterator[Ask]:
    """Runs a server in the foreground; yields a function that sends a path as it stands."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 30
        while not listening(port):
            assert process.poll() is None and time.monotonic() < deadline, process.stdout.read()

        def ask(path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request(
                "GET",
                path,
                headers={name.replace("_", "-"): value for name, value in headers.items()},
            )
            response = connection.getresponse()
            body = response.read()
            connection.close()
            return response.status, dict(response.getheaders()), body

        yield ask
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def nginx(folder: Path, work: Path, base: str) -> Iterator[Ask]:
    """Runs nginx with our settings, changed only as their first lines say."""
    port, module = free_port(), Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
    settings = (
        (DEPLOY / "nginx.conf")
        .read_text(encoding="utf-8")
        .replace("listen 80;", f"listen 127.0.0.1:{port};")
    )
    settings = settings.replace("/srv/speech/current/site/", f"{folder}/")
    settings = settings.replace("location ^~ / {", f"location ^~ {base} {{").replace(
        " /404.html", f" {base}404.html"
    )
    settings = (
        settings.replace("# location = /a/b {", "location = /a/b {")
        if base == "/a/b/"
        else settings
    )
    settings = (
        settings.replace("# brotli_static on;", "brotli_static on;")
        if module.exists()
        else settings
    )
    (work / "speech.conf").write_text(settings, encoding="utf-8")
    temporary = "".join(
        f"{kind}_temp_path {work};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (work / "nginx.conf").write_text(
        f"{f'load_module {module};' if module.exists() else ''} {'user root;' if os.getuid() == 0 else ''}"
        f"daemon off; pid {work}/pid; error_log {work}/error.log; events {{}}"
        f"http {{ include /etc/nginx/mime.types; access_log off; {temporary} include {work}/speech.conf; }}",
        encoding="utf-8",
    )
    command = [
        program("nginx", "/usr/sbin/nginx"),
        "-c",
        f"{work}/nginx.conf",
        "-e",
        f"{work}/error.log",
    ]
    with served(command, port) as ask:
        yield ask


@contextmanager
def apache(folder: Path, work: Path, base: str) -> Iterator[Ask]:
    port, modules = free_port(), "/usr/lib/apache2/modules"
    names = ["mpm_event", "authz_core", "mime", "dir", "alias", "headers", "rewrite", "autoindex"]
    loaded = "\n".join(f"LoadModule {name}_module {modules}/mod_{name}.so" for name in names)
    root = (
        f"DocumentRoot {folder}"
        if base == "/"
        else f"DocumentRoot {work}\nAlias {base.rstrip('/')} {folder}"
    )
    (work / "apache.conf").write_text(
        f"{loaded}\nServerName localhost\nListen 127.0.0.1:{port}\nPidFile {work}/pid\nErrorLog {work}/error.log\n"
        f"TypesConfig /etc/mime.types\nUser www-data\nGroup www-data\n{root}\n"
        f"<Directory {folder}>\nAllowOverride All\nRequire all granted\n</Directory>\n",
        encoding="utf-8",
    )
    command = [program("apache2", "/usr/sbin/apache2"), "-f", f"{work}/apache.conf", "-DFOREGROUND"]
    with served(command, port) as ask:
        yield ask


@pytest.fixture(
    scope="module",
    params=[(nginx, "/"), (nginx, "/a/b/"), (apache, "/"), (apache, "/a/b/")],
    ids=["nginx", "nginx-below", "apache", "apache-below"],
)
def server(request: pytest.FixtureRequest, hosted: Path, tmp_path_factory: pytest.TempPathFactory):
    """(ask, the address of the site below the host) of each server, at its root and under a sub-path."""
    run, base = request.param
    if run is apache and not shutil.which("apache2"):
        pytest.skip("apache2 is not installed; nginx is the server that is promised")
    if run is apache:
        for folder in [hosted, *hosted.parents][
            :-2
        ]:  # Apache's workers are not the user of the tests
            folder.chmod(folder.stat().st_mode | 0o055)
    with run(hosted, tmp_path_factory.mktemp("server"), base) as ask:
        yield ask, base


def files(hosted: Path) -> list[str]:
    names = (path.relative_to(hosted).as_posix() for path in hosted.rglob("*") if path.is_file())
    return [name for name in names if not name.startswith(".") and Path(name).suffix in TYPES]


def assert_secured(headers: dict[str, str], where: str) -> None:
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
    if (
        coding == "br"
        and not Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so").exists()
    ):
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


def test_the_three_settings_say_the_same() -> None:
    nginx_conf, htaccess = (
        (DEPLOY / name).read_text(encoding="utf-8") for name in ("nginx.conf", "htaccess")
    )
    assert dict(re.findall(r'^ +add_header (\S+) "(.*)" always;', nginx_conf, re.M)) == HEADERS
    assert {
        **dict(re.findall(r'^    Header always set (\S+) "(.*)"', htaccess, re.M))
    } == HEADERS | {"Cache-Control": "no-cache"}
    added = etree.parse(DEPLOY / "web.config").findall(".//customHeaders/add")
    assert {entry.get("name"): entry.get("value") for entry in added} == HEADERS


def test_nothing_in_the_settings_for_iis_collides_with_what_it_inherits() -> None:
    """IIS answers every request with 500.19 where a folder above has the same entry, unless it is removed first."""
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
    """Each test of https://developer.mozilla.org/observatory/docs/tests_and_scoring on a real answer."""
    ask, base = server
    _, headers, body = ask(base)
    names = {name.lower() for name in headers}
    directives = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    # Content Security Policy: denied by default; nothing unsafe, no whole scheme, no foreign host; base, forms, frames
    assert directives["default-src"] == "'none'"
    assert {value for name, value in directives.items() if name != "img-src"} == {
        "'none'",
        "'self'",
    }
    assert directives["img-src"] == "'self' data:"
    for name in ("base-uri", "form-action", "frame-ancestors"):
        assert directives[name] == "'none'"
    assert not {"object-src", "script-src-elem", "script-src-attr"} & set(
        directives
    )  # fall back to the strict ones
    # Cookies, Cross-origin Resource Sharing: there is none to be careless with
    assert not names & {"set-cookie", "access-control-allow-origin", "public-key-pins"}
    # Cross-origin Resource Policy, Referrer Policy, X-Content-Type-Options, X-Frame-Options
    assert_secured(headers, base)
    # Subresource Integrity: every script comes from the site itself
    assert not re.findall(rb'<script[^>]+src="(?:[a-z]+:)?//', body)
    # Redirections and Strict Transport Security: need https, so the settings name the line to add
    assert "strict-transport-security" not in names
    assert 'Strict-Transport-Security "max-age=63072000" always' in (
        DEPLOY / "nginx.conf"
    ).read_text(encoding="utf-8")
    # Not scored there: no version of the server
    assert not re.search(r"\d", headers["Server"]) or "Apache" in headers["Server"]
