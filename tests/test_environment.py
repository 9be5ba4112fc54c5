"""The environment comes by itself, follows its requirements, and leaves others alone."""

from __future__ import annotations

import ast
import os
import shlex
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT

from speechsite import environment

START = """
import sys
from speechsite import environment
try:
    environment.enter(sys.argv[1])
except environment.NotReady as reason:
    sys.exit(str(reason))
import tiny
print(tiny.VERSION, sys.prefix, *sys.argv[2:])
"""
METADATA = "Metadata-Version: 2.1\nName: tiny\nVersion: {}\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def make_wheel(folder: Path, version: str) -> None:
    """Makes a package `tiny` of that version, for pip to install without a network."""
    folder.mkdir(exist_ok=True)
    info = f"tiny-{version}.dist-info"
    with zipfile.ZipFile(folder / f"tiny-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny.py", f"VERSION = {version!r}\n")
        wheel.writestr(f"{info}/METADATA", METADATA.format(version))
        wheel.writestr(f"{info}/WHEEL", WHEEL)
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that needs nothing but `tiny`, in a path with a space and Chinese in it."""
    folder = tmp_path / "讲话 项目"
    (folder / "speechsite").mkdir(parents=True)
    for name in ("__init__.py", "environment.py"):
        shutil.copy(ROOT / "speechsite" / name, folder / "speechsite")
    (folder / "start.py").write_text(START, encoding="utf-8")
    for version in ("1.0", "2.0"):
        make_wheel(tmp_path / "wheels", version)
    (folder / "requirements.txt").write_text("tiny==1.0\n", encoding="utf-8")
    (folder / "requirements-dev.txt").write_text("tiny==2.0\n", encoding="utf-8")
    return folder


def start(
    checkout: Path,
    requirements: str = "requirements.txt",
    python: str = sys.executable,
    **more: str,
) -> subprocess.CompletedProcess[str]:
    """Runs the checkout's script as a newcomer does, with a registry of its own."""
    registry = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(checkout.parent / "wheels")}
    command = [python, "start.py", requirements, "a b"]
    return subprocess.run(
        command, cwd=checkout, env=os.environ | registry | more, capture_output=True, text=True
    )


def last(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 0, result
    return result.stdout.splitlines()[-1]


def test_at_first_use_the_packages_come_and_the_command_goes_on(checkout: Path) -> None:
    assert last(start(checkout)) == f"1.0 {checkout / '.venv'} a b"
    again = start(checkout, PIP_FIND_LINKS="/nowhere")  # nothing is asked of a registry any more
    assert again.stdout.splitlines() == [f"1.0 {checkout / '.venv'} a b"]


def test_it_follows_what_is_required(checkout: Path) -> None:
    """From outside and from inside, and the tests' packages are enough for a build."""
    start(checkout)
    assert last(start(checkout, "requirements-dev.txt")).startswith("2.0 ")
    assert last(start(checkout)).startswith("2.0 ")
    (checkout / "requirements-dev.txt").write_text("tiny==1.0\n", encoding="utf-8")
    inside = str(checkout / ".venv/bin/python")
    assert last(start(checkout, python=inside)).startswith("1.0 ")


def test_what_failed_is_said_and_done_again(checkout: Path) -> None:
    failed = start(checkout, PIP_FIND_LINKS="/nowhere")
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1].startswith("软件包没有装好")
    assert "Traceback" not in failed.stderr
    assert last(start(checkout)).startswith("1.0 ")


def test_without_pip_the_remedy_is_named(checkout: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    failed = start(checkout, python=str(tmp_path / "bare/bin/python"))
    assert failed.returncode == 1
    assert "sudo apt install python3-pip" in failed.stderr.splitlines()[-1]


def test_where_nothing_can_be_made_it_is_one_remedy(checkout: Path) -> None:
    (checkout / ".venv").write_text("a file in the way", encoding="utf-8")
    failed = start(checkout)
    assert failed.returncode == 1
    assert "换一个能写的文件夹" in failed.stderr.splitlines()[-1]


def test_an_environment_of_somebodys_own_is_used_as_it_is(checkout: Path) -> None:
    """As .venv without our mark, and as the Python that was called."""
    venv.create(checkout / ".venv", with_pip=False)
    result = start(checkout)
    assert "No module named 'tiny'" in result.stderr
    (packages,) = checkout.glob(".venv/lib/*/site-packages")
    (packages / "tiny.py").write_text("VERSION = 'own'\n", encoding="utf-8")
    assert last(start(checkout)) == f"own {checkout / '.venv'} a b"


def test_a_python_that_has_the_packages_is_not_left(checkout: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "wheels/tiny-2.0-py3-none-any.whl") as wheel:
        wheel.extractall(tmp_path / "installed")
    result = start(checkout, PYTHONPATH=str(tmp_path / "installed"))
    assert last(result) == f"2.0 {sys.prefix} a b"
    assert not (checkout / ".venv").exists()


def test_any_python_3_reads_as_far_as_the_question_for_its_version() -> None:
    """A SyntaxError would be a riddle; the question stands before everything that is newer."""
    source = (ROOT / "build_site.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 7))
    futures = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module]
    assert "__future__" not in {node.module for node in futures}
    kinds = [type(node) for node in tree.body[:3]]
    assert kinds == [ast.Expr, ast.Import, ast.If]  # the docstring, import sys, the question
    assert "version_info" in ast.dump(tree.body[2])


@pytest.mark.parametrize("folder", ["new", "讲话 二"])
def test_a_command_in_a_message_can_be_typed(folder: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = shlex.split(environment.command("check", "-f", Path(folder) / "mkdocs.yml"))
    assert words[0] == "python3"
    assert (tmp_path / words[1]).resolve() == ROOT / "build_site.py"
    assert words[2:] == ["check", "-f", f"{folder}/mkdocs.yml"]
