"""Write what a published site has beside its pages: a map for search engines, and a page for wrong addresses.

They need the book's permanent address, Sphinx's `html_baseurl`. Files that the author adds by `html_extra_path` stay.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from ...addresses.permanent_addresses import site
from ...common.files import write_if_changed
from ...common.translations import _

MISSING, SITEMAP, ROBOTS = "404", "sitemap.xml", "robots.txt"
WRITTEN = "Written by sphinxcontrib-d2lbook."
"""Sentence in the files by which they are known."""


def base_address(app: Sphinx) -> str:
    """Return the permanent address of the site, with a slash at its end; "" if these files are not written."""
    builder = app.builder
    is_site = isinstance(builder, StandaloneHTMLBuilder) and not builder.embedded and builder.name != "singlehtml"
    return site(app.config) if is_site and app.config.d2lbook_metadata else ""


def add_missing_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the page that a server shows for an address without a page. Handle `html-collect-pages`."""
    base = base_address(app)
    if base and "notfound.extension" not in app.extensions and MISSING not in app.env.found_docs:
        title, sentence, link = (
            _("Page not found"),
            _("This address leads to no page of the book."),
            _("Go to the contents"),
        )
        target = html.escape(app.builder.get_target_uri(app.config.root_doc) or "./", quote=True)
        body = (
            f"<section><h1>{html.escape(title)}</h1>\n<p>{html.escape(sentence)}</p>\n"
            f'<p><a class="reference internal" href="{target}">{html.escape(link)}</a></p></section>'
        )
        # The server shows the page at the address that was asked for, in whatever folder that is.
        where = f'<base href="{html.escape(base, quote=True)}" />'
        tags = f'<!-- {WRITTEN} -->\n{where}\n<meta name="robots" content="noindex" />'
        yield MISSING, {"title": title, "pagetitle": title, "body": body, "metatags": tags}, "page.html"


def write_site_files(app: Sphinx, error: Exception | None) -> None:
    """Write the map of the site and what robots are told, or remove ours. Handle `build-finished`."""
    if error is not None or not isinstance(app.builder, StandaloneHTMLBuilder) or app.builder.embedded:
        return
    base, folder = base_address(app), Path(app.outdir)
    files = {}
    if base and "sphinx_sitemap" not in app.extensions:
        files = {
            SITEMAP: sitemap(app, base),
            ROBOTS: f"# {WRITTEN}\nUser-agent: *\nAllow: /\n\nSitemap: {base}{SITEMAP}\n",
        }
    if base:
        files[f"{MISSING}.html"] = ""  # written as a page
    for name in (SITEMAP, ROBOTS, f"{MISSING}.html"):
        file = folder / name
        if files.get(name) and not is_added(app, name):
            write_if_changed(file, files[name])
        elif name not in files and file.is_file() and WRITTEN in file.read_text("utf-8", "replace"):
            file.unlink()


def is_added(app: Sphinx, name: str) -> bool:
    """Check whether the author adds a file of this name to the root of the site, by `html_extra_path`."""
    paths = [Path(app.confdir, entry) for entry in app.config.html_extra_path]
    return any(path.name == name if path.is_file() else (path / name).is_file() for path in paths)


def sitemap(app: Sphinx, base: str) -> str:
    """Return the addresses of all pages, in the form of sitemaps.org."""
    unlisted = {docname for docname in app.env.found_docs if "nosearch" in app.env.metadata[docname]}
    addresses = sorted(base + app.builder.get_target_uri(docname) for docname in app.env.found_docs - unlisted)
    places = "".join(f"<url><loc>{escape(address)}</loc></url>\n" for address in addresses)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return (
        f'{head}<!-- {WRITTEN} -->\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n'
    )


def setup(app: Sphinx) -> None:
    app.connect("html-collect-pages", add_missing_page)
    # Run after `html_extra_path` has been copied, which Sphinx does while it writes.
    app.connect("build-finished", write_site_files)
