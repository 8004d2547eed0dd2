"""Find what a page has that readers of a printing can compare: its code cells with results, and its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from docutils import nodes
from sphinx import addnodes

from ...common.ancestors import ancestors
from ...common.files import digest

LENGTH = 16
"""Characters of a digest: two texts of one book never share them by chance."""
HEAD = 60
"""Characters that are kept of the line by which readers recognize a cell."""
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{4,16}\b")
"""Matches places in memory, which differ in every run."""
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
NO_TEXT = (addnodes.toctree, nodes.comment, nodes.target, nodes.substitution_definition, nodes.system_message)
"""Nodes that readers do not see, or that show other pages."""
CREDITS = "d2lbook-contributors"
"""CSS class of a list that every commit may extend."""


class CellContents(NamedTuple):
    """Code cell that a page shows."""

    section: str
    """Anchor of the section around it; "" before the first."""
    head: str
    """First line of code, without comments, cut short."""
    source: str
    """Digest of the code; "" if the page does not show it."""
    results: str
    """Digest of the text of its outputs; "" without any."""


class SectionContents(NamedTuple):
    """Section of a page."""

    anchor: str
    title: str
    text: str
    """Digest of the text outside of code cells and of sections in it."""


class PageContents(NamedTuple):
    """What a reader of a printed page could compare."""

    title: str
    sections: tuple[SectionContents, ...] = ()
    cells: tuple[CellContents, ...] = ()


def contents_of(document: nodes.document) -> PageContents:
    """Return what a page has, from its doctree as it is kept."""
    sections = list(document.findall(nodes.section))
    title = _title(sections[0]) if sections else ""
    return PageContents(
        title,
        tuple(SectionContents(_anchor(section), _title(section), _digest(_texts(section))) for section in sections),
        tuple(map(_cell, cells_of(document))),
    )


def cells_of(document: nodes.document) -> list[nodes.container]:
    """Return the code cells of a page of which anything is shown, in order."""
    cells = (node for node in document.findall(nodes.container) if is_cell(node))
    return [cell for cell in cells if any(isinstance(part, nodes.Element) for part in cell.children)]


def is_cell(node: nodes.Node) -> bool:
    """Check whether a node is a code cell."""
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def _cell(cell: nodes.container) -> CellContents:
    source = "\n".join(block.astext() for block in _parts(cell, "cell_code_source"))
    results = list(_results(cell))
    return CellContents(
        _section_of(cell),
        _head(source),
        _digest(line.rstrip() for line in source.strip().splitlines()) if source.strip() else "",
        _digest(map(normalized, results)) if results else "",
    )


def _parts(cell: nodes.container, kind: str) -> Iterator[nodes.Element]:
    for part in cell.children:
        if isinstance(part, nodes.Element) and part.get("nb_element") == kind:
            yield part


def _results(cell: nodes.container) -> Iterator[str]:
    """Yield the texts of the outputs of a cell; of an output in several forms, the plainest one that is text."""
    for outputs in _parts(cell, "cell_code_output"):
        for part in outputs.children:
            bundle = next(
                (one for one in part.findall(nodes.container) if one.get("nb_element") == "mime_bundle"), None
            )
            forms = _forms(bundle) if bundle else {"text/plain": part}
            text = forms.get("text/plain") or forms.get("text/markdown") or forms.get("text/latex")
            if text is not None and text.astext().strip():
                yield text.astext()


def _forms(bundle: nodes.container) -> dict[str, nodes.Node]:
    return {form.get("mime_type", ""): form for form in bundle.children if isinstance(form, nodes.Element)}


def normalized(text: str) -> str:
    """Return printed text without what differs from run to run and what nobody sees."""
    lines = ADDRESS.sub("0x", COLOUR.sub("", text)).strip().splitlines()
    return "\n".join(line.rstrip() for line in lines)


def _head(source: str) -> str:
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    code = next((line for line in lines if not line.startswith(("#", "%%", '"""'))), lines[0] if lines else "")
    return code if len(code) <= HEAD else code[: HEAD - 1].rstrip() + "…"


def _section_of(node: nodes.Node) -> str:
    return next((_anchor(place) for place in ancestors(node) if isinstance(place, nodes.section)), "")


def _anchor(section: nodes.section) -> str:
    return str(section["ids"][0]) if section["ids"] else ""


def _title(section: nodes.section) -> str:
    title = next((child for child in section.children if isinstance(child, nodes.title)), None)
    return " ".join(title.astext().split()) if title is not None else ""


def _texts(node: nodes.Element) -> Iterator[str]:
    """Yield the words below a node, and the names of its images and what its references lead to."""
    for child in node.children:
        if isinstance(child, nodes.Text):
            yield from child.split()
        elif isinstance(child, nodes.Element):
            if isinstance(child, (nodes.section, *NO_TEXT)) or is_cell(child) or CREDITS in child["classes"]:
                continue
            if isinstance(child, nodes.image):
                yield str(child.get("uri", ""))
            elif isinstance(child, addnodes.pending_xref) and not child.get("refexplicit"):
                yield str(child.get("reftarget", ""))
                continue
            yield from _texts(child)


def _digest(parts: Any) -> str:
    return digest(*parts)[:LENGTH]
