"""Tell search engines, social networks and collections of citations what a page is, and give the site a small mark."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from ...addresses.permanent_addresses import site
from ...config import author_of

LONGEST = 200
"""Number of characters of a description, of which search engines show about 160."""
"""Author of a Sphinx project that names none."""
NAME = re.compile(r"""<meta\b[^>]*?\s(?:name|property)="([^"]+)\"""")
"""Matches an element that an author or an extension has written, up to its name."""
ANOTHER = "sphinxext.opengraph"
"""Extension that writes such elements, too."""


def add_metadata(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Add elements to the head of a page. Handle `html-page-context`."""
    builder = app.builder
    if not isinstance(builder, StandaloneHTMLBuilder) or builder.embedded or not app.config.d2lbook_metadata:
        return
    written = str(context.get("metatags", ""))
    tags = [] if app.config.html_favicon else [icon(app.config.project)]
    if isinstance(doctree, nodes.document) and ANOTHER not in app.extensions:
        title = " ".join(app.env.titles[pagename].astext().split()) if pagename in app.env.titles else ""
        names = set(NAME.findall(written))
        own = metadata(app, pagename, title, description(doctree))
        tags += [_meta(name, text) for name, text in own if text and name not in names]
    context["metatags"] = "\n".join([written, *tags]) if tags else written


def metadata(app: Sphinx, pagename: str, title: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield names and contents of the elements of a page, some of which may be empty."""
    config = app.config
    book = " ".join(config.project.split())
    base = site(config)
    address = f"{base}{app.builder.get_target_uri(pagename)}" if base else ""
    is_root = pagename == config.root_doc
    yield "description", text
    yield "og:title", book if is_root else title
    yield "og:description", text
    yield "og:type", "book" if is_root else "article"
    yield "og:url", address
    yield "og:site_name", book
    author = author_of(config)
    # Collections of citations need a title and an author.
    if author and title:
        yield "citation_title", book if is_root else title
        yield "citation_author", author
        yield "citation_book_title" if is_root else "citation_inbook_title", book
        yield "citation_language", config.language or ""
        yield "citation_public_url", address


def description(doctree: nodes.document) -> str:
    """Return the first paragraph of a page as plain text, cut at the end of a word; "" if it begins with none."""
    for section in doctree.findall(nodes.section):
        for child in section.children:
            if isinstance(child, nodes.paragraph):
                text = " ".join(_plain(child).split())
                return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"
            if isinstance(child, nodes.section):
                return ""
        return ""
    return ""


def _plain(paragraph: nodes.paragraph) -> str:
    return "".join(
        part.astext()
        for part in paragraph.findall(nodes.Text)
        if not isinstance(part.parent, nodes.footnote_reference | nodes.raw)
    )


def icon(project: str) -> str:
    """Return the element of a site's icon, a square with the first letter of the project; without a file."""
    letter = next((character for character in project if character.isalnum()), "B").upper()
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><rect width='32' height='32' rx='6' "
        "fill='#1d4e89'/><text x='16' y='23.5' font-family='sans-serif' font-size='21' font-weight='bold' "
        f"text-anchor='middle' fill='#fff'>{html.escape(letter)}</text></svg>"
    )
    return f'<link rel="icon" type="image/svg+xml" href="data:image/svg+xml,{quote(svg, safe="/:=")}" />'


def _meta(name: str, text: str) -> str:
    kind = "property" if name.startswith("og:") else "name"
    return f'<meta {kind}="{name}" content="{html.escape(text, quote=True)}" />'


def setup(app: Sphinx) -> None:
    # Run after myst and docutils have put an author's own elements there (500), and before pages load files (950).
    app.connect("html-page-context", add_metadata, priority=700)
