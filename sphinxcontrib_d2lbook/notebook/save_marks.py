"""Find the marks, comments by which an author saves blocks of code cells to the book's package.

A mark alone on its line saves the block that begins on the next line: one compound statement (decorators included), or
a run of simple statements up to the first blank line. A mark at the end of a line saves the statement that begins
there. After the mark may follow `: module` (the module of the package) and `replaces` (the block takes the place of an
earlier definition). Comments are found by `tokenize`, statements by `ast`.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from .cells import Cell, Notebook
from .ipython_source import CellCode, parse_cell

COMPOUND = (
    ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.If | ast.For | ast.AsyncFor | ast.While | ast.With
    | ast.AsyncWith | ast.Try | ast.TryStar | ast.Match
)  # fmt: skip
LONG_STRING = re.compile(r"""\"{3}|'{3}|\\\n""")
"""Start of a string over several lines. A line begins outside of strings if none of these precedes it."""
TRAILER = re.compile(r"\s*(?::\s*(?P<module>[^\s,]+))?(?:[\s,]*\b(?P<replaces>replaces))?\s*\.?\s*$")


@dataclass(frozen=True)
class MarkedBlock:
    """Statements of one cell that a mark saves."""

    cell: int
    """Index of the cell in its page."""
    line: int
    """1-based line of the cell's file at which `source` begins."""
    mark_line: int
    """1-based line of the cell's file that has the mark."""
    source: str
    """Lines as the author wrote them, without the mark."""
    module: str
    """Module after the mark's colon; "" if there is none."""
    replaces: bool
    statements: tuple[ast.stmt, ...] = field(compare=False, repr=False)
    """Statements of `source`, parsed; line numbers count from the cell's first line."""
    is_whole_cell: bool = False
    """Whether the cell has no other statements."""


@dataclass(frozen=True)
class MarkGrammar:
    """Form of the comments that are marks."""

    patterns: tuple[str, ...]
    """Regular expressions that match at the beginning of a comment, at its `#`."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "expression", re.compile("|".join(f"(?:{pattern})" for pattern in self.patterns)))

    expression: re.Pattern[str] = field(init=False, repr=False, compare=False)


def default_patterns(package: str) -> tuple[str, ...]:
    """Return the patterns of the marks that are used if conf.py sets none."""
    name = re.escape(package)
    return (
        r"#+\s*@save(?![\w-])",
        rf"#+\s*[Ss]aved? (?:to|in) the `?{name}`? package(?: for later use)?\b\.?",
        r"#+\s*[Ss]aved in the \S+ package for later use\b\.?",
    )


def marked_blocks(notebook: Notebook, grammar: MarkGrammar) -> tuple[list[MarkedBlock], list[str]]:
    """Return the marked blocks of a page, in order, and the problems with its marks (`path:line: ...`).

    Cells of other languages have no marks, nor have cells whose magic takes them as text.
    """
    blocks: list[MarkedBlock] = []
    problems: list[str] = []
    if notebook.language != "python":
        return blocks, problems
    for cell in notebook.code_cells:
        if next(_hashes(cell.source, grammar), None) is None:
            continue
        marked, faults = _blocks_of_cell(cell, grammar)
        blocks += marked
        problems += [f"{notebook.place(cell, line)}: {fault}" for line, fault in faults]
    return blocks, problems


@dataclass(frozen=True)
class _Mark:
    line: int
    """1-based line in the cell."""
    column: int
    module: str
    replaces: bool
    alone: bool


class _FaultyMarkError(Exception):
    """A mark cannot be obeyed. Holds the 1-based line in the cell, and the message."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(line, message)
        self.line = line
        self.message = message


def _blocks_of_cell(cell: Cell, grammar: MarkGrammar) -> tuple[list[MarkedBlock], list[tuple[int, str]]]:
    code = parse_cell(cell.source)
    if code.tree is None:
        if not code.error:
            return [], []
        fault = f"this cell has a block to save, but is not valid Python ({code.error}); correct the cell"
        return [], [(code.error_line, fault)]
    blocks: list[MarkedBlock] = []
    faults: list[tuple[int, str]] = []
    saved: dict[int, int] = {}
    """Line of the mark of each saved statement, by id of the statement."""
    marks: list[_Mark] = []
    try:
        for mark in _marks(code.text, grammar):
            if isinstance(mark, _Mark):
                marks.append(mark)
            else:
                faults.append(mark)
    except (tokenize.TokenError, SyntaxError) as err:
        return [], [(1, f"the comments of this cell cannot be read ({err.args[0]}); correct the cell")]
    alone = {mark.line for mark in marks if mark.alone}
    for mark in marks:
        try:
            statements = _next_block(mark, code, alone) if mark.alone else _statements_at(mark, code)
            for statement in statements:
                if other := saved.get(id(statement)):
                    raise _FaultyMarkError(
                        mark.line,
                        f"this mark saves what the mark {_lines_up(mark.line - other)} saves already; "
                        "remove one of them",
                    )
            saved |= {id(statement): mark.line for statement in statements}
            blocks.append(_block(cell, code, mark, statements))
        except _FaultyMarkError as fault:
            faults.append((fault.line, fault.message))
    return blocks, sorted(faults)


def _lines_up(count: int) -> str:
    return "one line above" if count == 1 else f"{count} lines above"


def _marks(text: str, grammar: MarkGrammar) -> Iterator[_Mark | tuple[int, str]]:
    """Yield the marks of a cell that parses, and faults of their wording."""
    for line, column, comment, alone in _comments(text, grammar):
        match = grammar.expression.match(comment)
        if match is None:
            continue
        rest = comment[match.end() :]
        trailer = TRAILER.match(rest)
        if trailer is None:
            yield line, f"after the mark stands {rest.strip()!r}; write `: module`, `replaces`, both, or nothing"
            continue
        module = trailer["module"] or ""
        if module and not module.isidentifier():
            yield line, f"{module!r} cannot be the name of a module; use letters, digits and underscores"
            continue
        yield _Mark(line, column, module, trailer["replaces"] is not None, alone)


def _hashes(text: str, grammar: MarkGrammar) -> Iterator[tuple[int, int]]:
    """Yield the places of text that is a mark if it is a comment: the offsets of its line and of its `#`."""
    position = text.find("#")
    while position >= 0:
        end = text.find("\n", position)
        if grammar.expression.match(text[position : end if end >= 0 else None]):
            yield text.rfind("\n", 0, position) + 1, position
        position = text.find("#", position + 1)


def _comments(text: str, grammar: MarkGrammar) -> Iterator[tuple[int, int, str, bool]]:
    """Yield line, column and text of the comments that may be marks, and whether each stands alone on its line.

    `tokenize` is needed only if a `#` may be part of a string. Most marks stand alone, before any string over several
    lines. Finding these by text takes a tenth of the time.
    """
    places = list(_hashes(text, grammar))
    if any(text[start:position].strip() or LONG_STRING.search(text, 0, start) for start, position in places):
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                line, column = token.start
                yield line, column, token.string, not token.line[:column].strip()
        return
    lines = text.split("\n")
    for start, position in places:
        line, column = text.count("\n", 0, start), position - start
        yield line + 1, column, lines[line][column:], True


def _first_line(statement: ast.stmt) -> int:
    decorators: Sequence[ast.expr] = getattr(statement, "decorator_list", ())
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])


def _last_line(statement: ast.stmt) -> int:
    return statement.end_lineno or statement.lineno


def _around(line: int, statements: Iterable[ast.stmt]) -> ast.stmt | None:
    return next((item for item in statements if _first_line(item) <= line <= _last_line(item)), None)


def _next_block(mark: _Mark, code: CellCode, alone: set[int]) -> list[ast.stmt]:
    """Return the statements that a mark alone on its line saves. Raise _FaultyMarkError if there are none."""
    body = code.tree.body if code.tree else []
    inside = _around(mark.line, body)
    if inside is not None:
        raise _FaultyMarkError(
            mark.line,
            f"this mark stands inside the statement that begins {_lines_up(mark.line - _first_line(inside))}; "
            "only whole statements of a cell can be saved: put the mark before it",
        )
    lines = code.text.split("\n")
    start = mark.line + 1
    while start <= len(lines) and lines[start - 1].lstrip().startswith("#") and start not in alone:
        start += 1  # skip comments at the head of the block
    first = next((index for index, item in enumerate(body) if _first_line(item) == start), None)
    if first is None:
        raise _FaultyMarkError(
            mark.line, "nothing follows this mark; put it on the line directly before the block, or remove the mark"
        )
    if isinstance(body[first], COMPOUND):
        return [body[first]]
    run = [body[first]]
    for statement in body[first + 1 :]:
        between = range(_last_line(run[-1]) + 1, _first_line(statement))
        if any(not lines[line - 1].strip() or line in alone for line in between):
            break
        if isinstance(statement, COMPOUND):
            line = _first_line(statement)
            raise _FaultyMarkError(
                line,
                f"after the statements that the mark {_lines_up(line - mark.line)} saves comes a compound one "
                "without a blank line between; put a blank line before it, and a mark if it is to be saved too",
            )
        run.append(statement)
    return run


def _statements_at(mark: _Mark, code: CellCode) -> list[ast.stmt]:
    """Return the statements that a mark at the end of a line saves. Raise _FaultyMarkError if there are none."""
    body = code.tree.body if code.tree else []
    statements = [item for item in body if mark.line in (_first_line(item), item.lineno)]
    inside = _around(mark.line, body)
    if not statements:
        where = _lines_up(mark.line - _first_line(inside)) if inside else "elsewhere"
        raise _FaultyMarkError(
            mark.line,
            f"this mark stands in the middle of the statement that begins {where}; move the mark to its first line",
        )
    if inside is not None and _first_line(inside) < mark.line and inside not in statements:
        fault = "what this mark saves begins in the middle of a line; begin it on a line of its own"
        raise _FaultyMarkError(mark.line, fault)
    return statements


def _block(cell: Cell, code: CellCode, mark: _Mark, statements: list[ast.stmt]) -> MarkedBlock:
    first = mark.line + 1 if mark.alone else _first_line(statements[0])
    last = _last_line(statements[-1])
    masked = sorted(code.masked & set(range(first, last + 1)))
    if masked:
        raise _FaultyMarkError(
            masked[0], "a saved block holds a line that only IPython understands; keep it out of the block"
        )
    lines = cell.source.split("\n")[first - 1 : last]
    if not mark.alone:
        lines[mark.line - first] = lines[mark.line - first][: mark.column].rstrip()
    return MarkedBlock(
        cell=cell.index,
        line=cell.line + first - 1,
        mark_line=cell.line + mark.line - 1,
        source="\n".join(lines),
        module=mark.module,
        replaces=mark.replaces,
        statements=tuple(statements),
        is_whole_cell=code.tree is not None and len(code.tree.body) == len(statements),
    )
