"""What an owner does with a MkDocs site works here too, or is refused in one true line."""

from __future__ import annotations

import hashlib
import os
import struct
import wave
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from browser import serving
from conftest import ROOT, run
from playwright.sync_api import Browser
from small import add, add_page, change, parsed, write

Build = Callable[[], Path]
Refuse = Callable[[], list[str]]


def picture() -> bytes:
    """Returns a PNG of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\0\xc8\x1e\x1e")
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", pixel), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def sound(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "w") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(1600))


def loaded(site: Path, page: str) -> Iterator[Path]:
    """Yields the files of the site that a page loads."""
    place = site / page
    for address in parsed(place).xpath("//link[@rel='stylesheet']/@href | //*/@src"):
        yield place.parent / unquote(address)


@pytest.mark.parametrize("name", ["more/notice.md", "通知/培训 安排.md", "a/b/c.md"])
def test_a_page_in_a_folder_is_a_page_like_others(small: Path, built: Build, name: str) -> None:
    up = "../" * name.count("/")
    add_page(small, name, "通知", f"请准时参加，见[核对]({up}about.md)。")
    site = built()
    page = name.replace(".md", ".html")
    assert all(path.is_file() for path in loaded(site, page))
    tree = parsed(site / page)
    assert tree.xpath("//meta[@http-equiv='Content-Security-Policy']")
    assert tree.xpath("//a[@class='brand']/@href") == [f"{up}index.html"]
    index = next((site / "search").glob("index.*.js")).read_text(encoding="utf-8")
    assert "请准时参加" in index


def test_a_theme_in_a_folder_has_its_words_terms_and_numbers(small: Path, built: Build) -> None:
    (small / "docs/更多").mkdir()
    (small / "docs/second.md").rename(small / "docs/更多/要求.md")
    change(small / "mkdocs.yml", "second.md", "更多/要求.md")
    site = built()
    page = parsed(site / "更多/要求.html")
    (term,) = page.xpath("//a[@class='term']")
    assert unquote(term.get("href")) == "../glossary.html#real-work"
    note = page.get_element_by_id(term.get("aria-describedby"))
    assert note.xpath(".//a/@href") == ["../about.html#checks"]
    back = parsed(site / "glossary.html").xpath("//*[@class='occurrences']//a/@href")
    assert [unquote(address) for address in back] == ["更多/要求.html#p3"]
    home = parsed(site / "index.html").xpath("//ol[@class='outline']//a/@href")
    assert [unquote(address) for address in home][1] == "更多/要求.html"


def test_files_of_any_name_in_any_folder_are_shown(small: Path, built: Build) -> None:
    names = ["assets/会场.png", "assets/my photo.png", "图/座次 图.png", "a+b(1).png", "100%.png"]
    for name in names:
        write(small / "docs" / name, picture())
    write(small / "docs/assets/附件 一.txt", "x")
    add(small / "docs/about.md", "".join(f"\n![图](<{name}>)\n" for name in names))
    add(small / "docs/about.md", "\n[附件](<assets/附件 一.txt>)\n")
    site = built()
    assert all(path.is_file() for path in loaded(site, "about.html"))
    assert (site / "assets/附件 一.txt").is_file()


def test_what_nothing_names_is_listed_and_left_out(small: Path) -> None:
    for name in ("草稿.docx", "Thumbs.db", "assets/旧.png", "robots.txt"):
        write(small / "docs" / name, "x")
    write(small / "docs/kept.css", "p { background: url(tile.png) }")
    write(small / "docs/tile.png", picture())
    write(small / "docs/standalone.html", "<!doctype html><title>x</title><img src='own.png'>")
    write(small / "docs/own.png", picture())
    change(small / "mkdocs.yml", "plugins: []", "plugins: []\nextra_css: [kept.css]")
    result = run("build", "-f", small / "mkdocs.yml")
    assert result.returncode == 0, result.stderr
    assert "Thumbs.db、assets/旧.png、草稿.docx\n" in result.stdout
    site = small / "site"
    left = {path.name for path in site.rglob("*")}
    assert not left & {"草稿.docx", "Thumbs.db", "旧.png"}
    assert left >= {"robots.txt", "tile.png", "own.png", "standalone.html"}
    source = small / "docs/standalone.html"
    assert (site / "standalone.html").read_bytes() == source.read_bytes()


def test_recordings_and_frames_of_the_site_play(
    small: Path, built: Build, browser: Browser
) -> None:
    sound(small / "docs/audio/speech.wav")
    sound(small / "docs/声音/讲话 录音.wav")
    write(small / "docs/frame.html", "<!doctype html><title>x</title><p>framed</p>")
    body = "\n".join(
        [
            '<audio controls src="audio/speech.wav"></audio>',
            '<video><source src="声音/讲话 录音.wav"></video>',
            '<iframe src="frame.html" title="x"></iframe>',
        ]
    )
    add(small / "docs/about.md", f"\n{body}\n")
    site = built()
    with serving(site) as address:
        page, said = browser.new_page(), []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{address}about.html")
        for medium in ("audio", "video"):
            ready = f"document.querySelector('{medium}').readyState > 0"
            for _ in range(100):
                if page.evaluate(ready):
                    break
                page.wait_for_timeout(50)
            assert page.evaluate(ready), medium
        assert page.frame_locator("iframe").locator("p").inner_text() == "framed"
        assert said == []
        page.close()


@pytest.mark.parametrize("alignment", ["|:---|:---:|", "|---:|---|"])
def test_tables_are_aligned_by_classes(small: Path, built: Build, alignment: str) -> None:
    add(small / "docs/about.md", f"\n| 时间 | 内容 |\n{alignment}\n| 9:00 | 开班 |\n")
    change(small / "mkdocs.yml", "  - attr_list", "  - attr_list\n  - tables")
    page = parsed(built() / "about.html")
    assert page.xpath("//td/@style") == []
    wanted = {":---": "speech-left", ":---:": "speech-center", "---:": "speech-right", "---": ""}
    expected = [wanted[part] for part in alignment.strip("|").split("|")]
    assert [cell.get("class", "") for cell in page.xpath("//td")] == expected


def test_columns_are_aligned_as_they_are_written(
    small: Path, built: Build, browser: Browser
) -> None:
    table = "| 甲 | 乙 | 丙 |\n|:---|:---:|---:|\n| 一 | 二 | 三 |"
    add(small / "docs/about.md", f"\n{table}\n")
    change(small / "mkdocs.yml", "  - attr_list", "  - attr_list\n  - tables")
    page = browser.new_page()
    page.goto((built() / "about.html").as_uri())
    for cell in ("th", "td"):
        aligned = (
            f"[...document.querySelectorAll('{cell}')].map(e => getComputedStyle(e).textAlign)"
        )
        assert page.evaluate(aligned) == ["left", "center", "right"]
    page.close()


@pytest.mark.parametrize("block", ["??? note", '??? question "问"'])
def test_a_folded_block_is_open_on_paper(
    small: Path, built: Build, browser: Browser, block: str
) -> None:
    add(small / "docs/about.md", f"\n{block}\n    折起的话。\n")
    change(small / "mkdocs.yml", "  - attr_list", "  - attr_list\n  - pymdownx.details")
    page = browser.new_page()
    page.goto((built() / "about.html").as_uri())
    seen = "document.querySelector('details p').checkVisibility()"
    for medium, shown in (("screen", False), ("print", True)):
        page.emulate_media(media=medium)
        assert page.evaluate(seen) == shown
    page.close()


@pytest.mark.parametrize("address", ["first.md#p1", "full.md#p2"])
def test_a_page_may_link_to_a_paragraph(small: Path, built: Build, address: str) -> None:
    add(small / "docs/about.md", f"\n见[原话]({address})。\n")
    wanted = address.replace(".md", ".html")
    assert parsed(built() / "about.html").xpath(f"//a[@href='{wanted}']")


@pytest.mark.parametrize("address", ["first.md#p99", "#p1"])
def test_a_paragraph_that_is_not_there_is_named(small: Path, refused: Refuse, address: str) -> None:
    line = add(small / "docs/about.md", f"\n见[原话]({address})。\n")
    (problem,) = refused()
    assert problem.startswith(f"docs/about.md:{line}: link: ")


@pytest.mark.parametrize("name", ["speech/01-first.md", "docs/first.md", "mkdocs.yml"])
def test_a_mark_of_the_encoding_is_no_word(small: Path, built: Build, name: str) -> None:
    path = small / name
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert "\ufeff" not in (built() / "first.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("emoji", [":smile:", ":+1:"])
def test_a_picture_of_an_emoji_is_to_be_written_itself(
    small: Path, refused: Refuse, emoji: str
) -> None:
    change(small / "mkdocs.yml", "  - attr_list", "  - attr_list\n  - pymdownx.emoji")
    line = add(small / "docs/about.md", f"\n很好 {emoji}\n")
    (problem,) = refused()
    assert problem.startswith(f"docs/about.md:{line}: foreign: 表情 {emoji} 的图")


@pytest.mark.parametrize("setting", ["true", "链接", "'#'"])
def test_headings_may_have_links_of_their_own(small: Path, built: Build, setting: str) -> None:
    toc = f"  - toc:\n      permalink: {setting}"
    change(small / "mkdocs.yml", "  - attr_list", f"  - attr_list\n{toc}")
    site = built()
    assert len(parsed(site / "second.html").xpath("//a[@class='headerlink']")) == 1
    assert len(parsed(site / "second.html").xpath("//a[@class='term']")) == 1
    index = next((site / "search").glob("index.*.js")).read_text(encoding="utf-8")
    assert '["real-work","真抓实干",' in index


def test_a_title_in_nav_is_the_name_everywhere(small: Path, built: Build) -> None:
    change(small / "mkdocs.yml", "- second.md", "- 三点要求: second.md")
    change(small / "docs/full.md", "## 要求 ", "## 三点要求 ")
    site = built()
    page = parsed(site / "second.html")
    assert page.findtext(".//title").startswith("三点要求 - ")
    assert page.xpath("string(//h1)") == "三点要求"
    assert page.find_class("speech")[0].get("data-theme") == "三点要求"
    assert "三点要求" in parsed(site / "index.html").find_class("outline")[0].text_content()
    assert "要求，第" not in (site / "glossary.html").read_text("utf-8").replace("三点要求，第", "")


def test_styles_and_scripts_of_the_owner_stay_his_own(small: Path, built: Build) -> None:
    write(small / "docs/css/a.css", '@import "b.css";\np { background: url("../图/底纹.png") }\n')
    write(small / "docs/css/b.css", "p { color: green }\n")
    write(small / "docs/图/底纹.png", picture())
    write(small / "docs/js/one.js", "window.one = `a\n  b`;\n")
    write(small / "docs/js/two.js", "window.two = 2;\n")
    settings = "extra_css: [css/a.css]\nextra_javascript: [js/one.js, js/two.js]\n"
    add(small / "mkdocs.yml", settings)
    site = built()
    names = {path.relative_to(site).as_posix() for path in loaded(site, "first.html")}
    (sheet,) = (name for name in names if name.startswith("css/a."))
    assert (site / sheet).read_bytes() == (small / "docs/css/a.css").read_bytes()
    assert (site / "css/b.css").is_file() and (site / "图/底纹.png").is_file()
    scripts = sorted(name for name in names if name.startswith("js/"))
    texts = [(site / name).read_text(encoding="utf-8") for name in scripts]
    assert texts == ["window.one = `a\n  b`;\n", "window.two = 2;\n"]


@pytest.mark.parametrize("renamed", ["terms.md", "附录/词语.md"])
def test_the_glossary_may_have_any_name(small: Path, built: Build, renamed: str) -> None:
    (small / "docs/附录").mkdir()
    (small / "docs/glossary.md").rename(small / "docs" / renamed)
    change(small / "docs" / renamed, "title: 词语", "title: 词语\nglossary: true")
    up = "../" * renamed.count("/")
    change(small / "docs" / renamed, "(about.md", f"({up}about.md")
    change(small / "mkdocs.yml", "glossary.md", renamed)
    assert len(parsed(built() / "second.html").xpath("//a[@class='term']")) == 1


def test_the_whole_text_may_have_any_name_or_be_left_out(small: Path, built: Build) -> None:
    (small / "docs/full.md").rename(small / "docs/whole.md")
    change(small / "mkdocs.yml", "full.md", "whole.md")
    site = built()
    assert parsed(site / "first.html").xpath("//a[@data-search='open']/@href") == ["whole.html"]
    assert [e.tag for e in parsed(site / "whole.html").xpath("//*[@id='one']")] == ["h3"]
    (small / "docs/whole.md").unlink()
    change(small / "mkdocs.yml", "  - whole.md\n", "")
    assert "whole.html" not in (built() / "first.html").read_text(encoding="utf-8")


def test_without_glossary_the_words_stand_without_terms(small: Path, built: Build) -> None:
    (small / "docs/glossary.md").unlink()
    change(small / "mkdocs.yml", "  - glossary.md\n", "")
    assert parsed(built() / "second.html").xpath("//a[@class='term']") == []


def test_without_a_page_for_them_no_handouts_are_made(small: Path, built: Build) -> None:
    result = run("build", "-f", small / "mkdocs.yml")
    assert "讲义" in result.stdout and "没有做" in result.stdout
    assert not (small / "site/handouts").exists()


def test_the_transcript_can_be_downloaded_byte_for_byte(small: Path, built: Build) -> None:
    transcript = small / "speech/original.txt"
    transcript.write_bytes(transcript.read_bytes().replace(b"\n", b"\r\n"))
    site = built()
    page = parsed(site / "about.html")
    (link,) = page.xpath("//a[@download]/@href")
    published = (site / link).read_bytes()
    assert published == transcript.read_bytes()
    assert hashlib.sha256(published).hexdigest() in page.text_content()


@pytest.mark.parametrize(
    ("markup", "rule"),
    [
        ("<script>alert(1)</script>", "policy"),
        ("<style>p { color: red }</style>", "policy"),
        ('<p style="color: red">x</p>', "policy"),
        ('<p onclick="alert(1)">x</p>', "policy"),
        ('<a href="javascript:alert(1)">x</a>', "policy"),
        ('<img alt="" src="https://example.org/x.png">', "foreign"),
        ('<script src="//example.org/x.js"></script>', "foreign"),
        ('<audio src="http://example.org/x.mp3"></audio>', "foreign"),
        ('<iframe src="data:text/html,x"></iframe>', "foreign"),
        ('<object data="HTTPS://example.org/x.pdf"></object>', "foreign"),
        ('<img alt="" src="images/none.png">', "media"),
        ('<video poster="没有.png"></video>', "media"),
        ('<a href="first.html#p9">x</a>', "link"),
    ],
)
def test_what_a_browser_would_refuse_is_named_with_its_line(
    small: Path, refused: Refuse, markup: str, rule: str
) -> None:
    line = add(small / "docs/about.md", f"\n{markup}\n")
    (problem,) = refused()
    assert problem.startswith(f"docs/about.md:{line}: {rule}: "), problem


@pytest.mark.parametrize("setting", ["extra_javascript", "extra_css"])
def test_what_every_page_would_fetch_from_elsewhere_is_one_line(
    small: Path, refused: Refuse, setting: str
) -> None:
    line = add(small / "mkdocs.yml", f"{setting}:\n  - https://cdn.example.org/m.x\n")
    assert [problem.partition(": ")[0] for problem in refused()] == [f"mkdocs.yml:{line + 1}"]


@pytest.mark.parametrize(
    "css",
    [
        "p { color: red }\n@import url(//a.example/b.css);",
        "\np { background: url('http://a.example/c.png') }",
    ],
)
def test_a_stylesheet_that_fetches_from_elsewhere_is_named(
    small: Path, refused: Refuse, css: str
) -> None:
    write(small / "docs/own.css", css)
    add(small / "mkdocs.yml", "extra_css: [own.css]\n")
    (problem,) = refused()
    assert problem.startswith("docs/own.css:2: foreign: ")


@pytest.mark.parametrize("named", ["gone/speechsite/theme", "own"])
def test_the_theme_is_found_wherever_the_project_is(small: Path, built: Build, named: str) -> None:
    """A custom_dir that named ours and is gone does no harm; the owner's own wins over ours."""
    write(small / "own/partials/footer.html", "<footer>本单位的页脚</footer>")
    change(small / "mkdocs.yml", "  name: material", f"  name: material\n  custom_dir: {named}")
    text = (built() / "first.html").read_text(encoding="utf-8")
    assert ("本单位的页脚" in text) == (named == "own")
    assert 'data-search="box"' in text


def test_the_site_goes_where_mkdocs_yml_says(small: Path) -> None:
    change(small / "mkdocs.yml", "plugins: []", "plugins: []\nsite_dir: public")
    result = run("build", "-f", small / "mkdocs.yml")
    assert result.returncode == 0, result.stderr
    assert str(small / "public/index.html") in result.stdout.splitlines()[-1]
    assert (small / "public/index.html").is_file() and not (small / "site").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser reads everything")
def test_a_file_that_cannot_be_read_is_named(small: Path, refused: Refuse) -> None:
    path = small / "docs/secret.png"
    write(path, picture())
    path.chmod(0)
    (problem,) = refused()
    assert "secret.png" in problem


def test_another_docs_dir_is_followed(small: Path, built: Build) -> None:
    (small / "docs").rename(small / "页面")
    change(small / "mkdocs.yml", "site_name:", "docs_dir: 页面\nsite_name:")
    write(small / "页面/图.png", picture())
    add(small / "页面/about.md", "\n![图](图.png)\n")
    assert (built() / "图.png").is_file()


def test_one_site_is_the_same_wherever_it_is_made(small: Path, built: Build) -> None:
    one = {path.name: path.read_bytes() for path in built().rglob("*") if path.is_file()}
    moved = small.with_name("elsewhere")
    small.rename(moved)
    assert run("build", "-f", moved / "mkdocs.yml").returncode == 0
    other = {p.name: p.read_bytes() for p in (moved / "site").rglob("*") if p.is_file()}
    assert one == other


@pytest.mark.parametrize("setting", ["favicon: images/none.svg", "logo: images/none.svg"])
def test_what_every_page_lacks_is_one_line_of_the_settings(
    small: Path, refused: Refuse, setting: str
) -> None:
    """Also where a page in a folder names it by another address."""
    add_page(small, "more/notice.md", "通知", "请准时参加。")
    change(small / "mkdocs.yml", "  favicon: images/mark.svg", f"  {setting}")
    assert [problem.partition(": ")[0] for problem in refused()] == ["mkdocs.yml:15"]


def test_material_is_the_version_that_was_reviewed() -> None:
    """Ours stand in the place of these templates: an upgrade that changes one asks for a look."""
    import material

    templates = Path(material.__file__).parent / "templates"
    ours = ROOT / "speechsite/theme"
    names = {path.relative_to(ours).as_posix() for path in ours.rglob("*.html")}
    replaced = sorted(name for name in names if (templates / name).is_file())
    digests = {
        name: hashlib.sha256((templates / name).read_bytes()).hexdigest()[:12] for name in replaced
    }
    assert digests == REVIEWED


# Of each template of Material that ours replaces, the start of its SHA-256.
REVIEWED = {
    "404.html": "80c93494b543",
    "base.html": "8536d352b009",
    "main.html": "9948b55a7bc9",
    "partials/content.html": "ce33929c85af",
    "partials/footer.html": "50c2a75f013b",
    "partials/header.html": "8cf3fb15bcf9",
    "partials/language.html": "3a44516f3050",
    "partials/logo.html": "e0925ef6c190",
    "partials/nav.html": "af33f6e032f6",
    "partials/search.html": "bfd556535abc",
}
