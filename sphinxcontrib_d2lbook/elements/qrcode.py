"""`{qrcode}`: a code for any address, with a caption."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from ..files import digest, write_if_changed
from ..log import Warn, warn
from .qr_svg import fault, qr_svg

DEFAULT_SIZE = "25mm"
SIZE = re.compile(r"\d{1,4}(?:\.\d{1,3})?(?:mm|cm|in|pt|px)")
SVG = "image/svg+xml"


class qrcode(nodes.General, nodes.Element):  # noqa: N801
    """Attributes: `address`, `size` (a CSS length), `title` (what screen readers say)."""


def size_option(argument: str | None) -> str:
    value = (argument or "").strip()
    if not SIZE.fullmatch(value):
        raise ValueError(f"{value!r} is no size; write one such as 25mm, 3cm, 1in, 90px")
    return value


def text_option(argument: str | None) -> str:
    return " ".join((argument or "").split())


class QRCode(SphinxDirective):
    """Argument: the address. Content: the caption."""

    required_arguments = 1
    final_argument_whitespace = True  # so that an address with a space is refused in our words
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"size": size_option, "alt": text_option}

    def run(self) -> list[nodes.Node]:
        address = self.arguments[0]
        problem = fault(address)
        if problem:
            warn(Warn.DISCUSSION, "no QR code for %r: %s", address, problem, location=self.get_location())
            return []
        code = qrcode(
            address=address,
            size=self.options.get("size", DEFAULT_SIZE),
            title=self.options.get("alt") or f"QR code of {address}",
        )
        box = nodes.container("", code, classes=["d2lbook-qrcode"])
        self.set_source_info(box)
        self.set_source_info(code)
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


def visit_html(self: Any, node: nodes.Element) -> None:
    """A link around the code; `size` has passed `SIZE`, everything else is escaped."""
    address = self.attval(node["address"])
    self.body.append(
        f'<a class="reference external" href="{address}" style="display:inline-block;width:{node["size"]}">'
    )
    self.body.append(qr_svg(node["address"], node["title"]))
    self.body.append("</a>\n")
    raise nodes.SkipNode


def code_image(env: BuildEnvironment, docname: str, node: nodes.Element) -> nodes.image:
    """The code as an image node of a file, for formats that know images and not our node."""
    svg = qr_svg(node["address"], node["title"])
    file = Path(env.doctreedir, "images", "qr", f"{digest(svg)[:20]}.svg")
    write_if_changed(file, svg)
    uri = str(file)
    env.images.add_file(docname, uri)
    return nodes.image("", uri=uri, candidates={SVG: uri}, alt=node["title"], width=node["size"])


class QRCodesToImages(SphinxPostTransform):
    # After discussions (180) have made their codes; before images are chosen, which comes after all post-transforms.
    default_priority = 190

    def run(self, **kwargs: Any) -> None:
        builder = self.env._app.builder
        if builder.format == "html":
            return
        for node in list(self.document.findall(qrcode)):
            link = nodes.reference("", node["address"], refuri=node["address"])
            if SVG in builder.supported_image_types:
                link = nodes.reference("", "", code_image(self.env, self.env.docname, node), refuri=node["address"])
            node.replace_self(nodes.paragraph("", "", link))


def setup(app: Sphinx) -> None:
    app.add_node(qrcode, html=(visit_html, None))
    app.add_directive("qrcode", QRCode)
    app.add_post_transform(QRCodesToImages)
