"""What each page has that can be numbered, named and referred to: kept while reading, so that no doctree is loaded to
give out numbers, to choose between labels, or to learn what a page shows of others."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, ClassVar, NamedTuple, cast

from sphinx.environment import BuildEnvironment

from ..common.per_page_domain import PerPageDomain


class Fact(NamedTuple):
    """One thing that may be given a number."""

    ids: tuple[str, ...]
    """All its anchors; the first is the one that Sphinx's tables use."""
    figtype: str
    """As in `env.toc_fignumbers`, or "section"; "" for what can be referred to and is never numbered."""
    title: str
    numbered: bool = True
    """Whether it counts: a figure without a caption does not."""
    section: int = -1
    """Place of the section around it in the page's list; -1 outside of all."""
    word: str = ""
    """What stands before the number where the kind of counter does not say it: "Lemma"; for a sub-figure its letter."""
    of: str = ""
    """The anchor of the figure that a sub-figure belongs to, of the first line with a number for a line of an equation;
    the label of the exercise that a solution is for."""
    line: int | None = None
    given: str = ""
    """The number that its author has given it, an equation's `\\tag`; it may hold references to labels of others."""


class Entries(NamedTuple):
    """A toctree: the pages that it lists are read at this place."""

    position: int
    """Before which of the page's facts it stands."""
    section: int
    docnames: tuple[str, ...]


class Label(NamedTuple):
    """A name that authors gave to a place."""

    node_id: str
    line: int | None


class Reference(NamedTuple):
    """A reference that is resolved when the page is written."""

    domain: str
    role: str
    target: str


class PageFacts(NamedTuple):
    """All of one page."""

    facts: list[Fact]
    toctrees: list[Entries]
    labels: Mapping[str, Mapping[str, Label]]
    """Domain ("std", "math", "prf") -> name -> place."""
    titles: Mapping[str, str]
    """What `{ref}` shows for a label of the standard domain; those without a title are not in it."""
    references: Set[Reference]
    images: Set[str]
    headings: Mapping[str, Any]
    """Anchor of a heading with references in it ("" for the page's own) -> its nodes."""
    formulas: Mapping[str, Any]
    """Anchor of what has formulas in its title or caption, and no references -> the nodes of that."""
    own_words: Set[str]
    """Texts of links that look like numbers and that the author wrote, as against those that a build fills in."""


class NumbersDomain(PerPageDomain[PageFacts]):
    """Records the facts of each page."""

    name = "d2lnumbers"
    label = "numbered things"
    data_version = 6
    initial_data: ClassVar[dict[str, Any]] = {"pages": {}, "statements": {}}

    @property
    def statements(self) -> dict[str, tuple[str, str]]:
        """Label of a theorem -> page and anchor; filled when all pages are read."""
        found: dict[str, tuple[str, str]] = self.data["statements"]
        return found

    @property
    def facts(self) -> dict[str, list[Fact]]:
        """docname -> its numbered things, in reading order."""
        return {docname: page.facts for docname, page in self.pages.items()}

    def sections(self, docname: str) -> list[Fact]:
        """The sections of a page in order; the first is the page itself."""
        page = self.pages.get(docname)
        return [fact for fact in page.facts if fact.figtype == "section"] if page else []

    def anchor(self, docname: str, node_id: str) -> str | None:
        """Under which key `env.toc_secnumbers` has a section: "" for the page's own heading; None for what is none."""
        for position, fact in enumerate(self.sections(docname)):
            if node_id in fact.ids:
                return f"#{fact.ids[0]}" if position else ""
        return None

    def fact(self, docname: str, node_id: str) -> Fact | None:
        """What has an anchor; None for places that have neither number nor title."""
        page = self.pages.get(docname)
        return next((fact for fact in page.facts if node_id in fact.ids), None) if page else None


def numbers_domain(env: BuildEnvironment) -> NumbersDomain:
    """The domain of a build."""
    return cast("NumbersDomain", env.domains[NumbersDomain.name])
