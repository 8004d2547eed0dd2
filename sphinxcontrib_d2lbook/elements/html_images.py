"""Turn images that pages show by HTML (`<img src="picture.png" width="50">`) into images of the book.

As HTML they would be in no output but the website, and a local file would not even be copied there.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

WRAPPERS = ("p", "div", "center", "span", "figure", "picture", "a")
LENGTH = re.compile(r"\d+(\.\d+)?(px|%|em|cm|mm|in|pt|pc|ex)?")
ALIGNED = re.compile(r"text-align\s*:\s*(left|center|right)")


class _Images(HTMLParser):
    """Collector of images. `is_pure` becomes false if there is other visible content, or a tag that is unknown here."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.is_pure = True
        self.images: list[tuple[dict[str, str], str, str]] = []
        """For each image its attributes, the address that it links to, and its alignment."""
        self._links: list[str] = []
        self._sides: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "img" and values.get("src"):
            side = values.get("align", "") or next((side for side in reversed(self._sides) if side), "")
            self.images.append((values, self._links[-1] if self._links else "", side))
        elif tag in WRAPPERS:
            style = ALIGNED.search(values.get("style", ""))
            self._sides.append("center" if tag == "center" else style[1] if style else values.get("align", ""))
            if tag == "a":
                self._links.append(values.get("href", ""))
        elif tag != "br":
            self.is_pure = False

    def handle_endtag(self, tag: str) -> None:
        if tag in WRAPPERS:
            self._sides = self._sides[:-1]
            if tag == "a":
                self._links = self._links[:-1]
        elif tag not in ("img", "br"):
            self.is_pure = False

    def handle_data(self, data: str) -> None:
        self.is_pure = self.is_pure and not data.strip()

    def handle_comment(self, data: str) -> None:
        self.is_pure = False


def images_of(html: str, *, inline: bool) -> list[nodes.Node]:
    """Return the images that ``html`` consists of; [] if it has other content, or no images."""
    reader = _Images()
    reader.feed(html)
    reader.close()
    new_nodes: list[nodes.Node] = []
    for values, link, side in reader.images if reader.is_pure else ():
        image = nodes.image(uri=values["src"], alt=values.get("alt", ""))
        for name in ("width", "height"):
            if LENGTH.fullmatch(values.get(name, "").strip()):
                image[name] = values[name].strip()
        if values.get("title"):
            image["title"] = values["title"]
        if side in ("left", "center", "right") and not inline:
            image["align"] = side
        image["classes"] += values.get("class", "").split()
        if link:
            reference = nodes.reference("", "", image, refuri=link)
            new_nodes.append(reference if inline else nodes.paragraph("", "", reference))
        else:
            new_nodes.append(image)
    return new_nodes


class ImagesInHtml(SphinxTransform):
    """Replace raw HTML that consists of images by image nodes, except in outputs of cells."""

    default_priority = 150  # before references are resolved and images collected

    def apply(self, **_options: Any) -> None:
        for raw in list(self.document.findall(nodes.raw)):
            if raw.get("format") != "html" or "output" in raw["classes"] or "<img" not in raw.astext().lower():
                continue
            new_nodes = images_of(raw.astext(), inline=isinstance(raw.parent, nodes.TextElement))
            for node in new_nodes:
                node.source, node.line = raw.source, raw.line
            if new_nodes:
                raw.replace_self(new_nodes)


def setup(app: Sphinx) -> None:
    app.add_transform(ImagesInHtml)
