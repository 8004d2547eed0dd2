"""Visit figures, theorems and their proofs, exercises, footnotes, code cells, and nodes that are not shown."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.locale import get_translation

from ...common.translations import proof_word
from ...common.warning_types import Warn, warn
from ...numbering.reference_names import citation_label
from ...numbering.subfigures import subfigure
from ...upstream.proofs import (
    NODE_TYPES,
    exercise_enumerable_node,
    exercise_node,
    proof_node,
    solution_node,
    unenumerable_node,
)
from . import markdown
from .base import Writer
from .blocks import skip, transparent
from .content_stack import CodeCell, Prose, mapped, quoted
from .markdown import Marked

_UNITS = {"": 1.0, "px": 1.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "pt": 96 / 72, "pc": 16.0}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)(%|" + "|".join(filter(None, _UNITS)) + ")?")
_VECTOR = ".svg"
Visitors = tuple[Callable[[Any, Any], None], Callable[[Any, Any], None] | None]


class StatementAndCellVisitors(Writer):
    # Images and figures

    def visit_image(self, node: nodes.Element) -> None:
        self.add_image(node)
        raise nodes.SkipNode

    def add_image(self, node: nodes.Element) -> None:
        """Add an image; its alternative text is kept, or shown if the image is missing."""
        alt, uri = node.get("alt", ""), _best(node, self.builder.supported_image_types)
        if "://" in uri:
            self.add_piece(f"![{markdown.escape(alt, at_start=False)}]({markdown.destination(uri)})")
            return
        if uri.startswith("data:"):
            self.add_piece(_image_tag(uri, alt, node))
            return
        path = Path(self.builder.srcdir, uri.removeprefix("/") if not Path(uri).is_file() else uri)
        if not path.is_file():
            warn(
                Warn.IMAGE,
                "%s: the image %s does not exist; its alternative text stands for it",
                self.docname,
                uri,
                location=node,
            )
            self.add_text(alt)
        elif path.suffix.lower() == _VECTOR:
            # JupyterLab refuses SVG among the attachments, but shows it in a data URI.
            data = base64.b64encode(path.read_bytes()).decode()
            self.add_piece(_image_tag(f"data:image/svg+xml;base64,{data}", alt, node))
        else:
            name = self.attach(path)
            self.line().attachments.append(name)
            self.add_piece(f"![{markdown.escape(alt, at_start=False)}](attachment:{name})")

    def visit_figure(self, node: nodes.Element) -> None:
        self.open_blocks(nested=False)

    def depart_figure(self, node: nodes.Element) -> None:
        self.add(*self.close_blocks().items)

    visit_subfigures = depart_subfigures = transparent

    def visit_subfigure(self, node: nodes.Element) -> None:
        self.open_blocks(nested=False)

    def depart_subfigure(self, node: nodes.Element) -> None:
        """Add a sub-figure; its letter stands before the caption, or alone."""
        items = list(self.close_blocks().items)
        if not any(isinstance(child, nodes.caption) for child in node.children):
            items.append(Prose(f"*({node['letter']})*"))
        self.add(*items)

    def visit_caption(self, node: nodes.Element) -> None:
        self.open_line()
        if isinstance(node.parent, subfigure):
            self.add_text(f"({node.parent['letter']}) ")
            return
        figtype = self.builder.env.domains.standard_domain.get_enumerable_node_type(node.parent) or ""
        name = self.numbered_name(node.parent, figtype)
        if name:
            self.add_text(f"{name}: ")

    def depart_caption(self, node: nodes.Element) -> None:
        line = self.close_line()
        text = markdown.joined([Marked("*", line.one(inside_emphasis=True))])
        self.add_block(text, attachments=tuple(line.attachments))

    visit_legend = depart_legend = transparent

    def visit_output_table(self, node: nodes.Element) -> None:
        """Open a pasted value that is a table with a caption. Outputs of cells come from the executed notebook."""
        self.open_blocks(nested=False)

    def depart_output_table(self, node: nodes.Element) -> None:
        self.add(*self.close_blocks().items)

    # Code cells

    def visit_container(self, node: nodes.Element) -> None:
        if node.get("nb_element") == "cell_code":
            self.add_code_cell(node)
            raise nodes.SkipNode
        self.open_blocks(nested=node.get("design_component") in _BOXES)

    def depart_container(self, node: nodes.Element) -> None:
        context = self.close_blocks()
        component = node.get("design_component")
        self.add(*(quoted("", context.items) if component in _BOXES else context.items))

    def add_code_cell(self, node: nodes.Element) -> None:
        """Add a code cell. Only captions of its outputs become Markdown; outputs come from the executed notebook."""
        shown = next((part for part in node.children if _is_cell_part(part, "cell_code_source")), None)
        self.add(CodeCell(node["cell_index"], None if shown is None else shown.astext(), node["cell_metadata"]))
        for part in node.children:
            if _is_cell_part(part, "cell_code_output"):
                for caption in part.findall(nodes.caption):
                    caption.walkabout(self)

    # Footnotes and citations

    def visit_footnote(self, node: nodes.Element) -> None:
        self.open_blocks(nested=False)

    def depart_footnote(self, node: nodes.Element) -> None:
        label = next((child for child in node.children if isinstance(child, nodes.label)), None)
        mark = f"<sup>{markdown.escape(label.astext() if label is not None else '', at_start=False)}</sup>"
        items = self.close_blocks().items
        first, *others = [block for block in items if isinstance(block, Prose)] or [Prose("", paragraph=True)]
        self.notes += [Prose(f"{mark} {first.markdown}", paragraph=True, attachments=first.attachments), *others]

    def visit_citation(self, node: nodes.Element) -> None:
        self.open_blocks(nested=False)

    def depart_citation(self, node: nodes.Element) -> None:
        items = self.close_blocks().items
        label = citation_label(self.builder.config, node)
        if label:
            mark = markdown.escape(f"[{label}]", at_start=True)
            first = items[0] if items else None
            if isinstance(first, Prose) and first.paragraph:
                items[0] = replace(first, markdown=f"{mark} {first.markdown}")
            else:
                items.insert(0, Prose(mark))
        self.add(*items)

    visit_label = skip

    # Nodes that are not shown, and nodes of which only the content counts

    visit_comment = visit_index = visit_target = visit_substitution_definition = skip
    visit_system_message = visit_pending = visit_meta = visit_docinfo = skip
    visit_sd_icon = visit_fontawesome = visit_header = visit_footer = visit_decoration = skip
    visit_compound = depart_compound = visit_glossary = depart_glossary = transparent
    visit_start_of_file = depart_start_of_file = visit_highlightlang = depart_highlightlang = transparent
    visit_versionmodified = depart_versionmodified = visit_hlist = depart_hlist = transparent
    visit_hlistcol = depart_hlistcol = visit_acks = depart_acks = transparent
    visit_PassthroughTextElement = transparent  # noqa: N815
    depart_PassthroughTextElement = transparent  # noqa: N815
    visit_desc = depart_desc = visit_desc_content = depart_desc_content = transparent
    visit_toctree = skip

    def visit_sd_line_break(self, node: nodes.Element) -> None:
        self.add_piece("\\\n")
        raise nodes.SkipNode

    def visit_desc_signature(self, node: nodes.Element) -> None:
        self.add_block(markdown.code_span(node.astext()))
        raise nodes.SkipNode

    def visit_raw(self, node: nodes.Element) -> None:
        """Add raw HTML, which Markdown may contain; raw text in other formats is for other outputs."""
        if "html" in node.get("format", "").split():
            if isinstance(node.parent, nodes.TextElement):
                self.add_piece(node.astext())
            else:
                self.add_block(re.sub(r"\n\s*\n", "\n", node.astext().strip()))
        raise nodes.SkipNode


_BOXES = ("dropdown", "card", "aside")


def _is_cell_part(node: nodes.Node, kind: str) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == kind


def _best(node: nodes.Element, kinds: Iterable[str]) -> str:
    """Return the URI of an image; for a format that is left open (`a.*`), the URI of the best kind."""
    candidates: dict[str, str] = node.get("candidates", {})
    return str(next((candidates[kind] for kind in kinds if kind in candidates), node["uri"]))


def _image_tag(uri: str, alt: str, node: nodes.Element) -> str:
    sizes = [(name, _pixels(str(node.get(name, "")))) for name in ("width", "height")]
    attributes = "".join(f" {name}={markdown.attribute(size)}" for name, size in sizes if size)
    return f"<img src={markdown.attribute(uri)} alt={markdown.attribute(alt)}{attributes}>"


def _pixels(length: str) -> str:
    """Return a length as the attributes of `img` take it: CSS pixels or a percentage; "" for other lengths."""
    match = _LENGTH.fullmatch(length.strip())
    if match is None:
        return ""
    number, unit = match.groups()
    return f"{number}%" if unit == "%" else str(max(1, round(float(number) * _UNITS[unit or ""])))


# Theorems, proofs, exercises, solutions


def visit_theorem(self: Any, node: nodes.Element) -> None:
    self.open_blocks()


def depart_theorem(self: Any, node: nodes.Element) -> None:
    """Add a theorem in this form: **Theorem 3.1** (Gauss-Markov). Its statement."""
    context = self.close_blocks()
    name = get_translation("proof")(node["realtype"].title())
    number = self.number(node, node["countertype"])
    bold = markdown.joined([Marked("**", f"{name} {number}".strip())])
    self.add(*quoted(f"{bold} {context.title}".strip() + ".", context.items, run_in=True))


def visit_proof(self: Any, node: nodes.Element) -> None:
    """Open a proof. Sphinx-proof puts the word "Proof." into the first paragraph; here it becomes a title."""
    first, word = next(iter(node.findall(nodes.Text)), None), f"{proof_word()}."
    if first is not None and first.startswith(f"{word} "):
        first.parent.replace(first, [nodes.strong("", word), nodes.Text(first.removeprefix(word))])
    for box in list(node.findall(nodes.admonition)):
        if "proof" in box["classes"] and box.parent is node:
            box.replace_self(box.children)
    self.open_blocks()


def depart_proof(self: Any, node: nodes.Element) -> None:
    items = list(self.close_blocks().items)
    last = items[-1] if items else None
    if isinstance(last, Prose) and last.paragraph:
        items[-1] = Prose(f"{last.markdown} ∎", attachments=last.attachments)
    else:
        items.append(Prose("∎"))
    self.add(*mapped(items, markdown.quoted))


def depart_exercise(self: Any, node: nodes.Element) -> None:
    """Add an exercise in this form: **Exercise 3.1** (its name), then its text."""
    context = self.close_blocks()
    name = markdown.escape(self.numbered_name(node, "exercise"), at_start=True)
    bold = markdown.joined([Marked("**", f"{name} {context.title}".strip())])
    self.add(*quoted(bold, context.items))


def visitors() -> dict[type[nodes.Element], Visitors]:
    """Return the visitors of the nodes of sphinx-proof and sphinx-exercise, as `app.add_node` takes them."""
    theorems = dict.fromkeys((*NODE_TYPES.values(), unenumerable_node), (visit_theorem, depart_theorem))
    exercises = dict.fromkeys(
        (exercise_enumerable_node, exercise_node, solution_node), (visit_theorem, depart_exercise)
    )
    return {**theorems, **exercises, proof_node: (visit_proof, depart_proof)}
