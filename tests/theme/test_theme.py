"""The templates and styles: what of Material they replace, an owner's logo and colours, the switches."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import material
import pytest
from conftest import ROOT
from lxml import html
from playwright.sync_api import Browser, Page, expect

from speechsite.words import Speech

THEME = ROOT / "speechsite/theme"
MATERIAL = Path(material.__file__).parent / "templates"
# What of Material 9.8.1 we write ourselves. Where an upgrade changes one of these, look at what is
# new there, take it over where it is wanted, and put its new digest here.
REPLACED = {
    "404.html": "80c93494b5432b1b",
    "base.html": "8536d352b0093623",
    "main.html": "9948b55a7bc979c3",
    "partials/content.html": "ce33929c85af129f",
    "partials/footer.html": "50c2a75f013b7b03",
    "partials/header.html": "8cf3fb15bcf969ff",
    "partials/logo.html": "e0925ef6c190174a",
    "partials/nav.html": "af33f6e032f632eb",
    "partials/search.html": "bfd556535abcddb9",
}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


@pytest.mark.parametrize("name", REPLACED)
def test_what_we_replace_is_what_we_looked_at(name: str) -> None:
    assert digest(MATERIAL / name) == REPLACED[name]


def test_all_that_we_replace_is_listed() -> None:
    ours = {path.relative_to(THEME).as_posix() for path in THEME.rglob("*.html")}
    theirs = {name for name in ours if (MATERIAL / name).is_file()}
    assert theirs == set(REPLACED) | {"partials/language.html"}  # theirs only includes others


def test_the_stylesheet_of_material_is_there() -> None:
    (name,) = re.findall(
        r"assets/stylesheets/main[.]\w+[.]min[.]css", (THEME / "base.html").read_text()
    )
    assert (MATERIAL / name).is_file()


def test_scripts_keep_to_what_old_browsers_read() -> None:
    """ES2015 and nothing that Chromium 80 or Safari 12 lacks; one that cannot be parsed does nothing at all."""
    newer = r"\?\.\w|\?\?|\*\*|replaceAll|\(\?<|\.at\(|structuredClone|async |\.\.\.\w+\s*\}|\\p\{|#\w+\s*=|extends EventTarget"
    for path in (THEME / "javascripts").glob("*.js"):
        script = re.sub(r"/[*].*?[*]/|//.*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert re.findall(newer, script) == [], path.name


def test_our_classes_are_not_those_of_materials_blocks() -> None:
    """`!!! note` stands in the text as Material shows it: .note, .hint, .example are not ours."""
    for path in (THEME / "stylesheets").glob("*.css"):
        found = re.findall(
            r"[.](?:note|hint|example|tip|info|quote|abstract)\b(?!-)", path.read_text()
        )
        assert found == [], path.name


def test_new_pseudo_classes_stand_in_rules_of_their_own() -> None:
    """A browser that does not know one drops the whole list of selectors."""
    for path in (THEME / "stylesheets").glob("*.css"):
        text = re.sub(r"/[*].*?[*]/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for selectors in re.findall(r"([^{}]+)[{]", text):
            if re.search(r":(?:has|is|where)[(]|::highlight", selectors):
                assert "," not in re.sub(r"[(].*?[)]", "", selectors), (
                    path.name,
                    selectors.strip(),
                )


def built_with(small: Path, built: Callable[[], Path], old: str, new: str) -> Path:
    config = small / "mkdocs.yml"
    text = config.read_text(encoding="utf-8")
    assert old in text
    config.write_text(text.replace(old, new, 1), encoding="utf-8")
    return built()


def test_an_owners_logo_is_shown(small: Path, built: Callable[[], Path]) -> None:
    (small / "docs/images").mkdir(exist_ok=True)
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z"/></svg>'
    )
    (small / "docs/images/logo.svg").write_text(drawing, encoding="utf-8")
    site = built_with(small, built, "theme:\n", "theme:\n  logo: images/logo.svg\n")
    page = html.parse(str(site / "index.html"))
    assert page.xpath("//a[@class='brand']//img/@src") == ["images/logo.svg"]
    assert (site / "images/logo.svg").is_file()


ACCENT = "getComputedStyle(document.documentElement).getPropertyValue('--red').trim()"


def test_an_owners_colour_is_followed(
    small: Path, built: Callable[[], Path], browser: Browser
) -> None:
    """Material's names, in shades that can be read on our ground."""
    site = built_with(small, built, "theme:\n", "theme:\n  palette: {primary: green}\n")
    page = browser.new_page()
    page.goto((site / "index.html").as_uri())
    (wanted,) = re.findall(
        r"accent=green\] [{]\s*--speech-accent: (#\w+)",
        (THEME / "stylesheets/accents.css").read_text(encoding="utf-8"),
    )
    assert page.evaluate(ACCENT) == wanted
    page.close()


# The switches


# The character a third down the window, and how far from there it is (px) two frames later.
READ = """({size, wanted}) => {
  const third = innerHeight / 3;
  const paragraph = document.getElementById(wanted);
  const box = paragraph.getBoundingClientRect();
  const spot = document.caretRangeFromPoint(box.left + box.width / 2, Math.max(third, box.top + 9));
  const range = document.createRange();
  const middle = () => {
    range.setStart(spot.startContainer, spot.startOffset);
    range.setEnd(spot.startContainer, spot.startOffset + 1);
    const {top, bottom} = range.getBoundingClientRect();
    return (top + bottom) / 2;
  };
  const before = [box.top, middle()];
  document.querySelector(`[data-set-size=${size}]`).click();
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done([
    paragraph.getBoundingClientRect().top - before[0],
    middle() - before[1],
  ]))));
}"""


@pytest.mark.parametrize("width", [1280, 390])
def test_the_size_changes_and_the_line_that_is_read_stays(
    context, address: str, width: int
) -> None:
    """A paragraph that begins there to the pixel; a line within a long one to a line's height."""
    page = context(width, height=664).new_page()
    page.goto(f"{address}full.html")
    place = "top => scrollTo(0, scrollY + document.getElementById('p7').getBoundingClientRect().top - top)"
    for top in (230, 120, 20):
        for size in ("larger", "standard"):
            page.evaluate(place, top)
            of_top, of_line = page.evaluate(READ, {"size": size, "wanted": "p7"})
            if top > 664 / 3:
                assert abs(of_top) <= 2, (top, size)
            assert abs(of_line) <= 54 + 32 / 2, (top, size)  # a line, and half a one where it began


def test_the_colours_are_one_button_that_says_its_state(page: Page, address: str) -> None:
    button = page.get_by_role("button", name="深色")
    html_element = page.locator("html")
    for pressed, scheme in (("true", "slate"), ("false", "default"), ("true", "slate")):
        button.click()
        expect(button).to_have_attribute("aria-pressed", pressed)
        expect(html_element).to_have_attribute("data-md-color-scheme", scheme)
    page.goto(f"{address}duties.html")
    expect(html_element).to_have_attribute("data-md-color-scheme", "slate")
    expect(button).to_have_attribute("aria-pressed", "true")


def test_without_a_choice_the_systems_colours_are_followed(context, address: str) -> None:
    page = context(color_scheme="dark").new_page()
    page.goto(f"{address}duties.html")
    expect(page.locator("html")).to_have_attribute("data-md-color-scheme", "slate")
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-md-color-scheme", "default")


def test_a_choice_of_another_tab_or_page_is_taken_over(context, address: str) -> None:
    """Also by a page that comes back out of the browser's cache."""
    tabs = context()
    first, second = tabs.new_page(), tabs.new_page()
    for page in (first, second):
        page.goto(f"{address}duties.html")
    second.get_by_role("button", name="特大").click()
    expect(first.locator("html")).to_have_attribute("data-size", "larger")
    first.evaluate("localStorage.setItem('speech.size', 'large')")
    first.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(first.locator("html")).to_have_attribute("data-size", "large")


def test_where_nothing_is_kept_a_choice_lasts_the_page(context, address: str) -> None:
    blocked = "{ get() { throw new DOMException('no', 'SecurityError') } }"
    script = f"Object.defineProperty(window, 'localStorage', {blocked})"
    page = context(script=script).new_page()
    page.goto(f"{address}duties.html")
    page.get_by_role("button", name="大字").click()
    page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    expect(page.locator("html")).to_have_attribute("data-md-color-scheme", "slate")


def test_without_old_methods_the_switches_work(context, address: str) -> None:
    """Safari 13 has no addEventListener on matchMedia; some browsers have no matchMedia at all."""
    for script in ("delete window.matchMedia", "delete MediaQueryList.prototype.addEventListener"):
        page = context(script=script).new_page()
        page.goto(f"{address}duties.html")
        page.get_by_role("button", name="大字").click()
        expect(page.locator("html")).to_have_attribute("data-size", "large")
        expect(page.locator(".position")).to_contain_text("段")


# The contents, and what a phone shows first


def test_the_drawer_closes_when_the_page_is_left(context, address: str) -> None:
    page = context(390).new_page()
    page.goto(f"{address}duties.html")
    page.locator(".menu").click()
    expect(page.locator("#nav")).to_be_visible()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    expect(page.locator("#nav")).to_be_hidden()


@pytest.mark.parametrize(("width", "height", "share"), [(390, 664, 0.33), (320, 568, 0.4)])
def test_the_text_begins_in_the_upper_part_of_a_phones_window(
    context, address: str, speech: Speech, width: int, height: int, share: float
) -> None:
    page = context(width).new_page()
    page.set_viewport_size({"width": width, "height": height})
    for name in [*(theme.address for theme in speech.themes), "full.html"]:
        page.goto(address + name)
        top = page.locator(".speech > *").first.evaluate("e => e.getBoundingClientRect().top")
        assert top <= share * height, name


# How wide the widest character is drawn, against the size of the type. One beside a sign or a digit
# has a little more room.
TRACKING = """() => Math.max(...[...document.querySelectorAll(".speech p")].flatMap(paragraph => {
  const size = parseFloat(getComputedStyle(paragraph).fontSize), range = document.createRange(), found = [0]
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    for (let i = 0; i < node.length && !node.parentElement.closest("del, ins"); i++) {
      range.setStart(node, i)
      range.setEnd(node, i + 1)
      if (/[\\u4e00-\\u9fff]{2}/.test(node.data.slice(i, i + 2))) found.push(range.getBoundingClientRect().width / size)
    }
  return found
}))"""


@pytest.mark.parametrize("size", ["standard", "large", "larger"])
@pytest.mark.parametrize(("width", "most"), [(320, 1.08), (390, 1.08), (820, 1.15), (1280, 1.15)])
def test_no_line_is_stretched(context, address: str, size: str, width: int, most: float) -> None:
    """On a phone by no more than a twelfth, and nowhere a last line over the whole column."""
    page = context(width, script=f"localStorage.setItem('speech.size', '{size}')").new_page()
    page.goto(f"{address}full.html")
    assert 1 <= page.evaluate(TRACKING) <= most


# Paragraphs of the speech and of the notes on it whose last line is a single character.
ALONE = """() => [...document.querySelectorAll(".speech p, .notes p")].filter(paragraph => {
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT), lines = []
  const range = document.createRange()
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let i = 0; i < node.length && !node.parentElement.closest("del"); i++) {
      if (!/[\\p{L}\\p{N}]/u.test(node.data[i])) continue
      range.setStart(node, i)
      range.setEnd(node, i + 1)
      if (range.getClientRects().length) lines.push(range.getBoundingClientRect().bottom)
    }
  }
  const last = lines[lines.length - 1]
  return lines.length > 1 && lines.filter(bottom => Math.abs(bottom - last) < 8).length === 1
}).map(paragraph => paragraph.textContent)"""


@pytest.mark.parametrize("size", ["standard", "large", "larger"])
def test_no_character_is_alone_on_a_last_line(context, address: str, size: str) -> None:
    page = context(script=f"localStorage.setItem('speech.size', '{size}')").new_page()
    for name in ("full.html", "importance.html"):
        page.goto(address + name)
        for width in (320, 360, 375, 390, 414, 600, 768, 1024, 1280):
            page.set_viewport_size({"width": width, "height": 700})
            assert page.evaluate(ALONE) == [], (name, width)


def test_a_numbers_target_lies_beside_the_words(context, address: str) -> None:
    """A tap on the text never copies it."""
    first = """paragraph => {
      const range = document.createRange(), link = paragraph.querySelector('.permalink').getBoundingClientRect()
      range.selectNodeContents(paragraph)
      return [...range.getClientRects()].filter(box => box.width && box.height > 5
        && box.left < link.right - 1 && box.right > link.left + 1
        && box.top + 4 < link.bottom - 1 && box.bottom - 4 > link.top + 1 && box.width !== link.width).length
    }"""
    for width in (1280, 390, 320):
        for size in ("standard", "large", "larger"):
            script = f"localStorage.setItem('speech.size', '{size}')"
            page = context(width, script=script).new_page()
            page.goto(f"{address}importance.html")
            for paragraph in page.locator(".speech p[id]").all():
                assert paragraph.evaluate(first) == 0, (width, size)


def test_the_contents_of_the_whole_text_name_each_part_once(site: Path, speech: Speech) -> None:
    page = html.parse(str(site / "full.html"))
    names = ["".join(link.itertext()).strip() for link in page.xpath("//*[@id='nav']//a")]
    for theme in speech.themes:
        assert names.count(theme.title) == 1, theme.title
    assert page.xpath("string(//h1)").strip() == speech.title
    last = html.parse(str(site / speech.themes[-1].address))
    assert "full.html" not in last.xpath("//nav[@class='turn']//a/@href")


def test_the_number_stands_behind_the_words(site: Path, speech: Speech) -> None:
    for theme in speech.themes:
        for paragraph in html.parse(str(site / theme.address)).xpath(
            "//*[@class='speech']//p[@id]"
        ):
            last = paragraph[-1]
            assert (last.get("class"), last.tail) == ("permalink", None)
            assert last.get("aria-label") == f"第 {paragraph.get('id')[1:]} 段"
