"""Find pages and sections by label, with the text that names them and the anchor that links need."""

from __future__ import annotations

from dataclasses import dataclass

from sphinx.environment import BuildEnvironment

from .page_facts import numbers_domain
from .reference_names import section_word
from .table import section_number


@dataclass(frozen=True)
class PageOrSection:
    """Page, or section of a page."""

    docname: str
    node_id: str
    """Anchor of the section; "" for the page itself."""
    number: str
    """Number as printed; "" for a page or section without one."""
    title: str

    @property
    def word(self) -> str:
        """Word before the number; "" without a number."""
        return section_word(self.number)

    @property
    def name(self) -> str:
        """Word and number, as in `Section 3.2`; without a number the title in quotation marks."""
        return f"{self.word} {self.number}" if self.number else f'"{self.title}"'


def page_place(env: BuildEnvironment, docname: str) -> PageOrSection:
    """Return a page with its number and title."""
    title = env.titles.get(docname)
    text = " ".join(title.astext().split()) if title is not None else docname
    return PageOrSection(docname, "", section_number(env, docname), text)


def label_place(env: BuildEnvironment, label: str | None, docname: str) -> PageOrSection:
    """Return the section with a label, or the page ``docname`` if the book has no such label."""
    target = env.domains.standard_domain.labels.get((label or "").lower())
    if target is None or target[0] not in env.found_docs:
        return page_place(env, docname)
    docname, node_id, title = target[0], target[1], " ".join(str(target[2]).split())
    anchor = numbers_domain(env).anchor(docname, node_id) or ""
    return PageOrSection(docname, node_id, section_number(env, docname, anchor), title)
