"""The website, as an output of the book."""

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
    """Pages, written by Sphinx's own builder. Its other builders of websites are taken for the same output."""

    name = "html"
    field = "html"
    is_site = True

    def setup(self, app: Sphinx) -> None:
        """Add what our pages have beyond Sphinx's."""
        extension.setup(app)

    def is_written_by(self, builder: Builder) -> bool:
        """Return whether the builder writes HTML, in files of whatever names."""
        return builder.format == "html"

    def has_page_for_each(self, builder: Builder) -> bool:
        """Return whether the builder is one of those that write a page for each document, not one page or a book."""
        return builder.name in LAYOUTS

    def readables(self, written: Written, table: ExpectedNumbers) -> Iterator[ReadableFile]:
        """Yield the pages, where there is one for each document."""
        from ...numbering.agreement.read_html import readable_pages

        site = site_of(written)
        if site is not None:
            yield from readable_pages(table, site, written.docnames)

    def places(self, written: Written) -> PlaceOf:
        """Return what gives addresses relative to the site's root."""
        addresses = pages_as_files(written).addresses
        return lambda thing: addresses[thing.docname] + thing.anchor if thing.docname in addresses else None


def site_of(written: Written) -> BuiltSite | None:
    """Return what is known of a written website; None for those, as singlehtml, that have no page for each document."""
    builder = written.app.builder
    if builder.format != "html":  # that of the whole book, which had Sphinx's own write the site
        return pages_as_files(written)
    layout = LAYOUTS.get(builder.name)
    return layout(written) if layout else None


def pages_as_files(written: Written) -> BuiltSite:
    """Return what Sphinx's builder of pages writes into a folder."""
    from ...numbering.agreement.read_html import BuiltSite

    config = written.app.config
    files = config.html_file_suffix or ".html"
    links = files if config.html_link_suffix is None else config.html_link_suffix
    return BuiltSite(written.folder, {docname: f"{docname}{links}" for docname in written.docnames}, files)


def pages_as_folders(written: Written) -> BuiltSite:
    """Return what Sphinx's builder of pages in folders of their own writes."""
    from ...numbering.agreement.read_html import BuiltSite

    target = written.app.builder.get_target_uri
    return BuiltSite(written.folder, {docname: unquote(target(docname)) for docname in written.docnames})


LAYOUTS: Mapping[str, Callable[[Written], BuiltSite]] = {"html": pages_as_files, "dirhtml": pages_as_folders}
"""Names of Sphinx's builders that write a page for each document -> how these are laid out."""
