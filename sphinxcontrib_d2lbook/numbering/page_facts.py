"""Keep for each page, from reading on, what can be numbered, named and referred to.

So no doctree has to be loaded to give out numbers, to choose between labels, or to find what a page shows of others.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, ClassVar, NamedTuple, cast

from sphinx.environment import BuildEnvironment

from ..common.per_page_domain import PerPageDomain


class Fact(NamedTuple):
    """Item that may be given a number, such as a section or a figure."""

    ids: tuple[str, ...]
    """All its anchors; Sphinx's tables use the first."""
    figtype: str
    """Key in `env.toc_fignumbers`, or "section"; "" for an item that can be referred to and is never numbered."""
    title: str
    numbered: bool = True
    """Whether the item counts; a figure without a caption does not."""
    section: int = -1
    """Position of the section around it among the facts of the page; -1 outside of all sections."""
    word: str = ""
    """Word before the number, if the kind of counter does not tell it, such as "Lemma"; letter of a sub-figure."""
    of: str = ""
    """Anchor or label of the item that this one belongs to.

    For a sub-figure it is the anchor of the figure, for a line of an equation that of the first line with a number, and
    for a solution the label of the exercise.
    """
    line: int | None = None
    given: str = ""
    """Number that the author gave with `\\tag` to an equation; it may contain references to other labels."""
    frameworks: tuple[str, ...] = ()
    """Frameworks that have the item; empty for all."""
    same: str = ""
    """Anchor of the item of another framework whose number this one shares; "" if it has its own."""


class Entries(NamedTuple):
    """Toctree on a page. Numbering continues with the pages that it lists before it comes to the next fact."""

    position: int
    """Position of the first fact of the page that comes after the toctree."""
    section: int
    docnames: tuple[str, ...]


class Label(NamedTuple):
    """Place that has a label."""

    node_id: str
    line: int | None


class Reference(NamedTuple):
    """Reference that is resolved when the page is written."""

    domain: str
    role: str
    target: str


class PageFacts(NamedTuple):
    """Facts of one page."""

    facts: list[Fact]
    toctrees: list[Entries]
    labels: Mapping[str, Mapping[str, Label]]
    """Domain ("std", "math", "prf") -> name -> place."""
    titles: Mapping[str, str]
    """Text that `{ref}` shows for a label of the standard domain; labels without a title are left out."""
    references: Set[Reference]
    images: Set[str]
    headings: Mapping[str, Any]
    """Anchor of a heading with references in it ("" for the page's own) -> its nodes."""
    formulas: Mapping[str, Any]
    """Anchor of an item whose title or caption has formulas and no references -> the nodes of that."""
    own_words: Set[str]
    """Texts of links that look like numbers, written by the author instead of filled in by the build."""


class NumbersDomain(PerPageDomain[PageFacts]):
    """Domain that keeps the facts of each page."""

    name = "d2lnumbers"
    label = "numbered things"
    data_version = 7
    initial_data: ClassVar[dict[str, Any]] = {"pages": {}, "statements": {}}

    @property
    def statements(self) -> dict[str, tuple[str, str]]:
        """Label of a theorem -> page and anchor; filled when all pages are read."""
        statements: dict[str, tuple[str, str]] = self.data["statements"]
        return statements

    @property
    def facts(self) -> dict[str, list[Fact]]:
        """docname -> its facts, in reading order."""
        return {docname: page.facts for docname, page in self.pages.items()}

    def sections(self, docname: str) -> list[Fact]:
        """Return the sections of a page in order; the first is the page itself."""
        page = self.pages.get(docname)
        return [fact for fact in page.facts if fact.figtype == "section"] if page else []

    def anchor(self, docname: str, node_id: str) -> str | None:
        """Return the key of a section in `env.toc_secnumbers`: "#id", or "" for the page's own heading.

        None if no section of the page has the anchor.
        """
        for position, fact in enumerate(self.sections(docname)):
            if node_id in fact.ids:
                return f"#{fact.ids[0]}" if position else ""
        return None

    def fact(self, docname: str, node_id: str) -> Fact | None:
        """Return the item that has an anchor; None for places that have neither number nor title."""
        page = self.pages.get(docname)
        return next((fact for fact in page.facts if node_id in fact.ids), None) if page else None


def numbers_domain(env: BuildEnvironment) -> NumbersDomain:
    """Return the domain of a build."""
    return cast("NumbersDomain", env.domains[NumbersDomain.name])
