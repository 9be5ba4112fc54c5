"""The packages that the work needs: in .venv beside build_site.py, put there at first use.

So `python3 build_site.py` is all that a newcomer types, on every system. It takes Python with pip
and nothing else: Debian's bare python3 has no ensurepip, so pip is lent by the Python outside. An
environment of somebody's own, .venv or not, is used as it is.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
FOLDER = HOME / ".venv"
MARK = FOLDER / "speechsite.txt"  # the requirements that were installed; only in a .venv made here
BUILD, TEST = "requirements.txt", "requirements-dev.txt"  # the second holds all of the first
PINNED = re.compile(r"^([\w.-]+)==", re.MULTILINE)  # mkdocs==1.6.1


class NotReady(Exception):
    """The packages could not be put there; the message says what to do (Chinese)."""


def enter(requirements: str) -> None:
    """Returns where the packages are at hand; else sets .venv up and goes on in it, anew.

    Raises NotReady where that cannot be.
    """
    wanted = HOME / requirements
    if not wanted.is_file():  # somebody's own arrangement
        return
    if is_inside():
        if MARK.exists() and not is_installed(requirements):
            install(wanted, outer_python())
        return
    if FOLDER.exists() or lacks(wanted):
        set_up(requirements)
        go_on_inside()


def is_inside() -> bool:
    return os.path.realpath(sys.prefix) == os.path.realpath(FOLDER)


def outer_python() -> str:
    """Returns the Python that .venv was made with: it has pip."""
    return str(getattr(sys, "_base_executable", sys.executable))


def inner_python() -> Path:
    return FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_installed(requirements: str) -> bool:
    """Says whether .venv holds what that file names today."""
    known = MARK.read_text(encoding="utf-8")
    enough = (TEST,) if requirements == TEST else (BUILD, TEST)
    for name in enough:
        path = HOME / name
        if path.is_file() and path.read_text(encoding="utf-8") == known:
            return True
    return False


def lacks(wanted: Path) -> bool:
    """Says whether this Python lacks a package of the requirements; of any version, it is used."""
    from importlib import metadata  # it takes long to load, and is seldom needed

    for name in PINNED.findall(wanted.read_text(encoding="utf-8")):
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            return True
    return False


def set_up(requirements: str) -> None:
    """Makes .venv where there is none, and installs into it unless it is somebody's own."""
    if not inner_python().exists():
        create()
    if MARK.exists() and not is_installed(requirements):
        install(HOME / requirements, sys.executable)


def create() -> None:
    print(f"第一次使用：建立 {FOLDER}", flush=True)
    command = [sys.executable, "-m", "venv", "--clear", "--without-pip", str(FOLDER)]
    if subprocess.run(command).returncode:
        raise NotReady(f"{FOLDER} 建不了；换一个能写的文件夹，或检查 Python 是否完整")
    MARK.write_text("", encoding="utf-8")


def install(wanted: Path, python: str) -> None:
    """Installs with the pip of `python`; the mark is written last, so that half is done again."""
    print(f"把 {wanted.name} 里的软件包装进 .venv，需要几分钟，装好以后不再联网 …", flush=True)
    if subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode:
        remedy = "Debian、Ubuntu 上运行 sudo apt install python3-pip"
        raise NotReady(f"{python} 没有 pip；{remedy}，Windows、macOS 上用 python.org 的安装包")
    inside = ["--python", str(inner_python())]
    command = [python, "-m", "pip", *inside, "install", "-q", "-r", str(wanted)]
    if subprocess.run(command).returncode:
        raise NotReady("软件包没有装好，原因见上；连上网络或软件源，再运行一次同样的命令")
    MARK.write_bytes(wanted.read_bytes())


def go_on_inside() -> None:
    """Runs this command again with .venv's Python; does not return."""
    command = [str(inner_python()), *sys.argv]
    if os.name == "nt":  # execv would give the console back at once
        sys.exit(subprocess.run(command).returncode)
    sys.stdout.flush()
    os.execv(command[0], command)


def command(*arguments: object) -> str:
    """Returns a command of build_site.py as the reader types it, from where he stands."""
    script = os.path.relpath(HOME / "build_site.py")
    words = [script, *map(str, arguments)]
    if os.name == "nt":
        return f"py {subprocess.list2cmdline(words)}"
    return f"python3 {shlex.join(words)}"
