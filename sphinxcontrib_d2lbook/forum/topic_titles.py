"""Choose titles of topics: the section's own if a forum can take it, else with the additions that it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from .interfaces import Section
from .post_markdown import plain

SHORTEST, LONGEST = 15, 255
"""Least and largest length of a title, in characters, as Discourse wants it."""


def topic_titles(sections: Sequence[Section], book: str) -> dict[str, str]:
    """Return a title for each identifier: no two equal, none too short or too long.

    The order of the sections does not matter.
    """
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
    """Return the title with ``more`` in parentheses. The title is cut where it is too long, ``more`` stays whole."""
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
    # The address contains the label, so this title is unique and long enough.
    lambda section, book: _with(_own(section), section.address[-200:]),
)
