"""Two things of a page that would have the same address: one of them gets another, before the table has numbers."""

from __future__ import annotations

from typing import Any

from docutils import nodes

from ..common.warning_types import Warn, warn


def make_room(document: nodes.document, label: str, kind: str, location: str) -> None:
    """Give a section another anchor where a label of the author's is the one that its title has made.

    Called while the page is parsed, before what has the label is noted as a target. Both would have the same address,
    and the table of numbers could not tell them apart.
    """
    section = document.ids.get(label)
    if not isinstance(section, nodes.section):
        return
    title = next((child.astext() for child in section.children if isinstance(child, nodes.title)), label)
    anchor = _move(document, section, label)
    warn(
        Warn.LABEL,
        "the label %r of this %s is what the title of the section %r makes its address: the section now has the "
        "address %r; give one of the two another label",
        label,
        kind,
        title,
        f"#{anchor}",
        location=location,
    )


def make_room_for_equation(document: nodes.document, label: str, location: Any) -> None:
    """Give a section or a target another anchor where it has the one that the label of an equation makes.

    Called before the equation is noted as a target, as for `make_room`.
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
        "the label %r makes %r the address of this equation, and %s makes it another one's: that now has the address "
        "%r; give one of the two another label",
        label,
        f"#{address}",
        what,
        f"#{anchor}",
        location=location,
    )


def _move(document: nodes.document, holder: nodes.Element, address: str) -> str:
    """Give what has an address another one, and return that."""
    anchor = next(
        name
        for count in range(len(document.ids) + 1)
        if (name := f"{address}-section{count or ''}") not in document.ids
    )
    holder["ids"] = [anchor if item == address else item for item in holder["ids"]]
    document.ids[anchor] = holder
    del document.ids[address]
    document.nameids.update({name: anchor for name, found in document.nameids.items() if found == address})
    return anchor
