"""What the table of numbers says, as the check needs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import cached_property

from sphinx.environment import BuildEnvironment

from ...common.toctree_order import pages_from
from ..manifest import labels
from ..page_facts import numbers_domain
from ..reference_names import statement_word
from ..table import figure_number, section_number
from .only_blocks import conditional_ids

SECTION = "section"
EQUATION = "displaymath"
SUBFIGURE = "subfigure"


@dataclass(frozen=True)
class ExpectedEntry:
    """One thing that can have a number."""

    docname: str
    ids: tuple[str, ...]
    """All its anchors."""
    kind: str
    """As in `env.toc_fignumbers`, or "section"."""
    number: str
    """ "" for what has none."""
    title: str
    label: str | None
    optional: bool
    """Whether it stands where only some outputs show it."""
    is_page: bool = False
    """Whether it is the heading of a page, to which links need no anchor."""
    letter: str = ""
    """Of a sub-figure: it alone stands there, in parentheses; references have it after the figure's number."""
    of: str = ""
    """Of a line of an equation: the anchor of the first line that has a number."""

    given: bool = False
    """Whether its author gave it the number, as an equation's `\\tag`: it may be any text."""

    @property
    def name(self) -> str:
        """What messages call it: its label where it has one."""
        return self.label or f"{self.docname}#{self.ids[0]}"


@dataclass(frozen=True)
class ExpectedNumbers:
    """All entries, and the words that are printed before numbers."""

    pages: Mapping[str, tuple[ExpectedEntry, ...]]
    """docname -> its entries, in reading order."""
    words: Mapping[str, tuple[str, ...]]
    """kind -> what may stand before its number: "Figure"."""
    in_toctree: frozenset[str]
    """The pages that a book in one piece has."""
    root: str = ""
    """The page whose title is the book's: a book in one piece has it on its title page alone."""
    own_words: Mapping[str, Set[str]] = field(default_factory=dict)
    """docname -> texts that its author wrote for links, which may have numbers of any kind in them."""

    @cached_property
    def places(self) -> Mapping[tuple[str, str], ExpectedEntry]:
        """(docname, anchor) -> entry; the page itself has the anchor ""."""
        found: dict[tuple[str, str], ExpectedEntry] = {}
        for docname, entries in self.pages.items():
            for entry in entries:
                found |= {(docname, item): entry for item in entry.ids}
                if entry.is_page:
                    found[docname, ""] = entry
        return found


def table_of(env: BuildEnvironment) -> ExpectedNumbers:
    """The table of a book that has been read."""
    names = labels(env)
    return ExpectedNumbers(
        {docname: tuple(_told_apart(_entries(env, docname, names))) for docname in sorted(env.found_docs)},
        _words(env),
        frozenset(pages_from(env, env.config.root_doc)),
        str(env.config.root_doc),
        {docname: page.own_words for docname, page in numbers_domain(env).pages.items() if page.own_words},
    )


def _told_apart(entries: Iterable[ExpectedEntry]) -> Iterator[ExpectedEntry]:
    """Entries by anchors that each of them has alone; docutils has told of an anchor that two things of a page have."""
    kept = list(entries)
    count = Counter(name for entry in kept for name in set(entry.ids))
    for entry in kept:
        ids = tuple(name for name in entry.ids if count[name] == 1)
        if ids:
            yield entry if ids == entry.ids else replace(entry, ids=ids)


def _entries(env: BuildEnvironment, docname: str, names: Mapping[tuple[str, str], str]) -> Iterator[ExpectedEntry]:
    conditional = conditional_ids(env, docname)
    first = True
    for fact in numbers_domain(env).facts.get(docname, ()):
        is_page = fact.figtype == SECTION and first
        if fact.figtype == SECTION and not fact.title:
            continue  # a wrapper, such as theorems have around what they state
        if fact.figtype == SECTION:
            first = False
            anchor = "" if is_page else f"#{fact.ids[0]}"
            number = section_number(env, docname, anchor)
        else:
            number = figure_number(env, docname, fact.figtype, fact.ids[0])
        label = next((names[docname, item] for item in fact.ids if (docname, item) in names), None)
        optional = not conditional.isdisjoint(fact.ids)
        letter = fact.word if fact.figtype == SUBFIGURE else ""
        of = fact.of if fact.figtype == EQUATION else ""
        ids, given = tuple(fact.ids), bool(fact.given)
        yield ExpectedEntry(docname, ids, fact.figtype, number, fact.title, label, optional, is_page, letter, of, given)


def _words(env: BuildEnvironment) -> dict[str, tuple[str, ...]]:
    found = {kind: tuple(_before(pattern)) for kind, pattern in env.config.numfig_format.items()}
    chapters = (word for kind in ("chapter", "appendix") for word in found.get(kind, ()))
    found[SECTION] = (*found.get(SECTION, ()), *chapters, "Section", "Chapter", "Appendix")
    for facts in numbers_domain(env).facts.values():
        for fact in facts:
            if fact.word and fact.figtype in found and fact.figtype != SUBFIGURE:  # a lemma that counts as a theorem
                found[fact.figtype] = tuple(dict.fromkeys((*found[fact.figtype], statement_word(fact))))
    found[EQUATION] = tuple(_before(env.config.math_eqref_format or ""))
    return found


def _before(pattern: str) -> Iterable[str]:
    """Yield the words of a pattern; where any stand behind the number, `{number}` is kept between them."""
    before, _, after = pattern.replace("{name}", "").replace("%s", "{number}").partition("{number}")
    if any(map(str.isalnum, after)):
        yield f"{before.strip()}{{number}}{after.strip()}"
    elif before.strip():
        yield before.strip()
