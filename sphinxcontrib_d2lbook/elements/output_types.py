"""Handle forms of outputs that MyST-NB takes for something else, or does not know.

`text/latex` may be text with formulas (see `latex_outputs`). Forms that programs of the browser read, such as
`application/vnd.plotly.v1+json`, are left out if the output has another form. If it has none, a picture is made of it
if an installed package can do so without a network; else its title is shown, with a warning.
"""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Mapping
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from ..common.warning_types import Warn, warn
from ..upstream.myst_nb import MimeData, NbElementRenderer, add_mime_renderer, environment_of
from ..upstream.sphinx.application import app_of
from .latex_outputs import FOREIGN, latex_nodes

KNOWN = frozenset(
    {
        "text/plain",
        "text/html",
        "text/markdown",
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/svg+xml",
        "application/pdf",
        "application/javascript",
        "application/vnd.jupyter.widget-view+json",
    }
)
"""MIME types that MyST-NB renders itself."""
VEGA = re.compile(r"application/vnd\.(?P<kind>vega|vegalite)\.v\d+(\.\d+)*[+.]json")
UNKNOWN = "unknown-form"
"""CSS class of the text for a form that no page can show."""
ONLY = (
    "an output of this cell has no form but %s, which no page can show without a program in the browser; %r stands in "
    "its place (give the object a text/plain, image/svg+xml or text/html form)"
)


class OutputForms:
    """Renderer that MyST-NB asks for nodes of a form before it makes them itself."""

    mime_priority_overrides = ()

    @staticmethod
    def handle_mime(renderer: NbElementRenderer, data: MimeData, inline: bool) -> list[nodes.Node] | None:
        """Return the nodes of a form; None for forms that MyST-NB renders, and for projects without our extension."""
        if data.mime_type in KNOWN:
            return None
        env = environment_of(renderer)
        if env is None or "sphinxcontrib_d2lbook" not in app_of(env).extensions:
            return None
        if data.mime_type == "text/latex":
            return latex_nodes(data.string, inline=inline)
        content: Any = data.content
        svg = drawn(data.mime_type, content)
        if svg:
            picture = MimeData("image/svg+xml", svg, data.cell_metadata, line=data.line)
            return list(renderer.render_image(picture))
        text = title_of(content) or data.mime_type
        if inline:
            return [nodes.inline(text, text, classes=["output", UNKNOWN])]
        return [nodes.literal_block(text, text, language="none", classes=["output", UNKNOWN])]


def drawn(mime: str, content: Any) -> str:
    """Return the SVG that an installed package makes of a form; "" if none can.

    Vega and Vega-Lite, as Altair writes them, are drawn by vl-convert, which needs neither a browser nor a network.
    """
    match = VEGA.fullmatch(mime)
    if not match:
        return ""
    try:
        converter = importlib.import_module("vl_convert")
    except ImportError:
        return ""
    convert = converter.vegalite_to_svg if match["kind"] == "vegalite" else converter.vega_to_svg
    try:
        svg: str = convert(content, allowed_base_urls=[])
    except ValueError:  # raised by vl-convert for a specification that cannot be drawn
        return ""
    return svg


def title_of(content: Any) -> str:
    """Return the title in the data of a chart; "" if there is none."""
    if isinstance(content, str):
        try:
            content = json.loads(content)
        except ValueError:
            return ""
    if not isinstance(content, Mapping):
        return ""
    layout = content.get("layout")
    title = content.get("title") or (layout.get("title") if isinstance(layout, Mapping) else None)
    if isinstance(title, Mapping):
        title = title.get("text")
    return " ".join(title.split()) if isinstance(title, str) else ""


class BestForms(SphinxTransform):
    """Remove forms that say less than another form of the same output."""

    default_priority = 150  # as for the other transforms of outputs

    def apply(self, **_options: Any) -> None:
        for bundle in list(self.document.findall(nodes.container)):
            if bundle.get("nb_element") != "mime_bundle":
                continue
            forms = [form for form in bundle.children if isinstance(form, nodes.Element)]
            for form in forms:
                if VEGA.fullmatch(form["mime_type"]) and any(isinstance(child, nodes.image) for child in form.children):
                    form["mime_type"] = "image/svg+xml"
            poor = [form for form in forms if _is_poor(form)]
            if len(poor) < len(forms):
                for form in poor:
                    bundle.remove(form)
            else:
                self._keep_one(bundle, poor)

    def _keep_one(self, bundle: nodes.container, poor: list[nodes.Element]) -> None:
        """Keep the best form of an output whose forms are all poor, and let it be its text."""
        latex = next((form for form in poor if form["mime_type"] == "text/latex"), None)
        best = latex if latex is not None else max(poor, key=lambda form: form.astext() != form["mime_type"])
        if latex is None:
            names = ", ".join(form["mime_type"] for form in poor)
            place = (self.env.docname, bundle.line) if bundle.line else self.env.docname
            warn(Warn.NODE, ONLY, names, best.astext(), location=place)
        bundle.children = [best]
        best["mime_type"] = "text/plain"


def _is_poor(form: nodes.Element) -> bool:
    return any(isinstance(child, nodes.Element) and {FOREIGN, UNKNOWN} & set(child["classes"]) for child in form)


def setup(app: Sphinx) -> None:
    add_mime_renderer(OutputForms)
    app.add_transform(BestForms)
