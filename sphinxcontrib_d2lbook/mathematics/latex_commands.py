r"""Replace what LaTeX would refuse, lose, or set otherwise than the other outputs do.

The other outputs take TeX as MathJax does: `x_\mathcal{B}`, `{\bf x}` in any class, letters of any script outside text,
colours by the names of CSS. LaTeX with the fonts of unicode-math does not.
"""

from __future__ import annotations

import unicodedata

from . import formula_colours
from .tex_tokens import Group, Node, Reader, Token, command, is_char, parse, source

SWITCHES = frozenset(["rm", "bf", "it", "sf", "tt", "cal"])
"""Old commands that change the font up to the end of a group; `math` and the name is the one with an argument."""
LAPS = {"llap": "mathllap", "rlap": "mathrlap", "clap": "mathclap"}
WORDS_BETWEEN = frozenset(["intertext", "shortintertext"])
ONE_ARGUMENT = frozenset(
    """acute bar boldsymbol breve check ddddot dddot ddot dot grave hat mathring mbox operatorname overbrace
    overleftarrow overleftrightarrow overline overrightarrow phantom tilde underbrace underline vec widecheck widehat
    widetilde""".split()  # noqa: SIM905
)
TWO_ARGUMENTS = frozenset(
    ["binom", "cfrac", "dbinom", "dfrac", "frac", "overset", "stackrel", "tbinom", "tfrac", "underset"]
)
WITHOUT_ARGUMENT = frozenset(["mathstrut", "textstyle"])
ENDS = frozenset(["\\", "cr", "end"])
"""Commands at which a cell of a table ends."""
GREEK_AND_MATHEMATICAL = ((0x370, 0x3FF), (0x2100, 0x214F), (0x1D400, 0x1D7FF))
"""First and last code points of the letters that fonts of formulas have."""


def replaced(node: Node, reader: Reader, *, in_text: bool) -> tuple[Node, ...]:
    """Return what stands for a node in LaTeX, and take its arguments; () to leave it as it is.

    The result is read again by the caller.
    """
    name = command(node)
    if name in SWITCHES:
        kind = "text" if in_text and name != "cal" else "math"
        return _with_argument(kind + name, _cell(reader))
    if in_text:
        return (*parse(r"\textquotedbl"), Group((), 0)) if is_char(node, '"') else ()
    if name in LAPS:
        return _with_argument(LAPS[name], reader.argument(name))
    if name in WORDS_BETWEEN:
        words = _with_argument("mathrlap", _with_argument("text", reader.argument(name)))
        return (*parse(r"\\ &"), *words, *parse(r"\\ "))
    if is_char(node, "√"):
        return parse(r"\surd ")
    if is_char(node, "^") or is_char(node, "_"):
        script = _script(reader)
        return (node, script) if script else ()
    if isinstance(node, Token) and node.kind == "char" and _is_letter_of_text(node.text):
        return _with_argument("text", (node,))
    return ()


def colour(name: str, reader: Reader) -> tuple[Node, ...]:
    """Take the colour of a command, and return it as LaTeX takes all of them. Raise TexError if it is unknown."""
    model = source(reader.optional() or ()).strip()
    digits = formula_colours.hexadecimal(model, source(reader.argument(name)).strip())
    return parse(f"[HTML]{{{digits}}}")


def _with_argument(name: str, argument: tuple[Node, ...]) -> tuple[Node, ...]:
    return (Token("command", f"\\{name}", 0), Group(argument, 0))


def _cell(reader: Reader) -> tuple[Node, ...]:
    """Take everything up to the end of the group, or of the cell of a table."""
    taken: list[Node] = []
    while reader and not is_char(reader.rest[-1], "&") and command(reader.rest[-1]) not in ENDS:
        taken.append(reader.take())
    return tuple(taken)


def _script(reader: Reader) -> Group | None:
    """Take a script that is a command with arguments, and return it in braces; None if the script is none."""
    name = command(reader.peek())
    if name in SWITCHES:
        reader.skip_spaces()
        reader.take()
        return Group(_with_argument(f"math{name}", reader.argument(name)), 0)
    is_font = name.startswith(("math", "text", "sym")) and name not in WITHOUT_ARGUMENT
    count = 2 if name in TWO_ARGUMENTS else 1 if is_font or name in ONE_ARGUMENT or name == "sqrt" else 0
    if not count:
        return None
    reader.skip_spaces()
    nodes = [reader.take()]
    if reader.star():
        nodes.append(Token("char", "*", 0))
    if name == "sqrt" and (index := reader.optional()) is not None:
        nodes += [Token("char", "[", 0), *index, Token("char", "]", 0)]
    nodes += [Group(reader.argument(name), 0) for _ in range(count)]
    return Group(tuple(nodes), 0)


def _is_letter_of_text(char: str) -> bool:
    """Return whether a character is a letter that fonts of formulas do not have."""
    if char.isascii() or not unicodedata.category(char).startswith("L"):
        return False
    return not any(first <= ord(char) <= last for first, last in GREEK_AND_MATHEMATICAL)
