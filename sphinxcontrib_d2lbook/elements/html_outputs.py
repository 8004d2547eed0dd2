"""Show outputs of cells that need a browser on paper and in readers' notebooks.

An output comes in several forms, from which MyST-NB takes one by a fixed order. If the best form is HTML, that order
loses content: a data frame would print as monospaced text, and a map as the name of its class. Here HTML is replaced by
what it shows, as far as that can be determined: tables, pictures inside it, text, addresses of embedded content. For
content that only a browser can show there is one warning, with what is shown instead.
"""

from __future__ import annotations

import base64
import binascii
import mimetypes
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..addresses.permanent_addresses import page_address
from ..common.ancestors import ancestors
from ..common.files import digest, write_if_changed
from ..common.warning_types import Warn, warn
from ..upstream.myst_nb import config_of
from .html_reading import HtmlContent, read, table_node
from .wide_tables import split_wide_table

PLACEHOLDER = re.compile(r"<(?P<name>[\w.]+)(?: object)?(?: at 0x[0-9a-f]+)?>")
"""Text that Python prints for an object without a representation of its own."""
DRAWING = re.compile(r"<svg\b.*?</svg\s*>", re.DOTALL | re.IGNORECASE)
DATA = re.compile(r"data:(?P<mime>image/[\w.+-]+)(?:;[\w=-]+)*?(?P<base64>;base64)?,(?P<data>.*)", re.DOTALL)
NOTICE = re.compile(r"^(Make this Notebook Trusted to load map.*|Loading BokehJS.*)$", re.MULTILINE)
"""Texts that packages show in a browser where their scripts do not run."""
FEW_MEDIA = ("image/svg+xml", "application/pdf", "image/png", "image/jpeg", "image/gif", "text/latex", "text/markdown")
IMAGES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif")
SCRIPTS = ("application/javascript", "application/vnd.jupyter.widget-view+json")
REMEDY = "give the object a text/plain, image/svg+xml or text/latex form, or tag the cell `remove-output`"
LOST = "an output of this cell is HTML only; the PDF shows its text (%s)"
INTERACTIVE = "an output of this cell needs a browser; the PDF shows %s in its place (%s)"


class OutputsOnPaper(SphinxPostTransform):
    """Replace the HTML in a bundle of forms of an output by what it shows."""

    # Runs before MyST-NB chooses one form (4).
    default_priority = 3
    formats = ("typst", "latex")

    def run(self, **_options: Any) -> None:
        self._reported: set[tuple[int, tuple[str, ...]]] = set()
        for bundle in bundles(self.document):
            forms = forms_of(bundle)
            if any(mime in forms for mime in FEW_MEDIA) or not {"text/html", *SCRIPTS} & forms.keys():
                continue
            plain = plain_of(forms)
            if "text/html" not in forms and plain:
                continue
            bundle.replace_self(self._shown(bundle, forms, plain))
        for raw in list(self.document.findall(nodes.raw)):  # outputs of raw cells are in no bundle
            is_output = raw.get("format") == "html" and {"output", "text_html"} <= set(raw["classes"])
            if is_output and not _is_form(raw):
                raw.replace_self(self._shown(raw, {"text/html": nodes.container("", raw.deepcopy())}, ""))

    def _shown(self, bundle: nodes.Element, forms: dict[str, nodes.Element], plain: str) -> list[nodes.Node]:
        html = html_of(forms)
        reading = read(html)
        text = NOTICE.sub("", reading.text).strip()
        inline = isinstance(bundle.parent, nodes.TextElement)
        place = bundle if bundle.line else (self.env.docname, None)
        pictures = [] if inline else list(pictures_in(html, reading, self.env))
        new_nodes: list[nodes.Node]
        if reading.is_simple and not inline:
            new_nodes = []
            for node in tables(reading):
                new_nodes += split_wide_table(node) if isinstance(node, nodes.table) else [node]
        elif pictures and not (plain and text):
            new_nodes = [*pictures, *texts(text)]
        elif plain:
            new_nodes = list(forms["text/plain"].children)
            if needs_browser(reading):
                new_nodes += self._addresses(bundle, reading, "")
                warn(Warn.NODE, INTERACTIVE, "its text/plain form", REMEDY, location=place)
        elif text and not reading.has_frame:
            new_nodes = [nodes.Text(" ".join(text.split()))] if inline else list(texts(text))
            warn(Warn.NODE, LOST, REMEDY, location=place)
        else:
            match = PLACEHOLDER.fullmatch(forms["text/plain"].astext().strip()) if "text/plain" in forms else None
            new_nodes = self._addresses(bundle, reading, reading.title or (match["name"] if match else ""))
            what = f"{new_nodes[0].astext()!r}" if new_nodes else "nothing"
            new_nodes = [*([] if inline else texts(text)), *new_nodes]
            # Some packages show one object by several outputs of a cell.
            key = (id(bundle.parent), tuple(node.astext() for node in new_nodes))
            if key in self._reported:
                return []
            self._reported.add(key)
            warn(Warn.NODE, INTERACTIVE, what, REMEDY, location=place)
        for node in new_nodes:
            node.source, node.line = bundle.source, bundle.line
        return new_nodes

    def _addresses(self, bundle: nodes.Element, reading: HtmlContent, name: str) -> list[nodes.Node]:
        """Return a line for each embedded content, or one for the page that shows the output."""
        inline = isinstance(bundle.parent, nodes.TextElement)
        pairs = [(content.title or name, content.address) for content in reading.embedded]
        address = page_address(self.config, self.env.docname)
        pairs = pairs or ([(name, address)] if address or name else [])
        lines: list[nodes.Node] = []
        for title, target in pairs:
            parts: list[nodes.Node] = [nodes.Text(f"{title}: " if title and target else title)]
            if target:
                parts.append(nodes.reference(target, target, refuri=target, internal=False))
            lines += parts if inline else [nodes.paragraph("", "", *parts, classes=["output"])]
        return lines


class ValuesInNotebooks(SphinxPostTransform):
    """Prefer a picture or a table to text in values that are pasted into text.

    Outputs of cells keep all their forms.
    """

    default_priority = 3  # as above
    formats = ("notebook",)

    def run(self, **_options: Any) -> None:
        for bundle in bundles(self.document):
            if _is_in_cell(bundle):
                continue
            forms = forms_of(bundle)
            image = next((forms[mime] for mime in IMAGES if mime in forms), None)
            reading = read(html_of(forms)) if "text/html" in forms else None
            if image is not None:
                bundle.replace_self(image.children)
            elif reading is None or isinstance(bundle.parent, nodes.TextElement):
                continue
            elif reading.is_simple:
                bundle.replace_self(list(tables(reading)))
            elif "text/plain" in forms and not plain_of(forms):
                bundle.remove(forms["text/plain"])


def bundles(document: nodes.document) -> list[nodes.container]:
    """Return the bundles of forms, each of one output."""
    return [node for node in document.findall(nodes.container) if node.get("nb_element") == "mime_bundle"]


def forms_of(bundle: nodes.container) -> dict[str, nodes.Element]:
    """Return the forms of an output: MIME type -> container."""
    return {form["mime_type"]: form for form in bundle.children if isinstance(form, nodes.Element)}


def plain_of(forms: dict[str, nodes.Element]) -> str:
    """Return the text of an output; "" if it is only a placeholder."""
    text = forms["text/plain"].astext().strip() if "text/plain" in forms else ""
    return "" if PLACEHOLDER.fullmatch(text) else text


def html_of(forms: dict[str, nodes.Element]) -> str:
    """Return the HTML of an output, or that of its scripts if it has no other."""
    mimes = ("text/html",) if "text/html" in forms else SCRIPTS
    return "\n".join(raw.astext() for mime in mimes if mime in forms for raw in forms[mime].findall(nodes.raw))


def needs_browser(reading: HtmlContent) -> bool:
    """Return whether HTML shows content that is not in its text."""
    return reading.has_frame or (reading.has_script and not reading.text)


def tables(reading: HtmlContent) -> Iterator[nodes.Node]:
    """Yield tables, and the text around them as paragraphs."""
    yield from _paragraph(reading.before)
    for table in reading.tables:
        yield table_node(table)
        yield from _paragraph(table.after)


def _paragraph(text: str) -> Iterator[nodes.Node]:
    text = " ".join(text.split())
    if text:
        yield nodes.paragraph(text, text, classes=["output"])


def texts(text: str) -> Iterator[nodes.Node]:
    """Yield text in lines like what a program printed."""
    if text:
        yield nodes.literal_block(text, text, language="none", classes=["output", "text_plain"])


def pictures_in(html: str, reading: HtmlContent, env: BuildEnvironment) -> Iterator[nodes.Node]:
    """Yield the pictures that are in the HTML itself, and those on other hosts."""
    for image in reading.images:
        match = DATA.fullmatch(image.address)
        if match:
            try:
                data = base64.b64decode(match["data"]) if match["base64"] else unquote_to_bytes(match["data"])
            except (binascii.Error, ValueError):
                continue
            node = image_node(match["mime"], data, env)
        elif image.address.startswith(("http:", "https:")):
            node = nodes.image(uri=image.address, candidates={"?": image.address})
        else:
            continue
        node["alt"] = image.alt
        if re.fullmatch(r"\d+(px|%)?", image.width):
            node["width"] = image.width
        yield node
    if not reading.images:
        for match in DRAWING.finditer(html):
            source = match[0] if "xmlns=" in match[0] else match[0].replace("<svg", f"<svg {NAMESPACE}", 1)
            yield image_node("image/svg+xml", source.encode(), env)


NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'


def image_node(mime: str, data: bytes, env: BuildEnvironment) -> nodes.image:
    """Write a picture to the folder of outputs, and return an image node of it for the page that is being written."""
    suffix = mimetypes.guess_extension(mime) or f".{mime.rpartition('/')[2]}"
    file = Path(config_of(env).output_folder, f"{digest(data)[:32]}{suffix}")
    write_if_changed(file, data)
    uri = Path(os.path.relpath(file, env.srcdir)).as_posix()
    env.images.add_file(env.docname, uri)
    return nodes.image(uri=uri, candidates={"*": uri})


def _is_form(node: nodes.Node) -> bool:
    """Return whether a node is in a bundle of forms, from which MyST-NB will choose one."""
    bundle = node.parent.parent if node.parent is not None else None
    return isinstance(bundle, nodes.container) and bundle.get("nb_element") == "mime_bundle"


def _is_in_cell(node: nodes.Node) -> bool:
    around = (place for place in (node, *ancestors(node)) if isinstance(place, nodes.container))
    return any(place.get("nb_element") == "cell_code" for place in around)


def setup_paper(app: Sphinx) -> None:
    """Add the transform for outputs on paper. Called once, for either engine."""
    app.add_post_transform(OutputsOnPaper)


def setup_notebooks(app: Sphinx) -> None:
    """Add the transform for readers' notebooks."""
    app.add_post_transform(ValuesInNotebooks)
