"""Define the node and the directive of discussions."""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from ..qrcode import text_option

ANCHOR = "discussion"


class discussion(nodes.General, nodes.Element):  # noqa: N801
    """Node at the end of a section. Attributes: `ids`; `label`, that of its section if the author names one.

    When a page is written it also has `shown`, a `ShownDiscussion`, and `level`, that of its heading.
    """


class Discussion(SphinxDirective):
    """Directive `{discussion}`, without content. `:label:` names the section if it is not the one that ends here."""

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
    """Return the largest section that ends with a discussion, else the one that contains it; None outside all sections.

    A discussion at the end of a page belongs to the page, even though it is inside the page's last subsection.
    """
    section = node.parent
    while section is not None and not isinstance(section, nodes.section):
        section = section.parent
    last: nodes.Node = node
    result = section
    while isinstance(section, nodes.section) and _ends_with(section, last):
        result, last, section = section, section, section.parent
    return result


_UNSEEN = (nodes.Invisible, nodes.target, nodes.footnote, nodes.transition)


def _ends_with(section: nodes.section, node: nodes.Node) -> bool:
    """Return whether nothing visible follows ``node`` in its parent; footnotes are printed below everything."""
    if node.parent is not section:
        return False
    return all(_is_unseen(later) for later in section.children[section.index(node) + 1 :])


def _is_unseen(node: nodes.Node) -> bool:
    toctree = next(node.findall(addnodes.toctree), None) if isinstance(node, nodes.compound) else None
    return isinstance(node, _UNSEEN) or (toctree is not None and bool(toctree.get("hidden")))
