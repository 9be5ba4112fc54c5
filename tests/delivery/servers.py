"""Real servers on a free port: nginx, Apache and Caddy, stock or with our settings."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conftest import program

from speechsite.delivery.bundle import SERVER_POLICY

DEPLOY = Path(__file__).resolve().parents[2] / "speechsite/delivery/deploy"
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")  # Debian's place
APACHE_MODULES = Path("/usr/lib/apache2/modules")
NGINX = """
{modules} {user} daemon off; pid {work}/pid; error_log {work}/error.log; events {{}}
http {{
    include /etc/nginx/mime.types; access_log off;
    client_body_temp_path {work}; proxy_temp_path {work}; fastcgi_temp_path {work};
    uwsgi_temp_path {work}; scgi_temp_path {work};
    {server}
}}
"""
APACHE = """
{modules}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {work}/pid
ErrorLog {work}/error.log
TypesConfig /etc/mime.types
User www-data
Group www-data
{root}
<Directory {folder}>
AllowOverride {override}
Require all granted
</Directory>
"""
STOCK_MODULES = ("mpm_event", "authz_core", "mime", "dir", "alias", "autoindex")


@contextmanager
def served(command: list[str], port: int) -> Iterator[int]:
    """Runs a server in the foreground; yields its port once it listens."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 60
        while not listening(port):
            assert process.poll() is None and time.monotonic() < deadline, process.stdout.read()
        yield port
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


def settings(name: str, folder: Path) -> str:
    """Returns a file of deploy/ as it stands in the bundle, its site moved to `folder`."""
    text = (DEPLOY / name).read_text(encoding="utf-8").replace("@POLICY@", SERVER_POLICY)
    return text.replace("/srv/speech/current/site", str(folder))


@contextmanager
def nginx(folder: Path, work: Path, base: str = "/") -> Iterator[int]:
    """Runs nginx with our settings, changed only as their first lines say."""
    port = free_port()
    server = settings("nginx.conf", folder).replace("listen 80;", f"listen 127.0.0.1:{port};")
    server = server.replace("location ^~ / {", f"location ^~ {base} {{")
    server = server.replace(" /404.html", f" {base}404.html")
    if base == "/a/b/":
        server = server.replace("# location = /a/b {", "location = /a/b {")
    if BROTLI.exists():
        server = server.replace("# brotli_static on;", "brotli_static on;")
    with run_nginx(server, work, port):
        yield port


@contextmanager
def stock_nginx(folder: Path, work: Path) -> Iterator[int]:
    port = free_port()
    server = f"server {{ listen 127.0.0.1:{port}; root {folder}; index index.html; }}"
    with run_nginx(server, work, port):
        yield port


@contextmanager
def run_nginx(server: str, work: Path, port: int) -> Iterator[None]:
    modules = f"load_module {BROTLI};" if BROTLI.exists() else ""
    user = "user root;" if os.getuid() == 0 else ""
    text = NGINX.format(modules=modules, user=user, work=work, server=server)
    (work / "nginx.conf").write_text(text, encoding="utf-8")
    command = [program("nginx", "/usr/sbin/nginx"), "-c", f"{work}/nginx.conf"]
    with served([*command, "-e", f"{work}/error.log"], port):
        yield


@contextmanager
def apache(folder: Path, work: Path, base: str = "/") -> Iterator[int]:
    """Runs Apache with a site's own .htaccess."""
    root = f"DocumentRoot {folder}"
    if base != "/":
        root = f"DocumentRoot {work}\nAlias {base.rstrip('/')} {folder}"
    with run_apache(folder, work, root, ("headers", "rewrite"), "All") as port:
        yield port


@contextmanager
def stock_apache(folder: Path, work: Path) -> Iterator[int]:
    """Runs Apache as Debian sets it up: no overrides."""
    with run_apache(folder, work, f"DocumentRoot {folder}", (), "None") as port:
        yield port


@contextmanager
def run_apache(
    folder: Path, work: Path, root: str, further: tuple[str, ...], override: str
) -> Iterator[int]:
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    for place in (folder, *list(folder.parents)[:-2]):
        place.chmod(place.stat().st_mode | 0o055)  # Apache's workers are another user
    modules = []
    for name in (*STOCK_MODULES, *further):
        modules.append(f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so")
    text = APACHE.format(
        modules="\n".join(modules),
        port=port,
        work=work,
        root=root,
        folder=folder,
        override=override,
    )
    (work / "apache.conf").write_text(text, encoding="utf-8")
    command = [program("apache2", "/usr/sbin/apache2"), "-f", f"{work}/apache.conf"]
    with served([*command, "-DFOREGROUND"], port):
        yield port


@contextmanager
def caddy(folder: Path, work: Path) -> Iterator[int]:
    """Runs Caddy with our settings."""
    port = free_port()
    text = settings("Caddyfile", folder).replace(":80 {", f"http://127.0.0.1:{port} {{")
    (work / "Caddyfile").write_text("{\n\tadmin off\n}\n" + text, encoding="utf-8")
    command = [program("caddy"), "run", "--config", f"{work}/Caddyfile", "--adapter", "caddyfile"]
    with served(command, port):
        yield port
