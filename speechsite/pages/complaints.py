"""What MkDocs complains of, as problems."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from speechsite.pages.engine import Record
from speechsite.problem import Problem
from speechsite.words import Speech

PAGE = re.compile(r"'([^']+\.md)'")  # Doc file 'about.md' contains a link 'gone.md', but …
TARGET = re.compile(r"(?:link|target is)[^']*'([^']+)'")


def complaints(speech: Speech, records: Iterable[Record]) -> Iterator[Problem]:
    """Yields a problem for each record, with the file and line that it names."""
    for record in records:
        text = " ".join(record.text.split())
        page, target = PAGE.search(text), TARGET.search(text)
        path = f"{speech.docs}/{page[1]}" if page else ""
        name = path if (speech.root / path).is_file() else speech.config_file.name
        source = next((page.text for page in speech.pages if page.path == name), "")
        line = 0
        if target and target[1] in source:
            line = source[: source.index(target[1])].count("\n") + 1
        yield Problem(name, line, "mkdocs", f"{text}；改正它指的链接、文件或设置")
