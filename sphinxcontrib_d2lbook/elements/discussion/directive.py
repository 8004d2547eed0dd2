"""The node and the directive."""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from ..qrcode import text_option

ANCHOR = "discussion"


class discussion(nodes.General, nodes.Element):  # noqa: N801
    """Stands at the end of its section. Attributes: `ids`; `label`, of its section, if the author says which.

    Where a page is written it has `shown`, a `Shown`, and `level`, that of its heading.
    """


class Discussion(SphinxDirective):
    """No content. `:label:` names the section, where it is not the one that ends here."""

    option_spec: ClassVar[dict[str, Any]] = {"label": text_option}

    def run(self) -> list[nodes.Node]:
        node = discussion(label=self.options.get("label", ""))
        self.set_source_info(node)
        document = self.state.document
        count, anchor = 1, ANCHOR
        while anchor in document.ids:
            count += 1
            anchor = f"{ANCHOR}-{count}"
        node["ids"] = [anchor]
        document.set_id(node)
        return [node]


def section_of(node: discussion) -> nodes.section | None:
    """The largest section that ends with a discussion; else the one that it stands in; None outside of all.

    At the end of a page, a discussion is of the page, though by its place it is in the page's last subsection.
    """
    section = node.parent
    while section is not None and not isinstance(section, nodes.section):
        section = section.parent
    last: nodes.Node = node
    found = section
    while isinstance(section, nodes.section) and _ends_with(section, last):
        found, last, section = section, section, section.parent
    return found


_UNSEEN = (nodes.Invisible, nodes.target, nodes.footnote, nodes.transition)


def _ends_with(section: nodes.section, node: nodes.Node) -> bool:
    """Whether nothing that readers see follows ``node`` in its parent; footnotes stand at the foot of all."""
    if node.parent is not section:
        return False
    return all(_is_unseen(later) for later in section.children[section.index(node) + 1 :])


def _is_unseen(node: nodes.Node) -> bool:
    toctree = next(node.findall(addnodes.toctree), None) if isinstance(node, nodes.compound) else None
    return isinstance(node, _UNSEEN) or (toctree is not None and bool(toctree.get("hidden")))
