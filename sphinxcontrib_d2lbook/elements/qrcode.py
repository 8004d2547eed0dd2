"""Define `{qrcode}`, a QR code for any address, with a caption."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from ..common.files import digest, write_if_changed
from ..common.translations import _
from ..common.warning_types import Warn, warn
from ..upstream.sphinx.application import app_of
from .qr_svg import FINEST, fault, qr_svg, smallest_size

DEFAULT_SIZE = 25
"""Side length in millimetres; more if the address needs it."""
SIZE = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,3})?)(mm|cm|in|pt|px)")
MILLIMETRES = {"mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 25.4 / 72, "px": 25.4 / 96}
LARGEST = 150.0
"""Greatest side length in millimetres; larger codes do not fit the page."""
SVG = "image/svg+xml"
PRINTED = ("typst", "latex")
"""Formats that draw codes at exactly their size, and read them back from the finished page."""


class qrcode(nodes.General, nodes.Element):  # noqa: N801
    """Node of a QR code. Attributes: `address`, `size` (side length in millimetres), `title` (for screen readers).

    For printed formats it contains its drawing, an image node.
    """


def size_option(argument: str | None) -> float:
    """Return the millimetres of a length. Raise ValueError if it is not valid."""
    match = SIZE.fullmatch((argument or "").strip())
    if not match:
        raise ValueError(f"{argument!r} is not a size; write one such as 25mm, 3cm, 1in, 90px")
    size = round(float(match[1]) * MILLIMETRES[match[2]], 3)
    if not 0 < size <= LARGEST:
        raise ValueError(f"{argument!r} is not a size that fits a page; write one up to {LARGEST:g}mm")
    return size


def text_option(argument: str | None) -> str:
    """Return the argument of an option as one line of text."""
    return " ".join((argument or "").split())


class QRCode(SphinxDirective):
    """Directive `{qrcode}`. Argument: the address. Content: the caption."""

    required_arguments = 1
    final_argument_whitespace = True  # so that our own message refuses an address with a space
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"size": size_option, "alt": text_option}

    def run(self) -> list[nodes.Node]:
        address = self.arguments[0]
        problem = fault(address)
        if problem:
            warn(Warn.DISCUSSION, "no QR code for %r: %s", address, problem, location=self.get_location())
            return []
        needed = smallest_size(address)
        size = self.options.get("size", max(DEFAULT_SIZE, needed))
        if size < needed:
            warn(
                Warn.DISCUSSION,
                "a QR code of %r that is %gmm wide has modules finer than %gmm, which do not scan from paper; "
                "write `:size: %dmm`, or a shorter address",
                address,
                size,
                FINEST,
                needed,
                location=self.get_location(),
            )
        code = qrcode(address=address, size=size, title=self.options.get("alt") or _("QR code of %s") % address)
        box = nodes.container("", code, classes=["d2lbook-qrcode"])
        self.set_source_info(box)
        self.set_source_info(code)
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


def visit_html(self: Any, node: nodes.Element) -> None:
    """Write a link around the code, with all text escaped."""
    address = self.attval(node["address"])
    style = f"display:inline-block;width:{node['size']:g}mm;max-width:100%"
    self.body.append(f'<a class="reference external" href="{address}" title="{address}" style="{style}">')
    self.body.append(qr_svg(node["address"], node["title"]))
    self.body.append("</a>\n")
    raise nodes.SkipNode


def visit_typst(self: Any, node: nodes.Element) -> None:
    """Write a drawing at exactly its size, with its position in the source.

    The finished page is read back at that place.
    """
    if not self.config.d2lbook_pdf_codes:
        raise nodes.SkipNode
    image = next(node.findall(nodes.image))
    picture = self.facts.pictures[image["uri"]]
    self.emit_block(
        "qr-code",
        f"/images/{picture.name}",
        address=node["address"],
        size=node["size"],
        alt=node["title"],
        at=f"{self.builder.env.doc2path(self.scope.docname, False)}:{node.line or 1}",
    )
    raise nodes.SkipNode


def visit_latex(self: Any, node: nodes.Element) -> None:
    """Write the code through the translator's own method."""
    self.qr_code(node)


def code_image(env: BuildEnvironment, docname: str, node: nodes.Element) -> nodes.image:
    """Return the code as an image node with a file, for formats that do not know our node."""
    svg = qr_svg(node["address"], node["title"])
    file = Path(env.doctreedir, "images", "qr", f"{digest(svg)[:20]}.svg")
    write_if_changed(file, svg)
    uri = str(file)
    env.images.add_file(docname, uri)
    return nodes.image("", uri=uri, candidates={SVG: uri}, alt=node["title"], width=f"{node['size']:g}mm")


class DrawQRCodes(SphinxPostTransform):
    """Draw QR codes for formats other than HTML, which draws them itself.

    A code for print gets its image as a child; in all other formats an image, or a link, takes its place.
    """

    # Runs after discussions (180) have made their codes, and before images are chosen, after all post-transforms.
    default_priority = 190

    def run(self, **kwargs: Any) -> None:
        builder = app_of(self.env).builder
        if builder.format == "html":
            return
        for node in list(self.document.findall(qrcode)):
            image = code_image(self.env, self.env.docname, node) if SVG in builder.supported_image_types else None
            if builder.format in PRINTED and image is not None:
                node.append(image)
                continue
            link = nodes.reference("", "" if image else node["address"], refuri=node["address"])
            if image is not None:
                link.append(image)
            node.replace_self(nodes.paragraph("", "", link))


def setup(app: Sphinx) -> None:
    app.add_node(qrcode, html=(visit_html, None), typst=(visit_typst, None), latex=(visit_latex, None))
    app.add_directive("qrcode", QRCode)
    app.add_post_transform(DrawQRCodes)
