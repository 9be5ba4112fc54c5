"""The command line as a user meets it: what it prints, how it ends, and that the old site survives."""

from __future__ import annotations

import ast
import os
import pty
import random
import shutil
import signal
import subprocess
import sys
import termios
from functools import partial
from pathlib import Path

import pytest
from conftest import ROOT, run
from small import add, change

from build_site import both
from speechsite.problem import Problem, Stop


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def leftovers(site: Path) -> list[str]:
    return [
        path.name for path in site.parent.iterdir() if path.name.startswith(f".{site.name}.new-")
    ]


def test_version_names_the_tool_python_and_the_system() -> None:
    result = run("--version")
    assert result.returncode == 0
    assert result.stdout.startswith("speechsite ") and "Python 3." in result.stdout


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_what_only_answers_loads_nothing(option: str) -> None:
    code = "import sys, runpy; sys.argv = sys.argv[1:]\ntry: runpy.run_path(sys.argv[0], run_name='__main__')\n"
    code += "finally: print(*sys.modules)"
    command = [sys.executable, "-c", code, str(ROOT / "build_site.py"), option]
    loaded = set(subprocess.run(command, capture_output=True, encoding="utf-8").stdout.split())
    assert "argparse" in loaded
    assert not loaded & {
        "yaml",
        "lxml",
        "mkdocs",
        "typst",
        "pypinyin",
        "docx",
        "opencc",
        "brotli",
        "speechsite.check",
    }


def test_a_terminal_sees_how_far_it_is_and_a_file_does_not() -> None:
    """The bar itself is tqdm's; PATIENCE is what keeps a short build free of it."""
    code = "import build_site; build_site.PATIENCE = 0; print(*build_site.bar(['甲', '乙', '丙']))"
    terminal, there = pty.openpty()
    termios.tcsetwinsize(there, (24, 80))
    os.set_blocking(terminal, False)
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, stderr=there, stdout=subprocess.PIPE, check=True
    )
    assert b"/3" in os.read(terminal, 10_000)
    kept = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert (shown.stdout, kept.stderr) == (kept.stdout, b"")
    assert shown.stdout.decode().split() == ["甲", "乙", "丙"]
    os.close(terminal)
    os.close(there)


@pytest.mark.parametrize(
    "arguments", [["no-such-command"], ["--no-such-option"], ["check", "--port", "1"]]
)
def test_wrong_use_ends_with_2(arguments: list[str]) -> None:
    assert run(*arguments).returncode == 2


def test_a_missing_config_file_is_one_clear_line(tmp_path: Path) -> None:
    result = run("check", "-f", tmp_path / "mkdocs.yml")
    assert result.returncode == 1
    assert result.stderr.startswith("mkdocs.yml: missing: ")
    assert "Traceback" not in result.stderr


def test_options_stand_before_or_after_the_command(project: Path) -> None:
    config = str(project / "mkdocs.yml")
    for arguments in (
        ["-f", config, "check"],
        ["check", "-f", config],
        ["check", "--config-file", config],
    ):
        assert run(*arguments).returncode == 0


def test_each_stage_prints_one_line_with_its_time_and_the_last_says_where(project: Path) -> None:
    result = run("build", "-f", project / "mkdocs.yml")
    assert result.returncode == 0, result.stderr
    *stages, last = result.stdout.splitlines()
    assert {line.split()[0] for line in stages} == {"校对", "讲义", "网页", "检索"}
    assert all(" 秒 " in line for line in stages)
    took = {line.split()[0]: float(line.split()[1]) for line in stages}
    assert took["网页"] > 0.05, "MkDocs' own time, not how long we waited for it"
    assert str(project / "site/index.html") in last
    assert (project / "site/index.html").is_file()


def test_a_failed_build_leaves_the_old_site(small: Path) -> None:
    site = small / "site"
    assert run("build", "-f", small / "mkdocs.yml").returncode == 0
    before = contents(site)
    change(small / "speech/02-second.md", "真抓", "真捉")
    add(small / "docs/about.md", "\n[没有](gone.md)\n")
    result = run("build", "-f", small / "mkdocs.yml")
    assert result.returncode == 1
    assert result.stderr.startswith("speech/02-second.md:3: verbatim: ")
    assert contents(site) == before
    assert not leftovers(site)


@pytest.mark.parametrize("faulty", [(0,), (1,), (0, 1)])
def test_what_two_stages_beside_each_other_find_is_said_at_once(faulty: tuple[int, ...]) -> None:
    def stage(number: int) -> int:
        if number in faulty:
            raise Stop(Problem(f"{number}.md", 1, "rule", "message"))
        return number

    with pytest.raises(Stop) as stop:
        both(partial(stage, 0), partial(stage, 1))
    assert [problem.file for problem in stop.value.problems] == [f"{n}.md" for n in faulty]
    assert both(partial(stage, 2), partial(stage, 3)) == (2, 3)


def test_many_problems_end_with_how_many_more(small: Path) -> None:
    add(small / "docs/about.md", "".join(f"\n[没有](gone{n}.md)\n" for n in range(70)))
    lines = run("build", "-f", small / "mkdocs.yml").stderr.splitlines()
    assert len(lines) == 52
    assert "还有 20 处" in lines[50] and lines[51].startswith("70 处问题")


def test_nobody_elses_files_are_replaced(small: Path) -> None:
    folder = small / "mine"
    folder.mkdir()
    (folder / "letter.txt").write_text("keep me", encoding="utf-8")
    result = run("build", "-f", small / "mkdocs.yml", "-d", folder)
    assert result.returncode == 1
    assert ": target: " in result.stderr
    assert contents(folder) == {"letter.txt": b"keep me"}


def test_a_build_killed_at_any_moment_leaves_the_old_site_or_the_new(small: Path) -> None:
    """kill -9 at random moments from a build's start to about its end, its content always new."""
    site = small / "site"
    command = [sys.executable, str(ROOT / "build_site.py"), "-f", str(small / "mkdocs.yml")]
    assert run("build", "-f", small / "mkdocs.yml").returncode == 0
    before = contents(site)
    about = small / "docs/about.md"
    original = about.read_text(encoding="utf-8")
    chance = random.Random(seed := random.randrange(10**6))
    for number in range(12):
        about.write_text(f"{original}\n第 {number} 次。\n", encoding="utf-8")
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(timeout=chance.uniform(0, 0.8))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        after = contents(site)
        if after != before:
            assert set(after) >= {"index.html", "about.html", "404.html"}, f"seed {seed}"
            assert f"第 {number} 次" in after["about.html"].decode(), f"seed {seed}"
            assert len(after) == len(before), f"seed {seed}"
        before = after
    assert run("build", "-f", small / "mkdocs.yml").returncode == 0
    assert not leftovers(site)


def test_an_interrupted_build_says_so_and_ends_with_130(small: Path) -> None:
    hook = "import time\ndef on_files(files, config):\n    open('here', 'w').close()\n    time.sleep(60)\n"
    (small / "hook.py").write_text(hook, encoding="utf-8")
    add(small / "mkdocs.yml", "hooks: [hook.py]\n")
    command = [sys.executable, str(ROOT / "build_site.py"), "-f", str(small / "mkdocs.yml")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, encoding="utf-8") as process:
        while not (small / "here").exists():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said.splitlines()[-1] == "已中断，旧网站没有动。" and "Traceback" not in said
    assert not (small / "site").exists() and not leftovers(small / "site")


def test_an_older_python_can_read_as_far_as_the_line_that_says_so() -> None:
    source = (ROOT / "build_site.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 6))
    docstring, system, check, *others = tree.body
    assert isinstance(check, ast.If) and "version_info" in ast.unparse(check.test)
    assert [ast.unparse(node) for node in (system,)] == ["import sys"]
    futures = (node for node in others if isinstance(node, ast.ImportFrom))
    assert not [node for node in futures if node.module == "__future__"], "3.6 knows no annotations"
    assert isinstance(docstring, ast.Expr)


@pytest.mark.parametrize("version", ["3.6", "3.8", "3.10"])
def test_an_older_python_is_told(version: str) -> None:
    python = shutil.which(f"python{version}")
    if python is None or subprocess.run([python, "-c", ""], capture_output=True).returncode:
        pytest.skip(f"python{version} is not installed")
    command = [python, str(ROOT / "build_site.py")]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    result = subprocess.run(command, capture_output=True, env=environment)
    assert result.returncode == 1
    (line,) = result.stderr.decode().splitlines()
    assert "3.11" in line and version in line


@pytest.mark.parametrize("package", ["yaml", "lxml", "typst", "mkdocs", "lightningcss", "watchdog"])
def test_a_missing_package_is_one_line(project: Path, tmp_path: Path, package: str) -> None:
    """The package is hidden behind one of its name that says it is not there."""
    stub = f"raise ModuleNotFoundError(name={package!r})\n"
    (tmp_path / "stubs").mkdir()
    (tmp_path / f"stubs/{package}.py").write_text(stub, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "stubs")}
    command = "serve" if package == "watchdog" else "build"
    result = run(command, "-f", project / "mkdocs.yml", env=environment)
    assert result.returncode == 1, result.stdout
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"缺少软件包 {package}；")


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
@pytest.mark.parametrize("arguments", [["--help"], ["check"], ["serve", "--help"]])
def test_a_terminal_without_chinese_gets_question_marks(
    encoding: str, arguments: list[str]
) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    assert run(*arguments, env=environment).returncode == 0
