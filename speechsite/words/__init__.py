"""What was said: the words and their frame read into one `Speech`, and the rules that they keep.

`read_speech` reads mkdocs.yml, docs/ and speech/; `check` says all that is wrong with them. Every
other room starts from the `Speech` that comes out.
"""

from speechsite.words.model import (
    METADATA,
    TRANSCRIPT,
    WHOLE,
    WORDS,
    Heading,
    Page,
    Paragraph,
    Row,
    Span,
    Speech,
    Table,
    Theme,
)
from speechsite.words.read import read_speech, read_words, text_of
from speechsite.words.rules import check, line_of
from speechsite.words.titles import title_lines

__all__ = [
    "METADATA",
    "TRANSCRIPT",
    "WHOLE",
    "WORDS",
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
    "read_speech",
    "read_words",
    "text_of",
    "title_lines",
]
