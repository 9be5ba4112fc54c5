"""The search through the real box of the built site in a real Chromium, with a fresh random seed each run.

A failing run is repeated with SEED=… as printed. REQUIRE_ALL=1 asks for the full number of queries.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import Link, ask, said, serving
from conftest import REQUIRE_ALL
from lxml import html
from opencc import OpenCC
from playwright.sync_api import Browser, Page, Route, expect
from pypinyin import Style, lazy_pinyin, pinyin
from pypinyin.phrases_dict import phrases_dict

from speechsite.pages.sounds import given_readings, spelling
from speechsite.words import Paragraph, Speech

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**9))
MARK = re.compile(r"[^\w×]")
NONE = "没有找到"
PANEL, BOX = "[data-search=panel]", "[data-search=box]"
RESULTS, COUNT = "[data-search=results]", "[data-search=count]"


def volume(full: int, quick: int) -> int:
    return full if REQUIRE_ALL else quick


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> random.Random:
    print(f"SEED={SEED}")
    return random.Random(f"{SEED} {request.node.name}")


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """The site below a sub-path, under the strict policy."""
    with serving(site) as url:
        yield url


@pytest.fixture(scope="module")
def box(browser: Browser, address: str) -> Iterator[Page]:
    """A page with the search box; nothing may be said on its console."""
    page, complaints = browser.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address + "duties.html")
    yield page
    page.close()
    assert complaints == []


@pytest.fixture(scope="module")
def blocks(site: Path) -> dict[str, list[str]]:
    """What each page says, block by block, as a reader sees it."""
    shown = "//article//*[self::h1 or self::h2 or self::h3 or self::p or self::li or self::td or self::dt or self::dd]"
    return {
        path.name: [
            "".join(block.xpath(".//text()[not(ancestor::del)]"))
            for block in html.document_fromstring(path.read_text(encoding="utf-8")).xpath(shown)
        ]
        for path in site.glob("*.html")
    }


def hits(items: list[list[Link]]) -> set[str]:
    """Returns the ids of the listed paragraphs of the speech."""
    return {link.anchor for item in items for link in item if link.is_paragraph}


def holding(speech: Speech, *terms: str) -> list[Paragraph]:
    return [p for p in speech.paragraphs if all(term in p.corrected for term in terms)]


def pages_of(speech: Speech, *terms: str) -> set[str]:
    """Returns the theme pages whose words hold all terms."""
    return {
        f"{theme.slug}.html"
        for theme in speech.themes
        if all(any(term in p.corrected for p in theme.paragraphs) for term in terms)
    }


def told(speech: Speech, query: str) -> str:
    """Returns what the box says of the speech, its title counted as its own words."""
    texts = [paragraph.corrected for paragraph in speech.paragraphs]
    held = sum(query in text for text in texts)
    places = sum(text.count(query) for text in [*texts, speech.transcript_title])
    return f"讲话 {held} 段 {places} 处" if held else ""


def substring(
    dice: random.Random, speech: Speech, least: int, most: int, wanted: Callable[[str], object]
) -> str:
    while True:
        text = dice.choice(speech.paragraphs).corrected
        length = dice.randint(least, most)
        start = dice.randrange(max(1, len(text) - length + 1))
        if wanted(piece := text[start : start + length]):
            return piece


def words(dice: random.Random, speech: Speech, count: int) -> list[str]:
    """Returns words of the dictionary that the speech holds and that speech.yml does not read otherwise."""
    text, otherwise = speech.corrected, "".join(given_readings(speech))
    found = {
        text[i : i + n]
        for n in (2, 3, 4)
        for i in range(len(text))
        if text[i : i + n] in phrases_dict
    }
    return dice.sample(sorted(word for word in found if word not in otherwise), count)


def test_every_substring_is_found_and_nothing_else(
    box: Page, speech: Speech, blocks: dict[str, list[str]], dice: random.Random
) -> None:
    count = volume(300, 60)
    inside = [lambda piece: MARK.search(piece[1:-1]), lambda piece: piece.strip()]
    titles = [
        theme.title for theme in speech.themes
    ]  # the editors' words, which some page says too
    pairs = [title[i : i + 2] for title in titles for i in range(len(title) - 1)]
    named = [pair for pair in pairs if len(pages_of(speech, pair)) == 1]
    for number in range(count):
        query = substring(
            dice, speech, 3 if number < count / 6 else 1, 12, inside[number >= count / 6]
        )
        if number >= count * 0.9 and named:
            query = dice.choice(named)
        items = ask(box, query)
        assert hits(items) == {p.id for p in holding(speech, query)}, query
        listed = [item[0].page for item in items]
        assert all(any(query in text for text in blocks[page]) for page in listed), (query, listed)
        themes = {f"{theme.slug}.html" for theme in speech.themes}
        ranks = [page in themes for page in listed]
        assert ranks == sorted(ranks, reverse=True) and pages_of(speech, query) <= set(listed), (
            query,
            listed,
        )
        if len(pages_of(speech, query)) == 1:
            assert listed[0] in pages_of(speech, query), (query, listed)
        shown = [link.marks for item in items for link in item if link.is_paragraph]
        assert all(marks == (query,) for marks in shown), (query, shown)
        assert "full.html" not in listed
        assert said(box).startswith(told(speech, query) or ""), (query, said(box))


def test_two_terms_must_both_occur(
    box: Page, speech: Speech, blocks: dict[str, list[str]], dice: random.Random
) -> None:
    for number in range(volume(40, 10)):
        theme = dice.choice(speech.themes)
        texts = [p.corrected for p in theme.paragraphs if len(p.corrected) > 12]
        pair = [dice.choice(texts)] * 2 if number % 2 else [dice.choice(texts), dice.choice(texts)]
        terms = []
        for text in pair:
            start = dice.randrange(len(text) - 4)
            terms.append(text[start : start + dice.randint(2, 4)])
        items = ask(box, dice.choice([" ", "\u3000", "  "]).join(terms))
        listed = {item[0].page for item in items}
        assert pages_of(speech, *terms) <= listed, terms
        for page in listed:
            assert all(any(term in text for text in blocks[page]) for term in terms), (terms, page)
        first = [
            bool({link.anchor for link in item} & {p.id for p in holding(speech, *terms)})
            for item in items
        ]
        assert first == sorted(first, reverse=True), (terms, "one paragraph first")


def heard(text: str) -> list[set[str]]:
    """Returns, for each character, all the ways it is ever read."""
    return [set(pinyin(char, style=Style.NORMAL, heteronym=True)[0]) for char in text]


def index_of(site: Path) -> dict[str, Any]:
    """Returns the index that is sent, a script, as what it holds."""
    (script,) = (site / "search").glob("index*.js")
    text = script.read_text(encoding="utf-8").removeprefix("self.speechIndex=")
    return json.loads(text.rstrip().removesuffix(";"))


def strings(value: object) -> Iterator[str]:
    """Yields every string in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for inner in value if isinstance(value, list) else value.values():
            yield from strings(inner)


def test_nonsense_finds_nothing(box: Page, site: Path, speech: Speech, dice: random.Random) -> None:
    """Characters of the speech in another order, which sound like nothing that any page says, however they are read."""
    kept = MARK.sub("", speech.corrected)
    bare = [MARK.sub("", text) for text in strings(index_of(site)["docs"])]
    said_anywhere = [heard(text) for text in bare]
    for _ in range(volume(60, 15)):
        while True:
            piece = "".join(dice.sample(kept, dice.randint(3, 6)))
            sounds = heard(piece)
            sounds_like = any(
                all(sound & other for sound, other in zip(sounds, text[start:], strict=False))
                for text in said_anywhere
                for start in range(len(text) - len(sounds) + 1)
            )
            if not sounds_like and min(distance(piece, text) for text in bare) > allowed(piece):
                break
        assert ask(box, piece) == [], piece
        assert said(box).startswith(f"{NONE}“{piece}”")
        expect(box.locator("[data-search=help]")).to_be_visible()


def allowed(query: str) -> int:
    """Returns how many characters of a query may be wrong, missing or too many."""
    return 0 if len(query) < 4 else 1 if len(query) < 6 else 2


def distance(query: str, text: str) -> int:
    """Returns the least edit distance between a query and any part of a text."""
    row = list(range(len(query) + 1))
    least = row[-1]
    for char in text:
        new = [0]
        for place, wanted in enumerate(query):
            new.append(min(row[place] + (wanted != char), row[place + 1] + 1, new[place] + 1))
        row = new
        least = min(least, row[-1])
    return least


def test_the_nearest_phrases_are_found_where_nothing_else_is(
    box: Page, speech: Speech, dice: random.Random
) -> None:
    """One character of four or five is wrong, missing or too many, or two of more."""
    strange = [char for char in "犀蝙芙蓉鹦鹉琵琶饕餮" if char not in speech.corrected]
    for _ in range(volume(60, 15)):
        phrase = substring(dice, speech, 4, 12, lambda piece: not MARK.search(piece))
        letters = list(phrase)
        for place in dice.sample(range(len(letters)), allowed(phrase)):
            letters[place] = dice.choice(["", letters[place] + dice.choice(strange), *strange])
        query = "".join(letters)
        if len(query) < 4 or (wrong := distance(phrase, query)) > allowed(query):
            continue
        items = ask(box, query)
        if not wrong or "相近" not in said(box):
            continue  # what is left of it is said somewhere, or sounds like it
        texts = {p.id: MARK.sub("", p.corrected) for p in speech.paragraphs}
        least = min(distance(query, text) for text in texts.values())
        near = {name for name, text in texts.items() if distance(query, text) == least}
        assert hits(items) == near, query
        assert all("相近" in link.title for item in items for link in item), query


def test_the_saying_is_found_as_the_speaker_has_it(box: Page, speech: Speech) -> None:
    """An editor's note has the usual form; it does not hide the speaker's own."""
    (said_here,) = holding(speech, "打铁先要自身硬")
    for query in ("打铁还需自身硬", "打铁先得自身硬"):
        assert hits(ask(box, query)) == {said_here.id}
        assert "相近" in said(box)


@pytest.mark.parametrize("query", ["第10段", "10段", "第 10 段", "第十段", "第１０段"])
def test_the_number_of_a_paragraph_leads_to_it(box: Page, query: str) -> None:
    (line,) = ask(box, query)[0]
    assert (line.anchor, line.is_paragraph) == ("p10", True)


def test_a_number_beyond_the_last_finds_nothing(box: Page) -> None:
    assert ask(box, "第9999段") == []
    assert said(box).startswith(NONE)


def spelled(speech: Speech, pattern: list[str]) -> set[str]:
    """Returns the pages where a run of syllables begins, one by one, with `pattern` (full ones end with a space)."""
    pages = set()
    for theme in speech.themes:
        for run in re.split(r"[\W×]+", "，".join(p.corrected for p in theme.paragraphs)):
            sounds = [f"{spelling(sound)} " for sound in lazy_pinyin(run)]
            for start in range(len(sounds) - len(pattern) + 1):
                if all(
                    sound.startswith(part)
                    for sound, part in zip(sounds[start:], pattern, strict=False)
                ):
                    pages.add(f"{theme.slug}.html")
    return pages


def test_pinyin_finds_words(box: Page, speech: Speech, dice: random.Random) -> None:
    """All that holds the word is found; the right page is first where no other holds what was typed."""
    first: dict[str, list[tuple[bool, str, str]]] = {"full": [], "mixed": [], "typing": []}
    for word in words(dice, speech, volume(100, 15)):
        toned = " ".join(lazy_pinyin(word, style=Style.TONE))
        assert {p.id for p in holding(speech, word)} <= hits(ask(box, toned)), (word, toned)
        full = [f"{spelling(syllable)} " for syllable in lazy_pinyin(word)]
        initials = [re.match("[zcs]h|.", syllable)[0] for syllable in full]
        short, last = dice.randrange(len(word)), full[-1].strip()
        typed = [
            ("full", full),
            ("mixed", [initials[i] if i == short else full[i] for i in range(len(word))]),
            *(("typing", [*full[:-1], last[:end]]) for end in range(1, len(last))),
            ("initials", [syllable[0] for syllable in full]),
            ("initials", initials),
        ]
        for kind, pattern in typed:
            query = dice.choice(["", "", "'", " "]).join(part.strip() for part in pattern)
            items = ask(box, query if dice.random() < 0.8 else query.upper())
            assert {p.id for p in holding(speech, word)} <= hits(items), (word, query)
            if kind != "initials" and len(spelled(speech, pattern)) == 1:
                first[kind].append((items[0][0].page in pages_of(speech, word), word, query))
    seen = [one for kind in first.values() for one in kind]
    for kind, ones in first.items():
        print(
            f"{kind}: right page first {sum(o[0] for o in ones)} of {len(ones)}",
            [o[1:] for o in ones if not o[0]],
        )
    assert sum(not right for right, *_ in seen) <= max(1, 0.05 * len(seen))


def test_a_character_is_heard_as_it_is_read_in_its_place(box: Page, speech: Speech) -> None:
    """Polyphones by context, and by speech.yml where the dictionary is wrong."""
    for word, syllables in given_readings(speech).items():
        assert {p.id for p in holding(speech, word)} <= hits(ask(box, "".join(syllables)))
        wrong = "".join(lazy_pinyin(word))
        assert wrong != "".join(syllables) and ask(box, wrong) == [], (
            "this reading needs no override"
        )
    for word in ("行家", "表率", "效率", "苦差", "还有", "什么", "协调", "强调", "重要", "觉得"):
        if held := holding(speech, word):
            assert {p.id for p in held} <= hits(ask(box, "".join(lazy_pinyin(word)))), word


@pytest.mark.parametrize(("last", "share"), [(0xD7F9, 1), (0xF7FE, 0.95)], ids=["common", "rare"])
def test_a_wrong_character_is_answered_by_sound_and_says_so(
    box: Page, speech: Speech, dice: random.Random, last: int, share: float
) -> None:
    """Characters of GB 2312's first level all; of the second, which the browser's own order places, nearly all."""
    by_sound: dict[str, list[str]] = {}
    for code in range(0xB0A1 if share == 1 else 0xD8A1, last + 1):
        char = code.to_bytes(2, "big").decode("gb2312", errors="ignore")
        for sound in lazy_pinyin(char) if char and char not in speech.corrected else ():
            by_sound.setdefault(sound, []).append(char)
    found = []
    for word in words(dice, speech, volume(100, 30)):
        place = dice.randrange(len(word))
        if others := by_sound.get(lazy_pinyin(word)[place]):
            query = word[:place] + dice.choice(others) + word[place + 1 :]
            items = ask(box, query)
            right = {p.id for p in holding(speech, word)} <= hits(items)
            found.append((right, word, query))
            if right:
                assert "读音相同的有" in said(box), (query, said(box))
                spoken = [link for item in items for link in item if link.is_paragraph]
                assert all("读音相同" in link.title for link in spoken)
    assert len(found) > 10 and sum(one[0] for one in found) >= share * len(found), [
        o[1:] for o in found if not o[0]
    ]


def test_traditional_full_width_and_case(box: Page, speech: Speech, dice: random.Random) -> None:
    writers = [OpenCC(name) for name in ("s2t", "s2tw", "s2hk")]
    for _ in range(volume(100, 20)):
        writer = dice.choice(writers)
        query = substring(dice, speech, 2, 8, lambda piece: writer.convert(piece) != piece)  # noqa: B023
        items = ask(box, writer.convert(query))
        assert hits(items) == {p.id for p in holding(speech, query)}, (query, writer.convert(query))
        assert "读音" not in said(box)
    query = substring(dice, speech, 3, 8, lambda piece: "，" in piece[1:-1])
    assert hits(ask(box, query.replace("，", ","))) == {p.id for p in holding(speech, query)}


def test_the_tiers_do_not_mix(box: Page, speech: Speech, dice: random.Random) -> None:
    for _ in range(volume(40, 10)):
        query = substring(dice, speech, 3, 12, lambda piece: MARK.search(piece[1:-1]))
        bare = MARK.sub("", query)
        exact = {p.id for p in holding(speech, bare)}
        loose = {p.id for p in speech.paragraphs if bare in MARK.sub("", p.corrected)}
        assert hits(ask(box, bare)) == (exact or loose), bare
        assert ("不计标点" in said(box)) == (not exact)


SEEN = """async ([id, phrases]) => {
  const article = document.getElementById("content"), target = document.getElementById(id)
  let text = "", flags = ""
  const walker = document.createTreeWalker(target, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (!node.parentElement.closest("del"))
      text += node.data, flags += (node.parentElement.closest("mark") ? "1" : "0").repeat(node.length)
  const wanted = Array(text.length).fill("0")
  for (const phrase of phrases)
    for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1))
      wanted.fill("1", at, at + phrase.length)
  const marks = [...document.querySelectorAll("mark")]
  const first = article.querySelector("mark")
  const onTop = () => {
    const box = first.getClientRects()[0]
    return first.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2))
  }
  for (const end = Date.now() + 3000; !onTop() && Date.now() < end;) await new Promise(requestAnimationFrame)
  return {
    exact: wanted.join("") === flags && flags.includes("1"),
    outside: marks.filter(mark => article.contains(mark) && !target.contains(mark)).length,
    on_top: onTop(),
  }
}"""


def check_opened(page: Page, anchor: str, phrases: list[str]) -> None:
    """The phrases, whole and nothing else, are marked in the paragraph, and the first is in view, not covered."""
    expect(page.locator("#content mark").first).to_be_in_viewport()
    expect(page.locator(PANEL)).to_be_hidden()
    assert page.evaluate(SEEN, [anchor, phrases]) == {
        "exact": True,
        "outside": 0,
        "on_top": True,
    }, (page.url, phrases)


def test_an_opened_result_shows_the_phrase(
    browser: Browser, address: str, speech: Speech, dice: random.Random
) -> None:
    corrected = [p for p in speech.paragraphs if any(span.is_correction for span in p.spans)]
    page = browser.new_page(viewport={"width": 1280, "height": 420})
    for number in range(volume(30, 8)):
        query = substring(dice, speech, 2, 12, lambda piece: MARK.sub("", piece))
        phrases = [query]
        if number % 4 == 1:  # across a correction, typed without the marks
            paragraph = dice.choice(corrected)
            before = ""
            for span in paragraph.spans:
                if span.is_correction:
                    break
                before += span.corrected
            after = paragraph.corrected[len(before) + len(span.corrected) :]
            phrases = [before[-3:] + span.corrected + after[:3]]
            query = MARK.sub("", phrases[0]) if after else phrases[0]
        if number % 4 == 3:  # many terms
            text = max((p.corrected for p in dice.choice(speech.themes).paragraphs), key=len)
            phrases = [text[at : at + 2] for at in dice.sample(range(len(text) - 2), 12)]
            query = " ".join(phrases)
        if number % 4 == 2:  # by sound: what is marked is what was heard
            word = words(dice, speech, 1)[0]
            query = "".join(lazy_pinyin(word))
        page.goto(address + "index.html")
        items = ask(page, query)
        links = [link for item in items for link in item if link.is_paragraph]
        assert links, query
        chosen = dice.choice(links)
        if number % 4 == 2:
            phrases = list(chosen.marks)
        page.locator(f'{RESULTS} a[href="{chosen.href}"]').click()
        page.wait_for_url(f"**/{chosen.page}?**#{chosen.anchor}")
        check_opened(page, chosen.anchor, phrases)
    page.close()


def test_a_result_already_open_on_a_phone(browser: Browser, address: str, speech: Speech) -> None:
    """The panel fills the window there, and closes when the page is already the right one."""
    theme = max(speech.themes, key=lambda theme: len(theme.paragraphs))
    long = max(theme.paragraphs, key=lambda p: len(p.corrected))
    page = browser.new_page(viewport={"width": 390, "height": 700})
    page.goto(f"{address}{theme.slug}.html")
    for _ in range(2):
        page.locator("[data-search=open]").click()
        ask(page, long.corrected[-7:-2])
        page.locator(f'{RESULTS} a[href$="#{long.id}"]').click()
        page.wait_for_url(f"**#{long.id}")
        check_opened(page, long.id, [long.corrected[-7:-2]])
        page.evaluate("scrollTo(0, 0)")
    page.close()


def test_results_on_the_same_page_and_by_keyboard(
    browser: Browser, address: str, speech: Speech
) -> None:
    theme = max(speech.themes, key=lambda theme: len(theme.paragraphs))
    long = max(theme.paragraphs, key=lambda p: len(p.corrected))
    query, page = long.corrected[-7:-2], browser.new_page(viewport={"width": 1280, "height": 420})
    page.goto(f"{address}{theme.slug}.html")
    page.keyboard.press("/")
    for _ in range(2):  # the second time the address does not change
        page.locator(BOX).focus()
        assert hits(ask(page, query)) == {long.id}
        page.keyboard.press("Enter")
        page.wait_for_url(f"**#{long.id}")
        check_opened(page, long.id, [query])
    page.keyboard.press("/")
    ask(page, query)
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.hash") == f"#{long.id}"
    page.keyboard.press("ArrowUp")
    expect(page.locator(BOX)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(PANEL)).to_be_hidden()
    expect(page.locator(BOX)).to_be_focused()
    page.close()


def test_an_answer_opens_beside_with_a_key_and_the_box_stays(box: Page, speech: Speech) -> None:
    here = box.url
    (line, *_), *_ = ask(box, speech.paragraphs[9].corrected[:8])
    with box.context.expect_page() as opened:
        box.locator(f"{RESULTS} a").first.click(modifiers=["Control"])
    assert opened.value.url.endswith(line.anchor)
    opened.value.close()
    assert box.url == here
    expect(box.locator(PANEL)).to_be_visible()


def test_what_was_found_is_seen_in_forced_colours(browser: Browser, address: str) -> None:
    """Dark or light, by the system's own pair of colours for a mark."""
    system = """mark => {
      const probe = document.body.appendChild(document.createElement("i"))
      probe.style.cssText = "forced-color-adjust: none; background: Mark; color: MarkText"
      return [mark, probe].map(getComputedStyle).map((s) => s.color + s.backgroundColor)
    }"""
    for scheme in ("dark", "light"):
        page = browser.new_page(forced_colors="active", color_scheme=scheme, bypass_csp=True)
        page.goto(f"{address}importance.html")
        ask(page, "办公室")
        shown, wanted = page.locator(f"{RESULTS} mark").first.evaluate(system)
        assert shown == wanted, scheme
        page.close()


def test_enter_pressed_before_the_answer_opens_it(
    browser: Browser, address: str, speech: Speech
) -> None:
    """On a slow line one types and presses Enter before the index is there."""
    page = browser.new_page()
    held: list[Route] = []
    page.route("**/javascripts/matcher*", lambda route: held.append(route))
    page.goto(f"{address}index.html")
    paragraph = speech.paragraphs[9]
    page.locator(BOX).fill(paragraph.corrected[:8])
    page.locator(BOX).press("Enter")
    expect(page.locator(COUNT)).to_have_text("搜索准备中")
    for route in held:
        route.continue_()
    page.wait_for_url(f"**#{paragraph.id}")
    page.close()


def test_tab_goes_through_the_answers_and_closes_nothing(box: Page, speech: Speech) -> None:
    items = ask(box, "办公室")
    lines = [link.href for item in items for link in item]
    box.locator(BOX).focus()
    for href in lines[:5]:
        box.keyboard.press("Tab")
        assert box.evaluate("document.activeElement.getAttribute('href')") == href
    expect(box.locator(PANEL)).to_be_visible()
    box.keyboard.press("Escape")
    expect(box.locator(BOX)).to_be_focused()
    expect(box.locator(PANEL)).to_be_hidden()


def test_all_lines_can_be_reached_forty_at_a_time(box: Page, speech: Speech) -> None:
    box.locator(BOX).fill("")
    box.locator(BOX).fill("办公室")
    expect(box.locator(f"{RESULTS} a")).to_have_count(40)
    box.locator("[data-search=more]").click()
    spoken = sum(text.corrected.count("办公室") for text in speech.paragraphs)
    expect(box.locator(f"{RESULTS} a").nth(40)).to_be_focused()
    assert box.locator(f"{RESULTS} a").count() >= spoken
    assert box.locator(f"{RESULTS} a[href*='#p']").count() == spoken


def test_each_line_leads_to_its_own_place(browser: Browser, address: str, speech: Speech) -> None:
    """A phrase that stands several times in a paragraph: the chosen place is brought into view."""
    count = {p: p.corrected.count("办公室") for p in speech.paragraphs}
    paragraph = max(count, key=lambda p: count[p])
    page = browser.new_page(viewport={"width": 320, "height": 300})
    page.goto(address + "index.html")
    lines = [link for item in ask(page, "办公室") for link in item if link.anchor == paragraph.id]
    assert len(lines) == count[paragraph]
    page.goto(address + lines[-1].href)
    expect(page.locator(f"#{paragraph.id} mark").last).to_be_in_viewport()
    page.close()


def test_an_address_without_a_place_marks_all_hits_of_the_page(
    browser: Browser, address: str, speech: Speech
) -> None:
    theme = max(speech.themes, key=lambda theme: len(theme.paragraphs))
    query = next(
        text[i : i + 2]
        for text in [p.corrected for p in theme.paragraphs]
        for i in range(len(text) - 1)
        if not MARK.search(text[i : i + 2])
        and len([p for p in theme.paragraphs if text[i : i + 2] in p.corrected]) > 2
    )
    page = browser.new_page()
    page.goto(f"{address}{theme.slug}.html?h={query}")
    expect(page.locator("#content mark").first).to_be_in_viewport()
    marked = page.locator(".speech p mark").all_inner_texts()
    assert marked == [query] * sum(p.corrected.count(query) for p in theme.paragraphs)
    page.close()


def test_an_address_is_never_too_long_for_a_server(box: Page, speech: Speech) -> None:
    text = max((p.corrected for p in speech.paragraphs), key=len)
    pairs = sorted({text[at : at + 2] for at in range(len(text) - 1)} - {""})
    terms = [pair for pair in pairs if not MARK.search(pair)][:64]
    items = ask(box, " ".join(terms))
    lengths = [len(link.href) for item in items for link in item]
    assert lengths and max(lengths) < 4200
    query = text[:300]
    assert 0 < max(len(link.href) for item in ask(box, query) for link in item) < 4200


def test_input_without_keys(box: Page, speech: Speech) -> None:
    """An input method's composition and commit, and a word dropped into the box; no key is sent."""
    word = words(random.Random(0), speech, 1)[0]
    syllables = lazy_pinyin(word)
    field = box.locator(BOX)
    for query in (word, ""):
        ask(box, query)
    field.focus()
    session = box.context.new_cdp_session(box)
    composed = " ".join(syllables)
    session.send(
        "Input.imeSetComposition",
        {"text": composed, "selectionStart": 0, "selectionEnd": len(composed)},
    )
    expect(box.locator(COUNT)).to_contain_text("按拼音")
    hashes = "all => all.map(link => link.hash.slice(1))"
    assert {p.id for p in holding(speech, word)} <= set(
        box.locator(f"{RESULTS} a").evaluate_all(hashes)
    )
    # The input method's own keys, as Chromium tells and as Safari does: nothing is opened or left.
    for key in ("Enter", "ArrowDown", "Escape"):
        for event in ({"isComposing": True}, {"keyCode": 229}):
            field.dispatch_event("keydown", {"key": key, "bubbles": True, **event})
    expect(field).to_be_focused()
    expect(box.locator(PANEL)).to_be_visible()
    session.send("Input.insertText", {"text": word})
    expect(box.locator(COUNT)).not_to_contain_text("按拼音")
    expect(box.locator(COUNT)).to_contain_text("讲话")
    assert field.input_value() == word
    field.fill("")
    expect(box.locator(COUNT)).to_have_text("")
    expect(box.locator(f"{RESULTS} a")).to_have_count(0)
    box.keyboard.press("Escape")
    expect(box.locator(PANEL)).to_be_hidden()
    dropped = (
        "(field, word) => { field.value = word; field.dispatchEvent(new InputEvent('input')) }"
    )
    field.evaluate(dropped, word)  # as a word dragged into the closed box
    expect(box.locator(f"{RESULTS} a").first).to_be_visible()


def test_the_count_is_said_once_an_answer(box: Page, speech: Speech) -> None:
    query = max(speech.paragraphs, key=lambda p: len(p.corrected)).corrected[:6]
    field = box.locator(BOX)
    field.fill("")
    expect(box.locator(COUNT)).to_have_text("")
    box.evaluate(
        """() => {
          window.spoken = []
          const status = document.querySelector("[data-search=count]")
          new MutationObserver(() => spoken.push(status.textContent)).observe(status, {childList: true})
        }"""
    )
    field.press_sequentially(query)
    expect(box.get_by_role("status").and_(box.locator(COUNT))).to_contain_text(told(speech, query))
    assert box.evaluate("spoken.filter(text => text).length") <= 2  # with one that it is coming


@pytest.mark.parametrize("storage", [True, False], ids=["storage", "storage blocked"])
def test_from_the_disk(
    browser: Browser, site: Path, speech: Speech, dice: random.Random, storage: bool
) -> None:
    page = browser.new_page()
    if not storage:
        blocked = "{get() { throw new DOMException('blocked', 'SecurityError') }}"
        names = "['localStorage', 'sessionStorage']"
        page.add_init_script(
            f"for (const name of {names}) Object.defineProperty(self, name, {blocked})"
        )
    page.goto((site / "index.html").as_uri())
    for _ in range(volume(50, 10)):
        query = substring(dice, speech, 1, 12, str.strip)
        items = ask(page, query)
        assert hits(items) == {p.id for p in holding(speech, query)}, query
    chosen = next(link for item in items for link in item if link.is_paragraph)
    page.goto((site / chosen.href.partition("?")[0]).as_uri() + "?" + chosen.href.partition("?")[2])
    check_opened(page, chosen.anchor, [query])
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_without_scripts_the_search_is_a_link(browser: Browser, address: str, width: int) -> None:
    page = browser.new_page(java_script_enabled=False, viewport={"width": width, "height": 700})
    page.goto(address + "duties.html")
    expect(page.locator(BOX)).to_be_hidden()
    opener = page.locator("[data-search=open]")
    expect(opener).to_contain_text("全文")
    opener.click()
    page.wait_for_url("**/full.html")
    page.close()


def test_where_the_index_cannot_be_had_it_is_said(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.route("**/search/index*", lambda route: route.abort())
    page.goto(address + "duties.html")
    page.locator(BOX).fill("督查")
    expect(page.locator(COUNT)).to_contain_text("搜索用不了")
    page.close()


def matched(page: Page, address: str, site: Path, texts: list[str], words: str, query: str) -> Any:
    """Returns the lines of the matcher for a small index: one page, a text a paragraph."""
    index = index_of(site)
    index["config"].update(words=words, exceptions={})
    index["docs"] = [{"location": "a.html", "title": "篇", "first": 1, "parts": [["", "", texts]]}]
    page.goto(address + "404.html")
    (matcher,) = (site / "javascripts").glob("matcher*.js")
    page.add_script_tag(url=f"{address}javascripts/{matcher.name}")
    script = "([index, query]) => speechMatcher(index)(query, 0)"
    answer = page.evaluate(script, [index, query])
    return [line["href"].partition("#")[2] for group in answer["groups"] for line in group["lines"]]


def test_a_word_comes_before_what_cuts_words_in_two(
    browser: Browser, address: str, site: Path
) -> None:
    page = browser.new_page()
    texts = ["做事公开。", "办事公道。", "施工。"]
    assert matched(page, address, site, texts, "施工 公开 做事", "shigong") == ["p3", "p2", "p1"]
    page.close()


def test_fuzz(box: Page, speech: Speech, dice: random.Random) -> None:
    """Anything may be typed: no exception, and every line leads somewhere and shows words."""
    parts = [
        *(
            "<",
            ">",
            "&",
            '"',
            "'",
            "<mark>",
            "</mark><script>alert(1)</script>",
            "<img src=x onerror=a>",
            "&lt;",
            "&#60;",
        ),
        *(
            "😀",
            "\ud83d",
            "\ude00",
            "\ufe0f",
            "\u200b",
            "\u0301",
            "ü",
            "ǖ",
            "\x00",
            "\n",
            "\t",
            "\u3000",
            " ",
            "%",
            "\\",
        ),
        *(
            "(",
            "[",
            "*",
            "+",
            "?",
            "$",
            "^",
            "{1,9}",
            ".*",
            "a",
            "zh",
            "ang",
            "xian",
            "n",
            "\uff21",
            "\uff11",
            "㎡",
            "…",
        ),
    ]
    queries = []
    for _ in range(volume(20_000, 2_000)):
        kind, size = dice.random(), dice.randint(1, 12)
        if kind < 0.02:
            size = 10_000 // dice.randint(1, 12)
        pool = (
            parts
            if kind < 0.4
            else list(speech.corrected)
            if kind < 0.7
            else parts + list(speech.corrected)
        )
        queries.append([ord(char) for char in "".join(dice.choices(pool, k=size))[:10_000]])
    result = box.evaluate(
        """queries => new Promise((done, failed) => {
          const {assetMatcher, assetIndex} = document.querySelector("[data-search=form]").dataset
          const worker = new Worker(assetMatcher)
          let n = 0
          worker.onerror = event => failed(event.message + " at " + JSON.stringify(queries[n]))
          const wrong = []
          const next = () => {
            if (n === queries.length) return done({wrong, answered: n})
            worker.postMessage({query: String.fromCodePoint(...queries[n]), from: 0})
          }
          worker.onmessage = ({data}) => {
            if (!data.ready) {
              n++
              for (const group of data.groups) for (const line of group.lines) {
                if (!/^[a-z-]+\\.html[?#]/.test(line.href)) wrong.push(line.href)
                if (typeof line.found !== "string") wrong.push("no words")
              }
            }
            next()
          }
          worker.postMessage({index: new URL(assetIndex, location.href).href})
        })""",
        queries,
    )
    print(json.dumps(result)[:300])
    assert result["wrong"] == [] and result["answered"] == len(queries)
