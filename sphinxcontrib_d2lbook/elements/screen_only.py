"""Adapt what only works on a screen to paper, notebooks and listeners: check boxes, folded cells, marginal notes."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..common.ancestors import ancestors
from .html_reading import text_of

BOX = re.compile(r"\s*<input\b(?=[^>]*type=[\"']?checkbox)(?P<attributes>[^>]*)>\s*", re.IGNORECASE)
TASK = "task-list-item-checkbox"
"""CSS class of the boxes that Markdown gives."""
SUMMARY = re.compile(r"<summary\b[^>]*>(?P<text>.*?)</summary\s*>", re.DOTALL | re.IGNORECASE)
UNNUMBERED = "{-}"
SHOWN, OMITTED = "show", "omit"
"""Values of `d2lbook_pdf_hidden_cells`."""


class TickBoxes(SphinxPostTransform):
    """Replace the boxes of task lists, which Markdown gives as HTML, by characters."""

    default_priority = 3  # as for other content that is HTML
    formats = ("typst", "latex", "notebook")

    def run(self, **_options: Any) -> None:
        for raw in list(self.document.findall(nodes.raw)):
            match = BOX.fullmatch(raw.astext()) if raw.get("format") == "html" else None
            if match:
                ticked = re.search(r"\bchecked\b", match["attributes"])
                raw.replace_self(nodes.Text("\N{BALLOT BOX WITH CHECK} " if ticked else "\N{BALLOT BOX} "))


class NameBoxes(SphinxPostTransform):
    """Name the boxes of task lists after the text beside them, for readers who hear the page."""

    default_priority = 600  # when references in the text are resolved (10), and so have their words
    formats = ("html",)

    def run(self, **_options: Any) -> None:
        for raw in list(self.document.findall(nodes.raw)):
            match = BOX.fullmatch(raw.astext()) if raw.get("format") == "html" else None
            if match and TASK in match["attributes"]:
                texts = [text for text in raw.parent.findall(nodes.Text) if not isinstance(text.parent, nodes.raw)]
                name = escape(" ".join("".join(texts).split()), quote=True)
                box = f'<input aria-label="{name}"{match["attributes"]}>'
                raw.replace_self(nodes.raw("", box, format="html"))


class Summaries(SphinxPostTransform):
    """Replace the summaries of HTML's `<details>`, which are open on paper, by headings."""

    default_priority = 3  # as above
    formats = ("typst", "latex")

    def run(self, **_options: Any) -> None:
        for raw in list(self.document.findall(nodes.raw)):
            if raw.get("format") == "html" and not isinstance(raw.parent, nodes.TextElement):
                headings = [nodes.rubric(text, text) for text in map(text_of, SUMMARY.findall(raw.astext())) if text]
                for node in headings:
                    node.source, node.line = raw.source, raw.line
                if headings:
                    raw.replace_self(headings)


class NotesBesideText(SphinxPostTransform):
    """Remove the theme's mark for a note without a number from footnotes, which all have numbers here.

    With its option `use_sidenotes`, sphinx-book-theme shows footnotes beside the text, and those that begin with `{-}`
    without a number.
    """

    default_priority = 3  # as above
    formats = ("typst", "latex", "notebook")

    def run(self, **_options: Any) -> None:
        if self.config.html_theme != "sphinx_book_theme" or not self.config.html_theme_options.get("use_sidenotes"):
            return
        for note in self.document.findall(nodes.footnote):
            first = next((text for text in note.findall(nodes.Text) if not isinstance(text.parent, nodes.label)), None)
            if first is not None and first.startswith(UNNUMBERED) and first.parent is not None:
                first.parent.replace(first, nodes.Text(first.removeprefix(UNNUMBERED).lstrip()))


class HiddenCells(SphinxPostTransform):
    """Leave out of print what is folded on the screen, if `d2lbook_pdf_hidden_cells` asks for it."""

    default_priority = 2  # before the forms of outputs are examined (3), which may warn of what is left out
    formats = ("typst", "latex")

    def run(self, **_options: Any) -> None:
        if self.config.d2lbook_pdf_hidden_cells != OMITTED:
            return
        for cell in list(self.document.findall(nodes.container)):
            mode = cell.get("hide_mode", "") if cell.get("nb_element") == "cell_code" else ""
            for part in list(cell.children) if mode else ():
                kind = part.get("nb_element", "") if isinstance(part, nodes.Element) else ""
                if mode == "all" or kind.removeprefix("cell_code_").replace("source", "input") in mode.split("+"):
                    _leave_out(part)
            if mode and not cell.children:
                cell.parent.remove(cell)


def _leave_out(part: nodes.Node) -> None:
    """Remove a part of a cell, except for nodes that other places may refer to by number or label."""
    labelled = [node for node in part.findall(nodes.Element) if node["ids"]] if isinstance(part, nodes.Element) else []
    if labelled:
        part.children = [
            node for node in labelled if not any(node is not other and _is_in(node, other) for other in labelled)
        ]
    else:
        part.parent.remove(part)


def _is_in(node: nodes.Node, other: nodes.Node) -> bool:
    return any(place is other for place in ancestors(node))


def setup(app: Sphinx) -> None:
    app.add_post_transform(TickBoxes)
    app.add_post_transform(NameBoxes)
    app.add_post_transform(Summaries)
    app.add_post_transform(NotesBesideText)
    app.add_post_transform(HiddenCells)
