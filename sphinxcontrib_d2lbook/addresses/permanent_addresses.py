"""Addresses of the published book, put together here and nowhere else: of its pages, and those that stay for good."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from .label_paths import place


def site(config: Any) -> str:
    """Where the book is published, with a slash at its end; "" for a book that does not say (`html_baseurl`)."""
    base: str = config.html_baseurl
    return f"{base.rstrip('/')}/" if base else ""


def page_address(config: Any, docname: str, node_id: str = "") -> str:
    """Where a page, or something on it, is read now; "" without `html_baseurl`."""
    base = site(config)
    if not base:
        return ""
    # Sphinx's HTML builder is not there in every build; another may have declared no such values.
    suffix = getattr(config, "html_link_suffix", None) or getattr(config, "html_file_suffix", None) or ".html"
    return f"{base}{quote(docname)}{suffix}" + (f"#{node_id}" if node_id else "")


def page_addresses(config: Any, docnames: Iterable[str]) -> dict[str, str]:
    """Return address -> docname of pages; empty without `html_baseurl`."""
    found = {page_address(config, docname): docname for docname in docnames}
    return {address: docname for address, docname in found.items() if address}


def permanent_address(config: Any, label: str) -> str:
    """What is printed and cited: it holds while page, number and forum change; "" without `html_baseurl`."""
    base = site(config)
    return f"{base}{place(label)}" if base else ""
