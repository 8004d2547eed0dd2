r"""Show outputs of cells that are LaTeX: text with formulas becomes text and formulas, and a single formula stays one.

`Latex(r"The value is $\frac{1}{2}$ and 50\% done")` has the form `text/latex`. Jupyter renders the formulas in it and
shows the rest as text, but MyST-NB takes all of it for one formula. LaTeX that is neither, such as a `tabular` or code
highlighted by Pygments, is shown as its source, and only if the output has no other form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from docutils import nodes

MATH_ENVIRONMENTS = (
    "equation|align|alignat|flalign|gather|multline|eqnarray|displaymath|math|split|aligned|gathered|cases|dcases|rcases|"
    "array|matrix|pmatrix|bmatrix|Bmatrix|vmatrix|Vmatrix|smallmatrix|CD|subequations"
)
FORMULA = re.compile(
    r"(?P<escaped>\\[\\$%&_#{}])"
    r"|\$\$(?P<dollars>.+?)\$\$"
    r"|(?<!\\)\$(?P<dollar>(?:\\.|[^$\\])+?)\$"
    r"|\\\((?P<parenthesis>.+?)\\\)"
    r"|\\\[(?P<bracket>.+?)\\\]"
    rf"|(?P<environment>\\begin\{{(?P<name>(?:{MATH_ENVIRONMENTS})\*?)\}}.+?\\end\{{(?P=name)\}})",
    re.DOTALL,
)
OTHER_ENVIRONMENT = re.compile(r"\\begin\{")
COMMAND = re.compile(r"\\[A-Za-z]+|[\^_{}]")
STYLED = re.compile(r"\\(?P<command>textbf|textit|emph|texttt|text|textrm|underline)\{(?P<body>[^{}]*)\}")
BREAK = re.compile(r"\\\\|\\newline\b")
ESCAPED = re.compile(r"\\([$%&_#{}])")
STYLES = {"textbf": nodes.strong, "textit": nodes.emphasis, "emph": nodes.emphasis, "texttt": nodes.literal}
FOREIGN = "foreign-latex"
"""CSS class of LaTeX that is shown as its source."""


@dataclass(frozen=True)
class FormulaText:
    """Piece of a text with formulas."""

    kind: Literal["text", "inline", "display"]
    tex: str


def pieces(source: str) -> list[FormulaText]:
    """Return the formulas of a LaTeX text, and the text between them."""
    result: list[FormulaText] = []
    end = start = 0
    for match in FORMULA.finditer(source):
        if match["escaped"]:
            continue
        if match.start() > start:
            result.append(FormulaText("text", source[start : match.start()]))
        inline = match["dollar"] or match["parenthesis"]
        display = match["dollars"] or match["bracket"] or match["environment"]
        result.append(FormulaText("inline", inline) if inline else FormulaText("display", display))
        start = end = match.end()
    if source[end:]:
        result.append(FormulaText("text", source[end:]))
    return result


def latex_nodes(source: str, *, inline: bool) -> list[nodes.Node]:
    """Return the nodes that show the form `text/latex` of an output."""
    source = source.strip()
    all_pieces = pieces(source)
    words = "".join(piece.tex for piece in all_pieces if piece.kind == "text")
    formulas = [piece for piece in all_pieces if piece.kind != "text"]
    if OTHER_ENVIRONMENT.search(words):
        return [_source(source, inline=inline)]
    if not formulas and COMMAND.search(ESCAPED.sub("", words)) and not STYLED.search(words):
        return [_formula(source, inline=inline)]  # a formula without delimiters
    if len(formulas) == 1 and not words.strip():
        return [_formula(formulas[0].tex.strip(), inline=inline)]
    if inline:
        return list(_line(all_pieces))
    return _paragraphs(all_pieces)


def _source(source: str, *, inline: bool) -> nodes.Element:
    if inline:
        return nodes.literal(source, source, classes=["output", FOREIGN])
    return nodes.literal_block(source, source, language="latex", classes=["output", FOREIGN])


def _formula(tex: str, *, inline: bool) -> nodes.Element:
    kind = nodes.math if inline else nodes.math_block
    formula: nodes.Element = kind(tex, tex, nowrap=False, number=None, classes=["output", "text_latex"])
    return formula


def _line(line_pieces: list[FormulaText]) -> Iterator[nodes.Node]:
    for piece in line_pieces:
        if piece.kind == "text":
            yield from _text(piece.tex)
        else:
            yield _formula(piece.tex.strip(), inline=True)


def _paragraphs(all_pieces: list[FormulaText]) -> list[nodes.Node]:
    """Return paragraphs, and displayed formulas between them."""
    new_nodes: list[nodes.Node] = []
    paragraph = nodes.paragraph("", classes=["output", "text_latex"])

    def end_paragraph() -> None:
        nonlocal paragraph
        if paragraph.astext().strip():
            new_nodes.append(paragraph)
        paragraph = nodes.paragraph("", classes=["output", "text_latex"])

    for piece in all_pieces:
        if piece.kind == "display":
            end_paragraph()
            new_nodes.append(_formula(piece.tex.strip(), inline=False))
        elif piece.kind == "inline":
            paragraph += _formula(piece.tex.strip(), inline=True)
        else:
            for number, part in enumerate(re.split(r"\n\s*\n", piece.tex)):
                if number:
                    end_paragraph()
                paragraph.extend(_text(part))
    end_paragraph()
    return new_nodes


def _text(source: str) -> Iterator[nodes.Node]:
    """Yield the nodes that show a text without formulas."""
    start = 0
    for match in STYLED.finditer(source):
        yield from _plain(source[start : match.start()])
        body = _characters(match["body"])
        kind = STYLES.get(match["command"], nodes.inline)
        yield kind(body, body)
        start = match.end()
    yield from _plain(source[start:])


def _plain(source: str) -> Iterator[nodes.Node]:
    text = _characters(BREAK.sub(" ", source))
    if text:
        yield nodes.Text(text)


def _characters(source: str) -> str:
    text = ESCAPED.sub(r"\1", source)
    for written, shown in (("~", "\N{NO-BREAK SPACE}"), ("---", "—"), ("--", "–"), ("``", "“"), ("''", "”")):
        text = text.replace(written, shown)
    return text
