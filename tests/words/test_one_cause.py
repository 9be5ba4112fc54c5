"""One natural change, one true line with the right remedy: the kinds that owners and editors met."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from speechsite.words import check, notes, read_speech

NAV = "  - index.md\n"


def problems(project: Path) -> list[str]:
    return [str(problem) for problem in check(read_speech(project / "mkdocs.yml"))]


def change(project: Path, name: str, was: str, now: str) -> None:
    path = project / name
    text = path.read_text(encoding="utf-8")
    assert was in text, f"{name} has no {was!r}"
    path.write_text(text.replace(was, now, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "was", "now", "file", "said"),
    [
        # Names that do not lead anywhere.
        ("mkdocs.yml", "- opening.md", "- openning.md", "mkdocs.yml", "是不是 opening.md？"),
        ("mkdocs.yml", NAV, f"{NAV}  - 日程\n", "mkdocs.yml", "“日程”不是一页"),
        ("mkdocs.yml", NAV, f"{NAV}  - 日程：about.md\n", "mkdocs.yml", "冒号是全角的"),
        ("mkdocs.yml", "- 讲话:", "- 讲话：", "mkdocs.yml", "冒号是全角的"),
        ("mkdocs.yml", "docs_dir: docs", "docs_dir: docs\ndraft_docs: about.md", "mkdocs.yml", "draft_docs 把 nav 列的 about.md"),
        ("mkdocs.yml", NAV, f"{NAV}  - about.md\n", "mkdocs.yml", "about.md 列了不止一次"),
        ("mkdocs.yml", NAV, f"{NAV}  - [a.md]\n", "mkdocs.yml", "nav 的一项占一行"),
        ("mkdocs.yml", NAV, f"{NAV}  - 日程:\n", "mkdocs.yml", "“日程”后面没有页"),
        ("mkdocs.yml", "  - about.md\n", "", "mkdocs.yml", "docs/about.md 没有列入 nav"),
        ("docs/duties.md", "03-duties", "03-duty", "docs/duties.md", "是不是 03-duties.md？"),
        # Words in their order.
        ("mkdocs.yml", "- opening.md\n      - importance.md", "- importance.md\n      - opening.md",
         "mkdocs.yml", "依次写成 opening.md、importance.md、duties.md"),
        ("docs/full.md", '--8<-- "05-closing.md"', "", "docs/full.md", "少引入了 05-closing.md"),
        ("docs/full.md", '--8<-- "01-opening.md"', "", "docs/full.md", "少引入了 01-opening.md"),
        ("docs/full.md", '"02-importance.md"', '"03-duties.md"', "docs/full.md", "02-importance.md"),
        # Headings and blocks.
        ("docs/about.md", "\n## ", "\n# 说明 { #what }\n\n## ", "docs/about.md", "这一页的名称是“关于”"),
        ("docs/about.md", "\n## ", "\n## 说明 { #p3 }\n\n## ", "docs/about.md", "id “p3”是段落的编号"),
        ("docs/about.md", "\n## ", "\n<h1>说明</h1>\n\n## ", "docs/about.md", "一级标题是“说明”"),
        ("speech/02-importance.md", "## ", "##", "speech/02-importance.md", "“##”后面没有空格"),
        ("speech/03-duties.md", "## ", "###", "speech/03-duties.md", "“###”后面没有空格"),
        ("docs/duties.md", 'class="speech"', 'class="speech wide"', "docs/duties.md", "class 只写 speech"),
        ("docs/duties.md", '<div class="speech"', ' <div class="speech"', "docs/duties.md", "顶格写，单独一行"),
        ("docs/duties.md", "--8<--", "    --8<--", "docs/duties.md", "会排成代码"),
        ("docs/duties.md", " markdown>", ">", "docs/duties.md", "少了 markdown"),
        ("docs/duties.md", "</div>", "编者说。\n\n</div>", "docs/duties.md", "编者的话写在块外"),
        ("docs/index.md", 'data-fill="outline"', 'data-fill="outlin"', "docs/index.md", "是不是 outline？"),
        ("docs/about.md", "\n## ", '\n<img src="no.png" alt="">\n\n## ', "docs/about.md", "没有 docs/no.png"),
        ("docs/about.md", "\n## ", "\n<audio src='a/b%20c.mp3'></audio>\n\n## ", "docs/about.md", "没有 docs/a/b c.mp3"),
        # Settings.
        ("mkdocs.yml", "use_directory_urls: false", "use_directory_urls: true", "mkdocs.yml", "use_directory_urls: false"),
        ("mkdocs.yml", "site_name", "site_nam", "mkdocs.yml", "是不是 site_name？"),
        ("mkdocs.yml", "nav:", "navi:", "mkdocs.yml", "是不是 nav？"),
        ("mkdocs.yml", "docs_dir: docs", "docs_dir: doc", "mkdocs.yml", "没有 doc 这个文件夹"),
        ("mkdocs.yml", "docs_dir: docs", "docs_dir: speech", "mkdocs.yml", "speech 里没有 nav 列的任何一页"),
        ("mkdocs.yml", "docs_dir: docs", "docs_dir: docs\nexclude_docs: '*.md'", "mkdocs.yml", "exclude_docs 把 nav 列的 index.md、"),
        ("mkdocs.yml", "docs_dir: docs", "INHERIT: base.yml", "mkdocs.yml", "不读 INHERIT"),
        ("mkdocs.yml", "docs_dir: docs", "site_dir: docs/out", "mkdocs.yml", "不能一个套着另一个"),
        ("mkdocs.yml", "docs_dir: docs", "extra_javascript: [https://x.example/a.js]", "mkdocs.yml", "不能用外网的"),
        ("mkdocs.yml", "docs_dir: docs", "extra_css: [a.css]", "mkdocs.yml", "没有 docs/a.css"),
        ("mkdocs.yml", "language: zh", "language: chinese", "mkdocs.yml", "没有 chinese 这种语言"),
        ("mkdocs.yml", "name: material", "name: readthedocs", "mkdocs.yml", "name: material"),
        ("mkdocs.yml", "mark.svg", "mark.png", "mkdocs.yml", "没有 docs/images/mark.png"),
        ("mkdocs.yml", "  - attr_list\n", "", "mkdocs.yml", "缺少 attr_list"),
        ("mkdocs.yml", "base_path: [speech]", "base_path: [docs]", "mkdocs.yml", "base_path: [speech]"),
        # What is known of the speech.
        ("speech/speech.yml", "title: 在全区", "title: 在全市", "speech/speech.yml", "标题 title不合"),
        ("speech/speech.yml", "slug: ", "slug: 讲话", "speech/speech.yml", "slug 的写法不对"),
        ("speech/speech.yml", "updated: 2026", "updated: 2026年", "speech/speech.yml", "updated 的写法不对"),
        ("speech/speech.yml", "occasion", "occassion", "speech/speech.yml", "是不是 occasion？"),
        ("speech/speech.yml", "bu zhe", "bu zhé", "speech/speech.yml", "不成立"),
        ("speech/speech.yml", "  上行动", "  上座", "speech/speech.yml", "“上座”"),
        ("speech/speech.yml", "- 课后总结反思", "- 想一想", "speech/speech.yml", "“想一想”不是讲话里的原话"),
    ],
)  # fmt: skip
def test_a_change_is_one_line_with_its_remedy(
    project: Path, name: str, was: str, now: str, file: str, said: str
) -> None:
    change(project, name, was, now)
    (problem,) = problems(project)
    assert problem.startswith(f"{file}:")
    assert said in problem


@pytest.mark.parametrize("name", ["03-duties - 副本.md", "05-closing(1).md", "旧稿.md"])
def test_a_copy_left_in_speech_is_named_and_nothing_else(project: Path, name: str) -> None:
    source = "05-closing.md" if name.startswith("05") else "03-duties.md"
    shutil.copy(project / "speech" / source, project / "speech" / name)
    (problem,) = problems(project)
    assert problem.startswith(f"speech/{name}: stray: 是 speech/{source} 的副本")


def test_a_file_that_was_never_spoken_is_named_and_nothing_else(project: Path) -> None:
    draft = "##没有空格\n\n这里记几句编者自己的话。\n"
    (project / "speech/notes.md").write_text(draft, encoding="utf-8")
    (problem,) = problems(project)
    assert problem.startswith("speech/notes.md: stray: ")


def test_a_paragraph_moved_is_one_line_and_no_word_is_lost(project: Path) -> None:
    path = project / "speech/04-team-building.md"
    blocks = path.read_text(encoding="utf-8").split("\n\n")
    paragraph = next(block for block in blocks if block.startswith("第二，"))
    blocks.remove(paragraph)
    path.write_text("\n\n".join([*blocks, paragraph]), encoding="utf-8")
    found = problems(project)
    assert len(found) == 1, found
    assert "不在原文的位置；照原文的次序移回去" in found[0]


def test_a_renamed_glossary_is_found_by_what_it_says(project: Path) -> None:
    page = project / "docs/glossary.md"
    text = page.read_text(encoding="utf-8").replace("glossary: true\n", "")
    page.rename(project / "docs/terms.md").write_text(text, encoding="utf-8")
    change(project, "mkdocs.yml", "- glossary.md", "- terms.md")
    (problem,) = problems(project)
    assert problem.startswith("docs/terms.md:1: glossary: ")
    (project / "docs/terms.md").write_text(
        text.replace("title: 词语\n", "title: 词语\nglossary: false\n"), encoding="utf-8"
    )
    assert problems(project) == []


def test_a_glossary_quotes_what_was_said(project: Path) -> None:
    page = project / "docs/glossary.md"
    added = "\n## 没说过的话 { #never }\n\n> 也没说过，\n> 分两行。\n"
    page.write_text(page.read_text(encoding="utf-8") + added, encoding="utf-8")
    assert [problem.split("；")[0].split("讲话里没有")[1] for problem in problems(project)] == [
        "“没说过的话”",
        "“也没说过，分两行。”",
    ]


@pytest.mark.parametrize("setting", ["exclude_docs", "draft_docs"])
def test_a_page_that_is_kept_out_need_not_stand_in_nav(project: Path, setting: str) -> None:
    change(project, "mkdocs.yml", "docs_dir: docs", f"docs_dir: docs\n{setting}: later.md")
    (project / "docs/later.md").write_text("以后再写。\n", encoding="utf-8")
    assert problems(project) == []


@pytest.mark.parametrize("text", ["- 甲\n\t- 乙\n", "1. 甲\n\n\t乙\n", "|\t甲\t|\n"])
def test_an_editors_page_may_be_indented_by_tabs(project: Path, text: str) -> None:
    page = project / "docs/about.md"
    page.write_text(f"{page.read_text(encoding='utf-8')}\n{text}", encoding="utf-8")
    assert problems(project) == []


@pytest.mark.parametrize(
    ("text", "extension"),
    [
        ('!!! note "注意"\n    说明。\n', "admonition"),
        ("??? question\n    答。\n", "pymdownx.details"),
        ('=== "甲"\n    一。\n', "pymdownx.tabbed"),
        ("- [x] 读过\n", "pymdownx.tasklist"),
        ("有注[^1]。\n\n[^1]: 注。\n", "footnotes"),
    ],
)
def test_a_block_names_the_extension_that_it_needs(
    project: Path, text: str, extension: str
) -> None:
    page = project / "docs/about.md"
    whole = page.read_text(encoding="utf-8")
    page.write_text(f"{whole}\n```\n{text}```\n", encoding="utf-8")
    assert problems(project) == []
    page.write_text(f"{whole}\n{text}", encoding="utf-8")
    (problem,) = problems(project)
    assert problem.endswith(f"加上 - {extension}")
    change(project, "mkdocs.yml", "  - attr_list\n", f"  - attr_list\n  - {extension}\n")
    assert problems(project) == []


def test_a_page_saved_as_txt_is_known(project: Path) -> None:
    (project / "docs/about.md").rename(project / "docs/about.md.txt")
    assert any("是不是 about.md.txt？" in problem for problem in problems(project))


@pytest.mark.parametrize("key", ["social", "analytics"])
def test_what_material_reads_below_extra_is_noted(project: Path, key: str) -> None:
    change(project, "mkdocs.yml", "  generator: false", f"  generator: false\n  {key}: {{}}")
    (note,) = notes(read_speech(project / "mkdocs.yml"))
    assert f"extra 的 {key}" in note.message


def test_what_has_no_effect_is_noted_and_stops_nothing(project: Path) -> None:
    change(project, "mkdocs.yml", "plugins: []", "plugins: [search, tags]")
    change(project, "mkdocs.yml", "  palette:", "  features: [navigation.instant]\n  palette:")
    change(project, "mkdocs.yml", "docs_dir: docs", "docs_dir: docs\nrepo_url: https://x.example/r")
    (project / "docs/own.js").write_text("", encoding="utf-8")
    module = "extra_javascript: [{ path: own.js, type: module }]"
    change(project, "mkdocs.yml", "docs_dir: docs", f"docs_dir: docs\n{module}")
    assert problems(project) == []
    said = [note.message for note in notes(read_speech(project / "mkdocs.yml"))]
    named = ("repo_url", "navigation.instant", "插件 search", "插件 tags", "type: module")
    assert all(any(name in message for message in said) for name in named)
    assert len(said) == len(named)


def test_a_setting_that_is_followed_is_not_noted(project: Path) -> None:
    change(project, "mkdocs.yml", "favicon:", "logo: images/mark.svg\n  favicon:")
    change(project, "mkdocs.yml", "docs_dir: docs", "docs_dir: docs\nsite_dir: public")
    change(
        project, "mkdocs.yml", "      scheme: default", "      scheme: default\n      primary: teal"
    )
    assert problems(project) == []
    assert notes(read_speech(project / "mkdocs.yml")) == []


@pytest.mark.parametrize(("old", "new"), [("index.md", "home.md"), ("index.md", "start/index.md")])
def test_a_site_needs_its_first_page(project: Path, old: str, new: str) -> None:
    place = project / "docs" / new
    place.parent.mkdir(exist_ok=True)
    (project / "docs" / old).rename(place)
    change(project, "mkdocs.yml", f"- {old}", f"- {new}")
    (problem,) = problems(project)
    assert "首页的文件名固定为 index.md" in problem


def test_two_pages_of_one_address_are_named(project: Path) -> None:
    shutil.copy(project / "docs/index.md", project / "docs/README.md")
    (problem,) = problems(project)
    assert problem.startswith("docs/README.md: nav: 和 docs/index.md 是同一个网址")
