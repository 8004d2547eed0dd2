"""Define the symbols that other outputs know and unicode-math does not, as it takes the place of amssymb."""

from __future__ import annotations

SYMBOLS = {
    "mathopen": {"llbracket": "⟦"},
    "mathclose": {"rrbracket": "⟧"},
    "mathrel": {
        "because": "∵", "circlearrowleft": "↺", "circlearrowright": "↻", "dashleftarrow": "⇠", "dashrightarrow": "⇢",
        "doteqdot": "≑", "leadsto": "⇝", "ntriangleleft": "⋪", "ntrianglelefteq": "⋬", "ntriangleright": "⋫",
        "ntrianglerighteq": "⋭", "therefore": "∴",
    },
    "mathbin": {"lhd": "⊲", "rhd": "⊳", "unlhd": "⊴", "unrhd": "⊵"},
    "mathinner": {"iddots": "⋰"},
    "mathord": {
        "Box": "◻", "Diamond": "◊", "bigstar": "★", "blacklozenge": "⧫", "blacksquare": "■", "circledR": "Ⓡ",
        "circledS": "Ⓢ", "diagdown": "⟍", "diagup": "⟋", "lozenge": "◊", "sphericalangle": "∢", "square": "□",
        "yen": "¥",
    },
}  # fmt: skip
"""Characters of commands, by the class that gives them their space."""


ARROWS = {"xmapsto": "longmapsto", "xhookrightarrow": "hookrightarrow", "xhookleftarrow": "hookleftarrow"}
"""Arrows with labels that mathtools composes of glyphs at places that fonts of Unicode do not have."""
LABELLED = r"\NewDocumentCommand\bookarrow{m O{} m}{\mathrel{\overset{#3}{\underset{#2}{#1}}}}"


def symbol_commands() -> str:
    """Return the commands that define the symbols, for the time when the packages of the book are loaded."""
    lines = [
        f"  \\def\\{name}{{\\{kind}{{{char}}}}}%" for kind, chars in SYMBOLS.items() for name, char in chars.items()
    ]
    lines += [f"  \\def\\{name}{{\\bookarrow\\{arrow}}}%" for name, arrow in ARROWS.items()]
    lines.append(r"  \renewcommand\surd{\sqrt{\vphantom{x}}}%")
    return "\n".join([LABELLED, r"\AtBeginDocument{%", *lines, "}"])
