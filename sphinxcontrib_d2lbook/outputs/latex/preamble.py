"""What stands before the book in its source: fonts, paper, the book's title, macros for formulas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sphinx.config import Config

from .tex import escape

PAPERS = {"a4": "a4paper", "us-letter": "letterpaper"}
FONTS = r"""
\setmainfont{FreeSerif}[Extension=.otf,UprightFont=*,ItalicFont=*Italic,BoldFont=*Bold,BoldItalicFont=*BoldItalic]
\setsansfont{FreeSans}[Extension=.otf,UprightFont=*,ItalicFont=*Oblique,BoldFont=*Bold,BoldItalicFont=*BoldOblique]
\setmonofont{DejaVu Sans Mono}[Scale=0.76]
\usepackage[warnings-off={mathtools-colon,mathtools-overbracket}]{unicode-math}
\setmathfont{latinmodern-math.otf}
"""
"""Of these, Debian's packages have all; FreeSerif has Greek, Cyrillic and most signs."""


def settings(config: Config) -> dict[str, Any]:
    """Values for Sphinx's template; those of `latex_elements` come after them."""
    return {
        "papersize": PAPERS[config.d2lbook_pdf_paper],
        "pointsize": "11pt",
        "fontpkg": FONTS,
        "fncychap": "",
        "tableofcontents": "",  # its place is in the body
        "date": "",
        "tocdepth": "",
        "secnumdepth": "",
        "maketitle": r"\sphinxmaketitle",
    }


def preamble(config: Config) -> str:
    """What comes last before the text."""
    owner = config.copyright if isinstance(config.copyright, str) else ", ".join(config.copyright)
    authors = config.author if config.author not in ("", "Author name not set") else ""
    lines = [
        r"\usepackage{d2lbook}",
        rf"\renewcommand\bookauthors{{{escape(authors)}}}",
        rf"\renewcommand\bookrelease{{{escape(config.release)}}}",
        rf"\renewcommand\bookcopyright{{{escape(f'© {owner}' if owner else '')}}}",
        *_macros(config.d2lbook_math_macros),
    ]
    return "\n".join(lines)


def _macros(macros: Mapping[str, Any]) -> list[str]:
    """Of `d2lbook_math_macros`."""
    lines = []
    for name, value in sorted(macros.items()):
        body, count = (value, 0) if isinstance(value, str) else (value[0], value[1] if len(value) > 1 else 0)
        arguments = f"[{count}]" if count else ""
        lines += [rf"\providecommand{{\{name}}}{{}}", rf"\renewcommand{{\{name}}}{arguments}{{{body}}}"]
    return lines
