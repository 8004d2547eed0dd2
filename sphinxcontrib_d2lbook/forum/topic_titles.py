"""Titles of topics: the section's own where a forum can take it, else with as much more as it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from .interfaces import Section
from .post_markdown import plain

SHORTEST, LONGEST = 15, 255
"""Characters, as Discourse wants them."""


def topic_titles(sections: Sequence[Section], book: str) -> dict[str, str]:
    """Identifier -> title; no two alike, none too short or too long. The same for the same sections in any order."""
    book = plain(book, 80)
    levels = dict.fromkeys((section.identifier for section in sections), 0)
    by_name = {section.identifier: section for section in sections}
    while True:
        titles = {name: FORMS[level](by_name[name], book) for name, level in levels.items()}
        uses = Counter(title.casefold() for title in titles.values())
        unfit = [
            name
            for name, title in titles.items()
            if levels[name] + 1 < len(FORMS) and (len(title) < SHORTEST or uses[title.casefold()] > 1)
        ]
        if not unfit:
            return titles
        for name in unfit:
            levels[name] += 1


def _with(title: str, more: str) -> str:
    """``more`` stays whole; the title is cut for it."""
    return f"{plain(title, LONGEST - len(more) - 3)} ({more})" if more else plain(title, LONGEST)


def _under(section: Section) -> str:
    parent = plain(section.parent, 80)
    return f"{parent}: {_own(section)}" if parent else _own(section)


def _own(section: Section) -> str:
    return plain(section.title, LONGEST) or section.identifier


FORMS: Sequence[Callable[[Section, str], str]] = (
    lambda section, book: _own(section),
    lambda section, book: _with(_own(section), book),
    lambda section, book: _with(_under(section), book),
    # The address has the label in it, so that no other title is like this one, nor is any as short.
    lambda section, book: _with(_own(section), section.address[-200:]),
)
