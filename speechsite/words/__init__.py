"""What was said: the words and their frame read into one `Speech`, and the rules that they keep.

`read_speech` reads mkdocs.yml, docs/ and speech/; `check` says all that is wrong with them, `notes`
what an owner should know besides. Every other room starts from the `Speech` that comes out.
"""

from speechsite.words.files import text_of
from speechsite.words.frame import nav_pages, read_page
from speechsite.words.history import number_notes, renumbered
from speechsite.words.markup import read_spans, read_words
from speechsite.words.model import (
    METADATA,
    TRANSCRIPT,
    WHOLE,
    WORDS,
    Block,
    Heading,
    Page,
    Paragraph,
    Row,
    Span,
    Speech,
    Table,
    Theme,
)
from speechsite.words.places import line_of
from speechsite.words.read import read_speech
from speechsite.words.rules import check, notes
from speechsite.words.settings import parse_yaml
from speechsite.words.titles import title_lines

__all__ = [
    "METADATA",
    "TRANSCRIPT",
    "WHOLE",
    "WORDS",
    "Block",
    "Heading",
    "Page",
    "Paragraph",
    "Row",
    "Span",
    "Speech",
    "Table",
    "Theme",
    "check",
    "line_of",
    "nav_pages",
    "notes",
    "number_notes",
    "parse_yaml",
    "read_page",
    "read_spans",
    "read_speech",
    "read_words",
    "renumbered",
    "text_of",
    "title_lines",
]
