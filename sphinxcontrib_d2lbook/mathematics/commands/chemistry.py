r"""Replace mhchem's `\ce`, in its common forms, and `\pu`.

Known are formulas (`H2O`, `SO4^2-`, `^{227}_{90}Th+`, `[AgCl2]-`), amounts (`2 H2O`, `1/2 O2`), states, bonds (`A-B`,
`A=B`, `A#B`), adducts (`CuSO4.5H2O`), arrows with labels, signs of gas and precipitate, and mathematics between
dollars. Source of the notation: the manual of mhchem.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..tex_tokens import Reader, TexError, source
from . import units

ARROWS = {
    "<-->": "xleftrightarrow",
    "<->": "xleftrightarrow",
    "<=>": "xrightleftharpoons",
    "->": "xrightarrow",
    "<-": "xleftarrow",
}
"""Arrows; one that begins with another comes before that."""
REFUSED = ("<=>>", "<<=>", "->>", "==>", "=>")
BONDS = {"-": "{-}", "=": "{=}", "#": r"{\equiv}"}
GREEK = re.compile(
    r"\\(?:[vV]?ar)?(?:[aA]lpha|[bB]eta|[gG]amma|[dD]elta|epsilon|[zZ]eta|[eE]ta|[tT]heta|[iI]ota|[kK]appa|[lL]ambda|[mM]u"
    r"|[nN]u|[xX]i|[pP]i|[rR]ho|[sS]igma|[tT]au|[uU]psilon|[pP]hi|[cC]hi|[pP]si|[oO]mega)(?![A-Za-z])\s*"
)
COMMANDS_KEPT = re.compile(
    r"\\(?:cdot|bullet|circ|pm|quad|qquad|ldots|dots|ominus|oplus)(?![A-Za-z])\s*|\\[,;:! ]|\\\\|&"
)
AMOUNT = re.compile(r"(\d+)/(\d+)|\d+(?:[.,]\d+)?|\([0-9]+/[0-9]+\)|[a-z](?= )")
WORD = re.compile(r"[A-Za-z]+")
COUNT = re.compile(r"\d+")
STATE = re.compile(r"\((?:aq|s|l|g|c|cr|am|sln|ads)\)")
RAISED = re.compile(r"[0-9a-zA-Z.]*[+\-]?|\*")
ENDS = ("", " ", ")", "]", "}", ",", ";", "^", "&")
"""Text that follows a sign that is a charge and not a bond."""


def formula(tex: str) -> str:
    """Return the TeX of the content of a `\\ce`. Raise TexError for notation that is not known."""
    return "{" + _Chemistry(tex.strip()).run() + "}"


@dataclass
class _Chemistry:
    r"""Reader of the content of a `\ce`, from left to right."""

    text: str
    at: int = 0
    attached: bool = False
    """Whether the next text belongs to an atom or a bracket: then a digit is a subscript, and a sign a charge."""
    out: list[str] = field(default_factory=list)

    def run(self) -> str:
        """Return the TeX of the whole content. Raise TexError for notation that is not known."""
        while self.at < len(self.text):
            before = self.at
            self._step()
            if self.at == before:
                raise TexError(f"{self.text[self.at :][:20]!r} in a \\ce is not understood")
        return "".join(self.out)

    def _peek(self, ahead: int = 0) -> str:
        return self.text[self.at + ahead : self.at + ahead + 1]

    def _put(self, tex: str, length: int, *, attached: bool = False) -> None:
        self.out.append(tex)
        self.at += length
        self.attached = attached

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        return match[0] if match else ""

    def _step(self) -> None:
        char, rest = self._peek(), self.text[self.at :]
        if char == " ":
            self._put("", 1)
        elif rest.startswith(REFUSED):
            raise TexError(f"the arrow {rest[:4]!r} of a \\ce is not known")
        elif arrow := next((name for name in ARROWS if rest.startswith(name)), ""):
            self._arrow(arrow)
        elif char == "$":
            end = rest.find("$", 1)
            if end < 0:
                raise TexError("a dollar inside \\ce is never closed")
            self._put(f"{{{rest[1:end]}}}", end + 1, attached=True)
        elif (greek := self._match(GREEK)) or (kept_command := self._match(COMMANDS_KEPT)):
            self._put(greek or kept_command, len(greek or kept_command), attached=bool(greek))
        elif rest.startswith(r"\pu{"):
            inner = self._braced(3)
            self._put(quantity(inner), len(inner) + 5)
        elif rest.startswith((r"\text{", r"\mathrm{", r"\mathbf{")):
            length = rest.index("{") + len(self._braced(rest.index("{"))) + 2
            self._put(rest[:length], length, attached=True)
        elif state := self._match(STATE):
            self._put(rf"\,\mathrm{{{state}}}", len(state))
        elif char in "+-=#":
            self._sign(char)
        elif char in "^_":
            self._script(char)
        elif char == "v" and self._alone():
            self._put(r"\downarrow ", 1)
        elif rest.startswith("..."):
            self._put(r"\cdots ", 3)
        elif char in ".*":
            self._put(r"{\cdot}", 1)
        elif not self.attached and (amount := self._match(AMOUNT)):
            self._amount(amount)
        elif count := self._match(COUNT):
            self._put(f"_{{{count}}}", len(count), attached=True)
        elif word := self._match(WORD):
            self._put(rf"\mathrm{{{word}}}", len(word), attached=True)
        elif char in "([":
            self._put(char, 1)
        elif char in ")]":
            self._put(char, 1, attached=True)
        elif rest.startswith((r"\{", r"\}")):
            self._put(rest[:2], 2, attached=rest[1] == "}")
        elif char == "{":
            inner = self._braced(0)
            self._put(formula(inner), len(inner) + 2, attached=True)
        elif char in ",;:/'!":
            self._put(char, 1)

    def _alone(self) -> bool:
        """Return whether a sign is between spaces or at an end."""
        before = self.text[self.at - 1 : self.at] if self.at else " "
        return before == " " and self._peek(1) in ("", " ", "&", "\\")

    def _arrow(self, name: str) -> None:
        self.at += len(name)
        labels: list[str] = []
        while self._peek() == "[" and len(labels) < 2:
            end = self._bracket()
            label = self.text[self.at + 1 : end]
            labels.append(
                label[1:-1]
                if label[:1] == label[-1:] == "$" and len(label) > 1
                else formula(label)
                if label.strip()
                else ""
            )
            self.at = end + 1
        above, below = (*labels, "", "")[:2]
        under = f"[{below}]" if below else ""
        self._put(rf"\{ARROWS[name]}{under}{{{above or '{}'}}}", 0)

    def _bracket(self) -> int:
        """Return the position where the bracket that opens here closes."""
        depth = 0
        for at in range(self.at, len(self.text)):
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(self.text[at], 0)
            if depth == 0:
                return at
        raise TexError("a bracket after an arrow of a \\ce is never closed")

    def _braced(self, ahead: int) -> str:
        """Return the content of the braces that open ``ahead`` characters after the current position."""
        start, depth = self.at + ahead, 0
        for at in range(start, len(self.text)):
            depth += {"{": 1, "}": -1}.get(self.text[at], 0)
            if depth == 0:
                return self.text[start + 1 : at]
        raise TexError("a brace in a \\ce is never closed")

    def _sign(self, char: str) -> None:
        """Write a sign: a charge after an atom, a bond between two, or an operator between spaces."""
        following = self._peek(1)
        if not self.attached:
            self._put({"=": "=", "#": r"{\equiv}"}.get(char, f"{{}}{char}{{}}"), 1)
        elif char in "+-" and (following in ENDS or following in "+-" or STATE.match(self.text, self.at + 1)):
            run = len(self.text[self.at :]) - len(self.text[self.at :].lstrip(char))
            self._put(f"^{{{char * run}}}", run, attached=True)
        elif char in BONDS:
            self._put(BONDS[char], 1)
        else:
            raise TexError(f"{self.text[self.at :][:20]!r} in a \\ce is not understood")

    def _script(self, char: str) -> None:
        if char == "^" and self._alone():
            self._put(r"\uparrow ", 1)
            return
        if self._peek(1) == "{":
            inner = self._braced(1)
            content, length = inner, len(inner) + 3
        else:
            pattern = RAISED if char == "^" else re.compile(r"[0-9.]+|[A-Za-z]")
            match = pattern.match(self.text, self.at + 1)
            content = match[0] if match else ""
            length = len(content) + 1
        if not content:
            return
        upright = WORD.fullmatch(content) and len(content) > 1
        base = "" if self.attached or (self.out and self.out[-1].startswith("{}")) else "{}"
        self._put(
            f"{base}{char}{{{rf'{chr(92)}mathrm{{{content}}}' if upright else content}}}",
            length,
            attached=self.attached,
        )
        if not self.attached and self._peek() in "^_" and self._peek():
            self._script_beside()

    def _script_beside(self) -> None:
        """Write the second of two scripts before an atom, on the same empty base as the first."""
        self.attached = True
        self._script(self._peek())
        self.attached = False

    def _amount(self, text: str) -> None:
        above, slash, below = text.strip("()").partition("/")
        self._put(rf"\tfrac{{{above}}}{{{below}}}\," if slash else rf"{text}\,", len(text))


def ce(reader: Reader, name: str) -> str:
    r"""Replace `\ce{…}`."""
    return formula(source(reader.argument(name)))


def pu(reader: Reader, name: str) -> str:
    r"""Replace `\pu{123 kJ/mol}`."""
    return quantity(source(reader.argument(name)))


def quantity(text: str) -> str:
    """Return the TeX of a number with its unit."""
    value, _, unit_text = text.strip().partition(" ")
    if not any(char.isdigit() for char in value):
        value, unit_text = "", text.strip()
    unit_text = re.sub(r"\^?\\circ\s*", "°", unit_text.replace("*", "."))
    unit = units.literal(unit_text).replace("°", r"{}^{\circ}") if unit_text.strip() else ""
    if not value:
        return f"{{{unit}}}"
    return rf"{{{units.number(value)}\,{unit}}}" if unit else units.number(value)


COMMANDS = {"ce": ce, "cee": ce, "pu": pu}
