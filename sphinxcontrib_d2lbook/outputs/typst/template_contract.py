"""State the contract of the template: the parts and the values that a book may define itself, in its own folder.

The manual is made from this list, and the build checks a book's folder against it. Later versions keep every part and
every field of `CONTRACT`, and may add to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from . import markup

CONTRACT = 1
"""Number of the contract; another number means that parts or fields are gone, or mean something else."""


@dataclass(frozen=True)
class Kind:
    """Kind of a value, for the manual, for errors, and for the check."""

    words: str
    takes: Callable[[Sequence[str]], bool]
    """Takes Typst's name of a value's type, followed by those of its entries; returns whether the value is right."""


@dataclass(frozen=True)
class TemplatePart:
    """Function that a book may define."""

    purpose: str
    """What it sets, for the manual."""
    fields: Mapping[str, str]
    """Fields of its one argument, with their meanings."""
    examples: Sequence[Mapping[str, markup.Value]]
    """Arguments with which it is tried."""
    may_be_empty: bool = False
    """Whether it may return none, to show nothing."""


def _kind(words: str, *types: str) -> Kind:
    return Kind(words, lambda found: len(found) == 1 and found[0] in types)


def _entries(words: str, outer: str, inner: str) -> Kind:
    return Kind(words, lambda found: found[0] == outer and found[1:] == [inner])


COLOUR = _kind("a colour", "color")
FILL = _kind("a colour, or none", "color", "none")
LENGTH = _kind("a length", "length")
GAP = _kind("a length, or auto", "length", "auto")
FLAG = _kind("true or false", "boolean")
COLOURS = _entries("an array of colours", "array", "color")
LENGTHS = _entries("an array of lengths", "array", "length")
TONES = _entries("a dictionary of colours", "dictionary", "color")

VALUES: Mapping[str, tuple[Kind, str]] = {
    "ink": (COLOUR, "the text"),
    "quiet": (COLOUR, "text that keeps in the background: heads, imprint, signs"),
    "faint": (COLOUR, "thin lines and dots"),
    "code-fill": (FILL, "the ground of code"),
    "mark-fill": (COLOUR, "the ground of lines of code that are marked"),
    "link-colour": (COLOUR, 'links, where `d2lbook_pdf_links` is "colour"'),
    "part-colours": (COLOURS, "the parts of the book, and the headings of their chapters, in turn"),
    "plain-colour": (COLOUR, "the headings of chapters that are in no part"),
    "tones": (
        TONES,
        "boxes, by their kind: note, tip, important, warning, danger, plain, sidebar; others keep their colours",
    ),
    "token-colours": (
        TONES,
        (
            'kinds of words in code: "c" comments, "k" keywords, "s" strings, "m" numbers, "f" names of functions, "b" '
            'names that are built in, "d" decorators, "e" errors, "p" prompts, and colours of terminals as "ansi-red"'
        ),
    ),
    "leading": (LENGTH, "the space between the lines of a paragraph"),
    "paragraph-gap": (LENGTH, "the space between paragraphs"),
    "block-gap": (GAP, "the space around lists and other blocks; auto is as between paragraphs"),
    "first-line-indent": (LENGTH, "the indentation of a paragraph that follows another"),
    "small-size": (LENGTH, "the size of notes"),
    "section-sizes": (LENGTHS, "the sizes of headings, by their depth; the last holds for all below"),
    "section-above": (LENGTHS, "the space above headings, likewise"),
    "section-below": (LENGTHS, "the space below headings, likewise"),
    "code-rules": (FLAG, "whether code has lines above and below it"),
    "row-rules": (FLAG, "whether tables have lines between their rows"),
}
"""Kind and meaning of each value, by its name."""

_T = markup.content(markup.TypstExpression('#"T"'))
_NUMBERED = {"number": "2.1", "title": _T}
_PLAIN = {"number": "", "title": _T}
_NUMBER = 'the number as a text, "" for none'
_TITLE = "the title"
_LEFT = "whether the page is a left-hand one"
_TITLED = {"title": "the title, or none", "body": "what is in the box"}

PARTS: Mapping[str, TemplatePart] = {
    "title-page": TemplatePart(
        "the title page",
        {
            "title": "the title, a text",
            "subtitle": "the subtitle, or none",
            "authors": 'the authors, "" for none',
            "release": 'the release, "" for none',
            "cover": "the path of the cover for Typst's `image`, or none",
        },
        (
            {"title": "T", "subtitle": "S", "authors": "A", "release": "1", "cover": None},
            {"title": "T", "subtitle": None, "authors": "", "release": "", "cover": None},
        ),
    ),
    "part-opening": TemplatePart("the page of a part", {"title": _TITLE}, ({"title": _T},)),
    "chapter-opening": TemplatePart(
        "what a chapter begins with, at the top of its page",
        {"number": _NUMBER, "title": _TITLE, "kind": '"chapter", or "contents" for the contents and lists'},
        ({**_NUMBERED, "kind": "chapter"}, {**_PLAIN, "kind": "contents"}),
    ),
    "section-heading": TemplatePart(
        "the heading of a section, without the space around it",
        {
            "number": _NUMBER,
            "title": _TITLE,
            "depth": "1 for sections of a chapter, 2 for those below, and so on",
            "size": "the entry of `section-sizes` for this depth",
        },
        tuple(
            {**shown, "depth": depth, "size": markup.TypstExpression("11pt")}
            for shown in (_NUMBERED, _PLAIN)
            for depth in (1, 2, 6)
        ),
    ),
    "small-heading": TemplatePart("the title of something that is no section", {"title": _TITLE}, ({"title": _T},)),
    "running-head": TemplatePart(
        "the head of a page that opens no chapter, as wide as the text",
        {
            "chapter": "the open chapter, with `number` and `title`",
            "section": "the open section likewise, or none",
            "folio": "the number of the page",
            "left": _LEFT,
        },
        (
            {"chapter": _NUMBERED, "section": _NUMBERED, "folio": _T, "left": True},
            {"chapter": _PLAIN, "section": None, "folio": _T, "left": False},
        ),
        may_be_empty=True,
    ),
    "opening-foot": TemplatePart(
        "the foot of a page that opens a chapter",
        {"folio": "the number of the page", "left": _LEFT},
        ({"folio": _T, "left": True}, {"folio": _T, "left": False}),
        may_be_empty=True,
    ),
    "contents-line": TemplatePart(
        "a line of the contents",
        {
            "kind": '"part", "chapter" or "section"',
            "number": _NUMBER,
            "title": _TITLE,
            "page": "the number of the page",
        },
        tuple(
            {**shown, "kind": kind, "page": _T}
            for shown in (_NUMBERED, _PLAIN)
            for kind in ("part", "chapter", "section")
        ),
    ),
    "admonition": TemplatePart(
        "a note, a warning, or another box with a title and a kind",
        {"kind": "a key of `tones`", **_TITLED},
        ({"kind": "note", "title": _T, "body": _T}, {"kind": "plain", "title": None, "body": _T}),
    ),
    "titled-box": TemplatePart(
        "a dropdown or a card", _TITLED, ({"title": _T, "body": _T}, {"title": None, "body": _T})
    ),
    "statement": TemplatePart(
        "a theorem or one of its family",
        {
            "kind": '"theorem", "definition", "example" and so on',
            "label": "word and number",
            "title": "the title with its brackets, or none",
            "body": "the statement",
            "slanted": "whether it is usual to set it in italics",
        },
        (
            {"kind": "theorem", "label": _T, "title": _T, "body": _T, "slanted": True},
            {"kind": "remark", "label": "L", "title": None, "body": _T, "slanted": False},
        ),
    ),
    "proof": TemplatePart(
        "a proof",
        {"word": 'the word "Proof" in the language of the book', "body": "the proof"},
        ({"word": "Proof", "body": _T},),
    ),
    "exercise": TemplatePart(
        "an exercise or a solution",
        {"label": 'word and number, "" for none', "title": "the title, or none", "body": "the exercise"},
        ({"label": "L", "title": None, "body": _T}, {"label": "", "title": _T, "body": _T}),
    ),
    "caption": TemplatePart(
        "the caption of a figure, a table or a listing",
        {"label": 'word and number, "" for none', "text": "the caption, or none"},
        ({"label": "L", "text": _T}, {"label": "", "text": _T}, {"label": "L", "text": None}),
    ),
}
"""Parts by their names, in the order of a book."""
