"""Escape text and names for TeX. All text and all names reach the source through this module."""

from __future__ import annotations

import unicodedata

from sphinx.util import texescape

from ..paper.destination_names import key
from ..paper.source_marks import Marks

texescape.init()  # Sphinx fills its tables only when a builder starts.

ENGINE = "xelatex"
MARKS = Marks("%")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/")


def escape(text: str) -> str:
    """Return ``text`` in TeX, with every special character escaped."""
    return texescape.escape(clean(text), ENGINE)


def clean(text: str) -> str:
    """Return ``text`` without the characters that TeX refuses to read or takes for the end of a paragraph.

    Control and format characters (bidirectional overrides, zero-width characters that no font has) are removed; lone
    surrogates and characters without a meaning in Unicode become U+FFFD.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(char: str) -> str:
    if char in "\n\t":
        return char
    if char in "\v\f\x85\u2028\u2029":
        return "\n"
    category = unicodedata.category(char)
    if category in ("Cs", "Cn", "Co") or (category == "Cc"):
        return _REPLACEMENT if category != "Cc" else ""
    return "" if category == "Cf" and char != "\u00ad" else char


def destination(docname: str, anchor: str = "") -> str:
    """Return the name of a destination in the PDF, of characters that TeX and PDF leave alone; equal in every build."""
    return "".join(
        char if char in _PLAIN else ":" if char == "#" else f".{ord(char):x}." for char in key(docname, anchor)
    )


def command(name: str, *arguments: str) -> str:
    """Return a command with arguments that are TeX already."""
    return "\\" + name + "".join(f"{{{argument}}}" for argument in arguments)


def address(uri: str) -> str:
    """Return an address as hyperref takes it: with a backslash before each character that is special to TeX."""
    text = address_in_code(uri)
    return "".join(f"\\{char}" if char in "%#&_$" else "\\string^" if char == "^" else char for char in text)


def address_in_code(uri: str) -> str:
    """Return an address as hyperref takes it in verbatim text, where only a backslash and braces are special."""
    return clean(uri).replace("\\", "%5C").replace("{", "%7B").replace("}", "%7D").replace("\n", "%0A")
