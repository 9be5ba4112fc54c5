"""The handouts, read back from the files: words, grid, faces, standards, the same bytes, bad input."""

from __future__ import annotations

import statistics
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import docx
import pikepdf
import pymupdf
import pytest
from playwright.sync_api import Browser
from readback import (
    CLOSING,
    MM,
    OPENING,
    SCALE,
    Character,
    body_of,
    ink,
    inked_rows,
    lines_of,
    print_only,
    text_lines,
    title_lines,
    with_blocks,
    with_text,
    words,
)

from speechsite.paper import handouts_html, make_handouts
from speechsite.paper.handouts import Handout, Printing, jobs
from speechsite.problem import Stop
from speechsite.words import Heading, Speech, read_words


@pytest.mark.parametrize("name", ["speech.pdf", "large-print.pdf"])
def test_pdf_says_what_the_speech_says(
    speech: Speech, made: tuple[Path, tuple[Handout, ...]], name: str
) -> None:
    assert body_of(made[0] / name, title_lines(speech)) == words([speech.corrected])


def test_notes_say_it_too_and_end_with_the_page_to_look_back(
    speech: Speech, made: tuple[Path, tuple[Handout, ...]]
) -> None:
    text = body_of(made[0] / "notes.pdf", title_lines(speech))
    spoken, after = text[: len(words([speech.corrected]))], text[len(words([speech.corrected])) :]
    assert spoken == words([speech.corrected])
    heading, *prompts = speech.metadata["reflection"]
    assert after.startswith(heading) and "主办方" in after
    assert all(words([prompt]) in after for prompt in prompts)


def test_theme_sheets_say_their_themes(
    speech: Speech, made: tuple[Path, tuple[Handout, ...]]
) -> None:
    themes = [theme for theme in speech.themes if theme.headings]
    assert [h.file for h in made[1] if h.file.startswith("theme-")] == [
        f"theme-{t.slug}.pdf" for t in themes
    ]
    for theme in themes:
        source = f"选自《{speech.title}》，主题由编者划分"
        expected = words([paragraph.corrected for paragraph in theme.paragraphs])
        assert (
            body_of(made[0] / f"theme-{theme.slug}.pdf", [words([theme.title]), source]) == expected
        )


def folded(path: Path) -> list[list[list[Character]]]:
    """Returns the lines of each A5 page of the booklet, in the order in which it is read once folded."""
    document = pymupdf.open(path)
    assert len(document) % 2 == 0
    pages: dict[int, list[list[Character]]] = {}
    last = 2 * len(document)
    for side, page in enumerate(document):
        near, far = (last - side, side + 1) if side % 2 == 0 else (side + 1, last - side)
        middle = page.rect.width / 2
        pages[near] = lines_of(page, pymupdf.Rect(0, 0, middle, page.rect.height))
        pages[far] = lines_of(page, pymupdf.Rect(middle, 0, page.rect.width, page.rect.height))
    return [pages[number] for number in sorted(pages)]


def test_folded_booklet_reads_in_order(
    speech: Speech, made: tuple[Path, tuple[Handout, ...]]
) -> None:
    ordered = folded(made[0] / "booklet.pdf")
    assert not [
        line
        for page in ordered
        for line in text_lines(page)
        if line[0] in CLOSING or line[-1] in OPENING
    ]
    assert text_lines(ordered[0])[: len(title_lines(speech))] == title_lines(speech)
    contents = "".join(text_lines(ordered[1]))
    assert all(words([theme.title]) in contents for theme in speech.themes) and "短边" in contents
    texts = [text_lines(page) for page in ordered[2:] if page]
    assert [lines[-1] for lines in texts] == [f"—{number}—" for number in range(1, len(texts) + 1)]
    assert words([line for lines in texts for line in lines[1:-1]]) == words([speech.corrected])


def test_long_contents_go_on_and_the_words_begin_on_a_right_hand_page(
    speech: Speech, tmp_path: Path
) -> None:
    many = with_text(speech, *["一段文字。"] * 30)
    titles = [f"这个标题很长{'，一行排不下' * 4}" if n % 3 else f"标题{n}" for n in range(30)]
    headings = (
        replace(heading, title=title)
        for heading, title in zip(many.themes[0].headings, titles, strict=True)
    )
    theme = replace(
        many.themes[0],
        blocks=tuple(part for pair in zip(headings, many.paragraphs, strict=True) for part in pair),
    )
    print_only(replace(many, themes=(theme,)), tmp_path, "booklet")
    pages = folded(tmp_path / "booklet.pdf")
    first = next(
        number for number, page in enumerate(pages, 1) if page and text_lines(page)[-1] == "—1—"
    )
    assert first % 2 == 1 and first > 3
    contents = words([line for page in pages[1 : first - 1] for line in text_lines(page)])
    assert [title for title in titles if title not in contents] == []
    assert all(below[0][1] - above[0][1] > 9 for page in pages for above, below in pairwise(page))


def test_full_page_is_the_official_grid(
    speech: Speech, made: tuple[Path, tuple[Handout, ...]]
) -> None:
    character = 156 / 28 * MM
    document = pymupdf.open(made[0] / "speech.pdf")
    assert len(document) > 2
    for number, page in enumerate(document, 1):
        *lines, foot = lines_of(page)
        assert text_lines([foot]) == [f"—{number}—"]
        left = (28 if number % 2 else 26) * MM
        assert left - 0.5 * MM <= min(line[0][0] for line in lines)
        indents = {
            round((line[0][0] - left) / character) for line in lines[len(title_lines(speech)) :]
        }
        assert indents == {0, 2}
        if number == 1:  # title and greeting flush, one line left empty
            assert len(lines) == 21 and lines[len(title_lines(speech))][0][0] == pytest.approx(
                left, abs=1
            )
        # One character in from the edge of the block, odd pages right, even pages left; a dash is a character wide.
        assert foot[0 if number % 2 == 0 else -1][0] == pytest.approx(
            left + (156 * MM - character - 14 if number % 2 else character), abs=0.3
        )
        if 1 < number < len(document):
            baselines = [line[0][1] for line in lines]
            assert len(lines) == 22
            assert all(abs(b - a - 29.6) <= 0.1 for a, b in pairwise(baselines))
            full = [
                len(line)
                for line in lines
                if line[-1][0] > left + 150 * MM and line[0][0] < left + MM
            ]
            assert statistics.mode(full) == 28 and set(full) <= {27, 28, 29, 30}, full


def grown(block: pymupdf.Rect, by: float) -> pymupdf.Rect:
    return pymupdf.Rect(block.x0 - by, block.y0 - by, block.x1 + by, block.y1 + by)


def test_ink_keeps_within_the_type_area_and_the_page_number_below_it(
    made: tuple[Path, tuple[Handout, ...]],
) -> None:
    for number, page in enumerate(pymupdf.open(made[0] / "speech.pdf"), 1):
        left, bottom = (28 if number % 2 else 26) * MM, (37 + 225) * MM
        block = pymupdf.Rect(left, 37 * MM, left + 156 * MM, bottom)
        inked = inked_rows(page)
        assert ink(inked) in grown(block, 0.5 * MM)
        # The dash is the first ink of the page number's line that is wider than 8 pt.
        below = {y: row for y, row in inked.items() if y > bottom + 3 * MM}
        dash = next(y for y, row in below.items() if b"\0" * (8 * SCALE) in row)
        assert dash - bottom == pytest.approx(7 * MM, abs=0.3 * MM)


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(
    made: tuple[Path, tuple[Handout, ...]],
) -> None:
    for handout in made[1]:
        if handout.file.endswith(".pdf") and handout.file != "booklet.pdf":
            for page in pymupdf.open(made[0] / handout.file):
                for line in text_lines(lines_of(page)):
                    assert line[0] not in CLOSING and line[-1] not in OPENING, (handout.file, line)


def test_pdfs_are_archivable_and_accessible(
    speech: Speech, made: tuple[Path, tuple[Handout, ...]]
) -> None:
    for handout in made[1]:
        path = made[0] / handout.file
        assert path.stat().st_size == handout.size <= 400_000
        if path.suffix != ".pdf":
            continue
        with pikepdf.open(path) as pdf:
            assert len(pdf.pages) == (
                handout.pages if handout.file != "booklet.pdf" else -(-handout.pages // 4) * 2
            )
            assert speech.title in str(pdf.docinfo["/Title"])
            assert str(pdf.Root.Lang).startswith("zh")
            if handout.file == "booklet.pdf":
                continue
            with pdf.open_metadata() as metadata:
                assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
                assert metadata["pdfuaid:part"] == "1"
            assert pdf.Root.MarkInfo.Marked
            for page in pdf.pages:
                for font in page.Resources.Font.values():
                    assert "+" in str(
                        font.BaseFont
                    )  # the tag of an embedded subset (ISO 32000-1, 9.6.4)
                    descriptor = font.DescendantFonts[0].FontDescriptor
                    assert "/FontFile3" in descriptor or "/FontFile2" in descriptor


def test_bookmarks_are_the_editors_headings_and_point_at_the_words(
    speech: Speech, made: tuple[Path, list]
) -> None:
    document = pymupdf.open(made[0] / "speech.pdf")
    expected = [(1, speech.title, words([speech.title_lines[0]])[0])]
    for theme in speech.themes:
        waiting = [(2, theme.title)]
        for block in theme.blocks:
            if isinstance(block, Heading):
                waiting.append((3, block.title))
            else:
                expected += [(level, title, block.corrected[0]) for level, title in waiting]
                waiting = []
    found = []
    for level, title, number, mark in document.get_toc(simple=False):
        x, y = mark["to"]
        lines = [line for line in lines_of(document[number - 1]) if line[0][1] > y]
        after = [char for left, _, char in lines[0] if left > x - 1] + [
            char for _, _, char in lines[1]
        ]
        found.append((level, title, after[0]))
    assert found == expected


def test_run_in_heads_have_the_face_of_their_level(
    speech: Speech, made: tuple[Path, tuple[Handout, ...]]
) -> None:
    sans = "".join(
        span["text"]
        for page in pymupdf.open(made[0] / "speech.pdf")
        for block in page.get_text("dict")["blocks"]
        for line in block["lines"]
        for span in line["spans"]
        if "Sans" in span["font"]
    )
    opening = [theme.paragraphs[0].corrected.split("。")[0] for theme in speech.themes[2:4]]
    assert all(head in sans for head in opening)
    assert sans.count("要") >= 3 and "首先" not in sans


def test_the_same_bytes_twice(
    speech: Speech, made: tuple[Path, tuple[Handout, ...]], tmp_path: Path
) -> None:
    again = make_handouts(speech, tmp_path, "bundled")
    assert again.handouts == made[1]
    for path in sorted(path for path in made[0].iterdir() if path.is_file()):
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name


def test_large_print_has_no_page_more_than_it_needs(speech: Speech, tmp_path: Path) -> None:
    """17 lines below the title are 20: they close up on one page, and none goes onto a page of its own."""
    short = with_text(speech, *["字" * 17] * 17, headings=False)
    assert print_only(short, tmp_path, "large-print")["large-print"].pages == 1


def test_list_shows_each_handout(
    printing: tuple[Path, Printing], made: tuple[Path, tuple[Handout, ...]]
) -> None:
    page = handouts_html(printing[1])
    for handout in made[1]:
        assert f'href="handouts/{handout.file}"' in page
        assert f"{handout.pages}\xa0页" in page
        picture = made[0] / handout.picture
        assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
        pixels = pymupdf.Pixmap(picture)
        assert (pixels.width, pixels.height) == handout.picture_size
        assert min(pixels.samples) < 100 and max(pixels.samples) == 255  # print on paper
    assert "style=" not in page and "<script" not in page
    assert sum(path.stat().st_size for path in made[0].glob("*.png")) < 200_000


def test_list_says_how_to_print(
    speech: Speech, made: tuple[Path, tuple[Handout, ...]], tmp_path: Path
) -> None:
    whole, notes, booklet = (made[1][n] for n in (0, 2, 4))
    assert (
        notes.pages % 2 == 0
        and f"{notes.pages // 2} 张" in notes.paper
        and "长边" in notes.printing
    )
    assert f"{(whole.pages + 1) // 2} 张" in whole.paper and "短边" in booklet.printing
    short = make_handouts(with_text(speech, "一句话。"), tmp_path, "bundled").handouts
    assert all("1 张" in handout.paper for handout in short)
    assert {handout.printing for handout in short if handout.file != "booklet.pdf"} == {
        "单面打印。"
    }


def test_faces_of_this_machine_print_the_same_words(speech: Speech, tmp_path: Path) -> None:
    for handout in make_handouts(speech, tmp_path, "auto").handouts:
        assert (tmp_path / handout.file).stat().st_size <= 400_000
    assert body_of(tmp_path / "speech.pdf", title_lines(speech)) == words([speech.corrected])


def test_notes_stand_on_the_lines_beside_them(made: tuple[Path, tuple[Handout, ...]]) -> None:
    for page in list(pymupdf.open(made[0] / "notes.pdf"))[:-2]:
        rules = sorted(drawing["rect"].y0 for drawing in page.get_drawings())
        for line in lines_of(page)[:-1]:
            if (baseline := line[0][1]) > rules[0] - 20:
                assert min(abs(rule - baseline) for rule in rules) < 3


def assert_on_paper(path: Path) -> None:
    """All characters stand within the page's block, and no line upon another."""
    for page in pymupdf.open(path):
        lines = lines_of(page)
        assert all(line[0][0] > 20 * MM and line[-1][0] < 190 * MM for line in lines), path.name
        assert all(below[0][1] - above[0][1] > 11 for above, below in pairwise(lines)), path.name


@pytest.mark.parametrize(
    "text",
    [
        "龘𬭎两字都有",
        "PDF 和 Word 文件共 2026 份——见 https://example.org/a/very/long/path/to/a/page.html",
        "office.of.the.district.government" * 6 + "，又ABCDEFGHIJ" + "0123456789" * 9,
        "字" * 3000,
        "一、“（《头》）”。" * 40,
        "无标点" * 200,
    ],
)
def test_unusual_text_is_printed_as_it_is(speech: Speech, tmp_path: Path, text: str) -> None:
    unusual = with_text(speech, text)
    names = ("speech", "notes", "large-print", "theme-theme")
    print_only(unusual, tmp_path, *names)
    assert body_of(tmp_path / "speech.pdf", title_lines(unusual)) == words([text])
    for name in names:
        assert_on_paper(tmp_path / f"{name}.pdf")


def test_long_lines_above_the_words_are_broken_and_cover_nothing(
    speech: Speech, tmp_path: Path
) -> None:
    byline = [
        "某区人民政府办公室党组书记、主任，兼任区委全面深化改革委员会办公室副主任　某某某",
        "（某年某月某日）",
    ]
    long = with_text(speech, "一句话。", title="题" * 60, title_lines=None, byline=byline)
    names = ("speech", "notes", "large-print", "theme-theme")
    print_only(long, tmp_path, *names)
    for name in names:
        assert_on_paper(tmp_path / f"{name}.pdf")
        text = words(text_lines(lines_of(pymupdf.open(tmp_path / f"{name}.pdf")[0])))
        assert name == "theme-theme" or text.startswith(words(["题" * 60, *byline, "一句话。"])), (
            name
        )


def test_emphasis_is_printed_bold(speech: Speech, tmp_path: Path) -> None:
    print_only(with_text(speech, "这是**着重**的话。"), tmp_path, "speech")
    stroked = {
        chr(char[0])
        for span in pymupdf.open(tmp_path / "speech.pdf")[0].get_texttrace()
        for char in span["chars"]
        if span["type"] == 1  # drawn as a line around the letter, besides being filled
    }
    assert stroked - set(speech.title) == set("着重")


def test_long_title_without_lines_is_broken_evenly(speech: Speech, tmp_path: Path) -> None:
    title = "题" * 60
    print_only(with_text(speech, "一句话。", title=title, title_lines=None), tmp_path, "speech")
    lines = text_lines(lines_of(pymupdf.open(tmp_path / "speech.pdf")[0]))
    assert "".join(lines[:3]) == title and len(set(map(len, lines[:3]))) <= 2


def test_empty_theme_gets_no_sheet(speech: Speech) -> None:
    empty = replace(speech.themes[0], blocks=(Heading("空", "empty", 2, 1),))
    assert f"theme-{empty.slug}" not in [
        job.name for job in jobs(replace(speech, themes=(empty, *speech.themes[1:])))
    ]


def test_every_reason_not_to_print_is_said_at_once(speech: Speech, tmp_path: Path) -> None:
    bad = replace(with_text(speech, reflection=["未曾说过", "也没有说"]), themes=())
    with pytest.raises(Stop) as stop:
        make_handouts(bad, tmp_path, "bundled")
    rules = [(problem.file, problem.rule) for problem in stop.value.problems]
    assert rules == [("speech/speech.yml", rule) for rule in ("print", "reflection", "reflection")]


def test_what_no_face_has_is_printed_as_a_stand_in_and_said(speech: Speech, tmp_path: Path) -> None:
    odd = with_text(speech, "好", "坏\U0001f004字", "又坏\ue000字\U0001f004")
    printing = make_handouts(odd, tmp_path, "bundled")
    assert [each.character for each in printing.missing] == ["\ue000", "\U0001f004"]
    assert [each.paragraphs for each in printing.missing] == [(3,), (2, 3)]
    text = body_of(tmp_path / "speech.pdf", title_lines(odd))
    assert text == "好坏〓字又坏〓字〓"
    assert "印成〓" in str(printing)
    page = handouts_html(printing)
    assert "U+1F004，MAHJONG TILE RED DRAGON" in page and "第 2、3 段" in page


def test_browser_prints_every_page_without_the_site_around_it(
    speech: Speech, site: Path, browser: Browser, address: str, tmp_path: Path
) -> None:
    files = sorted(set(site.glob("*.html")) - {site / "404.html"})  # nothing is around a 404
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)
        page = context.new_page()
        for file in files:
            page.goto(f"{address}{file.name}")
            page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True, print_background=True)
            article = words([page.inner_text("article")])
            assert_printed(speech, file, tmp_path / "page.pdf", article)
        context.close()


def assert_printed(speech: Speech, file: Path, path: Path, article: str) -> None:
    """A page printed by the browser is white A4 with the words of its article, and no address."""
    printed = pymupdf.open(path)
    texts = [words([sheet.get_text()]) for sheet in printed]
    for sheet, text in zip(printed, texts, strict=True):
        assert [round(side / MM) for side in sheet.rect[2:]] == [210, 297]
        assert len(text) > 10, f"{file.name}: a blank page"
        corner = sheet.get_pixmap(clip=pymupdf.Rect(0, 0, 20, 20))
        assert set(corner.samples) == {255}, f"{file.name}: not on white"
    whole = "".join(texts)
    assert "http" not in whole.replace(article, "") or file.stem == "about"
    assert words([speech.title]) in whole
    for theme in speech.themes:
        if file.stem in (theme.slug, "full"):
            for paragraph in theme.paragraphs:
                sentence = words([paragraph.corrected])[:20]
                assert sentence in whole, (file.name, sentence)


def test_the_address_is_on_paper_only_where_one_is_set(speech: Speech, tmp_path: Path) -> None:
    address = "http://10.0.0.1/speech/"
    served = replace(speech, config={**speech.config, "site_url": address})
    for name, each, shown in (("served", served, True), ("file", with_no_url(speech), False)):
        printing = make_handouts(each, tmp_path / name, "bundled")
        for handout in ("notes", "booklet"):
            text = "".join(
                page.get_text() for page in pymupdf.open(tmp_path / name / f"{handout}.pdf")
            )
            assert ("扫码" in text) == shown
            assert (f"{address}full.html" in words([text])) == shown
        cards = "".join(handout.description for handout in printing.handouts)
        assert cards.count("二维码") == (2 if shown else 0)


def with_no_url(speech: Speech) -> Speech:
    return replace(speech, config={**speech.config, "site_url": None})


def test_what_the_editors_know_is_said_to_be_theirs(speech: Speech, tmp_path: Path) -> None:
    known = with_text(speech, "好。", speaker="某职务 某某", date=date(2026, 1, 31))
    print_only(known, tmp_path, "speech")
    text = words([pymupdf.open(tmp_path / "speech.pdf")[0].get_text()])
    assert "某职务某某，2026年1月31日（据编者所知，原文未载）" in text
    said = with_text(speech, "好。", speaker="某某", byline=["某职务　某某"])
    print_only(said, tmp_path, "speech")
    assert "编者" not in pymupdf.open(tmp_path / "speech.pdf")[0].get_text()


def test_a_theme_that_is_the_speaker_s_own_heading_has_one_bookmark(
    speech: Speech, tmp_path: Path
) -> None:
    opening = "同志们：\n\n## 主题 { #own .said }\n\n### （一）管网 { #pipes .said }\n\n第一段。"
    print_only(with_blocks(speech, *read_words(opening)), tmp_path, "speech", "booklet")
    bookmarks = pymupdf.open(tmp_path / "speech.pdf").get_toc()
    assert [name for _, name, _ in bookmarks] == [speech.title, "主题", "（一）管网"]
    assert [level for level, _, _ in bookmarks] == [1, 2, 3]
    heading = docx.Document(tmp_path / "speech.docx").paragraphs[-3]
    assert (heading.text, heading.style.name) == ("主题", "Heading 1")


def test_a_title_of_one_line_is_one_line_on_the_cover(speech: Speech, tmp_path: Path) -> None:
    title = "在省市自治区党委书记会议上的讲话"
    short = with_text(speech, "一句话。", title=title, title_lines=[title])
    print_only(short, tmp_path, "booklet")
    assert text_lines(folded(tmp_path / "booklet.pdf")[0])[0] == title


def test_the_names_above_a_page_of_the_booklet_keep_to_one_line(
    speech: Speech, tmp_path: Path
) -> None:
    theme = with_text(speech, "一句话。").themes[0]
    themes = [replace(theme, title="很长的主题名称" * 5 + f"之{n}") for n in "一二三"]
    print_only(replace(with_text(speech, "一"), themes=tuple(themes)), tmp_path, "booklet")
    pages = [text_lines(page) for page in folded(tmp_path / "booklet.pdf") if page]
    assert next(page for page in pages if page[-1] == "—1—")[:2] == [
        themes[0].title + themes[2].title,
        "一句话。",
    ]
