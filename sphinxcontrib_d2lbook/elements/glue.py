"""Paste values of other pages, as in `` {glue}`other.md::name` `` and `` {glue:text}`other.md::name:.2f` ``.

MyST-NB looks for them in the folder of the output that is being written, which is the wrong one in a build of several
outputs. Here they become what a value of the same page is: a bundle of all forms of an output, from which each output
chooses the best.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..common.suggestions import did_you_mean
from ..common.warning_types import Warn, warn
from ..upstream.myst_nb import PendingGlueReference, format_plain_text
from .html_outputs import image_node
from .latex_outputs import latex_nodes
from .page_outputs import glued_values, pages_that_use

IMAGES = ("image/png", "image/jpeg", "image/gif", "application/pdf", "image/svg+xml")

_read: WeakKeyDictionary[Sphinx, set[str]] = WeakKeyDictionary()
"""Pages that the current build reads."""


class ValuesOfOtherPages(SphinxPostTransform):
    """Replace references to values of other pages by the values."""

    # Runs before tables are made of outputs (3) and one form of each output is chosen (4). MyST-NB's own runs at 5.
    default_priority = 2

    def run(self, **_options: Any) -> None:
        for node in list(self.document.findall(PendingGlueReference)):
            value_nodes = self._nodes(node)
            if value_nodes:
                node.replace_self(value_nodes)
            else:
                node.parent.remove(node)

    def _nodes(self, node: PendingGlueReference) -> list[nodes.Node]:
        place = (self.env.docname, node.line)
        try:
            values = glued_values(self.env, node.refdoc)
        except (OSError, ValueError) as err:
            message = "the values of the page %r cannot be read (%s); build with `-E`, which reads all pages again"
            warn(Warn.GLUE, message, node.refdoc, err, location=place)
            return []
        output = values.get(node.key)
        if output is None:
            warn(Warn.GLUE, "%s", _absent(self.env, node.refdoc, node.key, values), location=place)
            return []
        data: Mapping[str, Any] = output["data"]
        if node.gtype == "text":
            return self._text(node, data, place)
        bundle = nodes.container(nb_element="mime_bundle")
        bundle.source, bundle.line = node.source, node.line
        for mime, value in data.items():
            text = "".join(value) if isinstance(value, list) else value
            form_nodes = self._form(mime, text, inline=node.inline) if isinstance(text, str) else []
            if form_nodes:
                bundle += nodes.container("", *form_nodes, mime_type=mime)
        return [bundle]

    def _text(
        self, node: PendingGlueReference, data: Mapping[str, Any], place: tuple[str, int | None]
    ) -> list[nodes.Node]:
        plain = data.get("text/plain")
        try:
            if plain is None:
                raise ValueError("it has no text/plain form")
            text = format_plain_text("".join(plain) if isinstance(plain, list) else plain, node["fmt_spec"])
        except (ValueError, TypeError) as err:
            message = "the value %r of the page %r cannot be written as %r: %s"
            warn(Warn.GLUE, message, node.key, node.refdoc, node["fmt_spec"], err, location=place)
            return []
        return [nodes.inline(text, text, classes=["pasted-text"])]

    def _form(self, mime: str, text: str, *, inline: bool) -> list[nodes.Node]:
        """Return a form of an output as the nodes that MyST-NB makes for values of other pages; [] for other forms."""
        if mime == "text/plain":
            return [nodes.literal(text, text)] if inline else [nodes.literal_block(text, text)]
        if mime == "text/html":
            return [nodes.raw("", text, format="html", classes=["output", "text_html"])]
        if mime == "text/latex":
            return latex_nodes(text, inline=inline)
        if mime in IMAGES:
            return self._image(mime, text)
        return []

    def _image(self, mime: str, text: str) -> list[nodes.Node]:
        try:
            data = text.encode() if mime == "image/svg+xml" else base64.b64decode(text)
        except (binascii.Error, ValueError):
            return []
        return [image_node(mime, data, self.env)]


def _absent(env: BuildEnvironment, docname: str, name: str, values: Mapping[str, Any]) -> str:
    """Return a message for a value that does not exist, with what exists instead."""
    if docname not in env.found_docs:
        question = did_you_mean(docname, env.found_docs)
        return f"there is no page {docname!r} with a value {name!r} to paste" + (question and f"; {question}")
    if not values:
        return f"the page {docname!r} glues no values, and {name!r} cannot be pasted from there"
    hint = did_you_mean(name, values) or f"it glues {', '.join(sorted(values))}"
    return f"the page {docname!r} glues no value {name!r}; {hint}"


def note_read(app: Sphinx, _env: BuildEnvironment, docnames: list[str]) -> None:
    """Note which pages are read. Handle `env-before-read-docs`."""
    _read[app] = set(docnames)


def pages_to_write(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Return the pages that paste values of pages which were read. Handle `env-updated`."""
    return pages_that_use(env, _read.get(app, set()))


def setup(app: Sphinx) -> None:
    app.add_post_transform(ValuesOfOtherPages)
    app.connect("env-before-read-docs", note_read)
    app.connect("env-updated", pages_to_write)
