"""Count figures, tables, listings, equations, theorems and exercises, in reading order."""

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
"""Parts of a number: `(3, 2)` prints as 3.2, `("A", 1)` as A.1, `()` as nothing."""
Numbers = dict[str, dict[str, dict[str, Number]]]
"""Numbers in the shape of `env.toc_fignumbers`: docname -> figtype -> anchor -> number."""


COUNTED = frozenset({"displaymath", "exercise", *NODE_TYPES})
"""Kinds that have numbers even if a project has `numfig` off: equations, and the kinds that Sphinx does not have."""


def figure_numbers(env: BuildEnvironment, domain: NumbersDomain) -> Numbers:
    """Return the numbers of all pages that the root page's toctrees reach, below those in `env.toc_secnumbers`."""
    count = _KindCounter(env, domain)
    count.page(env.config.root_doc, ())
    _fill_tags(env, count.numbers)
    return count.numbers


def _fill_tags(env: BuildEnvironment, numbers: Numbers) -> None:
    """Replace references in tags by the numbers of their targets, as in `\\tag{\\ref{eq-a}'}`."""
    equations = env.domains.math_domain.equations

    def shown_number(reference: re.Match[str]) -> str:
        label = reference[1]
        docname = equations[label][0] if label in equations else ""
        of_page = numbers.get(docname, {}).get("displaymath", {})
        return ".".join(map(str, of_page.get(nodes.make_id(f"equation-{label}"), (label,))))

    for tables in numbers.values():
        table = tables.get("displaymath", {})
        for anchor, number in table.items():
            if len(number) == 1 and isinstance(number[0], str) and "ref{" in number[0]:
                table[anchor] = (REFERENCE.sub(shown_number, number[0]),)


class _KindCounter:
    """Counters of all kinds, and the numbers that they have given out."""

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
        """Count the items of a page, and of the pages that it lists.

        ``outer`` is the number of the section that lists this page.
        """
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
        """Return for each section of a page the number that its figures begin with.

        The keys are positions among the facts of the page; -1 stands for what is outside all sections. A section
        without a number has that of the nearest section around it.
        """
        given = self.sections.get(docname, {})
        numbers: dict[int, Number] = {-1: given.get("") or outer}
        first = True
        for position, fact in enumerate(page.facts):
            if fact.figtype == "section":
                own: Number = given.get("" if first else f"#{fact.ids[0]}", ())
                numbers[position] = own or numbers[fact.section]
                first = False
        return numbers

    def _fact(self, docname: str, fact: Fact, section: Number) -> None:
        if not fact.numbered or fact.figtype in ("", "section"):
            return
        if self.counted is not None and fact.figtype not in self.counted:
            return
        table = self.numbers.setdefault(docname, {})
        number: Number
        if fact.same:
            number = table.get(fact.figtype, {}).get(fact.same, ())
        elif fact.given:
            number = (fact.given,)
        elif fact.figtype == "subfigure":
            *before, last = table.get("figure", {}).get(fact.of, ("",))
            number = (*before, f"{last}{fact.word}") if last else ()
        else:
            # If Sphinx is to number equations page by page, they begin with 1 on each; no other kind counts like that.
            by_page = fact.figtype == "displaymath" and self.equations_by_page
            section = () if by_page else section[: self.depth]
            counter = (docname,) if by_page else section
            self.counters[fact.figtype, counter] += 1
            number = (*section, self.counters[fact.figtype, counter])
        if number:
            table.setdefault(fact.figtype, {})[fact.ids[0]] = number
