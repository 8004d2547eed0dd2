"""Replace a node whose visitor fails by its plainest form, so that its page is written all the same.

Other extensions make nodes that nobody here has seen, and nest known ones as docutils does not. A visitor that fails at
one of them must not cost the output. `write_with_fallback` writes a part of the book. If a visitor fails, it restores
the translator's state, replaces the node by the content that can be set (its paragraphs, code, formulas and images, or
else its text), and writes the part again. Nodes without a visitor do not come here: translators set their content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from docutils import nodes
from sphinx.errors import SphinxError

from .ancestors import ancestors
from .warning_types import Warn, warn

Value = TypeVar("Value")
WALKS = {nodes.Node.walkabout.__code__, nodes.Node.walk.__code__}
"""Code of the docutils methods that call a visitor for a node."""
KEPT = (nodes.paragraph, nodes.literal_block, nodes.doctest_block, nodes.math_block, nodes.image, nodes.raw)
"""Kinds of nodes that are kept from a container that cannot be set."""


class ShapeError(Exception):
    """A node has children that its visitor would skip."""


def visible_children(node: nodes.Element, *kinds: type[nodes.Node]) -> list[nodes.Element]:
    """Return the visible children of a node. Raise ShapeError for a child of another kind than ``kinds``."""
    children: list[nodes.Element] = []
    for child in node.children:
        if isinstance(child, nodes.Element) and isinstance(child, kinds):
            children.append(child)
        elif not isinstance(child, nodes.Invisible) and (not isinstance(child, nodes.Text) or child.strip()):
            raise ShapeError(f"there is a {type(child).__name__} in it")
    return children


Place = Callable[[nodes.Element], Any]
"""Returns the location of a node, in a form that `warn` takes."""


def write_with_fallback(
    tree: nodes.Element, write: Callable[[], Value], warning: Warn, place: Place, *owners: object
) -> Value:
    """Return the result of ``write``, after replacing each node below ``tree`` whose visitor fails.

    ``owners`` are the objects whose attributes ``write`` changes. Their attributes are restored before each further
    try. ``place`` takes a node and returns the location of a warning. Errors that are meant for the author are raised.
    """
    replacements: list[nodes.Node] = []
    while True:
        saved_states = [_State(owner) for owner in owners]
        try:
            return write()
        except (SphinxError, RecursionError, nodes.TreePruningException):
            raise
        # A visitor, perhaps of another extension, can raise any exception.
        except Exception as err:
            node = _visited(err, tree)
            while node is not None and any(node is one for one in replacements):
                node = _parent(node, tree)
            if node is None:
                raise
            for state in saved_states:
                state.restore()
            warn(
                warning,
                "a %r node in a %r cannot be set (%s: %s); its text is",
                type(node).__name__,
                type(node.parent).__name__,
                type(err).__name__,
                err,
                location=place(node),
            )
            plain = plain_form(node)
            replacements += plain
            node.parent.replace(node, plain)


class _State:
    """Attributes of an object, with copies of the lists, dictionaries and sets among them."""

    def __init__(self, owner: object) -> None:
        self.owner = owner
        self.values = dict(vars(owner))
        self.copies = {name: value.copy() for name, value in self.values.items() if type(value) in (list, dict, set)}

    def restore(self) -> None:
        for name, value in self.values.items():
            setattr(self.owner, name, value)
            if type(value) is list:
                value[:] = self.copies[name]
            elif name in self.copies:
                value.clear()
                value.update(self.copies[name])
        for name in vars(self.owner).keys() - self.values.keys():
            delattr(self.owner, name)


def _visited(err: BaseException, tree: nodes.Element) -> nodes.Element | None:
    """Return the innermost element below ``tree`` whose visitor was running when ``err`` was raised, or None."""
    innermost = None
    trace = err.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code in WALKS:
            node = trace.tb_frame.f_locals["self"]
            node = node if isinstance(node, nodes.Element) else node.parent
            if node is not None and _is_below(node, tree):
                innermost = node
        trace = trace.tb_next
    return innermost


def _parent(node: nodes.Element, tree: nodes.Element) -> nodes.Element | None:
    return node.parent if node.parent is not tree else None


def _is_below(node: nodes.Node, tree: nodes.Element) -> bool:
    while node is not None and node is not tree:
        node = node.parent
        if node is tree:
            return True
    return False


def is_paragraph(node: nodes.Node) -> bool:
    """Return whether a node of an unknown kind is text that stands by itself."""
    return isinstance(node, nodes.TextElement) and not isinstance(node, nodes.Inline) and not _is_in_line(node)


def _is_in_line(node: nodes.Node) -> bool:
    return isinstance(node.parent, nodes.TextElement)


def place_of(node: nodes.Node, docname: str) -> nodes.Node | tuple[str, int] | str:
    """Return the location of a warning: the nearest node around ``node`` with file and line, or else ``docname``."""
    place = next((around for around in (node, *ancestors(node)) if around.line), None)
    if place is None or place.line is None:
        return docname
    return place if place.source else (docname, place.line)


def text_of(node: nodes.Node) -> str:
    """Return all text in a node. `astext` of docutils adds characters, and fails if attributes are missing."""
    return "".join(node.findall(nodes.Text))


def plain_form(node: nodes.Element) -> list[nodes.Node]:
    """Return nodes that can replace a node in any document: inline nodes within a line, blocks elsewhere."""
    ids = [id_ for element in node.findall(nodes.Element) for id_ in element["ids"]]
    if _is_in_line(node):
        return [nodes.inline("", text_of(node), ids=ids)] if ids else [nodes.Text(text_of(node))]
    blocks = [] if isinstance(node, KEPT) else list(_blocks(node))
    text = text_of(node).strip()
    if not blocks and text:
        code = nodes.literal_block(text, text, language="none", xml_space="preserve")
        blocks = [code if "\n" in text else nodes.paragraph("", text)]
    for block in blocks:
        block.source, block.line = node.source, block.line or node.line
    if ids and blocks:
        blocks[0]["ids"] = ids
        for block in blocks:
            for element in block.findall(nodes.Element):
                if element is not blocks[0]:
                    element["ids"] = []
    return list(blocks) or [nodes.comment("", "")]


def _blocks(node: nodes.Element) -> Iterator[nodes.Element]:
    """Yield copies of the blocks in a container, and its other text as paragraphs."""
    run: list[nodes.Node] = []
    for child in node.children:
        if not isinstance(child, KEPT) and isinstance(child, nodes.Text | nodes.Inline):
            run.append(child.deepcopy())
            continue
        if run:
            yield nodes.paragraph("", "", *run)
            run = []
        if isinstance(child, KEPT):
            yield child.deepcopy()
        elif isinstance(child, nodes.FixedTextElement):
            text = text_of(child)
            yield nodes.literal_block(text, text, language="none", xml_space="preserve")
        elif isinstance(child, nodes.Element) and not isinstance(child, nodes.Invisible):
            yield from _blocks(child)
    if any(text_of(child).strip() for child in run):
        yield nodes.paragraph("", "", *run)
