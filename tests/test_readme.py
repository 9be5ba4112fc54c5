"""README and what goes with it are true: commands, both languages, tree, rooms, pins, figures."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, run

README = (ROOT / "README.md").read_text(encoding="utf-8")
ENGLISH, CHINESE = README.split("## 中文说明\n")
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "bench/README.md")
BY_THE_ECOSYSTEM = {
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENSE",
    "pyproject.toml",
    "requirements.txt",
    "requirements-dev.txt",
    ".gitignore",
    ".gitattributes",
    ".ci",
}
PROGRAMS = r"(?:sudo |python3? |\.venv/|\.ci/|pip |brew )"
# What is typed: a line of a block, or between two marks; python3 build_site.py check
COMMAND = re.compile(rf"(?m)^ *({PROGRAMS}.*)$|`({PROGRAMS}[^`]+)`")
# Typed elsewhere than here, or too long: each has the reason why it is not run by a test.
NOT_RUN = {
    "sudo apt install python3 python3-pip": ".ci/run and the proof on a bare Debian do it",
    "brew install python": "macOS",
    "pip install -r requirements.txt": "an environment of somebody's own",
    ".venv/bin/python bench/bench.py --readme": "half an hour; a test asks for its --help",
    ".venv/bin/python bench/screenshots.py": "pictures of every page",
    ".ci/run": "it runs the tests",
    ".ci/pin": "it asks the registry for newer packages",
    ".venv/bin/ruff check .": ".ci/run runs it",
    ".venv/bin/ruff format --check .": ".ci/run runs it",
    ".venv/bin/mypy": ".ci/run runs it",
    ".venv/bin/vulture": ".ci/run runs it",
    ".venv/bin/deptry .": ".ci/run runs it",
}


def tracked() -> list[str]:
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, or no git")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    return [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def commands(text: str) -> list[str]:
    """Returns what a document has one type, each once, in its order."""
    found = (match[1] or match[2] for match in COMMAND.finditer(text))
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("half", [ENGLISH, CHINESE], ids=["English", "Chinese"])
def test_the_tree_is_the_tree_on_disk(half: str) -> None:
    tree = re.search(r"```\n(mkdocs\.yml .*?)```", half, re.DOTALL)[1]
    named = {line.split()[0].rstrip("/") for line in tree.splitlines()}
    assert {name.split("/")[0] for name in tracked()} - BY_THE_ECOSYSTEM == named


@pytest.mark.parametrize("half", [ENGLISH, CHINESE], ids=["English", "Chinese"])
def test_every_command_and_option_is_documented_and_real(half: str) -> None:
    help_text = run("--help").stdout
    known = set(re.findall(r"(?m)^    ([a-z]+) ", help_text))
    assert len(known) > 6
    table = re.findall(r"(?m)^\| `python3 build_site\.py ?([a-z]*)", half)
    assert set(table) - {""} == known - {"build"}
    options = set(re.findall(r"(?<!\w)--[a-z-]+", help_text))
    for option in options - {"--help", "--version", "--config-file", "--site-dir"}:
        assert option in half
    assert "`-f FILE`" in half and "`-d FOLDER`" in half


def test_the_halves_say_the_same() -> None:
    """Each table has as many rows in both, with the same files and the same things to write."""
    rows = r"(?m)^\| (?!task|要做|command|命令|system|系统|-)"
    for pattern in (rows, r"`([\w/.-]+:)`", r"`([^`]*\{[^`]*)`"):
        assert len(re.findall(pattern, ENGLISH)) == len(re.findall(pattern, CHINESE)) > 1
    assert set(commands(ENGLISH)) == set(commands(CHINESE))


def test_the_first_screen_has_the_two_commands() -> None:
    block = re.search(r"```sh\n(.*?)```", README, re.DOTALL)[1]
    lines = [line for line in block.splitlines() if line and not line.startswith("#")]
    assert lines == ["python3 build_site.py", "python3 build_site.py test"]
    assert README.index("```sh") < 1500
    assert README.index("![") < 1800


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A clone in a path with a space and Chinese, with the environment of the tests for .venv."""
    folder = tmp_path_factory.mktemp("readme") / "讲话 clone"
    for name in tracked():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, place)
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "FOLDER").mkdir()
    shutil.copy(ROOT / "speech/original.txt", folder / "TALK.txt")
    yield folder


def test_every_command_of_the_documents_runs_as_printed(checkout: Path) -> None:
    """In the order in which they stand; who adds one says here how it is run, or why not."""
    failed = []
    typed = []
    for name in DOCUMENTS:
        typed += commands((ROOT / name).read_text(encoding="utf-8"))
    for command in dict.fromkeys(typed):
        if command in NOT_RUN:
            continue
        result = type_in(command, checkout)
        if result.returncode:
            failed.append(f"{command}: {result.stdout}{result.stderr}")
        if "publish FOLDER" in command and "--rollback" not in command:
            about = checkout / "docs/about.md"  # a second release, to go back from
            about.write_text(about.read_text(encoding="utf-8") + "\n再改。\n", encoding="utf-8")
            assert type_in(command, checkout).returncode == 0
    assert failed == []
    assert len(typed) > 12


def type_in(command: str, checkout: Path) -> subprocess.CompletedProcess[str]:
    """Types a command into a shell; a preview is ended when it shows, the tests are only listed."""
    for mark, real in ((" new TALK FOLDER", " new TALK.txt NEW"), (" N", " 0")):
        command = command.replace(mark, real)
    shell = ["sh", "-c", command]
    environment = os.environ | {
        "PYTEST_ADDOPTS": "-q --co tests/test_environment.py",
        "COLUMNS": "100",
    }
    options = {"cwd": checkout, "env": environment, "encoding": "utf-8"}
    if "serve" not in command:
        return subprocess.run(shell, capture_output=True, timeout=600, **options)
    port = ["--port", "0"] if "build_site" in command else ["--dev-addr", "127.0.0.1:0"]
    process = subprocess.Popen(
        [*shell[:2], shlex.join([*shlex.split(command), *port])],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        **options,
    )
    said = next((line for line in process.stdout if "http://127.0.0.1" in line), "")
    os.killpg(process.pid, signal.SIGTERM)
    process.communicate()
    return subprocess.CompletedProcess(command, 0 if said else 1, said, "")


def test_the_measuring_command_knows_its_options() -> None:
    pytest.importorskip("playwright")
    command = [sys.executable, ROOT / "bench/bench.py", "--help"]
    said = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    assert "--readme" in said


OWNERS = (
    # What README's table has one write: file, what stands there, what it becomes; page, its words
    ("mkdocs.yml", "site_name: ", "site_name: 学习园地 · ", "index.html", "学习园地 · "),
    ("mkdocs.yml", "theme:\n", "theme:\n  logo: images/logo.svg\n", "index.html", "images/logo"),
    (
        "mkdocs.yml",
        "scheme: default\n",
        "scheme: default\n      accent: teal\n",
        "index.html",
        "teal",
    ),
    ("mkdocs.yml", "docs_dir:", "site_dir: public\ndocs_dir:", "index.html", ""),
    ("mkdocs.yml", "  - about.md", "  - notice.md\n  - about.md", "notice.html", "下周三前读完"),
    ("speech/speech.yml", "title:", "speaker: 某某某\ntitle:", "index.html", "某某某"),
    ("speech/speech.yml", "title:", "date: 2026-11-20\ntitle:", "index.html", "11 月 20 日"),
    ("speech/speech.yml", "title:", "recording: recording.mp3\ntitle:", "full.html", "recording"),
    ("speech/speech.yml", "updated: 2026", "updated: 2027", "about.html", "2027 年"),
    ("speech/speech.yml", "readings:", "readings:\n  重要性: zhong yao xing", "index.html", ""),
    ("speech/03-duties.md", "## ", "## 新的小标题：", "duties.html", "新的小标题："),
    ("speech/01-opening.md", "多年以来", "多年{~~以来~>来~~}", "about.html", "以来"),
    ("docs/about.md", "\n## ", "\n![会场](images/photo.svg)\n\n## ", "about.html", "images/photo"),
    (
        "docs/glossary.md",
        "\n## ",
        "\n## 同志们 { #all }\n\n说明。\n\n## ",
        "glossary.html",
        "说明。",
    ),
)


def test_each_task_of_an_owner_does_what_the_table_says(project: Path) -> None:
    """All in one project; what is left out of it, the next test leaves out."""
    (project / "docs/images").mkdir(exist_ok=True)
    for name in ("logo", "photo"):
        picture = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
        (project / f"docs/images/{name}.svg").write_text(picture, encoding="utf-8")
    (project / "docs/recording.mp3").write_bytes(b"ID3")
    notice = "---\ntitle: 通知\ndescription: 学习安排。\n---\n\n下周三前读完。\n"
    (project / "docs/notice.md").write_text(notice, encoding="utf-8")
    for file, before, after, _, _ in OWNERS:
        text = (project / file).read_text(encoding="utf-8")
        assert before in text, before
        (project / file).write_text(text.replace(before, after, 1), encoding="utf-8")
    result = run("build", "-f", project / "mkdocs.yml")
    assert result.returncode == 0, result.stderr
    missing = []
    for _, _, after, page, words in OWNERS:
        text = (project / "public" / page).read_text(encoding="utf-8")
        if words not in text:
            missing.append(after)
    assert missing == []


def test_what_an_owner_takes_out_is_gone(project: Path) -> None:
    """The build names the links that are left, with their lines; these deleted, it passes."""
    config = project / "mkdocs.yml"
    text = config.read_text(encoding="utf-8")
    for name in ("glossary", "notebook", "handouts"):
        (project / f"docs/{name}.md").unlink()
        text = re.sub(rf"(?m)^ +- {name}\.md.*\n", "", text)
    config.write_text(text, encoding="utf-8")
    named = run("build", "-f", config)
    assert named.returncode == 1
    places = re.findall(r"(?m)^(docs/\w+\.md):(\d+): ", named.stderr)
    assert len(places) == len(named.stderr.splitlines()) - 1
    for file, _ in set(places):
        page = (project / file).read_text(encoding="utf-8")
        page = re.sub(r"\[([^\]]*)\]\((?:glossary|notebook|handouts)\.md[^)]*\)", r"\1", page)
        (project / file).write_text(page, encoding="utf-8")
    result = run("build", "-f", config)
    assert result.returncode == 0, result.stderr
    assert not (project / "site/handouts").exists()
    assert not (project / "site/glossary.html").exists()


def test_every_module_is_in_the_architecture() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    missing = []
    for path in (ROOT / "speechsite").rglob("*"):
        is_module = path.suffix in {".py", ".js", ".css", ".typ"} and path.stem != "__init__"
        if is_module and f"`{path.name}`" not in text:
            missing.append(str(path.relative_to(ROOT)))
    assert missing == []


def test_everything_is_pinned_and_no_registry_is_named() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text().splitlines():
            assert not line or line.startswith("#") or re.fullmatch(r"[\w.\-]+==\S+( ;.*)?", line)


def test_the_measured_table_is_of_the_pinned_versions() -> None:
    """bench/bench.py --readme writes the table with the versions that it compared."""
    text = (ROOT / "bench/README.md").read_text(encoding="utf-8")
    measured = re.search(r"<!-- bench -->\n(.*?)<!-- /bench -->", text, re.DOTALL)[1]
    pins = (ROOT / "requirements.txt").read_text().split()
    wanted = {pin for pin in pins if pin.startswith(("mkdocs==", "mkdocs-material==", "typst=="))}
    for path in (ROOT / "bench").glob("requirements-*.txt"):
        lines = path.read_text().splitlines()
        wanted |= {line for line in lines if not line.startswith("#")}
    assert wanted == set(re.findall(r"[\w-]+==[\w.]+\w", measured))


def test_files_named_in_the_documents_exist() -> None:
    for document in DOCUMENTS:
        text = (ROOT / document).read_text(encoding="utf-8")
        for name in re.findall(r"`((?:tests|docs|speech|speechsite|bench|\.ci)/[\w./-]+)`", text):
            known = name.startswith(("docs/images/", "docs/notice"))  # of the owner's own
            assert known or (ROOT / name).exists(), f"{document}: {name}"


def test_the_version_stands_in_one_place_and_the_changelog_dates_it() -> None:
    from speechsite import RELEASED, __version__

    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## {__version__} - {RELEASED}\n" in changes
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'version = { attr = "speechsite.__version__" }' in project
    assert (ROOT / "LICENSE").is_file()
