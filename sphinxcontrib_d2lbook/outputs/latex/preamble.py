"""Write the preamble of the book's source: fonts, paper, the book's title, macros for formulas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sphinx.config import Config

from ..paper.fonts import Fonts
from .escape import escape
from .fonts import font_commands

PAPERS = {"a4": "a4paper", "us-letter": "letterpaper"}
WITHOUT_XECJK = {
    "fontenc": r"\usepackage{fontspec}\defaultfontfeatures[\rmfamily,\sffamily,\ttfamily]{}",
    "babel": "",
    "fvset": r"\fvset{fontsize=\small}",
}
"""Settings for Chinese, for which Sphinx loads xeCJK. That is not in the packages that we ask for, and we choose the
fonts for scripts ourselves."""


def settings(config: Config, named: Fonts) -> dict[str, Any]:
    """Return values for Sphinx's template; those of `latex_elements` come after them."""
    return {
        **(WITHOUT_XECJK if (config.language or "").startswith("zh") else {}),
        "papersize": PAPERS[config.d2lbook_pdf_paper],
        "pointsize": "11pt",
        "fontpkg": font_commands(named),
        "fncychap": "",
        "tableofcontents": "",  # Its place is in the body.
        "date": "",
        "tocdepth": "",
        "secnumdepth": "",
        "maketitle": r"\sphinxmaketitle",
    }


def preamble(config: Config) -> str:
    """Return the lines that come last before the text."""
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
    """Return the commands that define the macros of `d2lbook_math_macros`."""
    lines = []
    for name, value in sorted(macros.items()):
        body, count = (value, 0) if isinstance(value, str) else (value[0], value[1] if len(value) > 1 else 0)
        arguments = f"[{count}]" if count else ""
        lines += [rf"\providecommand{{\{name}}}{{}}", rf"\renewcommand{{\{name}}}{arguments}{{{body}}}"]
    return lines
