"""Find from which other hosts an output would load something when a reader sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from .recognition import PLOTLY, VEGA, mappings_in, texts_in

SOURCES = {
    "script": "src",
    "iframe": "src",
    "frame": "src",
    "embed": "src",
    "object": "data",
    "video": "src",
    "audio": "src",
    "source": "src",
    "track": "src",
}
"""Element -> attribute whose address a browser loads. Pictures are left out, as those in Markdown are."""
LOADED = ("stylesheet", "preload", "modulepreload", "icon", "import", "preconnect", "dns-prefetch")
"""Values of `rel` of a `link` that is more than a link."""
IN_STYLE = re.compile(r"(?:url\(\s*|@import\s+)[\"']?((?:https?:)?//[^\"')\s;]+)")
IN_SCRIPT = re.compile(r"(?<!\\)[\"'`]((?:https?:)?//[^\"'`\s<>]+)[\"'`]")
"""Matches a text in a script that is an address. Quotes behind a backslash belong to HTML in a text."""
NAMESPACES = ("www.w3.org",)
"""Hosts of names that look like addresses, and that nothing is loaded from."""
GEOGRAPHIC = ("choropleth", "scattergeo")
"""Plotly's kinds of traces for which it loads the outlines of countries."""
OUTLINES = "cdn.plot.ly"
TILED = ("map", "mapbox")
"""Ends of the names of Plotly's traces and subplots that are drawn on tiles of a map."""
TILES = "basemaps.cartocdn.com"


class _Loads(HTMLParser):
    """Collector of addresses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.addresses: list[str] = []
        self._in = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in SOURCES:
            self.addresses.append(values.get(SOURCES[tag], ""))
        if tag == "link" and set(values.get("rel", "").lower().split()) & set(LOADED):
            self.addresses.append(values.get("href", ""))
        if tag == "iframe" and values.get("srcdoc"):
            self.addresses += addresses_in(values["srcdoc"])
        self.addresses += IN_STYLE.findall(values.get("style", ""))
        self._in = tag

    def handle_data(self, data: str) -> None:
        if self._in == "style":
            self.addresses += IN_STYLE.findall(data)
        elif self._in == "script":
            self.addresses += IN_SCRIPT.findall(data)

    def handle_endtag(self, _tag: str) -> None:
        self._in = ""


def addresses_in(html: str) -> list[str]:
    """Return the addresses that a browser would load for a piece of HTML; also those in frames that it holds."""
    reader = _Loads()
    reader.feed(html)
    reader.close()
    return reader.addresses


def hosts_of(addresses: Iterator[str] | list[str]) -> list[str]:
    """Return the hosts of addresses, sorted; those of no host are on the site itself."""
    hosts = set()
    for address in addresses:
        try:
            host = urlsplit(address.strip()).hostname
        except ValueError:  # not an address, such as a pattern with brackets
            continue
        # Addresses of tiles say by {s} that one of several hosts is meant.
        hosts.add((host or "").replace("{s}.", ""))
    return sorted(hosts - {"", *NAMESPACES})


def hosts_in_html(html: str) -> list[str]:
    """Return the hosts from which a piece of HTML would load something."""
    return hosts_of(addresses_in(html))


def hosts_in_chart(kind: str, data: Mapping[str, Any]) -> list[str]:
    """Return the hosts from which a library would load something to draw a chart."""
    if kind == VEGA:
        return hosts_of([url for item in mappings_in(data.get("spec")) if isinstance(url := item.get("url"), str)])
    if kind != PLOTLY:
        return []
    hosts = set()
    layout = data.get("layout") or {}
    for trace in (trace for trace in data.get("data") or () if isinstance(trace, Mapping)):
        name = str(trace.get("type", ""))
        if name in GEOGRAPHIC:
            hosts.add(OUTLINES)
        elif name.endswith(TILED):
            hosts.add(TILES)
    parts = [layout.get("images"), *(value for name, value in layout.items() if name.startswith(TILED))]
    hosts.update(hosts_of([text for text in texts_in(parts) if text.startswith(("http:", "https:"))]))
    return sorted(hosts)
