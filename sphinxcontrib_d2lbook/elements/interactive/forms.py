"""Bring outputs that a library of the browser draws into one form, when their page is read.

What MyST-NB makes of such an output is a bundle of forms: the data, HTML, a script, text, sometimes a picture. Here the
first three become one form of HTML, `raw` with the attribute `interactive`, which writers for paper read like any other
HTML. Outputs that only load a library are removed, since the site has its own.
"""

from __future__ import annotations

import html
import os
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from ...common.files import digest, json_in_script, write_if_changed
from ...upstream.myst_nb import config_of
from .recognition import VEGA, Chart, chart_of, is_data, loads_only, title_of
from .vega_pictures import drawn

SPEC = "interactive_data"
"""Attribute of nodes by which the form of a MIME type keeps its data until the bundle is read."""
INTERACTIVE = "interactive"
"""Attribute of the form that is left: kind, title and data."""
USELESS = re.compile(r"alt\.\w+\(\.\.\.\)|<VegaLite? \d+ object>.*|Figure(Widget)?\(\{.*|figure\(id=.*", re.DOTALL)
"""Text that a chart gives of itself, and that says nothing to a reader."""


class InteractiveForms(SphinxTransform):
    """Put one form in the place of data, HTML and script of an output."""

    default_priority = 149  # before poor forms are removed (150)

    def apply(self, **_options: Any) -> None:
        for bundle in list(self.document.findall(nodes.container)):
            if bundle.get("nb_element") == "mime_bundle":
                self._change(bundle)

    def _change(self, bundle: nodes.container) -> None:
        forms = {form["mime_type"]: form for form in bundle.children if isinstance(form, nodes.Element)}
        data = {mime: _data(form) for mime, form in forms.items() if is_data(mime)}
        text, script = _raw(forms.get("text/html")), _raw(forms.get("application/javascript"))
        if not data and not text and not script:
            return
        if loads_only(data, text):
            _remove(bundle)
            return
        chart = chart_of(data, text, script)
        if chart is None:
            return
        for mime in (*data, "text/html", "application/javascript"):
            form = forms.pop(mime, None)
            if form is not None:
                _keep_picture(bundle, form, forms)
                bundle.remove(form)
        plain = forms.get("text/plain")
        if plain is not None and USELESS.fullmatch(plain.astext().strip()):
            bundle.remove(plain)
        if chart.kind == VEGA and not any(mime.startswith("image/") for mime in forms):
            self._draw(bundle, chart)
        bundle.insert(0, nodes.container("", interactive(chart), mime_type="text/html"))

    def _draw(self, bundle: nodes.container, chart: Chart) -> None:
        """Add a picture to a chart that was given as HTML."""
        svg = drawn(chart.data["options"]["mode"], chart.data["spec"])
        if svg:
            file = Path(config_of(self.env).output_folder, f"{digest(svg)[:32]}.svg")
            write_if_changed(file, svg)
            picture = nodes.image(uri=f"/{Path(os.path.relpath(file, self.env.srcdir)).as_posix()}")
            picture["alt"] = title_of(chart.data)
            bundle.append(nodes.container("", picture, mime_type="image/svg+xml"))


def interactive(chart: Chart) -> nodes.raw:
    """Return the form of a chart."""
    title = title_of(chart.data)
    text = f"<div><title>{html.escape(title)}</title><script></script></div>"
    record = {"kind": chart.kind, "title": title, "data": json_in_script(chart.data, sort=False)}
    return nodes.raw("", text, format="html", classes=["output", "text_html"], **{INTERACTIVE: record})


def _data(form: nodes.Element) -> Any:
    return next((node[SPEC] for node in form.findall(nodes.Element) if SPEC in node), None)


def _raw(form: nodes.Element | None) -> str:
    return "" if form is None else "\n".join(raw.astext() for raw in form.findall(nodes.raw))


def _keep_picture(bundle: nodes.container, form: nodes.Element, forms: dict[str, nodes.Element]) -> None:
    """Keep the picture that the build has drawn from data, unless the output has one."""
    pictures = [child for child in form.children if isinstance(child, nodes.image)]
    if pictures and not any(mime.startswith("image/") for mime in forms):
        forms["image/svg+xml"] = nodes.container("", *pictures, mime_type="image/svg+xml")
        bundle.append(forms["image/svg+xml"])


def _remove(bundle: nodes.container) -> None:
    parent = bundle.parent
    parent.remove(bundle)
    if not parent.children and parent.get("nb_element") == "cell_code_output":
        parent.parent.remove(parent)


def setup(app: Sphinx) -> None:
    app.add_transform(InteractiveForms)
