"""Find comments that look like marks and save nothing, and marks that save less than their author may think.

Neither is an error: the build prints a hint and goes on.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from ..common.suggestions import did_you_mean
from .cells import Notebook
from .ipython_source import parse_cell
from .save_marks import COMPOUND, MarkedBlock, MarkGrammar, marked_blocks

OTHER = re.compile(r"^[ \t]*#+\s*[Ss]aved? (?:to|in) the `?(?P<package>[\w.-]+)`? package\b", re.MULTILINE)
"""Mark as the manual writes it, for a package of any name."""
NAMED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Hint:
    """Hint about a mark, for its author."""

    place: str
    """Place of the mark: `path:line`."""
    text: str


def hints(page: Notebook, grammar: MarkGrammar, package: str) -> list[Hint]:
    """Return the hints for the author of a page, in the order of its lines.

    ``package`` is the import name that marks of ``grammar`` write. It is "" if the book has marks of its own, which
    make marks of others look like plain comments.
    """
    if page.language != "python":
        return []
    places_and_texts = [*_short_blocks(page, grammar), *(_other_packages(page, grammar, package) if package else ())]
    return [Hint(f"{path}:{line}", text) for (path, line), text in sorted(places_and_texts)]


def _other_packages(page: Notebook, grammar: MarkGrammar, package: str) -> list[tuple[tuple[str, int], str]]:
    """Return a hint for each other package that marks of this page name, with file and line of the mark."""
    places: dict[str, tuple[str, int]] = {}
    for cell in page.code_cells:
        for match in OTHER.finditer(cell.source):
            end = cell.source.find("\n", match.end())
            comment = cell.source[match.start() : end if end >= 0 else None].lstrip()
            if not grammar.expression.match(comment) and parse_cell(cell.source).tree is not None:
                line = cell.line + cell.source.count("\n", 0, match.start("package"))
                places.setdefault(match["package"], (page.path_of(cell), line))
    return [(place, _other_package_text(name, package)) for name, place in places.items()]


def _other_package_text(name: str, package: str) -> str:
    question = did_you_mean(name, [package]) or "write that name, or other words"
    return (
        f"this comment saves nothing: it names the package {name!r}, and this book's is {package!r} (d2lbook_package); "
        f"{question}"
    )


def _short_blocks(page: Notebook, grammar: MarkGrammar) -> list[tuple[tuple[str, int], str]]:
    """Return hints about runs of simple statements that a blank line separates from an unmarked definition."""
    blocks, _ = marked_blocks(page, grammar)
    saved = {(block.cell, id_) for block in blocks for id_ in _lines(block)}
    short_blocks = []
    for block in blocks:
        last = block.statements[-1]
        is_run = block.mark_line < block.line and not isinstance(last, COMPOUND)
        tree = parse_cell(page.cells[block.cell].source).tree if is_run else None
        after = next((item for item in tree.body if item.lineno > (last.end_lineno or 0)), None) if tree else None
        if not isinstance(after, NAMED) or (block.cell, after.lineno) in saved:
            continue
        first = min([after.lineno, *(decorator.lineno for decorator in after.decorator_list)])
        between = page.cells[block.cell].source.split("\n")[last.end_lineno or 0 : first - 1]
        if not any(line.strip() for line in between):
            text = (
                f"this mark saves {_words(block)} only: a blank line ends the block, and {after.name!r} after it is "
                "not saved; mark it too, or write it in a cell of its own"
            )
            short_blocks.append(((page.path_of(page.cells[block.cell]), block.mark_line), text))
    return short_blocks


def _lines(block: MarkedBlock) -> list[int]:
    return [statement.lineno for statement in block.statements]


def _words(block: MarkedBlock) -> str:
    count = len(block.statements)
    imports = all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in block.statements)
    if count == 1:
        return "the import" if imports else "the statement"
    return f"the {count} {'imports' if imports else 'statements'}"
