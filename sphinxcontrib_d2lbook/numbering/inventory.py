"""Offer the numbers of this book to other books, and print those of others: "Section 4.2 of *Title*".

The inventory (`objects.inv`) of a book has an entry `number:<label>` for each label that has a number. The prefix keeps
these entries apart from the labels, so that references by title, in Sphinx or MyST, never meet them. A second file
beside the inventory would have to be frozen and kept in step with it.

A book refers to another by `intersphinx_mapping` and Sphinx's own `external` role, from a file, without a network:

    intersphinx_mapping = {"d2l": ("https://d2l.example/", "inventories/d2l.inv")}
    {external+d2l:numref}`sec_attention`                   Section 9.2 of Deep Learning
    {external+d2l:numref}`the softmax, %s <eq_softmax>`    the softmax, 9.1
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains import Domain, ObjType
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..common.suggestions import did_you_mean
from ..common.translations import _
from ..common.warning_types import Warn, warn
from ..upstream.sphinx.application import app_of, given_values
from ..upstream.sphinx.inventory import Inventory, InventoryEntry, inventories
from .manifest import KINDS, manifest
from .table import formatted

PREFIX = "number:"
ROLES = {("std", "numref"), ("math", "numref"), ("prf", "ref")}
"""Domain and role of the references that print numbers."""


class InventoryDomain(Domain):
    """Domain that writes the numbers into the book's inventory."""

    name = "number"
    label = "numbers for other books"
    object_types: ClassVar[dict[str, ObjType]] = {"number": ObjType("number")}

    def get_objects(self) -> Iterable[tuple[str, str, str, str, str, int]]:
        """Yield name, number, kind, page, anchor and priority of each item that has a label and a number.

        The priority is -1, which keeps the entries out of searches.
        """
        for row in manifest(self.env):
            if row["label"]:
                yield PREFIX + row["label"], row["number"], row["kind"], row["docname"], row["id"], -1

    def merge_domaindata(self, docnames: Any, otherdata: dict[str, Any]) -> None:
        """Do nothing, since the domain keeps no data."""

    def resolve_any_xref(self, *_args: Any) -> list[tuple[str, nodes.reference]]:
        """Return no match, since the entries are for other books."""
        return []


class ResolveNumbersElsewhere(SphinxPostTransform):
    """Resolve references to the numbers of other books."""

    default_priority = 4  # before sphinx-exercise's (5), which takes every numref for one within this book

    def run(self, **_options: Any) -> None:
        if "sphinx.ext.intersphinx" not in app_of(self.env).extensions:
            return  # only its role refers to other books
        for node in list(self.document.findall(addnodes.pending_xref)):
            if "intersphinx" in node and (node.get("refdomain"), node.get("reftype")) in ROLES:
                node.replace_self(self._resolved(node))

    def _resolved(self, node: addnodes.pending_xref) -> nodes.Node:
        target: str = node["reftarget"]
        for name, inventory in self._inventories(node["inventory"]):
            numbers = _numbers(inventory)
            # Sphinx has lower-cased the target already, but labels of equations keep their case.
            same_letters = (label for label in numbers if label.lower() == target.lower())
            kind_and_entry = numbers.get(target) or numbers.get(next(same_letters, ""))
            if kind_and_entry is not None:
                kind, item = kind_and_entry
                return self._reference(node, kind, item)
            title = inventory.get("std:label", {}).get(target.lower())
            if title is not None:
                warn(
                    Warn.NUMBER,
                    "%r in the book %r has no number; its title is printed (refer to it with {external+%s:ref})",
                    target,
                    name,
                    name,
                    location=node,
                )
                return self._link(title, [nodes.inline("", title.display_name, classes=["std", "std-ref"])])
        self._warn(node, target)
        return nodes.inline("", node.astext())

    def _inventories(self, name: str | None) -> list[tuple[str, Inventory]]:
        named = inventories(self.env)
        return [(key, named[key]) for key in sorted(named) if name in (None, key)]

    def _warn(self, node: addnodes.pending_xref, target: str) -> None:
        inventories = self._inventories(node["inventory"])
        known = [label for _name, inventory in inventories for label in _numbers(inventory)]
        advice = did_you_mean(target, known) or "its inventory may be older than the label, or have no numbers"
        books = ", ".join(repr(name) for name, _inventory in inventories) or "(there is none in intersphinx_mapping)"
        warn(Warn.NUMBER, "no number %r in the other book %s: %s", target, books, advice, location=node)

    def _reference(self, node: addnodes.pending_xref, kind: str, item: InventoryEntry) -> nodes.Node:
        number = item.display_name
        if node.get("refexplicit"):
            text = node.astext().replace("%s", number).replace("{number}", number)
            return self._link(item, [nodes.inline("", text, classes=["std", "std-numref"])])
        what = _label(kind, number, self.config.numfig_format)
        before, _book, after = self.config.d2lbook_elsewhere.partition("{book}")
        parts = [nodes.Text(before.replace("{thing}", what)), nodes.emphasis("", item.project_name)]
        return self._link(item, [*parts, nodes.Text(after.replace("{thing}", what))])

    def _link(self, item: InventoryEntry, content: list[Any]) -> nodes.reference:
        title = f"(in {item.project_name} {item.project_version})".replace(" )", ")")
        return nodes.reference("", "", *content, internal=False, refuri=item.uri, reftitle=title)


def _numbers(inventory: Mapping[str, Mapping[str, InventoryEntry]]) -> dict[str, tuple[str, InventoryEntry]]:
    """Return label -> kind and entry, for the labels that have numbers in an inventory."""
    return {
        name.removeprefix(PREFIX): (kind.partition(":")[2], item)
        for kind, items in inventory.items()
        if kind.startswith(PREFIX)
        for name, item in items.items()
    }


def _label(kind: str, number: str, formats: Mapping[str, str]) -> str:
    """Return number and word in the language of this book: `Figure 4.2`."""
    if kind == "section" and "." not in number:
        return formatted(_("Chapter %s") if number.isdecimal() else _("Appendix %s"), number)
    if kind == "equation":
        return f"{_('Equation')} ({number})"
    figtype = next((figtype for figtype, name in KINDS.items() if name == kind), kind)
    pattern = formats.get(figtype, f"{kind.capitalize()} %s")
    pattern = pattern[:1].upper() + pattern[1:]
    return formatted(pattern, number)


def note_inventories(app: Sphinx, document: nodes.document) -> None:
    """Have pages that refer to other books read again when a frozen inventory changes. Handle `doctree-read`."""
    if any("intersphinx" in node for node in document.findall(addnodes.pending_xref)):
        for file in _files(app):
            app.env.note_dependency(str(file), docname=app.env.docname)


def _files(app: Sphinx) -> Iterator[Path]:
    mapping = app.config.intersphinx_mapping if "intersphinx_mapping" in app.config else {}
    for _name, (_address, locations) in mapping.values():
        for location in locations:
            if location and "://" not in location:
                yield Path(app.srcdir, location)


def setup(app: Sphinx) -> None:
    if given_values(app.config).get("intersphinx_mapping"):
        app.setup_extension("sphinx.ext.intersphinx")
    app.add_domain(InventoryDomain)
    app.add_post_transform(ResolveNumbersElsewhere)
    app.connect("doctree-read", note_inventories)
