"""Build addresses of the published book: those of its pages, and permanent ones. No other module builds them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from .label_paths import label_folder


def site(config: Any) -> str:
    """Return where the book is published, with a final slash; "" if `html_baseurl` is not set."""
    base: str = config.html_baseurl
    return f"{base.rstrip('/')}/" if base else ""


def page_address(config: Any, docname: str, node_id: str = "") -> str:
    """Return the present address of a page, or of an anchor on it; "" without `html_baseurl`."""
    base = site(config)
    if not base:
        return ""
    # Not every build has Sphinx's HTML builder, which declares these options.
    suffix = getattr(config, "html_link_suffix", None) or getattr(config, "html_file_suffix", None) or ".html"
    return f"{base}{quote(docname)}{suffix}" + (f"#{node_id}" if node_id else "")


def page_addresses(config: Any, docnames: Iterable[str]) -> dict[str, str]:
    """Return address -> docname, for pages; empty without `html_baseurl`."""
    docname_at = {page_address(config, docname): docname for docname in docnames}
    return {address: docname for address, docname in docname_at.items() if address}


def permanent_address(config: Any, label: str) -> str:
    """Return the address that is printed and cited; "" without `html_baseurl`.

    It stays valid when page, number or forum change.
    """
    base = site(config)
    return f"{base}{label_folder(label)}" if base else ""
