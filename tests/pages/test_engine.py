"""MkDocs in its process: ready for the next build, its words brought back, gone when not needed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small import add, change, write

from speechsite.pages.engine import WORKER, Answer, begin, engine, finished
from speechsite.problem import Stop


def ask(project: Path, *folders: Path) -> list[Answer]:
    """Has one engine make the project in each of the folders."""
    with engine(project / "mkdocs.yml") as mkdocs:
        answers = []
        for folder in folders:
            begin(mkdocs, folder, {"policy": "p"})
            answers.append(finished(mkdocs))
    return answers


def test_one_engine_makes_several_sites_and_sees_what_was_saved(
    small: Path, tmp_path: Path
) -> None:
    with engine(small / "mkdocs.yml") as mkdocs:
        for number in ("一", "二"):
            add(small / "docs/about.md", f"\n第{number}次。\n")
            begin(mkdocs, tmp_path / number, {})
            assert finished(mkdocs).records == ()
            assert f"第{number}次" in (tmp_path / number / "about.html").read_text("utf-8")


def test_the_templates_are_told_what_the_build_knows(small: Path, tmp_path: Path) -> None:
    write(small / "own/main.html", "{{ config.extra.policy }} {{ config.extra.mine }}")
    change(small / "mkdocs.yml", "  name: material", "  name: material\n  custom_dir: own")
    add(small / "mkdocs.yml", "extra:\n  mine: m\n")
    ask(small, tmp_path / "site")
    assert (tmp_path / "site/about.html").read_text("utf-8") == "p m"


def test_what_is_logged_comes_back_whole(small: Path, tmp_path: Path) -> None:
    add(small / "docs/about.md", "\n[没有](gone.md)\n")
    write(small / "docs/one.md", "# 一")
    write(small / "docs/two.md", "# 二")
    (answer,) = ask(small, tmp_path / "site")
    assert {record.level for record in answer.records} == {"WARNING"}
    texts = [record.text for record in answer.records]
    assert any("'gone.md'" in text for text in texts)
    assert any("one.md" in text and "two.md" in text for text in texts), "also its further lines"


@pytest.mark.parametrize(
    ("key", "text"),
    [("theme", "theme: nobody"), ("plugins", "plugins: [nothing]"), ("nav", "nav: x")],
)
def test_a_wrong_setting_is_a_record(small: Path, tmp_path: Path, key: str, text: str) -> None:
    config = small / "mkdocs.yml"
    lines = config.read_text("utf-8").split("\n")
    start = next(number for number, line in enumerate(lines) if line.startswith(f"{key}:"))
    end = next(
        number for number, line in enumerate(lines) if number > start and line[:1] not in ("", " ")
    )
    config.write_text("\n".join([*lines[:start], text, *lines[end:]]), encoding="utf-8")
    (answer,) = ask(small, tmp_path / "site")
    assert any(f"'{key}'" in record.text for record in answer.records), answer.records


def test_an_exception_is_a_record(small: Path, tmp_path: Path) -> None:
    write(small / "hook.py", "def on_files(files, config):\n    raise KeyError('由挂钩抛出')\n")
    add(small / "mkdocs.yml", "hooks: [hook.py]\n")
    (answer,) = ask(small, tmp_path / "site")
    assert ("ERROR", "KeyError") in [(record.level, record.logger) for record in answer.records]


def test_what_a_hook_prints_is_no_answer(small: Path, tmp_path: Path) -> None:
    write(small / "hook.py", "def on_files(files, config):\n    print('{\"records\": 1}')\n")
    add(small / "mkdocs.yml", "hooks: [hook.py]\n")
    assert ask(small, tmp_path / "site")[0].records == ()


def test_links_count_unless_the_owner_allows_them(small: Path, tmp_path: Path) -> None:
    add(small / "docs/about.md", "\n[没有](#nowhere)\n")
    assert len(ask(small, tmp_path / "one")[0].records) == 1
    add(small / "mkdocs.yml", "validation:\n  links:\n    anchors: info\n")
    assert ask(small, tmp_path / "two")[0].records == ()


@pytest.mark.parametrize("setting", ["edit_uri: e", "edit_uri_template: e/{path}"])
def test_the_address_of_a_link_that_no_page_has_is_no_fault(
    small: Path, tmp_path: Path, setting: str
) -> None:
    add(small / "mkdocs.yml", f"{setting}\n")
    assert ask(small, tmp_path / "site")[0].records == ()


@pytest.mark.parametrize("plugins", ["[search]", "{search: {lang: en}}", "[material/search]", ""])
def test_nobody_makes_a_second_search(small: Path, tmp_path: Path, plugins: str) -> None:
    change(small / "mkdocs.yml", "plugins: []", f"plugins: {plugins}")
    ask(small, tmp_path / "site")
    assert not (tmp_path / "site/search").exists()


def test_what_cannot_be_written_is_one_problem(small: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(Stop) as stop:
        ask(small, tmp_path / "file/site")
    assert [problem.rule for problem in stop.value.problems] == ["system"]


def test_an_engine_that_died_is_one_problem(small: Path, tmp_path: Path) -> None:
    write(small / "hook.py", "import os\ndef on_files(files, config):\n    os._exit(3)\n")
    add(small / "mkdocs.yml", "hooks: [hook.py]\n")
    with pytest.raises(Stop, match="意外中断"):
        ask(small, tmp_path / "site")


def test_an_engine_that_died_is_started_anew(small: Path, tmp_path: Path) -> None:
    """Whether it was killed while it waited, or ended itself at its work."""
    hook = small / "hook.py"
    add(small / "mkdocs.yml", "hooks: [hook.py]\n")
    write(hook, "import os\ndef on_files(files, config):\n    os._exit(3)\n")
    with engine(small / "mkdocs.yml") as mkdocs:
        begin(mkdocs, tmp_path / "one", {})
        with pytest.raises(Stop):
            finished(mkdocs)
        write(hook, "")
        for name in ("two", "three"):
            begin(mkdocs, tmp_path / name, {})
            assert finished(mkdocs).records == ()
            assert (tmp_path / name / "about.html").is_file()
            mkdocs.process.kill()
            mkdocs.process.wait()


@pytest.mark.parametrize("package", ["mkdocs", "jinja2"])
def test_a_missing_package_is_named(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    write(tmp_path / f"stubs/{package}.py", f"raise ModuleNotFoundError(name={package!r})")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "stubs"))
    with pytest.raises(ModuleNotFoundError) as missing:
        ask(small, tmp_path / "site")
    assert missing.value.name == package


def test_an_engine_ends_with_the_build_that_asked(small: Path) -> None:
    """Also in the middle of its work: nothing is written into a folder that the next one clears."""
    write(small / "hook.py", "import time\ndef on_files(files, config):\n    time.sleep(60)\n")
    add(small / "mkdocs.yml", "hooks: [hook.py]\n")
    command = [sys.executable, "-P", str(WORKER), str(small / "mkdocs.yml")]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    start = time.monotonic()
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as process:
        process.stdin.write(f'{{"folder": "{small / "site"}", "extra": {{}}}}\n'.encode())
        process.stdin.close()
        assert process.wait(timeout=50) == 0
    assert time.monotonic() - start < 50
