"""Handle forms of outputs that MyST-NB takes for something else, or does not know.

`text/latex` may be text with formulas (see `latex_outputs`). Of data of a chart, a picture is made if an installed
package can do so without a network; the data themselves are kept for the website (see `interactive`). Other forms that
only programs of the browser read are left out if the output has another form. If it has none, its title is shown, with
a warning.
"""

from __future__ import annotations

import json
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from ..common.warning_types import Warn, warn
from ..upstream.myst_nb import MimeData, NbElementRenderer, add_mime_renderer, environment_of
from ..upstream.sphinx.application import app_of
from .interactive.forms import SPEC
from .interactive.recognition import VEGA_MIME, is_data, mode_of, title_of
from .interactive.vega_pictures import drawn
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
        svg = drawn(mode_of(data.mime_type), content)
        text = title_of(content) or data.mime_type
        shown: list[nodes.Element]
        if svg:
            picture = MimeData("image/svg+xml", svg, data.cell_metadata, line=data.line)
            shown = list(renderer.render_image(picture))
        elif inline:
            shown = [nodes.inline(text, text, classes=["output", UNKNOWN])]
        else:
            shown = [nodes.literal_block(text, text, language="none", classes=["output", UNKNOWN])]
        if is_data(data.mime_type) and not inline:
            shown[0][SPEC] = _json(content)
        return list(shown)


def _json(content: Any) -> Any:
    """Return data that a package may give as a text, too."""
    if isinstance(content, str):
        try:
            return json.loads(content)
        except ValueError:
            return content
    return content


class BestForms(SphinxTransform):
    """Remove forms that say less than another form of the same output."""

    default_priority = 150  # as for the other transforms of outputs

    def apply(self, **_options: Any) -> None:
        for bundle in list(self.document.findall(nodes.container)):
            if bundle.get("nb_element") != "mime_bundle":
                continue
            forms = [form for form in bundle.children if isinstance(form, nodes.Element)]
            for form in forms:
                if VEGA_MIME.fullmatch(form["mime_type"]) and any(
                    isinstance(child, nodes.image) for child in form.children
                ):
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
