"""Offer files for download on each page of the website."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx

from ...addresses.book_downloads import FOLDER
from ...config.frameworks import Framework, frameworks
from ...numbering.frameworks import shown_frameworks
from ...upstream.theme import download_menus
from ..base import Download

_offers: WeakKeyDictionary[Sphinx, Sequence[Download]] = WeakKeyDictionary()


def offer(app: Sphinx, downloads: Iterable[Download]) -> None:
    """Record the files that are, or will be, in the site's download folder. Call this before the pages are written.

    Files of the page itself come before those of the whole book.
    """
    _offers[app] = sorted(downloads, key=lambda download: not download.is_per_page)


def address(download: Download, docname: str) -> str:
    """Return the address of a file, relative to the root of the site."""
    return f"{FOLDER}/{download.address.replace('{docname}', docname)}"


def page_files(app: Sphinx, output: str, docname: str) -> dict[str, str]:
    """Return the files that an output offers for a page, relative to the root of the site, by their frameworks.

    There is one for "" if the page has not several frameworks, and none if the output offers none.
    """
    for download in _offers.get(app, ()):
        if download.is_per_page and download.address.startswith(f"{output}/"):
            return _addresses(app, download, docname)
    return {}


def _addresses(app: Sphinx, download: Download, docname: str) -> dict[str, str]:
    """Return the addresses of a file by framework; of a page that has not several, and of the book, that for ""."""
    there = shown_frameworks(app.env, docname) if download.by_framework and download.is_per_page else ()
    return {name: address(download, f"{name}/{docname}") for name in there} or {"": address(download, docname)}


def framework_class(framework: str) -> str:
    """Return the CSS class of a button for one framework, which a script shows if that is chosen."""
    return f"d2lbook-for-{framework}"


def of_framework(framework: Framework | None) -> str:
    """Return what the texts of buttons for one framework end with; "" for the file of all."""
    return f" ({framework.label})" if framework else ""


def add_buttons(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Put our files into the theme's download menu, whose entries say what they give. Handle `html-page-context`."""
    menus = list(download_menus(context))
    offers = _offers.get(app, ())
    if not menus:
        return
    pathto = context["pathto"]
    labels = frameworks(app.config)
    extra = [
        _link(pathto(file, 1), download, labels.get(name))
        for download in offers
        if download.is_offered_by(app)
        and (not download.is_per_page or pagename in app.env.found_docs)
        and download.is_offered_on(app.env, pagename)
        for name, file in _addresses(app, download, pagename).items()
    ]
    replaced = {download.replaces for download in offers}
    for menu in menus:
        theirs = [button for button in menu["buttons"] if button["label"] not in replaced]
        menu["buttons"] = [*extra, *map(_with_words, theirs)]


def _with_words(button: dict[str, str]) -> dict[str, str]:
    """Return a button of the theme with its tooltip as its text, which is a file ending else."""
    words = button.get("tooltip")
    return {name: value for name, value in button.items() if name != "tooltip"} | {"text": words} if words else button


def _link(url: str, download: Download, framework: Framework | None) -> dict[str, str]:
    kind = download.text.removeprefix(".")
    of = of_framework(framework)
    more = f" {framework_class(framework.name)}" if framework else ""
    return {
        "type": "link",
        "url": url,
        "text": f"{download.tooltip}{of}",
        "icon": download.icon,
        "label": f"d2lbook-download-{kind}-button{more}",
    }
