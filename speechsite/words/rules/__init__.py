"""The rules: each is a generator of problems whose docstring states it, a module a subject.

`check` runs all that stop a build, and needs no built page; `notes` says what stops none.
"""

from __future__ import annotations

from collections.abc import Callable

from speechsite.problem import Problem, Problems
from speechsite.words.history import date_notes
from speechsite.words.model import Speech
from speechsite.words.rules import (
    characters,
    facts,
    frame,
    glossary,
    includes,
    nav,
    settings,
    spelling,
)

Rule = Callable[[Speech], Problems]

# What mkdocs.yml must keep where it could be read.
SETTINGS: tuple[Rule, ...] = (
    settings.key_rules,
    settings.value_rules,
    settings.theme_rules,
    settings.extension_rules,
    settings.address_rules,
)
# What every other file must keep by itself.
EACH: tuple[Rule, ...] = (
    facts.key_rules,
    facts.transcript_rules,
    facts.recording_rules,
    characters.form_rules,
    characters.ink_rules,
    spelling.line_rules,
    spelling.table_rules,
    spelling.markup_rules,
    spelling.id_rules,
    frame.front_matter_rules,
    frame.heading_rules,
    frame.name_rules,
    frame.fill_rules,
    frame.extension_rules,
    frame.block_rules,
    frame.media_rules,
)
# What can only be said when every file could be read.
TOGETHER: tuple[Rule, ...] = (
    nav.shape_rules,
    nav.target_rules,
    nav.once_rules,
    nav.unlisted_rules,
    nav.home_rules,
    includes.target_rules,
    includes.once_rules,
    includes.order_rules,
    includes.whole_rules,
    includes.verbatim_rules,
    facts.title_rules,
    facts.reading_rules,
    facts.reflection_rules,
    glossary.phrase_rules,
    glossary.page_rules,
)
VERBATIM = {"verbatim", "correction", "break"}


def check(speech: Speech) -> list[Problem]:
    """Returns every problem of a speech, by file and line; none when site and paper can be made."""
    rules = [*EACH]
    if speech.config_file.name in speech.files:
        rules += SETTINGS
    if speech.complete:
        rules += TOGETHER
    found = set(speech.problems)
    for rule in rules:
        found.update(rule(speech))
    return without_echoes(found)


def without_echoes(problems: set[Problem]) -> list[Problem]:
    """Returns problems in order, without those that only follow from another.

    A line whose writing is at fault differs by that, and a file that does not belong to the speech
    need not keep its rules.
    """
    strays = {problem.file for problem in problems if problem.rule == "stray"}
    faulty = {(p.file, p.line) for p in problems if p.rule not in VERBATIM}
    kept: list[Problem] = []
    for problem in sorted(problems):
        is_echo = problem.rule in VERBATIM and (problem.file, problem.line) in faulty
        of_stray = problem.file in strays and problem.rule != "stray"
        if not is_echo and not of_stray:
            kept.append(problem)
    return kept


def notes(speech: Speech) -> list[Problem]:
    """Returns what an owner should know of and no build stops for, by file and line."""
    return sorted({*settings.effect_rules(speech), *date_notes(speech)})
