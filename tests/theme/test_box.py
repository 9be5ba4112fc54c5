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

import pytest
from browser import Link, ask, said, serving
from conftest import REQUIRE_ALL
from lxml import html
from opencc import OpenCC
from playwright.sync_api import Browser, Page, expect
from pypinyin import Style, lazy_pinyin, pinyin
from pypinyin.phrases_dict import phrases_dict

from speechsite.pages.search import readings, spelling
from speechsite.words.read import Paragraph, Speech

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**9))
MARK = re.compile(r"[^\w×]")
NONE = "没有找到"


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
    text, otherwise = speech.corrected, "".join(readings(speech, speech.corrected))
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
        assert all(marks and set(marks) == {query} for marks in shown), (query, shown)
        assert "full.html" not in listed


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
    index = json.loads((site / "search/search_index.json").read_text(encoding="utf-8"))
    said_anywhere = [heard(MARK.sub("", text)) for text in strings(index["docs"])]
    for _ in range(volume(60, 15)):
        while True:
            piece = "".join(dice.sample(kept, dice.randint(3, 6)))
            sounds = heard(piece)
            if not any(
                all(sound & other for sound, other in zip(sounds, text[start:], strict=False))
                for text in said_anywhere
                for start in range(len(text) - len(sounds) + 1)
            ):
                break
        assert ask(box, piece) == [], piece
        assert said(box) == NONE


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
    for word, syllables in readings(speech, speech.corrected).items():
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
            found.append(({p.id for p in holding(speech, word)} <= hits(items), word, query))
            if items:
                assert said(box).startswith("没有完全一样的字句"), (query, said(box))
                assert all(
                    "读音相同" in link.text for item in items for link in item if link.is_paragraph
                )
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
  const article = document.querySelector(".md-content article"), target = document.getElementById(id)
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
  for (const end = Date.now() + 3000; !onTop() && Date.now() < end;)  // the overlay of the search box fades away
    await new Promise(requestAnimationFrame)
  return {
    exact: wanted.join("") === flags && flags.includes("1"),
    outside: marks.filter(mark => article.contains(mark) && !target.contains(mark)).length,
    on_top: onTop(),
  }
}"""


def check_opened(page: Page, anchor: str, phrases: list[str]) -> None:
    """The phrases, whole and nothing else, are marked in the paragraph, and the first is in view, not covered."""
    expect(page.locator(".md-content mark").first).to_be_in_viewport()
    expect(page.locator("[data-md-toggle=search]")).not_to_be_checked()
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
        page.locator("details:not([open]) > summary").evaluate_all(
            "all => all.forEach(one => one.click())"
        )
        page.locator(f'.md-search-result a[href="{chosen.href}"]').click()
        page.wait_for_url(f"**/{chosen.page}?**#{chosen.anchor}")
        check_opened(page, chosen.anchor, phrases)
    page.close()


def test_a_result_already_open_on_a_phone(browser: Browser, address: str, speech: Speech) -> None:
    """Material locks the page behind the box there and goes back to the old place; the phrase is shown all the same."""
    theme = max(speech.themes, key=lambda theme: len(theme.paragraphs))
    long = max(theme.paragraphs, key=lambda p: len(p.corrected))
    page = browser.new_page(viewport={"width": 390, "height": 700})
    page.goto(f"{address}{theme.slug}.html")
    for _ in range(2):
        page.wait_for_load_state(
            "networkidle"
        )  # for a moment after loading Material closes the box of its own accord
        page.locator(".search-open:visible, header label[for=__search]:visible").first.click()
        ask(page, long.corrected[-7:-2])
        expect(page.locator("body")).to_have_attribute("data-md-scrolllock", "")
        page.locator(f'.md-search-result a[href$="#{long.id}"]').click()
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
        page.locator("[data-md-component=search-query]").focus()
        assert hits(ask(page, query)) == {long.id}
        page.keyboard.press("Enter")
        page.wait_for_url(f"**#{long.id}")
        check_opened(page, long.id, [query])
    page.keyboard.press("/")
    ask(page, query)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.hash") == f"#{long.id}"
    page.keyboard.press("Escape")
    expect(page.locator("[data-md-toggle=search]")).not_to_be_checked()
    page.close()


def test_the_page_link_marks_all_hits_of_the_page(
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
    page.goto(address + "index.html")
    item = next(item for item in ask(page, query) if item[0].page == f"{theme.slug}.html")
    page.goto(address + item[0].href.rsplit("/", 1)[-1])
    expect(page.locator(".md-content mark").first).to_be_in_viewport()
    marked = page.locator(".speech p mark").all_inner_texts()
    assert marked == [query] * sum(p.corrected.count(query) for p in theme.paragraphs)
    page.close()


def test_input_without_keys(box: Page, speech: Speech) -> None:
    """An input method's composition and commit, and the button that empties the box; no key event is sent."""
    word = words(random.Random(0), speech, 1)[0]
    syllables = lazy_pinyin(word)
    field = box.locator("[data-md-component=search-query]")
    for query in (word, ""):
        ask(box, query)
    field.focus()
    session = box.context.new_cdp_session(box)
    composed = " ".join(syllables)
    session.send(
        "Input.imeSetComposition",
        {"text": composed, "selectionStart": 0, "selectionEnd": len(composed)},
    )
    expect(box.locator(".md-search-result__meta")).to_contain_text("按拼音")
    assert {p.id for p in holding(speech, word)} <= set(
        box.locator(".md-search-result a").evaluate_all(
            "all => all.map(link => link.hash.slice(1))"
        )
    )
    for key in (
        "Enter",
        "ArrowDown",
        "Escape",
    ):  # the input method's own: nothing is opened, left or closed
        field.dispatch_event("keydown", {"key": key, "isComposing": True, "bubbles": True})
    expect(field).to_be_focused()
    expect(box.locator("[data-md-toggle=search]")).to_be_checked()
    session.send("Input.insertText", {"text": word})
    expect(box.locator(".md-search-result__meta")).not_to_contain_text("按拼音")
    expect(box.locator(".md-search-result__meta")).to_contain_text("找到")
    assert field.input_value() == word
    box.locator("button[type=reset]").click()
    expect(box.locator(".md-search-result__meta")).to_have_text("输入要找的字词或拼音")
    expect(box.locator(".md-search-result__item")).to_have_count(0)
    box.keyboard.press("Escape")
    expect(box.locator("[data-md-toggle=search]")).not_to_be_checked()
    dropped = (
        "(field, word) => { field.value = word; field.dispatchEvent(new InputEvent('input')) }"
    )
    field.evaluate(dropped, word)  # as a word dragged into the closed box
    expect(box.locator(".md-search-result__item").first).to_be_visible()


def test_the_count_is_announced_in_chinese(box: Page, speech: Speech) -> None:
    query = max(speech.paragraphs, key=lambda p: len(p.corrected)).corrected[:6]
    ask(box, query)
    status = box.get_by_role("status").filter(has_text="找到")
    expect(status).to_have_text(
        f"在 {len(pages_of(speech, query))} 页上找到 {len(holding(speech, query))} 处"
    )


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
    page.locator(f'.md-search-result a[href="{chosen.href}"]').click()
    page.wait_for_url(f"**#{chosen.anchor}")
    check_opened(page, chosen.anchor, [query])
    page.close()


def test_without_scripts_no_dead_box(browser: Browser, address: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(address + "duties.html")
    expect(page.locator(".search-instead")).to_be_visible()
    assert page.locator(".search-instead").get_attribute("href") == "full.html"
    expect(page.locator(".md-search__input")).to_be_hidden()
    page.close()


def test_fuzz(box: Page, speech: Speech, dice: random.Random) -> None:
    """Anything may be typed: no exception, no markup but marks, and an answer at once."""
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
        """([queries, index]) => new Promise((done, failed) => {
          const worker = new Worker(JSON.parse(document.getElementById("__config").textContent).search)
          const times = [], wrong = []
          let n = 0, start
          worker.onerror = event => failed(event.message + " at " + JSON.stringify(queries[n]))
          const next = () => {
            if (n === queries.length) return done({worst: Math.max(...times), wrong, answered: times.length})
            start = performance.now()
            worker.postMessage({type: 2, data: queries[n].map(code => String.fromCodePoint(code)).join("")})
          }
          worker.onmessage = ({data}) => {
            if (data.type === 3) {
              times.push(performance.now() - start)
              if (data.data.query === undefined) wrong.push("no answer")
              for (const item of data.data.items) for (const doc of item) {
                const rest = (doc.title + doc.text).replace(/<mark data-md-highlight>[^<>]*<.mark>/g, "")
                if (/[<>"']/.test(rest) || /&(?!#\\d+;)/.test(rest)) wrong.push(rest)
              }
              n++
            }
            next()
          }
          fetch(index).then(r => r.json()).then(data => worker.postMessage({type: 0, data}))
        })""",
        [queries, "search/search_index.json"],
    )
    print(json.dumps(result)[:300])
    assert result["wrong"] == [] and result["answered"] == len(queries)
