"""What is joined for loading: the same files on every page, nothing lost that a page uses."""

from __future__ import annotations

import re
from pathlib import Path

import material
from browser import ask, serving
from conftest import ROOT
from playwright.sync_api import Browser

from speechsite.pages.assets import join, used
from speechsite.words.read import Speech

# The selectors of the whole theme that our stylesheet lacks, without their pseudo-classes and -elements.
LEFT_OUT = r"""whole => {
  const selectors = rules => [...rules].flatMap(rule => [
    ...(rule.selectorText || "").split(/,(?![^(]*\))/).map(selector => selector.trim()),
    ...selectors(rule.cssRules || [])])
  const theirs = new CSSStyleSheet()
  theirs.replaceSync(whole)
  const ours = new Set(selectors(document.styleSheets[0].cssRules))
  const pseudo = "::?[\\w-]+(\\((?:[^()]|\\([^()]*\\))*\\))?"
  window.leftOut = [...new Set(selectors(theirs.cssRules))].filter(selector => !ours.has(selector)).map(selector =>
    selector.replace(RegExp(`(^|[\\s>+~])(${pseudo})+`, "g"), "$1*").replace(RegExp(pseudo, "g"), ""))
  return window.leftOut.length
}"""
APPLYING = "() => leftOut.filter(selector => document.querySelector(selector))"

PAGE = """<head><link rel="stylesheet" href="a.css">
<link rel="stylesheet" href="b.css"><script src="size.js"></script></head>
<body class="here"><script src="colours.js"></script><p>text</p>
<script id="__config" type="application/json">{"search": "worker.js"}</script><script src="box.js"></script>
<script src="bundle.js"></script></body>"""


def test_files_are_joined_in_their_order_and_place(tmp_path: Path) -> None:
    for name in ("a.css", "b.css", "size.js", "colours.js", "box.js", "bundle.js", "worker.js"):
        (tmp_path / name).write_text(f'p{{content:"{name}"}}', encoding="utf-8")
    for name in ("index.html", "other.html"):
        (tmp_path / name).write_text(PAGE, encoding="utf-8")
    join(tmp_path)
    page = (tmp_path / "other.html").read_text(encoding="utf-8")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert loaded == [
        "stylesheets/site.css",
        "javascripts/first.js",
        "javascripts/early.js",
        "javascripts/late.js",
    ]
    assert [re.findall(r'content:"(\S+?)"', (tmp_path / name).read_text()) for name in loaded] == [
        ["a.css", "b.css"],
        ["size.js"],
        ["colours.js"],
        ["box.js", "bundle.js"],
    ]
    assert sorted(path.name for path in tmp_path.glob("*.*s*") if path.suffix != ".html") == [
        "worker.js"
    ]
    assert page.index("early.js") < page.index("<p>text") < page.index("late.js")


def test_only_rules_that_can_never_apply_are_left_out() -> None:
    css = (
        "/* .here{a:0} */ .here{a:1}.gone{a:2}.gone,.here .x,p{a:3}:not(.gone){a:4}"
        "@media print{.gone{a:5}}@media print{.here{a:6}}"
        "[data-md-color-primary=red] p{a:7}@keyframes k{to{a:8}}:root{--i:url('data:x');--j:url('data:y')}"
        ".here{b:var(--j)}"
    )
    assert used(css, {"here", "x"}.__contains__) == (
        ".here{a:1}.here .x,p{a:3}:not(.gone){a:4}@media print{.here{a:6}}"
        "@keyframes k{to{a:8}}:root{--j:url('data:y')}.here{b:var(--j)}"
    )


def test_no_rule_that_was_left_out_applies_anywhere(
    site: Path, speech: Speech, browser: Browser
) -> None:
    """The browser's own parser says what our stylesheet lacks, and its own matcher that no element misses it."""
    styles = Path(material.__file__).parent.glob("templates/assets/stylesheets/*.css")
    ours = [
        ROOT / f"speechsite/theme/stylesheets/{name}.css" for name in ("speech", "search", "print")
    ]
    whole = "\n".join(path.read_text(encoding="utf-8") for path in [*sorted(styles), *ours])
    lean = next(site.glob("stylesheets/site.*.css")).read_text(encoding="utf-8")
    defined, used_here = (
        set(re.findall(r"(--[\w-]+):", whole)),
        set(re.findall(r"var\((--[\w-]+)", lean)),
    )
    assert used_here & defined <= set(re.findall(r"(--[\w-]+):", lean))
    with serving(site) as address:
        for width in (1280, 390):
            page = browser.new_page(viewport={"width": width, "height": 800})
            for path in site.glob("*.html"):
                if path.name == "404.html":  # has no style
                    continue
                page.goto(address + path.name)
                assert page.evaluate(LEFT_OUT, whole) > 500
                page.evaluate("scrollTo(0, document.body.scrollHeight)")
                assert page.evaluate(APPLYING) == [], path.name
                assert ask(page, speech.paragraphs[0].corrected[:2])
                page.evaluate(
                    "document.querySelector('[data-md-component=palette] label:not([hidden])').click()"
                )
                assert page.evaluate(APPLYING) == [], path.name
            page.close()
