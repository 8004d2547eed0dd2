"""List the options of the PDF, and the checks of their values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..common.paper_sizes import day, millimetres, paper_size
from .framework_options import PDF_FRAMEWORK
from .option import FONTS, NOT_NEGATIVE, Check, Option, are_texts, engine_check, many_of, one_of, read_by, that

ARCHIVAL = ("a-2b", "a-2u", "a-2a", "a-3b")
"""Levels of PDF/A that the compiler can write together with tags."""
PAGE_FAULTS = ("short", "orphan", "widow", "heading", "wide", "code")
"""Faults of pages that the build can warn of."""
LISTS = ("figures", "tables", "statements", "code")
"""Lists that can follow the contents."""
NAMES_OF_LISTS = ", ".join(map(repr, LISTS))
TEXTBOOK = "textbook"
DESIGNS = (TEXTBOOK, "monograph", "lecture-notes")
"""Designs of the PDF that can be named."""
PREFIX = "pdf_"
NOT_BY_EDITION = ("pdf_engine",)
"""Options that all editions of a book share."""


def lengths_of(*keys: str) -> Check:
    """Return the check of a mapping from some of ``keys`` to lengths."""
    takes = f"the keys {', '.join(map(repr, keys))}, each with a length such as '20mm'"

    def fault(value: Mapping[str, Any]) -> str | None:
        for key, item in value.items():
            if key not in keys:
                return f"takes {takes}, not {key!r}"
            if not isinstance(item, str):
                return f"takes {takes}, not {item!r}"
            wrong = read_by(millimetres, "").fault(item)
            if wrong:
                return wrong
        return None

    return Check(takes, fault)


FRONT_TEXTS = ("subtitle", "cover", "publisher", "edition", "isbn", "doi", "licence", "dedication", "colophon")
FRONT_KEYS = ("half_title", *FRONT_TEXTS, "imprint", "epigraph", "lists")


def _front_value(key: str) -> Check:
    """Return the check of one value of the book's first pages."""
    return {
        "half_title": that(lambda value: isinstance(value, bool), "True or False"),
        "lists": that(lambda value: are_texts(value) and set(value) <= set(LISTS), f"a list of {NAMES_OF_LISTS}"),
        "imprint": that(are_texts, "a list of lines"),
        "epigraph": that(
            lambda value: isinstance(value, str) or (are_texts(value) and len(value) == 2),
            "a text, or a text and a source",
        ),
    }.get(key, that(lambda value: isinstance(value, str), "a text"))


def _front_fault(value: Mapping[str, Any]) -> str | None:
    for key, item in value.items():
        if key not in FRONT_KEYS:
            return f"takes {FRONT.takes}, not {key!r}"
        wrong = _front_value(key).fault(item)
        if wrong:
            return f"{wrong} as {key!r}, not {item!r}"
    return None


FRONT = Check(f"the keys {', '.join(map(repr, FRONT_KEYS))}", _front_fault)
DOCNAMES = that(are_texts, "a list of docnames")


def _editions_fault(value: Mapping[str, Any]) -> str | None:
    known = {option.name.removeprefix(PREFIX): option for option in PDF_OPTIONS}
    known = {name: option for name, option in known.items() if option.name.startswith(PREFIX)}
    allowed = [name for name, option in known.items() if option.name not in NOT_BY_EDITION]
    for edition, values in value.items():
        if not isinstance(edition, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", edition):
            return f"takes names of ASCII letters, digits, '-' and '_', as they are part of file names, not {edition!r}"
        if not isinstance(values, Mapping):
            return f"takes a mapping for each edition, not {values!r} for {edition!r}"
        for name, item in values.items():
            if name not in allowed:
                return f"an edition takes {', '.join(allowed)}; {edition!r} has {name!r}"
            wrong = known[name].fault(item)
            if wrong:
                return f"{edition!r}: {name!r} = {item!r}: {wrong}"
    return None


PDF_OPTIONS = (
    Option(
        "pdf_engine",
        "typst",
        (str,),
        help="Selects what sets the PDF: Typst, which is embedded, or LaTeX, which the machine must have. "
        "LaTeX's sources are kept beside the PDF.",
        example="latex",
        check=engine_check(),
    ),
    Option(
        "pdf_theme",
        TEXTBOOK,
        (str,),
        help='Names the design of the PDF: "textbook", "monograph" (quiet: small capitals and italics, no colours, for '
        'paper of 17 by 24 cm, notes at the foot) or "lecture-notes" (dense, for one side of the paper, headings '
        "without serifs, wide margins for notes). What a book or an edition sets goes before what its design sets.",
        example="monograph",
        check=one_of(*DESIGNS),
    ),
    Option(
        "pdf_template",
        "",
        (str,),
        help="Names a folder, beside conf.py or in the source folder, with files of Typst that define parts of the "
        "design: `theme.typ` its functions, `values.typ` its colours and measures.",
        example="design",
    ),
    Option(
        "pdf_paper",
        "a4",
        (str,),
        help="Sets the paper of the PDF, or the size to which it is trimmed: `a4`, `a5`, `b5`, `us-letter`, or a width "
        "and a height.",
        example="17x24cm",
        check=read_by(paper_size, "a named paper, or a width and a height such as '17x24cm'"),
    ),
    Option(
        "pdf_margins",
        {},
        (dict,),
        help="Sets the margins of the PDF, `inner`, `outer`, `top` and `bottom`. Those that are not named go with the "
        "paper "
        "and with `d2lbook_pdf_notes`.",
        example={"inner": "19mm", "outer": "15mm"},
        check=lengths_of("inner", "outer", "top", "bottom"),
    ),
    Option(
        "pdf_sides",
        2,
        (int,),
        help="Sets whether the PDF is printed on both sides of a sheet, so that inner and outer margins change sides "
        "and "
        "parts begin on right-hand pages (2), or is read page by page, as on a screen (1).",
        example=1,
        check=one_of(1, 2),
    ),
    Option(
        "pdf_notes",
        "margin",
        (str,),
        help="Sets where the PDF has margin notes: beside the text, or at the foot of the page, where the outer margin "
        "can "
        "be narrow.",
        example="foot",
        check=one_of("margin", "foot"),
    ),
    Option(
        "pdf_colours",
        "colour",
        (str,),
        help='Selects the colours of the PDF: "gray" turns all colours of the design and of the images into grays, and '
        "tells kinds of words in code apart by weight and slant.",
        example="gray",
        check=one_of("colour", "gray"),
    ),
    Option(
        "pdf_links",
        "colour",
        (str,),
        help='Selects how the PDF shows links: in colour, as the text around them ("plain"), or with addresses on the '
        "web "
        'at the foot of the page ("addresses"), for those who read on paper.',
        example="addresses",
        check=one_of("colour", "plain", "addresses"),
    ),
    Option(
        "pdf_codes",
        True,
        (bool,),
        help="Sets whether the PDF has QR codes. Without them, discussions and other codes are links.",
        example=False,
    ),
    Option(
        "pdf_bleed",
        "0mm",
        (str,),
        help="Sets how far the pages of the PDF reach over the edges at which a printer trims them.",
        example="3mm",
        check=read_by(millimetres, "a length such as '3mm'"),
    ),
    Option(
        "pdf_crop_marks",
        False,
        (bool,),
        help="Sets whether the pages of the PDF have marks at which they are trimmed, outside the bleed.",
        example=True,
    ),
    Option(
        "pdf_standards",
        [],
        (list, tuple),
        help='Names the standards that the PDF keeps, which the compiler enforces: "ua-1" (accessible: PDF/UA-1) and '
        "one of "
        '"a-2b", "a-2u", "a-2a", "a-3b" (archives: PDF/A), which asks for `d2lbook_pdf_date`.',
        example=["ua-1", "a-2b"],
        check=many_of("ua-1", *ARCHIVAL),
    ),
    Option(
        "pdf_date",
        "",
        (str,),
        help="Sets the day that the PDF states as its own, the date of the edition. Without it the PDF has no date, so "
        "that "
        "the same sources give the same file.",
        example="2026-11-28",
        check=read_by(lambda value: day(value) if value else None, "a day such as '2026-11-28', or an empty text"),
    ),
    Option(
        "pdf_front",
        {},
        (dict,),
        help="Sets what the PDF has before and after the text: `half_title` (true for a page with the title alone), "
        "`subtitle`, `cover` (an image for the title page, its path beside conf.py), `publisher`, `edition`, `isbn`, "
        "`doi`, `licence`, `imprint` (lines of the imprint's own), `dedication`, `epigraph` (a text, or a text and its "
        "source), `lists` (of `figures`, `tables`, `statements`, `code`, after the contents) and `colophon` (the last "
        "page).",
        example={"half_title": True, "edition": "First edition", "lists": ["figures", "tables"]},
        check=FRONT,
    ),
    Option(
        "pdf_pages",
        [],
        (list, tuple),
        help="Names the pages, with those below them, that the PDF has, by their docnames: a chapter by itself, with "
        "the "
        "numbers of the book. Where it is empty, the PDF has all.",
        example=["waves/index"],
        check=DOCNAMES,
    ),
    Option(
        "editions",
        {},
        (dict,),
        help="Sets further editions of the PDF, each with a name and the `d2lbook_pdf_…` options, without that prefix, "
        "in "
        "which it differs. Each is written beside the book's PDF, with its name behind a hyphen.",
        example={"print": {"paper": "17x24cm", "links": "addresses"}, "screen": {"sides": 1}},
        check=Check("names of editions, each with names and values of `d2lbook_pdf_…` options", _editions_fault),
    ),
    Option(
        "pdf_floats",
        "when-needed",
        (str,),
        help="Selects which figures and tables may leave their place, of those that have a number and a caption and to "
        'which a reference leads: "when-needed" moves those that do not fit on the page where they are written to the '
        'next one, and sets the text that follows before them; "always" moves all to the top or the bottom of a page; '
        '"never" leaves the rest of a page white instead. None goes into the next chapter or before one with a smaller '
        "number.",
        example="always",
        check=one_of("when-needed", "always", "never"),
    ),
    Option(
        "pdf_page_faults",
        ["heading", "wide"],
        (list, tuple),
        help='Names the faults of pages of the PDF that the build warns of: "short" (a page that is filled less than a '
        'fifth, though nothing ends there), "orphan" and "widow" (one line of a paragraph alone at the end or at the '
        'top of a page), "heading" (a heading at the end of a page), "wide" (a line that reaches out of the text) '
        'and "code" (lines of code that are wider than the text, and go on in further lines).',
        example=["short", "heading", "code"],
        check=many_of(*PAGE_FAULTS),
    ),
    Option(
        "pdf_headings",
        "book",
        (str,),
        help='Selects how LaTeX sets headings and the table of contents: "book" as in every book, "class" as the class '
        "that `latex_docclass` names sets them. Both have the numbers of the book. Typst has no classes.",
        example="class",
        check=one_of("book", "class"),
    ),
    Option(
        "pdf_output_lines",
        200,
        (int,),
        help="Sets how many lines of one output of a cell the PDF shows. Of a longer one it shows the beginning "
        "and the end, and between them how much is left out and where all of it is. 0 means any number.",
        example=60,
        check=NOT_NEGATIVE,
    ),
    Option(
        "pdf_hidden_cells",
        "show",
        (str,),
        help="Selects what the PDF has of cells that are folded on the website (tags `hide-cell`, `hide-input`, "
        '`hide-output`): "show" prints them, "omit" leaves out what is folded, except numbered things.',
        example="omit",
        check=one_of("show", "omit"),
    ),
    PDF_FRAMEWORK,
    Option(
        "pdf_fonts",
        {},
        (dict,),
        help="Names the fonts of the PDF: a family, or several of which the first goes before the next, for "
        "`text`, `headings`, `code`, `math` and, for characters that these lack, `scripts`. They are looked for in "
        "`folder`, beside conf.py, and then on the machine, whose fonts are used only where they are named; "
        "`report.json` lists which files were used. A folder alone gives all of its fonts to `scripts`.",
        example={"folder": "fonts", "text": "Alegreya", "scripts": ["Noto Serif CJK SC", "Noto Naskh Arabic"]},
        check=FONTS,
    ),
)
"""Options of the PDF, in the order of the manual."""
