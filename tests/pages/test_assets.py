"""What is made small for loading: nothing lost that a page uses, nothing shipped that none does."""

from __future__ import annotations

import re
from pathlib import Path

import material
import pytest
from browser import serving
from conftest import ROOT
from lxml import html
from playwright.sync_api import Browser

from speechsite.pages.assets import GUARDED, Files, deliver
from speechsite.pages.page import Page
from speechsite.pages.search import INDEX
from speechsite.pages.styles import rebased, small_style

# The selectors of the whole theme that the sent stylesheets lack, without their pseudo-classes.
LEFT_OUT = r"""whole => {
  const selectors = rules => [...rules].flatMap(rule => [
    ...(rule.selectorText || "").split(/,(?![^(]*\))/).map(selector => selector.trim()),
    ...selectors(rule.cssRules || [])])
  const theirs = new CSSStyleSheet()
  theirs.replaceSync(whole)
  const ours = new Set([...document.styleSheets].flatMap(sheet => selectors(sheet.cssRules)))
  const pseudo = "::?[\\w-]+(\\((?:[^()]|\\([^()]*\\))*\\))?"
  const wanted = new Set(selectors(theirs.cssRules))
  const plain = selector => selector
    .replace(RegExp(`(^|[\\s>+~])(${pseudo})+`, "g"), "$1*").replace(RegExp(pseudo, "g"), "")
  const kept = new Set([...ours].map(plain))
  const named = selector => /\w/.test(selector) // "* > *", of pseudo-classes alone, says nothing
  window.leftOut = [...new Set([...wanted].map(plain))].filter(s => named(s) && !kept.has(s))
  return window.leftOut.length
}"""
APPLYING = """() => leftOut.filter(selector => {
  try { return document.querySelector(selector) } catch (error) { return false }
})"""


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """The folders of a site, of its owner's pages, and of a theme."""
    for name in ("site", "docs", "theme"):
        (tmp_path / name).mkdir()
    return Files(tmp_path / "site", tmp_path / "docs", (tmp_path / "theme",))


def put(files: Files, name: str, text: str = "", owned: bool = False) -> None:
    """Writes a file into the site as MkDocs does, from the theme or from the owner's pages."""
    for folder in (files.site, files.docs if owned else files.themes[0]):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def page(path: str, head: str, body: str = "") -> Page:
    text = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    return Page(path, html.document_fromstring(text))


def style(name: str, more: str = "") -> str:
    return f'<link rel="stylesheet" href="{name}"{more}>'


def script(name: str, more: str = "") -> str:
    return f'<script src="{name}"{more}></script>'


def loaded(one: Page) -> list[str]:
    return [str(path) for path in one.tree.xpath("//link/@href | //script/@src")]


def test_tags_that_load_alike_become_one_in_the_place_of_the_last(files: Files) -> None:
    for name in ("a", "b", "p"):
        put(files, f"css/{name}.css", f"p{{content:'{name}'}}")
    for name in ("early", "one", "two", "end"):
        put(files, f"js/{name}.js", f"window.x='{name}'")
    head = [style("css/a.css"), style("css/p.css", ' media="print"'), style("css/b.css")]
    head += [script("js/early.js"), script("js/one.js", " defer"), script("js/two.js", " defer")]
    one = page("one.html", "".join(head), f"<p>text</p>{script('js/end.js')}")
    other = page(
        "x/two.html", "".join(head).replace('"css/', '"../css/').replace('"js/', '"../js/')
    )
    deliver([one, other], files)
    texts = [(files.site / name).read_text(encoding="utf-8") for name in loaded(one)]
    found = [re.findall("(?:content:|=)[\"'](\\w+)", text) for text in texts]
    assert found == [["p"], ["a", "b"], ["early"], ["one", "two"], ["end"]]
    assert loaded(other) == [f"../{name}" for name in loaded(one)[:4]]
    assert not list(files.site.rglob("a.css")) and not list(files.site.rglob("two.js"))


def test_one_scripts_failure_stops_no_other(browser: Browser) -> None:
    scripts = ['"use strict"; x = 1', "window.second = 2", "const y = 3; window.third = y"]
    tab, said = browser.new_page(), []
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto("about:blank")
    tab.add_script_tag(content="".join(GUARDED.format(text) for text in scripts))
    assert tab.evaluate("[window.second, window.third]") == [2, 3]
    tab.wait_for_timeout(50)
    assert len(said) == 1 and "x is not defined" in said[0]
    tab.close()


def test_addresses_in_joined_styles_are_moved() -> None:
    css = (
        'a{b:url(../i/a%20b.png)}c{d:url("own.svg#x")}e{f:url(data:x)}g{h:url(#y)}i{j:url(/r.png)}'
    )
    moved = rebased(css, "x/y/z.css", "assets")
    expected = ["../x/i/a%20b.png", "../x/y/own.svg#x", "data:x", "#y", "/r.png"]
    assert re.findall(r'url\("?([^)"]+)', moved) == expected


def test_only_what_a_theme_brought_is_pruned(files: Files) -> None:
    put(files, "js/worker.js", "self.x = 1  // comment")
    put(files, INDEX, "self.speechIndex={}", owned=True)
    for name in ("js/unused.js", "i/unused.png", "sitemap.xml", "js/deep/er.js"):
        put(files, name)
    put(files, "css/own.css", "p { background: url(bild.png) }", owned=True)
    for name in ("css/bild.png", "草稿.docx", "css/纹 理.png"):
        put(files, name, owned=True)
    put(files, "css/theme.css", "i{a:url(../i/used.png)}")
    put(files, "i/used.png")
    (files.site / "made-by-a-plugin.json").write_text("{}", encoding="utf-8")
    form = f'<form data-asset-m="js/worker.js" data-asset-index="{INDEX}"></form><i></i>'
    one = page("one.html", style("css/theme.css") + style("css/own.css"), form)
    left_out = deliver([one], files)
    assert left_out == ["css/纹 理.png", "草稿.docx"]
    names = {path.relative_to(files.site).as_posix() for path in files.site.rglob("*.*")}
    plain = {re.sub(r"\.[0-9a-f]{8}\.", ".", name) for name in names}
    assert plain == {
        *("js/worker.js", INDEX, "css/own.css", "css/bild.png", "i/used.png"),
        *("assets/site.css", "made-by-a-plugin.json"),
    }
    assert len(names) == len(plain)
    form = one.tree.find(".//form")
    assert (files.site / form.get("data-asset-m")).read_text("utf-8") == "self.x=1"
    assert (files.site / form.get("data-asset-index")).read_text("utf-8") == "self.speechIndex={}"


def test_a_name_follows_its_content(files: Files) -> None:
    names = []
    for text in ("window.a = 1", "window.a = 2", "window.a = 1"):
        put(files, "own.js", text, owned=True)
        one = page("one.html", script("own.js"))
        deliver([one], files)
        names.append(loaded(one)[0])
    assert names[0] == names[2] != names[1]


def test_only_rules_that_can_never_apply_are_left_out() -> None:
    css = (
        "/* .here{a:0} */ .here{order:1}.gone{order:2}.gone,.here .x,p{order:3}:not(.gone){order:4}"
        "@media print{.gone{order:5}}@media print{.here{order:6}}"
        ":root{--i:url('data:x');--j:url('data:y')}.here{mask:var(--j)}#away{order:7}"
    )
    small = small_style(css, {"here", "x"})
    assert re.findall(r"order:(\d)", small) == ["1", "3", "4", "6"]
    assert "--i" not in small and "--j" in small


def test_no_rule_that_was_left_out_applies_anywhere(site: Path, browser: Browser) -> None:
    """The browser's own parser says what was left out, its own matcher that nothing misses it."""
    styles = Path(material.__file__).parent.glob("templates/assets/stylesheets/main.*.css")
    ours = (ROOT / "speechsite/theme/stylesheets").glob("*.css")
    sheets = [path for path in sorted([*styles, *ours]) if path.name != "accents.css"]
    whole = "\n".join(path.read_text(encoding="utf-8") for path in sheets)
    lean = "".join(path.read_text(encoding="utf-8") for path in site.glob("assets/*.css"))
    defined = set(re.findall(r"(--[\w-]+):", whole))
    used_here = set(re.findall(r"var\((--[\w-]+)", lean))
    assert used_here & defined <= set(re.findall(r"(--[\w-]+):", lean))
    with serving(site) as address:
        for width in (1280, 390):
            tab = browser.new_page(viewport={"width": width, "height": 800})
            for path in sorted(site.glob("*.html")):
                if path.name == "404.html":  # has no style
                    continue
                tab.goto(address + path.name)
                assert tab.evaluate(LEFT_OUT, whole) > 300
                assert tab.evaluate(APPLYING) == [], path.name
                box = tab.locator("[data-search=box]")
                if not box.is_visible():
                    tab.locator("[data-search=open]").click()
                box.fill("办公室")
                tab.locator("[data-search=results] a").first.wait_for()
                assert tab.evaluate(APPLYING) == [], path.name
            tab.close()
