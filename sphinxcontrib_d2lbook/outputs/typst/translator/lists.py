"""Translate lists of all kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from docutils import nodes

from ....common.fallback_rendering import visible_children
from .. import markup
from .base import TypstTranslatorBase


def _letters(number: int) -> str:
    text = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("a") + rest) + text
    return text


def _roman(number: int) -> str:
    text = ""
    for value, mark in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"),
        strict=True,
    ):
        count, number = divmod(number, value)
        text += mark * count
    return text


FORMATS: dict[str, Callable[[int], str]] = {
    "arabic": str,
    "loweralpha": _letters,
    "upperalpha": lambda number: _letters(number).upper(),
    "lowerroman": _roman,
    "upperroman": lambda number: _roman(number).upper(),
}


def is_tight(items: Iterable[nodes.Node]) -> bool:
    """Check whether items are set without space between: each is a paragraph with at most a nested list."""
    for item in items:
        if isinstance(item, nodes.Element):
            kinds = [child for child in item.children if not isinstance(child, nodes.Invisible)]
            if kinds and not isinstance(kinds[0], nodes.paragraph):
                return False
            if any(not isinstance(child, nodes.bullet_list | nodes.enumerated_list) for child in kinds[1:]):
                return False
    return True


class ListVisitors(TypstTranslatorBase):
    def visit_bullet_list(self, node: nodes.bullet_list) -> None:
        items = [self._item(child) for child in visible_children(node, nodes.Element)]
        self.emit_block("bullets", items, tight=is_tight(node.children))
        raise nodes.SkipNode

    def visit_enumerated_list(self, node: nodes.enumerated_list) -> None:
        form = FORMATS.get(node.get("enumtype", "arabic"), str)
        prefix, suffix = node.get("prefix", ""), node.get("suffix", ".") or "."
        items: list[markup.Value] = []
        for number, child in enumerate(visible_children(node, nodes.Element), node.get("start", 1)):
            mark = f"{prefix}{form(number) if number > 0 else number}{suffix}"
            items.append((mark, self._item(child)))
        self.emit_block("numbered-items", items, tight=is_tight(node.children))
        raise nodes.SkipNode

    def _item(self, node: nodes.Element) -> markup.TypstExpression:
        return markup.content(self.anchors(node.get("ids", ())) + self.rendered(node.children))

    def visit_list_item(self, node: nodes.Element) -> None:
        """Emit an item that stands outside a list, as some directives make them."""
        self.emit_block("bullets", [self.content(node.children)], tight=True)
        raise nodes.SkipNode

    def visit_definition_list(self, node: nodes.Element) -> None:
        self.emit_block("definitions", [self._definition(item) for item in visible_children(node, nodes.Element)])
        raise nodes.SkipNode

    def _definition(self, item: nodes.Node) -> markup.Value:
        """Return the terms and the definition of an item; classifiers stand behind their term."""
        terms, bodies, extra = [], [], ""
        if isinstance(item, nodes.Element):
            extra = self.anchors(item.get("ids", ()))
        for child in item.children:
            if isinstance(child, nodes.term):
                terms.append(self.anchors(child["ids"]) + self.rendered(child.children))
            elif isinstance(child, nodes.classifier):
                terms[-1:] = [(terms[-1] if terms else "") + markup.call("classifier", self.content(child.children))]
            elif isinstance(child, nodes.definition):
                bodies.append(self.anchors(child["ids"]) + self.rendered(child.children))
            else:
                bodies.append(self.rendered([child]))
        return ([markup.content(term) for term in terms], markup.content(extra + "".join(bodies)))

    def visit_classifier(self, node: nodes.classifier) -> None:
        """Emit a classifier in its term, as numpydoc writes it, or in none; `_definition` handles docutils' own."""
        self.wrap("classifier", node)

    def visit_glossary(self, node: nodes.Element) -> None:
        self.emit(self.rendered(node.children))
        raise nodes.SkipNode

    def visit_field_list(self, node: nodes.Element) -> None:
        pairs: list[markup.Value] = []
        for item in visible_children(node, nodes.field):
            name, body = visible_children(item, nodes.field_name, nodes.field_body)
            pairs.append(([self.content(name.children)], self.content(body.children)))
        self.emit_block("fields", pairs)
        raise nodes.SkipNode

    def visit_option_list(self, node: nodes.Element) -> None:
        pairs: list[markup.Value] = []
        for item in visible_children(node, nodes.option_list_item):
            group, description = visible_children(item, nodes.option_group, nodes.description)
            names = ", ".join(option.astext() for option in visible_children(group, nodes.option))
            pairs.append((names, self.content(description.children)))
        self.emit_block("options", pairs)
        raise nodes.SkipNode

    def visit_productionlist(self, node: nodes.Element) -> None:
        with self.within(verbatim=True):
            rows = [
                markup.content(self.anchors(item["ids"]) + self._production(item))
                for item in visible_children(node, nodes.Element)
            ]
        self.emit_block("productions", rows)
        raise nodes.SkipNode

    def _production(self, item: nodes.Element) -> str:
        """Return a rule of a grammar. The text of some versions of Sphinx has its name already."""
        name = f"{item['tokenname']} ::= " if item.get("tokenname") else ""
        if name and item.astext().lstrip().startswith(name.rstrip()):
            name = ""
        return (self.text(name, item) if name else "") + self.rendered(item.children)
