"""Draw the map of the book as SVG, for pages and for readers' notebooks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from ..common.part_colours import PART_TONES, PLAIN_TONE, part_class
from ..common.translations import _
from .map_layout import DOT, LINE, NUMBER, TEXT_SIZE, TITLE, Arc, Chapter, Layout, Row

LIGHTER = 0.55
"""Opacity of chapters that are still to be written."""
NAMESPACE = "http://www.w3.org/2000/svg"


def map_svg(layout: Layout, title: str, description: str, name: str, addresses: Mapping[str, str] | None) -> str:
    """Return the map as one `svg` element.

    ``name`` is the beginning of its ids. ``addresses``: docname -> address of the chapter; the colours are then those
    of the page. Without it there are no links, and the drawing has colours of its own, on white.
    """
    head = (
        f'<svg xmlns="{NAMESPACE}" class="d2lbook-map" viewBox="0 0 {layout.width:g} {layout.height:g}" role="group" '
        f'aria-labelledby="{_text(name)}-title" aria-describedby="{_text(name)}-desc">'
        f'<title id="{_text(name)}-title">{_text(title)}</title>'
        f'<desc id="{_text(name)}-desc">{_text(description)}</desc>'
    )
    parts = [head] if addresses is not None else [head, _own_style(layout)]
    parts += [_arc(arc) for arc in layout.arcs]
    for heading in layout.heads:
        lines = _lines(heading.lines, NUMBER, heading.y)
        parts.append(f'<g class="{part_class(heading.part)}"><text class="head">{lines}</text></g>')
    for row in layout.rows:
        address = (addresses or {}).get(row.chapter.docname)
        inside = _row(row, layout.width)
        parts.append(f'<a href="{_text(address)}">{inside}</a>' if address is not None else f"<g>{inside}</g>")
    return "".join(parts) + "</svg>"


def _row(row: Row, whole: float) -> str:
    left, width = DOT - 10, whole - DOT + 8
    return (
        f'<g class="{part_class(row.part)}{_lighter(row.chapter)}">'
        f'<rect class="field" x="{left:g}" y="{row.top:g}" width="{width:g}" height="{row.height:g}" rx="4"/>'
        f'<circle cx="{DOT:g}" cy="{row.y:g}" r="4.5"/>'
        f'<text class="number" x="{NUMBER:g}" y="{_base(row.y):g}">{_text(row.chapter.number)}</text>'
        f'<text class="title">{_lines(row.lines, TITLE, row.y)}</text></g>'
    )


def _arc(arc: Arc) -> str:
    """Return an arrow: a curve that leaves and reaches the dots from the left, with its head."""
    left, tip = DOT - arc.bend * 4 / 3, DOT - 6
    path = f"M{DOT - 4:g} {arc.start:g}C{left:g} {arc.start:g} {left:g} {arc.end:g} {tip - 5:g} {arc.end:g}"
    head = f"M{tip:g} {arc.end:g}l-7 -3.6v7.2z"
    after, before = _name(arc.after.number, arc.after.title), _name(arc.before.number, arc.before.title)
    description = _("{after} builds on {before}.").format(after=after, before=before).rstrip(".。")
    return (
        f'<g class="arc {part_class(arc.part)}{_lighter(arc.before, arc.after)}"><title>{_text(description)}</title>'
        f'<path class="line" d="{path}"/><path class="tip" d="{head}"/></g>'
    )


def _lighter(*chapters: Chapter) -> str:
    """Return the CSS class for planned chapters, and for arcs that lead to or from them; "" for others."""
    return " planned" if any(chapter.is_planned for chapter in chapters) else ""


def _name(number: str, title: str) -> str:
    return f"{number} {title}".strip()


def _lines(lines: tuple[str, ...], x: float, y: float) -> str:
    return "".join(
        f'<tspan x="{x:g}" y="{_base(y + index * LINE):g}">{_text(line)}{" " if index + 1 < len(lines) else ""}</tspan>'
        for index, line in enumerate(lines)
    )


def _base(middle: float) -> float:
    """Return the base line of text from the middle of its line."""
    return middle + TEXT_SIZE * 0.35


def _own_style(layout: Layout) -> str:
    tones = {part_class(part): tone.light for part, tone in enumerate(PART_TONES)}
    tones[part_class(None)] = PLAIN_TONE.light
    rules = "".join(f".{name}{{--d2lbook-part:{tone};fill:{tone}}}" for name, tone in tones.items())
    more = "".join(f".{name} .line{{stroke:{tone}}}" for name, tone in tones.items())
    return (
        f"<style>text{{font:{TEXT_SIZE:g}px sans-serif}}.head,.number{{font-weight:600}}.field{{fill:none}}"
        f".planned{{opacity:{LIGHTER}}}.title{{fill:#1c1f23}}.line{{fill:none;stroke-width:1.3}}{rules}{more}</style>"
        f'<rect width="{layout.width:g}" height="{layout.height:g}" fill="#fff"/>'
    )


def _text(text: str) -> str:
    return escape(text, quote=True)
