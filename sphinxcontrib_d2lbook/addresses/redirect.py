"""The page at a permanent address: it leads on by itself, and shows where to, for readers without any script. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

MARK = '<meta name="generator" content="sphinxcontrib-d2lbook: permanent address">'
"""In every such page, near its beginning: by it they are told from other files when they are to be removed."""


@dataclass(frozen=True)
class Link:
    """An address with what it is called."""

    address: str
    """Absolute, or relative to the page's own folder, so that a site in a folder works too."""
    text: str


def redirect_page(goal: Link, others: tuple[Link, ...], *, language: str, canonical: str) -> str:
    """HTML that leads to ``goal`` at once, and names ``others``. ``canonical`` is the goal's absolute address."""
    links = "\n".join(f'<p><a href="{escape(link.address)}">{escape(link.text)}</a></p>' for link in (goal, *others))
    # In the content of a refresh, an address ends at the quotation mark that it began with.
    quoted = goal.address.replace("'", "%27")
    return f"""<!DOCTYPE html>
<html lang="{escape(language)}">
<head>
<meta charset="utf-8">
{MARK}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="0; url='{escape(quoted)}'">
<link rel="canonical" href="{escape(canonical)}">
<title>{escape(goal.text)}</title>
</head>
<body>
{links}
</body>
</html>
"""
