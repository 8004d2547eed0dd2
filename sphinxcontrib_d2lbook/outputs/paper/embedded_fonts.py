"""Bring the fonts that are in the Typst compiler to the other engine, so that both set the book in the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont

from ...common.files import write_if_changed
from ...upstream.typst_library import library_fonts
from .fonts import Face, Fonts

DEFAULTS = {"text": "Libertinus Serif", "code": "DejaVu Sans Mono", "math": "New Computer Modern Math"}
"""Family of each role, as Typst's template has it."""
FALLBACKS = ("New Computer Modern", "DejaVu Sans Mono")
"""Families for characters that those of a book do not have, best first."""
OTHER_NAMES = {"NewComputerModern": "New Computer Modern", "NewComputerModern Math": "New Computer Modern Math"}
"""Families for which Typst has another name than their files."""
FORMULAS = ("Book", "Bold")
"""Styles that Typst takes for formulas."""
TYPOGRAPHIC_FAMILY, TYPOGRAPHIC_STYLE, FAMILY, STYLE, POSTSCRIPT = 16, 17, 1, 2, 6
"""Numbers of names in a font."""


def with_embedded(named: Fonts, folder: Path) -> Fonts:
    """Return the fonts of a book, with embedded ones for each role that it names none for, or embedded ones.

    Their files are written into ``folder``. Raise OSError if that fails. If the compiler carries no fonts, the result
    is ``named``.
    """
    families = {role: tuple(names) for role, names in named.families.items()}
    chosen = []
    for role in ("text", "headings", "code", "math"):
        own = next((name for name in families.get(role, ()) if named.faces_of(name) or name in _files()), "")
        own = own or DEFAULTS.get(role, "")
        if own in _files() and not named.faces_of(own):
            families[role] = (own, *(name for name in families.get(role, ()) if name != own))
            chosen.append(own)
    return Fonts(families, (*named.faces, *_written(chosen, folder)))


def fallback_fonts(folder: Path) -> Fonts:
    """Return fonts for what no font of a book has, as those of the role "scripts". Raise OSError."""
    known = tuple(name for name in FALLBACKS if name in _files())
    return Fonts({"scripts": known}, tuple(_written(known, folder)))


def _written(families: Iterable[str], folder: Path) -> list[Face]:
    faces = []
    for family in dict.fromkeys(families):
        for face, data in _files()[family].items():
            write_if_changed(folder / face.file, data)
            faces.append(replace(face, file=folder / face.file))
    return faces


@cache
def _files() -> Mapping[str, Mapping[Face, bytes]]:
    """Return the embedded fonts by family; the path of a face is the name of its file alone."""
    families: dict[str, dict[Face, bytes]] = {}
    for data in library_fonts():
        with TTFont(BytesIO(data), lazy=True) as font:
            names, style = font["name"], font["OS/2"]
            family = names.getDebugName(TYPOGRAPHIC_FAMILY) or names.getDebugName(FAMILY)
            family = OTHER_NAMES.get(family, family)
            kind = names.getDebugName(TYPOGRAPHIC_STYLE) or names.getDebugName(STYLE)
            file = Path(names.getDebugName(POSTSCRIPT)).with_suffix(".otf" if font.sfntVersion == "OTTO" else ".ttf")
            slant = "italic" if font["post"].italicAngle else "normal"
            face = Face(family, slant, style.usWeightClass, file, 0, is_system=False)
        if family != DEFAULTS["math"] or kind in FORMULAS:
            families.setdefault(family, {})[face] = data
    return families
