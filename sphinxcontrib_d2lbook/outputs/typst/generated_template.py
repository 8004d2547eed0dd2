"""Write the parts of the template that depend on the book: fonts, direction, measures and colours of the page."""

from __future__ import annotations

import json
from collections.abc import Iterable

from ..paper import fonts
from ..paper.page_design import CODE_ADVANCE, MARKS_ROOM, PageDesign
from . import markup

TEXT_FONT, CODE_FONT, MATH_FONT = "Libertinus Serif", "DejaVu Sans Mono", "New Computer Modern Math"
"""Families that are embedded in the compiler, used for the characters that the fonts named by a book do not have."""
FROM_RIGHT = frozenset({"ar", "dv", "fa", "he", "ks", "pa", "ps", "sd", "ug", "ur", "yi"})
"""Languages that Typst sets from right to left."""
IDEOGRAPHIC = frozenset({"zh", "ja", "ko"})
"""Languages whose characters are squares, and whose fonts have signs to match."""


def typst_fonts(named: fonts.Fonts, language: str) -> str:
    """Return Typst source that defines the template's names for the fonts of a book in a language."""
    text = _for_text(named, "text", language)
    code = (*named.families.get("code", ()), CODE_FONT, *named.families.get("scripts", ()), TEXT_FONT)
    math = (*named.families.get("math", ()), MATH_FONT, *text)
    values: dict[str, markup.Value] = {
        "text-font": text,
        "heading-font": _for_text(named, "headings", language),
        "code-font": code,
        "math-font": math,
        "code-advance": round(next((fonts.advance(f.file, f.index) for f in named.faces_of(code[0])), CODE_ADVANCE), 5),
    }
    return _definitions("The fonts of the book, each role's best first.", values)


def _for_text(named: fonts.Fonts, role: str, language: str) -> tuple[markup.Value, ...]:
    """Return the fonts of a role, best first.

    Fonts for scripts have letters of ours, too, which stand out among those of the text. Books from right to left have
    them from the fonts of their own script, which were drawn for it.
    """
    families = named.role(role)
    is_named = named.families.get(role) or (role == "headings" and named.families.get("text"))
    if is_named or not families or language.lower() in FROM_RIGHT:
        return (*families, TEXT_FONT)
    # Quotation marks and dashes of Chinese, Japanese and Korean are as wide as their characters.
    first: markup.Value = (
        {"name": TEXT_FONT, "covers": "latin-in-cjk"} if language.lower() in IDEOGRAPHIC else TEXT_FONT
    )
    return (first, *families, TEXT_FONT)


def text_family(named: fonts.Fonts) -> str:
    """Return the family of running text."""
    return next(iter(named.families.get("text", ())), TEXT_FONT)


def typst_direction(language: str) -> str:
    """Return for the template whether lines of a language begin at the right, as Typst source."""
    return _definitions("Whether lines begin at the right.", {"from-right": language.lower() in FROM_RIGHT})


def typst_design(design: PageDesign) -> str:
    """Return the measures and colours of the page, as Typst source."""
    values: dict[str, markup.Value] = {
        "page-width": _mm(design.width),
        "page-height": _mm(design.height),
        "inner-margin": _mm(design.inner),
        "outer-margin": _mm(design.outer),
        "top-margin": _mm(design.top),
        "foot-margin": _mm(design.bottom),
        "note-width": _mm(design.note_width),
        "text-size": _pt(design.text_size),
        "code-size": _pt(design.code_size),
        "two-sided": design.two_sided,
        "gray": design.gray,
        "links": design.links,
        "bleed": _mm(design.bleed),
        "overhang": _mm(overhang_of(design)),
        "crop-marks": design.crop_marks,
    }
    return _definitions("Measures and colours of the page.", values)


def typst_chosen(theme: str, own: Iterable[str]) -> dict[str, str]:
    """Return for the template the modules of a design, and those of the book's own files, by the names of files.

    Where the book has no files of its own, the modules of the design stand for them, too.
    """
    return {
        f"chosen-{kind}.typ": "\n".join(
            [
                "// The modules of the design.",
                "",
                f'#import "{theme}{suffix}.typ" as named',
                f'#import "{f"/own/{name}" if name in own else f"{theme}{suffix}.typ"}" as own',
                "",
            ]
        )
        for kind, suffix, name in (("parts", "", "theme.typ"), ("values", "-values", "values.typ"))
    }


def typst_floating(names: Iterable[str]) -> str:
    """Return for the template the names of the figures and tables that leave their place, as JSON."""
    return json.dumps(sorted(names), indent=1)


def overhang_of(design: PageDesign) -> float:
    """Return how far the pages of the PDF reach over those that are trimmed, in millimetres."""
    return design.bleed + (MARKS_ROOM if design.crop_marks else 0)


def _mm(length: float) -> markup.TypstExpression:
    return markup.TypstExpression(f"{length:.6g}mm")


def _pt(size: float) -> markup.TypstExpression:
    return markup.TypstExpression(f"{size:.6g}pt")


def _definitions(comment: str, values: dict[str, markup.Value]) -> str:
    lines = [f"#let {name} = {markup.value(value)}" for name, value in values.items()]
    return "\n".join([f"// {comment}", "", *lines, ""])
