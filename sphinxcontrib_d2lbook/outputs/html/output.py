"""Register the website as an output of the book."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sphinx.application import Sphinx
from sphinx.builders import Builder

from ..base import Output, PlaceOf, Written
from . import extension

if TYPE_CHECKING:
    from ...numbering.agreement.expected_numbers import ExpectedNumbers
    from ...numbering.agreement.read_html import BuiltSite
    from ...numbering.agreement.readback import ReadableFile


class HtmlOutput(Output):
    """Website, written by Sphinx's own builder. Sphinx's other HTML builders count as the same output."""

    name = "html"
    field = "html"
    is_site = True

    def setup(self, app: Sphinx) -> None:
        """Add what our pages have beyond Sphinx's."""
        extension.setup(app)

    def is_written_by(self, builder: Builder) -> bool:
        """Check whether the builder writes HTML, whatever its file names."""
        return builder.format == "html"

    def has_page_for_each(self, builder: Builder) -> bool:
        """Check whether the builder writes a page for each document, not a single page or an e-book."""
        return builder.name in LAYOUTS

    def readables(self, written: Written, table: ExpectedNumbers) -> Iterator[ReadableFile]:
        """Yield the pages, if there is one for each document."""
        from ...numbering.agreement.read_html import readable_pages

        site = site_of(written)
        if site is not None:
            yield from readable_pages(table, site, written.docnames)

    def places(self, written: Written) -> PlaceOf:
        """Return a function that gives addresses relative to the site's root."""
        addresses = pages_as_files(written).addresses
        return lambda thing: addresses[thing.docname] + thing.anchor if thing.docname in addresses else None


def site_of(written: Written) -> BuiltSite | None:
    """Return the layout of a written website; None for builders that write no page for each document."""
    builder = written.app.builder
    # This is the builder of the whole book, for which Sphinx's own builder wrote the site.
    if builder.format != "html":
        return pages_as_files(written)
    layout = LAYOUTS.get(builder.name)
    return layout(written) if layout else None


def pages_as_files(written: Written) -> BuiltSite:
    """Return the files that Sphinx's `html` builder writes."""
    from ...numbering.agreement.read_html import BuiltSite

    config = written.app.config
    files = config.html_file_suffix or ".html"
    links = files if config.html_link_suffix is None else config.html_link_suffix
    return BuiltSite(written.folder, {docname: f"{docname}{links}" for docname in written.docnames}, files)


def pages_as_folders(written: Written) -> BuiltSite:
    """Return the files that Sphinx's `dirhtml` builder writes."""
    from ...numbering.agreement.read_html import BuiltSite

    target = written.app.builder.get_target_uri
    return BuiltSite(written.folder, {docname: unquote(target(docname)) for docname in written.docnames})


LAYOUTS: Mapping[str, Callable[[Written], BuiltSite]] = {"html": pages_as_files, "dirhtml": pages_as_folders}
"""Layout of the site for each of Sphinx's builders that write a page for each document."""
