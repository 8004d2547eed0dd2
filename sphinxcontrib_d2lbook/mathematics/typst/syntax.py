"""Write Typst's mathematics as text: escaped characters, literals, calls.

All functions are pure, and no other module writes punctuation of Typst.
"""

from __future__ import annotations

import unicodedata

EMPTY = '""'  # an atom of no width and no class
NAMED_SPACES = {0.1667: "thin", 0.2222: "med", 0.2778: "thick", 1.0: "quad", 2.0: "wide"}
AS_THEY_ARE = frozenset("=+<>")


def literal(text: str) -> str:
    """Return a string literal, which Typst sets as upright text."""
    return '"' + "".join(_in_string(char) for char in text) + '"'


def char(symbol: str) -> str:
    """Return one character that Typst neither reads as syntax nor pairs with a delimiter elsewhere."""
    if symbol == "-":
        return "\N{MINUS SIGN}"
    if symbol in AS_THEY_ARE or (symbol.isascii() and symbol.isalnum()):
        return symbol
    if symbol.isspace():
        return EMPTY
    if symbol.isascii() or unicodedata.category(symbol) in ("Ps", "Pe", "Pi", "Pf") or symbol in "⌜⌝⌞⌟‖⎰⎱":
        return "\\" + symbol
    if symbol in "√∛∜" or not symbol.isprintable():
        return f"\\u{{{ord(symbol):x}}}"
    return symbol


def call(name: str, *arguments: str, **named: str) -> str:
    """Return ``name(a, b, key: value)``; an empty argument becomes an empty atom."""
    shown = [argument or EMPTY for argument in arguments]
    shown += [f"{key.rstrip('_').replace('_', '-')}: {value or EMPTY}" for key, value in named.items()]
    return f"{name}({', '.join(shown)})"


def classed(name: str, body: str) -> str:
    """Return ``body`` with the space of a class: normal, binary, relation, opening, closing or punctuation."""
    return call("class", literal(name), body)


def space(em: float) -> str:
    """Return a horizontal space of ``em`` em; "" for none."""
    if abs(em) < 0.001:
        return ""
    named = next((name for width, name in NAMED_SPACES.items() if abs(width - em) < 0.0002), None)
    return named or f"#h({em:.4g}em)"


def em(value: float) -> str:
    """Return a length in em as an argument."""
    return f"#{value:.4g}em" if value >= 0 else f"#(-{-value:.4g}em)"


def join(parts: list[str]) -> str:
    """Join parts, with a blank only where two would be read as one, because a blank beside text would be printed."""
    out: list[str] = []
    for part in parts:
        if part and out and _runs_together(out[-1][-1], part[0]):
            out.append(" ")
        if part:
            out.append(part)
    return "".join(out)


def _runs_together(last: str, first: str) -> bool:
    if _word(last):
        return _word(first) or first in "(.["
    return (last in ")=+<>.]" and first in "(.[=+<>") or last == "\\"


def _word(symbol: str) -> bool:
    return ("a" + symbol).isidentifier() or symbol.isalnum() or symbol == "_"


def _in_string(symbol: str) -> str:
    if symbol in '"\\':
        return "\\" + symbol
    return symbol if symbol.isprintable() else f"\\u{{{ord(symbol):x}}}"
