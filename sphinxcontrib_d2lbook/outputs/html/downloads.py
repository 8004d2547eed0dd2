"""What a page of the website offers for download, beside itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.config import Config

from ...config import book_name
from ...upstream.theme import DOWNLOAD_PDF, download_menus

FOLDER = "_downloads"
"""Of the site, relative to its root."""


@dataclass(frozen=True)
class Offer:
    """What lies, or will lie, in the site's download folder."""

    pdf: str | None = None
    """File name of the whole book."""
    notebooks: bool = False
    """Whether each page has its notebook."""


_offers: WeakKeyDictionary[Sphinx, Offer] = WeakKeyDictionary()


def offer(app: Sphinx, what: Offer) -> None:
    """Called by who writes the files, before the pages are written."""
    _offers[app] = what


def book_offer(config: Config) -> Offer:
    """What the site of a whole book offers, by the outputs that the book has."""
    outputs = config.d2lbook_outputs
    return Offer(f"{book_name(config)}.pdf" if "pdf" in outputs else None, "notebooks" in outputs)


def notebook_address(docname: str) -> str:
    """Of a page's notebook, relative to the root of the site."""
    return f"{FOLDER}/notebooks/{docname}.ipynb"


def pdf_address(name: str) -> str:
    """Of the whole book, relative to the root of the site."""
    return f"{FOLDER}/{name}"


def add_buttons(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Put our files into the theme's download menu. Handler of `html-page-context`."""
    menus = list(download_menus(context))
    what = _offers.get(app, Offer())
    if not menus:
        return
    pathto = context["pathto"]
    extra = []
    if what.notebooks and pagename in app.env.found_docs:
        extra.append(
            _link(pathto(notebook_address(pagename), 1), ".ipynb", "Download this page as a notebook", "fa-code")
        )
    if what.pdf:
        extra.append(_link(pathto(pdf_address(what.pdf), 1), ".pdf", "Download the book as a PDF", "fa-file-pdf"))
    for menu in menus:
        kept = [button for button in menu["buttons"] if not (what.pdf and button["label"] == DOWNLOAD_PDF)]
        menu["buttons"] = [*extra, *kept]


def _link(url: str, text: str, tooltip: str, icon: str) -> dict[str, str]:
    kind = text.removeprefix(".")
    return {
        "type": "link",
        "url": url,
        "text": text,
        "tooltip": tooltip,
        "icon": f"fas {icon}",
        "label": f"d2lbook-download-{kind}-button",
    }
