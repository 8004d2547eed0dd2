"""Define the designs of the PDF: what each sets where the author of a book sets nothing.

Their looks are in `outputs/typst/template/`, in two files named after each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sphinx.config import Config

from ...config.pdf_options import TEXTBOOK
from ...upstream.sphinx.application import given_values

WIDEST_TEXT = 147.0
"""Width of lines, in millimetres, that are not tiring to read; a wider page has wider margins."""


@dataclass(frozen=True)
class Theme:
    """Design of the PDF. Margins are parts of the width or the height of the page."""

    inner: float
    outer: float
    """Outer margin that has notes."""
    narrow: float
    """Least outer margin without notes; the inner one, too, where pages have one side and no notes."""
    top: float
    bottom: float
    smaller: float = 0.0
    """Points by which text is smaller than in other designs."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Values of `d2lbook_pdf_…` options, without that prefix, in the place of their defaults."""
    fonts: Mapping[str, str] = field(default_factory=dict)
    """Families in the place of the engine's, as in `d2lbook_pdf_fonts`."""

    def margins(
        self, width: float, height: float, given: Mapping[str, float], *, has_notes: bool, two_sided: bool
    ) -> dict[str, float]:
        """Return the margins of a page, by their names in `d2lbook_pdf_margins`. All lengths are in millimetres.

        ``given`` are those that the author sets.
        """
        inner = given.get("inner", width * (self.inner if two_sided or has_notes else self.narrow))
        outer = width * self.outer if has_notes else max(width * self.narrow, width - inner - WIDEST_TEXT)
        return {"inner": inner, "outer": outer, "top": height * self.top, "bottom": height * self.bottom, **given}


THEMES: Mapping[str, Theme] = {
    TEXTBOOK: Theme(inner=0.1, outer=0.2, narrow=0.12, top=1 / 11, bottom=26 / 297),
    # Inner to outer and upper to lower margin are as two to three, and so are the sides of the text on this paper.
    "monograph": Theme(
        inner=2 / 17,
        outer=4 / 17,
        narrow=3 / 17,
        top=0.1,
        bottom=0.15,
        options={"paper": "17x24cm", "notes": "foot", "links": "plain"},
    ),
    "lecture-notes": Theme(
        inner=0.09,
        outer=0.28,
        narrow=0.1,
        top=1 / 14,
        bottom=1 / 13,
        smaller=0.4,
        options={"sides": 1},
        fonts={"headings": "Libertinus Sans"},
    ),
}
"""Designs by their names."""


def theme_of(config: Config) -> Theme:
    """Return the design that the options ask for."""
    return THEMES[config.d2lbook_pdf_theme]


def themed_options(config: Config, edition: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of `d2lbook_pdf_…` options that hold for an edition, without the prefix.

    ``edition`` has the values in which it differs. What the author sets, for the edition or for the book, goes before
    what the design sets.
    """
    theme = THEMES[edition.get("theme", config.d2lbook_pdf_theme)]
    given = given_values(config)
    values = {name: value for name, value in theme.options.items() if f"d2lbook_pdf_{name}" not in given}
    values |= edition
    if theme.fonts:
        values["fonts"] = {**theme.fonts, **edition.get("fonts", config.d2lbook_pdf_fonts)}
    return values
