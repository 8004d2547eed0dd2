"""Offer files for download on each page of the website."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx

from ...upstream.theme import download_menus
from ..base import Download

FOLDER = "_downloads"
"""Folder of downloads, relative to the root of the site."""

_offers: WeakKeyDictionary[Sphinx, Sequence[Download]] = WeakKeyDictionary()


def offer(app: Sphinx, downloads: Iterable[Download]) -> None:
    """Record the files that are, or will be, in the site's download folder. Call this before the pages are written.

    Files of the page itself come before those of the whole book.
    """
    _offers[app] = sorted(downloads, key=lambda download: not download.is_per_page)


def address(download: Download, docname: str) -> str:
    """Return the address of a file, relative to the root of the site."""
    return f"{FOLDER}/{download.address.replace('{docname}', docname)}"


def page_file(app: Sphinx, output: str, docname: str) -> str:
    """Return the file that an output offers for a page, relative to the root of the site; "" if it offers none."""
    matching = (
        download
        for download in _offers.get(app, ())
        if download.is_per_page and download.address.startswith(f"{output}/")
    )
    return next((address(download, docname) for download in matching), "")


def add_buttons(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Put our files into the theme's download menu. Handle `html-page-context`."""
    menus = list(download_menus(context))
    offers = _offers.get(app, ())
    if not menus:
        return
    pathto = context["pathto"]
    extra = [
        _link(pathto(address(download, pagename), 1), download)
        for download in offers
        if not download.is_per_page or pagename in app.env.found_docs
    ]
    replaced = {download.replaces for download in offers}
    for menu in menus:
        menu["buttons"] = [*extra, *(button for button in menu["buttons"] if button["label"] not in replaced)]


def _link(url: str, download: Download) -> dict[str, str]:
    kind = download.text.removeprefix(".")
    return {
        "type": "link",
        "url": url,
        "text": download.text,
        "tooltip": download.tooltip,
        "icon": download.icon,
        "label": f"d2lbook-download-{kind}-button",
    }
