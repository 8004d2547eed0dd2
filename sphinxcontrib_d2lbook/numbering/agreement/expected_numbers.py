"""List the numbers that outputs must show, from the table of numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import cached_property

from sphinx.environment import BuildEnvironment

from ...common.toctree_order import pages_from
from ..frameworks import shown_frameworks
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
    """Item that can have a number, with the number that outputs must show."""

    docname: str
    ids: tuple[str, ...]
    """All its anchors."""
    kind: str
    """Key in `env.toc_fignumbers`, or "section"."""
    number: str
    """Number as printed; "" if the item has none."""
    title: str
    label: str | None
    optional: bool
    """Whether only some outputs show the item."""
    is_page: bool = False
    """Whether the item is the heading of a page, to which links need no anchor."""
    letter: str = ""
    """Letter of a sub-figure, printed at it in parentheses; references print it after the figure's number."""
    of: str = ""
    """Anchor of the first line that has a number, for a line of an equation; else ""."""

    given: bool = False
    """Whether the author gave the number, as with an equation's `\\tag`; it may be any text."""
    frameworks: tuple[str, ...] = ()
    """Frameworks that have the item; empty for all."""
    same: str = ""
    """Anchor of the item of another framework whose number this one shares; "" if it has its own."""

    @property
    def name(self) -> str:
        """Name in messages: the label, or page and anchor."""
        return self.label or f"{self.docname}#{self.ids[0]}"


@dataclass(frozen=True)
class ExpectedNumbers:
    """Numbers that the outputs of a book must show, and the words that are printed before them."""

    pages: Mapping[str, tuple[ExpectedEntry, ...]]
    """docname -> its entries, in reading order."""
    words: Mapping[str, tuple[str, ...]]
    """kind -> words that may come before its number, such as "Figure"."""
    in_toctree: frozenset[str]
    """Docnames of the pages that an output in one piece contains."""
    root: str = ""
    """Docname of the page whose title is the book's; an output in one piece has it only on its title page."""
    own_words: Mapping[str, Set[str]] = field(default_factory=dict)
    """docname -> texts that its author wrote for links, which may contain numbers of any kind."""
    frameworks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """docname -> frameworks for which the page has something of its own; other pages are left out."""

    def chosen(self, framework_of: Mapping[str, str]) -> ExpectedNumbers:
        """Return the numbers in an output that shows one framework of each page: ``framework_of`` it by its docname.

        Things of other frameworks are left out, and their anchors are those of what stands for them.
        """
        pages = {
            docname: tuple(_chosen(entries, framework_of[docname])) if docname in framework_of else entries
            for docname, entries in self.pages.items()
        }
        return replace(self, pages=pages)

    @cached_property
    def places(self) -> Mapping[tuple[str, str], ExpectedEntry]:
        """(docname, anchor) -> entry; the page itself has the anchor ""."""
        entry_at: dict[tuple[str, str], ExpectedEntry] = {}
        for docname, entries in self.pages.items():
            for entry in entries:
                entry_at |= {(docname, item): entry for item in entry.ids}
                if entry.is_page:
                    entry_at[docname, ""] = entry
        return entry_at


def without(table: ExpectedNumbers, docname: str, anchors: Set[str]) -> ExpectedNumbers:
    """Return a table without the items of a page that have any of the ``anchors``."""
    entries = tuple(entry for entry in table.pages[docname] if anchors.isdisjoint(entry.ids))
    return replace(table, pages={**table.pages, docname: entries}) if anchors else table


def expected_numbers(env: BuildEnvironment) -> ExpectedNumbers:
    """Return the expected numbers of a book that has been read."""
    names = labels(env)
    return ExpectedNumbers(
        {docname: tuple(_with_unique_anchors(_entries(env, docname, names))) for docname in sorted(env.found_docs)},
        _words(env),
        frozenset(pages_from(env, env.config.root_doc)),
        str(env.config.root_doc),
        {docname: page.own_words for docname, page in numbers_domain(env).pages.items() if page.own_words},
        {docname: there for docname in sorted(env.found_docs) if (there := shown_frameworks(env, docname))},
    )


def _chosen(entries: Iterable[ExpectedEntry], framework: str) -> Iterator[ExpectedEntry]:
    """Yield the entries that one framework has, each with the anchors of those that it stands for."""
    all_entries = list(entries)
    anchors: dict[str, list[str]] = {}
    for entry in all_entries:
        anchors.setdefault(entry.same or entry.ids[0], []).extend(entry.ids)
    for entry in all_entries:
        if not entry.frameworks:
            yield entry
        elif framework in entry.frameworks:
            yield replace(entry, ids=tuple(dict.fromkeys([*entry.ids, *anchors[entry.same or entry.ids[0]]])))


def _with_unique_anchors(entries: Iterable[ExpectedEntry]) -> Iterator[ExpectedEntry]:
    """Yield entries with only those anchors that no other entry of the page has.

    docutils has warned of an anchor that two items of a page share.
    """
    all_entries = list(entries)
    count = Counter(name for entry in all_entries for name in set(entry.ids))
    for entry in all_entries:
        ids = tuple(name for name in entry.ids if count[name] == 1)
        if ids:
            yield entry if ids == entry.ids else replace(entry, ids=ids)


def _entries(env: BuildEnvironment, docname: str, names: Mapping[tuple[str, str], str]) -> Iterator[ExpectedEntry]:
    conditional = conditional_ids(env, docname)
    first = True
    for fact in numbers_domain(env).facts.get(docname, ()):
        is_page = fact.figtype == SECTION and first
        if fact.figtype == SECTION and not fact.title:
            continue  # a wrapper, such as sphinx-proof puts around the text of theorems
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
        yield ExpectedEntry(
            docname=docname,
            ids=tuple(fact.ids),
            kind=fact.figtype,
            number=number,
            title=fact.title,
            label=label,
            optional=optional,
            is_page=is_page,
            letter=letter,
            of=of,
            given=bool(fact.given),
            frameworks=fact.frameworks,
            same=fact.same,
        )


def _words(env: BuildEnvironment) -> dict[str, tuple[str, ...]]:
    words = {kind: tuple(_before(pattern)) for kind, pattern in env.config.numfig_format.items()}
    chapters = (word for kind in ("chapter", "appendix") for word in words.get(kind, ()))
    words[SECTION] = (*words.get(SECTION, ()), *chapters, "Section", "Chapter", "Appendix")
    for facts in numbers_domain(env).facts.values():
        for fact in facts:
            if fact.word and fact.figtype in words and fact.figtype != SUBFIGURE:  # as for a lemma
                words[fact.figtype] = tuple(dict.fromkeys((*words[fact.figtype], statement_word(fact))))
    words[EQUATION] = tuple(_before(env.config.math_eqref_format or ""))
    return words


def _before(pattern: str) -> Iterable[str]:
    """Yield the words of a pattern. If some come after the number, `{number}` stays between them."""
    before, _, after = pattern.replace("{name}", "").replace("%s", "{number}").partition("{number}")
    if any(map(str.isalnum, after)):
        yield f"{before.strip()}{{number}}{after.strip()}"
    elif before.strip():
        yield before.strip()
