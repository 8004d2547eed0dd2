"""Write the preamble of the book's source: fonts, paper, the book's title, macros for formulas."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sphinx.config import Config

from ...common.warning_types import Warn, warn
from ...config.pdf_options import PDF_OPTIONS, TEXTBOOK
from ..paper.fonts import Fonts
from ..paper.page_design import PageDesign, page_design
from ..paper.themes import THEMES
from .fonts import font_commands
from .front_matter import front_commands

PAPERS = {"a4": "a4paper", "us-letter": "letterpaper"}
FORMULAS = r"\usepackage{amsmath,amstext,mathtools,cancel}"
"""Packages that formulas need, before that of the fonts of formulas."""
KEPT_HEADINGS = "".join(
    f"\\let\\bookclass{name}\\{name}\n" for name in ("part", "chapter", "section", "subsection", "subsubsection")
)
"""Commands that save the headings of the class before Sphinx's styles change them."""
NOT_HEEDED = (
    "pdf_theme",
    "pdf_template",
    "pdf_notes",
    "pdf_colours",
    "pdf_links",
    "pdf_codes",
    "pdf_bleed",
    "pdf_crop_marks",
    "pdf_standards",
    "editions",
)
"""Options that only Typst heeds."""
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
        "papersize": PAPERS.get(config.d2lbook_pdf_paper, "a4paper"),
        "pointsize": "11pt",
        "classoptions": "" if config.d2lbook_pdf_sides == 2 else ",oneside",
        "amsmath": FORMULAS,
        "fontpkg": KEPT_HEADINGS + font_commands(named),
        "fncychap": "",
        "tableofcontents": "",  # Its place is in the body.
        "date": "",
        "tocdepth": "",
        "secnumdepth": "",
        "maketitle": r"\sphinxmaketitle",
        "makeindex": "",  # The index is in the body, too.
        "printindex": "",
        "atendofbody": r"\booklastpage",
    }


def preamble(config: Config, cover_name: str = "", printing: str = "") -> str:
    """Return the lines that come last before the text. `front_commands` says what the arguments are."""
    lines = [
        r"\usepackage[class]{d2lbook}" if config.d2lbook_pdf_headings == "class" else r"\usepackage{d2lbook}",
        *front_commands(config, cover_name, printing),
        *([r"\colorlet{booklink}{bookink}"] if config.d2lbook_pdf_links == "plain" else []),
        _geometry(config),
        *_macros(config.d2lbook_math_macros),
    ]
    return "\n".join(lines)


def latex_design(config: Config) -> PageDesign:
    """Return the measures of the page, which are those of the other engine in its first design: LaTeX has no other."""
    return page_design(config, THEMES[TEXTBOOK])


def _geometry(config: Config) -> str:
    """Return the command that sets the measures of the page."""
    design = latex_design(config)
    lengths = {
        "paperwidth": design.width,
        "paperheight": design.height,
        "inner": design.inner,
        "outer": design.outer,
        "top": design.top,
        "bottom": design.bottom,
        "marginparwidth": max(design.outer - 11, 10),
    }
    return rf"\geometry{{{','.join(f'{name}={length:.6g}mm' for name, length in lengths.items())}}}"


def warn_of_options(config: Config, confdir: Path | str) -> None:
    """Warn of options of the PDF that only the other engine heeds, once for all that are set."""
    given = [option.full_name for option in PDF_OPTIONS if option.name in NOT_HEEDED]
    given = [name for name in given if config[name] != config.values[name].default]
    if config.d2lbook_pdf_links == "plain":
        given.remove("d2lbook_pdf_links")
    if given:
        warn(
            Warn.OPTION,
            'LaTeX does not heed %s; d2lbook_pdf_engine = "typst" does',
            ", ".join(given),
            location=f"{Path(confdir, 'conf.py')}:1",
        )


def _macros(macros: Mapping[str, Any]) -> list[str]:
    """Return the commands that define the macros of `d2lbook_math_macros`."""
    lines = []
    for name, value in sorted(macros.items()):
        body, count = (value, 0) if isinstance(value, str) else (value[0], value[1] if len(value) > 1 else 0)
        arguments = f"[{count}]" if count else ""
        lines += [rf"\providecommand{{\{name}}}{{}}", rf"\renewcommand{{\{name}}}{arguments}{{{body}}}"]
    return lines
