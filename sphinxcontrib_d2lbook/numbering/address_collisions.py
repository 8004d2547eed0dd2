"""Resolve collisions of anchors: where two items of a page would have the same one, one of them gets another."""

from __future__ import annotations

from typing import Any

from docutils import nodes

from ..common.warning_types import Warn, warn


def free_anchor(document: nodes.document, label: str, kind: str, location: str) -> None:
    """Give a section another anchor if the anchor made from its title equals a label that an author wrote.

    Called while the page is parsed, before the item with the label is noted as a target. With one anchor for both, the
    table of numbers could not tell them apart.

    ``kind`` is the word for the item with the label, such as "theorem", for the warning.
    """
    section = document.ids.get(label)
    if not isinstance(section, nodes.section):
        return
    title = next((child.astext() for child in section.children if isinstance(child, nodes.title)), label)
    anchor = _move(document, section, label)
    warn(
        Warn.LABEL,
        "the label %r of this %s is also the address that the section %r has from its title: the section now has the "
        "address %r; give one of the two another label",
        label,
        kind,
        title,
        f"#{anchor}",
        location=location,
    )


def make_room_for_equation(document: nodes.document, label: str, location: Any) -> None:
    """Give a section or a target another anchor if it has the one that is made from the label of an equation.

    Called before the equation is noted as a target, for the same reason as `free_anchor`.
    """
    address = nodes.make_id(f"equation-{label}")
    holder = document.ids.get(address)
    if not isinstance(holder, nodes.section | nodes.target) or (
        isinstance(holder, nodes.target) and not holder["names"]
    ):
        return
    anchor = _move(document, holder, address)
    title = next((child.astext() for child in holder.children if isinstance(child, nodes.title)), "")
    what = f"the title of the section {title!r}" if title else f"the label {holder['names'][0]!r}"
    warn(
        Warn.LABEL,
        "the label %r gives this equation the address %r, which another place has from %s: that place now has the "
        "address %r; give one of the two another label",
        label,
        f"#{address}",
        what,
        f"#{anchor}",
        location=location,
    )


def _move(document: nodes.document, holder: nodes.Element, address: str) -> str:
    """Replace ``address`` among the ids of ``holder`` by an unused one, and return that."""
    anchor = next(
        name
        for count in range(len(document.ids) + 1)
        if (name := f"{address}-section{count or ''}") not in document.ids
    )
    holder["ids"] = [anchor if item == address else item for item in holder["ids"]]
    document.ids[anchor] = holder
    del document.ids[address]
    document.nameids.update({name: anchor for name, node_id in document.nameids.items() if node_id == address})
    return anchor
