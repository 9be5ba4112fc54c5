"""The list of handouts for their page: a card each, and what no face could print."""

from __future__ import annotations

import html
import unicodedata
from pathlib import Path

from speechsite.paper.faces import STAND_IN
from speechsite.paper.handouts import Handout, Missing, Printing


def handouts_html(printing: Printing, folder: str = "handouts") -> str:
    """Returns the list of handouts as one element: picture, pages, size, paper, how to print.

    Links are relative.
    """
    cards = "".join(card(handout, folder) for handout in printing.handouts)
    return f'<div>\n{missing_html(printing)}<ul class="handouts">\n{cards}</ul>\n</div>\n'


def missing_html(printing: Printing) -> str:
    """Returns the note on what is printed as a stand-in, '' where nothing is."""
    if not printing.missing:
        return ""
    named = "；".join(named_missing(each) for each in printing.missing)
    return (
        f'<p class="speech-missing">讲义里印成“{STAND_IN}”的地方，是生成讲义的电脑上没有一种字体'
        f"印得出的字：{html.escape(named)}。网页和 Word 文件里仍是原来的字。</p>\n"
    )


def named_missing(missing: Missing) -> str:
    """Returns a character by its sight, code point, name and place: 🀄（U+1F004，…），第 3 段."""
    char = missing.character
    name = unicodedata.name(char, "")
    code = f"U+{ord(char):04X}" + (f"，{name}" if name else "")
    numbers = "、".join(map(str, missing.paragraphs))
    return f"{char}（{code}）" + (f"，第 {numbers} 段" if numbers else "")


def card(handout: Handout, folder: str) -> str:
    title, link = html.escape(handout.title), html.escape(f"{folder}/{handout.file}")
    picture = html.escape(f"{folder}/{handout.picture}")
    width, height = handout.picture_size
    name = Path(handout.file)
    kind = name.suffix.removeprefix(".").upper()
    size = -(-handout.size // 1024)
    facts = [kind, f"{handout.pages} 页", handout.paper, f"{size} KB"]
    shown = html.escape("　".join(fact.replace(" ", "\xa0") for fact in facts))
    said = html.escape(handout.description + handout.printing)
    anchor = name.name.replace(".", "-")
    return f"""<li class="handout-card">
<a class="handout-card__picture" href="{link}" tabindex="-1"><img src="{picture}" \
alt="{title}第一页的样子" width="{width}" height="{height}"></a>
<div class="handout-card__text">
<h2 class="handout-card__title" id="{anchor}"><a href="{link}">{title}</a></h2>
<p class="handout-card__facts">{shown}</p>
<p class="handout-card__print">{said}</p>
</div>
</li>
"""
