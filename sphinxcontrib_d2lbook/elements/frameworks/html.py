"""Write what only some frameworks have on the website: one below the other, which a script turns into tabs."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from ...common.ancestors import ancestors
from ...common.translations import _
from ...config.frameworks import frameworks
from ...numbering.counterparts import SAME
from ...numbering.frameworks import framework_variant, framework_variants, frameworks_in

SCRIPT = "frameworks.js"
META = "d2lbook-frameworks"
"""Name of the element `meta` that tells the script the frameworks of a page."""


def visit_variants(self: Any, node: framework_variants) -> None:
    """Open a place, with its tabs; without the script they are not shown. Variants in a line of text have none."""
    if isinstance(node.parent, nodes.TextElement):
        return
    same = {"data-same": json.dumps(node[SAME], sort_keys=True)} if node.get(SAME) else {}
    self.body.append(self.starttag(node, "div", CLASS="d2lbook-frameworks", **same))
    if _is_inside(node):
        return
    place = _number(self, begin=True)
    self.body.append(
        f'<div class="d2lbook-tabs" role="tablist" aria-label="{self.attval(_("Framework"))}"'
        f' data-only="{self.attval(_("Only for"))}">'
    )
    for name in node["frameworks"]:
        panels = [_panel(place, number) for number, item in enumerate(_variants(node), 1) if name in item["frameworks"]]
        self.body.append(
            f'<button type="button" role="tab" id="{place}-{name}" aria-controls="{" ".join(panels)}"'
            f' data-framework="{name}">{_labels(self, [name])}</button>'
        )
    self.body.append("</div>\n")


def depart_variants(self: Any, node: framework_variants) -> None:
    if not isinstance(node.parent, nodes.TextElement):
        self.body.append("</div>\n")


def visit_variant(self: Any, node: framework_variant) -> None:
    """Open a variant, with its frameworks above it, which the tabs replace."""
    attributes: dict[str, Any] = {"data-frameworks": " ".join(node["frameworks"])}
    place = node.parent
    if isinstance(place.parent, nodes.TextElement):
        self.body.append(self.starttag(node, "span", "", CLASS="d2lbook-framework", **attributes))
        return
    if isinstance(place, framework_variants) and not _is_inside(place):
        prefix = _number(self)
        attributes["role"] = "tabpanel"
        attributes["aria-labelledby"] = " ".join(f"{prefix}-{name}" for name in node["frameworks"])
        attributes["ids"] = [_panel(prefix, _variants(place).index(node) + 1)]
    self.body.append(self.starttag(node, "div", CLASS="d2lbook-framework", **attributes))
    self.body.append(f'<p class="d2lbook-framework-label">{_labels(self, node["frameworks"])}</p>\n')


def depart_variant(self: Any, node: framework_variant) -> None:
    """Close a variant; in a line of text its frameworks follow it, for readers without the script."""
    if isinstance(node.parent.parent, nodes.TextElement):
        label = _labels(self, node["frameworks"])
        self.body.append(f'<span class="d2lbook-framework-label"> ({label}) </span></span>')
    else:
        self.body.append("</div>\n")


def _labels(self: Any, names: Sequence[str]) -> str:
    """Return what readers are shown for frameworks, escaped."""
    known = frameworks(self.builder.config)
    return html.escape(", ".join(known[name].label if name in known else name for name in names))


def _variants(place: framework_variants) -> list[framework_variant]:
    return [child for child in place.children if isinstance(child, framework_variant)]


def _panel(place: str, number: int) -> str:
    return f"{place}-panel-{number}"


def _number(self: Any, *, begin: bool = False) -> str:
    """Return the beginning of the ids in a place; ``begin`` counts a new place."""
    count = getattr(self, "d2lbook_places", 0) + begin
    self.d2lbook_places = count
    return f"framework-{count}"


def _is_inside(place: nodes.Node) -> bool:
    """Return whether a place stands inside a variant, whose tabs choose for it too."""
    return any(isinstance(around, framework_variant) for around in ancestors(place))


def add_script(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Load the script on pages that have variants, and tell it of which frameworks. Handle `html-page-context`."""
    there = frameworks_in(doctree, list(app.config.d2lbook_frameworks)) if doctree is not None else []
    if there:
        content = html.escape(" ".join(there))
        context["metatags"] = f'{context.get("metatags", "")}\n<meta name="{META}" content="{content}" />'
        # In the head and not deferred, so that no reader sees all variants for a moment.
        app.add_js_file(SCRIPT)


def setup(app: Sphinx) -> None:
    app.add_node(framework_variants, override=True, html=(visit_variants, depart_variants))
    app.add_node(framework_variant, override=True, html=(visit_variant, depart_variant))
    app.connect("html-page-context", add_script)
