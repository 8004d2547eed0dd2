"""Numbers of figures, tables, listings, equations, theorems and exercises: counted from facts, in reading order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from docutils import nodes
from sphinx.environment import BuildEnvironment

from ..mathematics.tags import REFERENCE
from ..upstream.proofs import NODE_TYPES
from .page_facts import Entries, Fact, NumbersDomain, PageFacts

Number = tuple[int | str, ...]
"""`(3, 2)` prints as 3.2, `("A", 1)` as A.1, `()` as nothing."""
Numbers = dict[str, dict[str, dict[str, Number]]]
"""As `env.toc_fignumbers`: docname -> figtype -> anchor -> number."""


COUNTED = frozenset({"displaymath", "exercise", *NODE_TYPES})
"""Kinds that have numbers where the project has `numfig` off: those that Sphinx alone would not know, and equations."""


def figure_numbers(env: BuildEnvironment, domain: NumbersDomain) -> Numbers:
    """The table for all pages that the root page's toctrees reach, in the sections that `env.toc_secnumbers` has."""
    count = _KindCounter(env, domain)
    count.page(env.config.root_doc, ())
    _fill_tags(env, count.numbers)
    return count.numbers


def _fill_tags(env: BuildEnvironment, numbers: Numbers) -> None:
    """Put numbers of others into tags that refer to them, as `\\tag{\\ref{eq-a}'}` does."""
    equations = env.domains.math_domain.equations

    def shown(reference: re.Match[str]) -> str:
        label = reference[1]
        docname = equations[label][0] if label in equations else ""
        of_page = numbers.get(docname, {}).get("displaymath", {})
        return ".".join(map(str, of_page.get(nodes.make_id(f"equation-{label}"), (label,))))

    for tables in numbers.values():
        table = tables.get("displaymath", {})
        for anchor, number in table.items():
            if len(number) == 1 and isinstance(number[0], str) and "ref{" in number[0]:
                table[anchor] = (REFERENCE.sub(shown, number[0]),)


class _KindCounter:
    def __init__(self, env: BuildEnvironment, domain: NumbersDomain) -> None:
        self.pages = domain.pages
        self.sections = env.toc_secnumbers
        self.depth: int = env.config.numfig_secnum_depth
        self.equations_by_page: bool = env.config.d2lbook_equations_by_page
        self.counted: Collection[str] | None = COUNTED if env.config.d2lbook_unnumbered_figures else None
        self.counters: Counter[tuple[str, Number]] = Counter()
        self.seen: set[str] = set()
        self.numbers: Numbers = {}

    def page(self, docname: str, outer: Number) -> None:
        """Count what is on a page and on those that it lists. ``outer``: number of the section that lists this one."""
        page = self.pages.get(docname)
        if page is None or docname in self.seen:
            return
        self.seen.add(docname)
        sections = self._section_numbers(docname, page, outer)
        toctrees = list(page.toctrees)
        for position, fact in enumerate(page.facts):
            while toctrees and toctrees[0].position <= position:
                self._listed(toctrees.pop(0), sections)
            self._fact(docname, fact, sections[fact.section])
        for toctree in toctrees:
            self._listed(toctree, sections)

    def _listed(self, toctree: Entries, sections: dict[int, Number]) -> None:
        for docname in toctree.docnames:
            self.page(docname, sections[toctree.section])

    def _section_numbers(self, docname: str, page: PageFacts, outer: Number) -> dict[int, Number]:
        """For each section of a page (by its place among the facts; -1 outside of all) the number that figures in it
        take up: its own, or that of the nearest section around it that has one."""
        given = self.sections.get(docname, {})
        found: dict[int, Number] = {-1: given.get("") or outer}
        first = True
        for position, fact in enumerate(page.facts):
            if fact.figtype == "section":
                own: Number = given.get("" if first else f"#{fact.ids[0]}", ())
                found[position] = own or found[fact.section]
                first = False
        return found

    def _fact(self, docname: str, fact: Fact, section: Number) -> None:
        if not fact.numbered or fact.figtype in ("", "section"):
            return
        if self.counted is not None and fact.figtype not in self.counted:
            return
        table = self.numbers.setdefault(docname, {})
        number: Number
        if fact.given:
            number = (fact.given,)
        elif fact.figtype == "subfigure":
            *before, last = table.get("figure", {}).get(fact.of, ("",))
            number = (*before, f"{last}{fact.word}") if last else ()
        else:
            # Equations that Sphinx is to number page by page begin with 1 on each; no other kind counts under a page.
            by_page = fact.figtype == "displaymath" and self.equations_by_page
            section = () if by_page else section[: self.depth]
            counter = (docname,) if by_page else section
            self.counters[fact.figtype, counter] += 1
            number = (*section, self.counters[fact.figtype, counter])
        if number:
            table.setdefault(fact.figtype, {})[fact.ids[0]] = number
