"""What MkDocs complains of, in our words: as it logs it, and from real builds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from speechsite.pages.complaints import complaints
from speechsite.pages.engine import Record, begin, engine, finished
from speechsite.pages.finish import settings
from speechsite.words import Speech, read_speech

DOC = "Doc file 'about.md' contains"
LAST = ", it was left as is."


def said(speech: Speech, *texts: str, logger: str = "mkdocs.x") -> list[str]:
    records = [Record("WARNING", logger, text) for text in texts]
    return [str(problem) for problem in complaints(speech, records)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            f"{DOC} a link 'a.md', but the target 'more/a.md' is not found among documentation "
            "files. Did you mean 'b.md'?",
            "docs/about.md: link: 链接 a.md 指的文件不在（是不是 b.md？）",
        ),
        (
            f"{DOC} a link '甲.png', but the target is not found among documentation files.",
            "docs/about.md: link: 链接 甲.png 指的文件不在；",
        ),
        (
            f"{DOC} a link '#x', but there is no such anchor on this page. This seems to be a "
            "footnote that is never referenced.",
            "docs/about.md: link: 链接 #x 指的地方这一页没有；",
        ),
        (
            f"{DOC} a link 'b.md#x', but the doc 'b.md' does not contain an anchor '#x'.",
            "docs/about.md: link: 链接 b.md#x 指的 #x 在 b.md 里没有；",
        ),
        (f"{DOC} an absolute link '/b'{LAST}", "docs/about.md: link: 链接 /b 换个位置就找不到；"),
        (
            f"{DOC} an unrecognized relative link 'nowhere'{LAST} Did you mean 'b.md'?",
            "docs/about.md: link: 链接 nowhere 指的文件不在（是不是 b.md？）；",
        ),
        (
            "Excluding 'README.md' from the site because it conflicts with 'index.md'.",
            "docs/README.md: link: 和 index.md 是同一个网址；",
        ),
        (
            "Config value 'theme': Unrecognised theme name: 'matrial'. "
            "The available installed themes are: mkdocs, material",
            "mkdocs.yml: config: theme：没有 matrial 这个主题；",
        ),
        (
            "Config value 'validation': Sub-option 'nav': The configuration is invalid. "
            "Expected a key-value mapping (dict) but received: <class 'str'>",
            "mkdocs.yml: config: validation：里面应是“键: 值”，每项一行；",
        ),
        (
            "Config value 'site_url': Something that no version has said yet",
            "mkdocs.yml: config: site_url 的写法不对（Something that no version has said yet）；",
        ),
        (
            "Template skipped: 'feed.xml' not found in docs_dir.",
            "mkdocs.yml: config: 没有 feed.xml 这个模板；",
        ),
    ],
)
def test_a_record_is_said_in_our_words(speech: Speech, text: str, message: str) -> None:
    (line,) = said(speech, text)
    assert re.sub(r":\d+:", ":", line, count=1).startswith(message)


def test_what_nobody_foresaw_is_said_whole(speech: Speech) -> None:
    (line,) = said(speech, "first line\nand second", logger="mkdocs.plugins.some")
    assert "first line and second" in line


def test_an_exception_is_not_said_after_what_was_logged(speech: Speech) -> None:
    logged = Record("ERROR", "mkdocs.commands.build", "Error building page 'index.md': 'x'")
    thrown = Record("ERROR", "KeyError", "'x'")
    assert len(list(complaints(speech, [logged, thrown]))) == 1
    template = Record("ERROR", "UndefinedError", "'nix' is undefined")
    (problem,) = complaints(speech, [logged, template])
    assert "模板" in problem.message


LINK = "\n[一](gone.md)\n\n[二](#gone)\n\n[三](/gone.md)\n\n![四](gone.png)\n"


@pytest.mark.parametrize(
    ("name", "was", "now", "lines"),
    [
        ("docs/about.md", "\n## ", f"{LINK}\n## ", 4),
        ("mkdocs.yml", "plugins: []", "plugins: [no-such]", 1),
        ("mkdocs.yml", "  - attr_list\n", "  - attr_list\n  - no.such\n", 1),
        ("mkdocs.yml", "toc_depth: 2-3", "toc_dept: 2-3", 1),
        ("mkdocs.yml", "omitted_files: warn", "omitted_files: loud", 1),
        ("mkdocs.yml", "  favicon:", "  icon: {logo: no/such}\n  favicon:", 1),
        ("mkdocs.yml", "docs_dir:", "hooks: [no.py]\ndocs_dir:", 1),
    ],
)
def test_a_real_build_names_each_fault_where_it_stands(
    project: Path, name: str, was: str, now: str, lines: int
) -> None:
    place = project / name
    text = place.read_text(encoding="utf-8")
    assert was in text
    place.write_text(text.replace(was, now, 1), encoding="utf-8")
    speech = read_speech(project / "mkdocs.yml")
    with engine(project / "mkdocs.yml") as mkdocs:
        begin(mkdocs, project / "made", settings(speech))
        found = list(complaints(speech, finished(mkdocs).records))
    assert len(found) == lines
    total = place.read_text(encoding="utf-8").count("\n")
    assert all(problem.file == name and 0 < problem.line <= total for problem in found)
    assert not any(str(project) in problem.message for problem in found)
