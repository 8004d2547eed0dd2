r"""Write a formula as the TeX that LaTeX sets, with the numbers that the book gives.

LaTeX would count for itself, and differently: each line of `align` has a number there. So a numbered environment
becomes an inner one (`align` -> `aligned`) in an `equation*` with a `\tag`. If lines have numbers of their own, it
becomes the starred environment (`align*`) with a `\tag` in each numbered line. No brace, dollar or environment of a
formula can reach into the text around it, and TeX's own commands for files and definitions are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from . import latex_commands
from .amsmath_rewrite import rewrite
from .macros import Value
from .numbered_lines import environment_lines, with_numbers
from .parser_input import SIZES, has_tab, replace_forbidden_characters, visible_lines
from .tags import as_printed, as_tag, escaped
from .tex_tokens import Group, Node, Reader, TexError, Token, command, is_char, parse, source
from .text_in_formulas import TEXTS

INNER = {
    "align": "aligned",
    "flalign": "aligned",
    "split": "aligned",
    "gather": "gathered",
    "alignat": "alignedat",
    "xalignat": "alignedat",
    "equation": "",
    "displaymath": "",
    "math": "",
}
LINES = {"align": "align*", "flalign": "flalign*", "alignat": "alignat*", "gather": "gather*"}
DROPPED = frozenset({"nonumber", "notag"})
DROPPED_WITH_ARGUMENT = frozenset({"label", "tag", "require"})
REFUSED = frozenset(
    """begingroup bgroup catcode chardef closein closeout comment countdef csname def document dump edef egroup else
    endcsname endgroup endinput every everymath expandafter fi font futurelet gdef global if ifx immediate include
    includegraphics input inputlineno jobname let long loop lowercase makeatletter mathchardef newcommand newcount
    newread newwrite noexpand openin openout outer output par read renewcommand repeat scantokens special string
    toks uppercase usepackage verb write xdef""".split()  # noqa: SIM905
)
"""Commands with which a formula could affect the text around it, or files."""


def inline(tex: str, macros: Mapping[str, Value] | None = None) -> str:
    """Return a formula in a line of text, without its delimiters. Raise TexError if it cannot be read."""
    return _source(_closed(rewrite(parse(replace_forbidden_characters(tex)), macros or {}))).strip()


def display(
    tex: str, number: str = "", lines: Mapping[int, str] | None = None, macros: Mapping[str, Value] | None = None
) -> str:
    r"""Return a displayed formula with its environment. Raise TexError if it cannot be read.

    ``number`` is that of the whole formula; ``lines`` maps lines (from 0) to their numbers.
    """
    tree = rewrite(parse(replace_forbidden_characters(tex)), macros or {})
    if lines:
        return _with_tags(tree, lines)
    name, content, argument = _outermost(tree)
    tag = as_tag(number)
    if name == "multline":
        return rf"\begin{{multline*}}{_source(_closed(content)).strip()}{tag}\end{{multline*}}"
    if name == "eqnarray":
        body = rf"\begin{{array}}{{rcl}}{_source(_closed(content)).strip()}\end{{array}}"
    elif INNER.get(name):
        inner = INNER[name]
        body = rf"\begin{{{inner}}}{argument}{_source(_closed(content)).strip()}\end{{{inner}}}"
    else:
        body = _plain(content)
    return rf"\begin{{equation*}}{body}{tag}\end{{equation*}}"


def _plain(nodes: Sequence[Node]) -> str:
    """Return a formula without an environment around all of it; blank lines and line breaks divide it into lines."""
    lines = visible_lines(tuple(nodes), blank_lines=True)
    if len(lines) == 1 and not has_tab(lines[0]):
        return _source(_closed(lines[0])).strip()
    name = "aligned" if any(map(has_tab, lines)) else "gathered"
    return rf"\begin{{{name}}}" + r" \\ ".join(_source(_closed(line)).strip() for line in lines) + rf"\end{{{name}}}"


def _with_tags(tree: Sequence[Node], numbers: Mapping[int, str]) -> str:
    environment = environment_lines(tree)
    if environment is None or environment[0].removesuffix("*") not in LINES:  # eqnarray cannot have a tag in each line
        shown = with_numbers(source(tree), {line: escaped(as_printed(number)) for line, number in numbers.items()})
        return rf"\begin{{equation*}}{_source(_closed(parse(replace_forbidden_characters(shown))))}\end{{equation*}}"
    name, lines = environment[0].removesuffix("*"), environment[1]
    body = []
    for position, line in enumerate(lines):
        tag = f" {as_tag(numbers[position])}" if position in numbers else ""
        body.append(_source(_closed(line)).strip() + tag)
    pairs = f"{{{max(1, *((_tabs(line) + 2) // 2 for line in lines))}}}" if name == "alignat" else ""
    return rf"\begin{{{LINES[name]}}}{pairs}" + r" \\ ".join(body) + rf"\end{{{LINES[name]}}}"


def _outermost(tree: Sequence[Node]) -> tuple[str, Sequence[Node], str]:
    """Return name, content and argument (of `alignat`) of the one environment that a formula consists of.

    For any other formula, return "", all its nodes and "".
    """
    nodes = [node for node in tree if isinstance(node, Group) or node.kind != "space"]
    if len(nodes) < 4 or command(nodes[0]) != "begin" or command(nodes[-2]) != "end":
        return "", tree, ""
    opening, closing = nodes[1], nodes[-1]
    if not (isinstance(opening, Group) and isinstance(closing, Group)):
        return "", tree, ""
    whole = source(opening.children)
    name = whole.removesuffix("*")
    if source(closing.children) != whole or (name not in INNER and name not in ("multline", "eqnarray")):
        return "", tree, ""
    inner = list(tree[tree.index(opening) + 1 : len(tree) - 1 - list(reversed(tree)).index(nodes[-2])])
    if _depth_falls_below(inner):  # the formula is two environments side by side
        return "", tree, ""
    reader = Reader(inner)
    argument = "{" + source(reader.argument(name)) + "}" if INNER.get(name) == "alignedat" else ""
    return name, list(reversed(reader.rest)), argument


def _depth_falls_below(nodes: Iterable[Node]) -> bool:
    depth = 0
    for node in nodes:
        depth += {"begin": 1, "end": -1}.get(command(node), 0)
        if depth < 0:
            return True
    return False


def _tabs(line: Iterable[Node]) -> int:
    depth = count = 0
    for node in line:
        depth += {"begin": 1, "end": -1}.get(command(node), 0)
        count += depth == 0 and is_char(node, "&")
    return count


def _closed(nodes: Iterable[Node], text: bool = False) -> list[Node]:
    """Return ``nodes`` without the author's labels and tags. Raise TexError for what could affect the text around.

    ``text``: the nodes are the argument of a `\\text`, in which dollars may occur in pairs.
    """
    closed: list[Node] = []
    reader = Reader(nodes)
    dollars = 0
    open_environments: list[str] = []
    while reader:
        node = reader.take()
        name = command(node)
        if isinstance(node, Group):
            closed.append(Group(tuple(_closed(node.children, text)), node.at))
        elif name in DROPPED or name in SIZES:  # commands for sizes are for text
            pass
        elif name in DROPPED_WITH_ARGUMENT:
            reader.star()
            reader.argument(name)
        elif name in REFUSED or (name in ("[", "]", "(", ")") and not text):
            raise TexError(f"\\{name} has no place in a formula")
        elif replaced := latex_commands.replaced(node, reader, in_text=text and dollars % 2 == 0):
            begins = name in latex_commands.WORDS_BETWEEN and closed and source(closed).rstrip().endswith("\\\\")
            reader.push(replaced[1:] if begins else replaced)
        elif name in TEXTS:
            closed += [node, Group(tuple(_closed(reader.argument(name), text=True)), 0)]
        elif name in ("color", "textcolor", "colorbox"):
            closed += [node, *latex_commands.colour(name, reader)]
            if name == "colorbox":
                closed.append(Group(tuple(_closed(reader.argument(name), text=True)), 0))
        elif name in ("begin", "end"):
            environment = source(reader.argument(name))
            _note_environment(open_environments, name, environment)
            closed += [node, Group((Token("char", environment, 0),), 0)]
        elif is_char(node, "$") or is_char(node, "#"):
            if not text or is_char(node, "#"):
                raise TexError(f"a bare {source([node])} has no place in a formula")
            dollars += 1
            closed.append(node)
        else:
            closed.append(node)
    if dollars % 2 or open_environments:
        what = f"\\begin{{{open_environments[-1]}}}" if open_environments else "a dollar inside \\text"
        raise TexError(f"{what} is never closed")
    return closed


def _note_environment(opened: list[str], name: str, environment: str) -> None:
    if not environment.removesuffix("*").isalpha():
        raise TexError(f"there is no environment {environment!r}")
    if name == "begin":
        opened.append(environment)
    elif not opened or opened.pop() != environment:
        raise TexError(f"\\end{{{environment}}} closes nothing")


def _source(nodes: Iterable[Node]) -> str:
    """Return TeX on one line, because a blank line would end the formula."""
    return source(map(_on_one_line, nodes))


def _on_one_line(node: Node) -> Node:
    if isinstance(node, Group):
        return Group(tuple(map(_on_one_line, node.children)), node.at)
    return Token("space", " ", node.at) if node.kind == "space" else node
