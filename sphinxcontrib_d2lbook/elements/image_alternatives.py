"""Warn of every image that has no alternative text, if `d2lbook_require_alt` is set."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from ..common.ancestors import ancestors, nearest_line
from ..common.per_page_domain import PerPageDomain
from ..common.warning_types import Warn, warn


class ImageAlternativesDomain(PerPageDomain[list[tuple[int | None, str]]]):
    """Domain that keeps line and file of the images without an alternative text, in one list for each page.

    The file is "" for an output of a cell.
    """

    name = "d2lalt"
    label = "images without an alternative text"
    data_version = 1

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        silent = {}
        for image in document.findall(nodes.image):
            if not image.get("alt", "").strip():
                output = _output_of(image)
                # The forms of an output are one image.
                silent[id(output or image)] = (nearest_line(image), "" if output else str(image.get("uri", "")))
        if silent:
            self.pages[docname] = list(silent.values())

    def check_consistency(self) -> None:
        """Warn of images without an alternative text. Called after reading, in every build that reads a page."""
        if not self.env.config.d2lbook_require_alt:
            return
        for docname, images in sorted(self.pages.items()):
            for line, uri in images:
                if uri:
                    message, remedy = f"the image {uri}", "give it `:alt:`, or write ![TEXT](FILE)"
                else:
                    message = "an image that this cell shows"
                    remedy = "write `mystnb:`, `image:`, `alt: TEXT` in the cell's options"
                warn(
                    Warn.ALT,
                    "%s has no alternative text, and this book requires them (d2lbook_require_alt); %s",
                    message,
                    remedy,
                    location=(docname, line),
                )


def _output_of(image: nodes.image) -> nodes.Element | None:
    """Return the output, with all its forms, that has an image; None for one that the author put on the page."""
    bundles = (place for place in ancestors(image) if isinstance(place, nodes.container))
    return next((bundle for bundle in bundles if bundle.get("nb_element") == "mime_bundle"), None)


def setup(app: Sphinx) -> None:
    app.add_domain(ImageAlternativesDomain)
