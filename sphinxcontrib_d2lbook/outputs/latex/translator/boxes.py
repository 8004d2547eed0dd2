"""Translate what stands in boxes: admonitions, topics, components of sphinx-design, QR codes and discussions."""

from __future__ import annotations

from typing import cast

from docutils import nodes

from ....elements.qr_svg import fault
from ....upstream.sphinx_design import print_icon
from ...paper.boxes import columns_of, link_of_card, rubric_and_body, title_and_body, tone_and_label, tone_of
from .. import escape
from ..sources import IMAGES
from .base import LatexTranslatorBase, QrCode


class LatexBoxVisitors(LatexTranslatorBase):
    def visit_admonition(self, node: nodes.Element) -> None:
        """Emit an admonition with a title of its own; its class may name a kind."""
        title, body = title_and_body(node)
        shown = self.rendered(title.children).strip() if title is not None else ""
        self._box(f"book{tone_of(node, other='aside')}", shown, body)

    visit_topic = visit_admonition
    visit_todo_node = visit_admonition

    def _visit_named_admonition(self, node: nodes.Element) -> None:
        tone, label = tone_and_label(node)
        self._box(f"book{tone}", escape.escape(label), node.children)

    visit_attention = _visit_named_admonition
    visit_caution = _visit_named_admonition
    visit_danger = _visit_named_admonition
    visit_error = _visit_named_admonition
    visit_hint = _visit_named_admonition
    visit_important = _visit_named_admonition
    visit_note = _visit_named_admonition
    visit_seealso = _visit_named_admonition
    visit_tip = _visit_named_admonition
    visit_warning = _visit_named_admonition

    def _box(self, tone: str, title: str, body: list[nodes.Node]) -> None:
        place = self.waiting_places()
        with self.without_floats():
            content = self.rendered(body)
        self.block("bookadmonition", tone, place + title, body=content)
        raise nodes.SkipNode

    # Components of sphinx-design, as paper can show them: tabs one after the other, cards boxed, dropdowns open -------

    def design_component(self, node: nodes.Element) -> None:
        name = node["design_component"]
        if name == "tab-item":
            title, body = self._rubric(node)
            self.emit("\n" + escape.command("booktab", title) + "\n" + self.rendered(body))
        elif name == "dropdown":
            title, body = self._rubric(node)
            self._box("bookaside", title, body)
        elif name == "card":
            self._card(node)
        elif name == "card-title":
            self.emit("\n" + escape.command("bookrubric", self.rendered(node.children)) + "\n")
        elif name == "grid-row":
            self._row(node)
        else:
            self.emit(self.rendered(node.children))

    def icon(self, node: nodes.Element) -> None:
        """Emit an icon, which is an ornament of the screen, only if conf.py names a package for it. Raise SkipNode."""
        if self.config.sd_fontawesome_latex not in (False, "none"):
            print_icon(self, node)
        raise nodes.SkipNode

    def _rubric(self, node: nodes.Element) -> tuple[str, list[nodes.Node]]:
        """Return the rubric at the beginning of a component as its title, and the rest."""
        rubric, body = rubric_and_body(node)
        if rubric is None:
            return "", body
        self.waiting += rubric["ids"]
        return self.rendered(rubric.children).strip(), body

    def _card(self, node: nodes.Element) -> None:
        link = link_of_card(node)
        name, target = self.destination(link) if link is not None else ("", "")
        with self.without_floats():
            content = self.rendered(node.children).strip()
        if name:
            shown = escape.escape(link["refuri"]) if name == "href" and link is not None else "→"
            content += "\n{\\raggedleft\\small " + escape.command(name, target, shown) + "\\par}"
        self.block("bookadmonition", "bookaside", "", body=content)

    def _row(self, node: nodes.Element) -> None:
        columns = 1 if self.scope.fixed else columns_of(node)
        with self.without_floats():
            items = [self.rendered([child]).strip() for child in node.children if isinstance(child, nodes.Element)]
        if columns == 1:
            self.emit("\n\n" + "\n\n".join(items) + "\n\n")
            return
        boxes = [f"\\begin{{bookcolumn}}{{{1 / columns:.3f}}}\n{item}\n\\end{{bookcolumn}}" for item in items]
        rows = (boxes[start : start + columns] for start in range(0, len(boxes), columns))
        self.emit("\n\\par\\noindent\n" + "\\par\\noindent\n".join("\\hfill\n".join(row) for row in rows) + "\n\n")

    # QR codes --------------------------------------------------------------------------------------------------------

    def qr_code(self, node: nodes.Element) -> None:
        """Emit a drawing of exactly its size, and record its position: it is read back from the finished page."""
        self.emit(self.drawn_code(node))
        raise nodes.SkipNode

    def drawn_code(self, node: nodes.Element) -> str:
        image = next(iter(node.findall(nodes.image)))
        picture = self.facts.pictures[image["uri"]]
        self.facts.shown_images.add(image["uri"])
        name = f"book.code.{len(self.facts.codes) + 1}"
        path = self.builder.env.doc2path(self.docname, False)
        self.facts.codes[name] = QrCode(node["address"], f"{path}:{node.line or 1}", node["size"])
        size = f"{node['size']:g}"
        return escape.command("bookqrcode", name, escape.address(node["address"]), size, f"{IMAGES}/{picture.name}")

    def code_beside(self, node: nodes.Element) -> None:
        """Emit a code that the author put there, with what belongs to it."""
        code, *rest = node.children
        if isinstance(code, nodes.Element) and "address" in code and not fault(code["address"]):
            with self.without_floats():
                content = self.rendered(rest).strip()
            self.emit("\n" + escape.command("bookbeside", self.drawn_code(code), f"{code['size']:g}", content) + "\n")
        else:
            self.emit(self.rendered(node.children))

    def discussed(self, title: str, node: nodes.Element) -> None:
        """Emit a discussion in print, and raise SkipNode."""
        code, *rest = cast("list[nodes.Element]", node.children)
        arguments = (escape.escape(title), self.drawn_code(code), f"{code['size']:g}", self.rendered(rest).strip())
        self.emit(f"\n{self.waiting_places()}" + escape.command("bookdiscussion", *arguments) + "\n")
        raise nodes.SkipNode
