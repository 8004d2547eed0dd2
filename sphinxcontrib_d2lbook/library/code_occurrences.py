"""Find where the code of a page names objects of the package: the cell, the line and the columns."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace

from ..notebook.cells import Cell, Notebook
from ..notebook.frameworks import page_of_framework, runs
from ..notebook.ipython_source import parse_cell
from .book_package import Library
from .collect import package_aliases
from .object_dependencies import full_name, resolve


@dataclass(frozen=True)
class Span:
    """Range of characters in one line of a cell."""

    line: int
    """Line in the cell, counted from 1."""
    start: int
    end: int
    """Columns, counted from 0; `end` is excluded."""


@dataclass(frozen=True)
class Occurrence:
    """One use of an object in a cell."""

    cell: int
    """Index of the cell in its page."""
    symbol: str
    """Qualified name of the object."""
    span: Span | None
    """Characters of the use; None if the parser cannot tell, as inside some f-strings."""


def occurrences(page: Notebook, known: Container[str], library: Library) -> list[Occurrence]:
    """Return each `d2l.X`, and each `X` after `from d2l import X`, that means one of the ``known`` objects.

    The occurrences are in the order of the cells. A name that the page also binds to anything else is ignored. On a
    page in several frameworks, a cell for all of them means the objects of the first.
    """
    if runs(page) != ("",):
        return _of_all_frameworks(page, known, library)
    package = library.package
    cells = [(cell, tree) for cell in page.code_cells if (tree := parse_cell(cell.source).tree)]
    if page.language != "python" or not library or not any(package in cell.source for cell, _ in cells):
        return []
    trees = [tree for _, tree in cells]
    imports = (imported for cell, _ in cells for imported in cell.code.names.imports)
    names = {package: package} | package_aliases(imports, package)
    others = {name for tree in trees for name in _bound_otherwise(tree, package)}
    modules = frozenset(full_name(library.about.names, module) for module in library.modules)
    finder = _Finder({name: full for name, full in names.items() if name not in others}, known, modules, library)
    uses = []
    for cell, tree in cells:
        for symbol, node, end in finder.uses(tree):
            uses.append(Occurrence(cell.index, symbol, _span(cell, node, end)))
    return uses


def _of_all_frameworks(page: Notebook, known: Container[str], library: Library) -> list[Occurrence]:
    uses: dict[int, list[Occurrence]] = {}
    for framework in runs(page):
        own = [cell.index for cell in page.cells if cell.is_for(framework)]
        done = set(uses)
        for use in occurrences(page_of_framework(page, framework), known, library):
            if own[use.cell] not in done:
                uses.setdefault(own[use.cell], []).append(replace(use, cell=own[use.cell]))
    return [use for _, of_cell in sorted(uses.items()) for use in of_cell]


Place = ast.expr | ast.alias


@dataclass(frozen=True)
class _Finder:
    names: Mapping[str, str]
    """Full names of the names that the page uses for the package, its modules and its objects."""
    known: Container[str]
    modules: frozenset[str]
    """Full names of the package and its modules."""
    library: Library

    def uses(self, tree: ast.AST) -> Iterator[tuple[str, Place, Place]]:
        """Yield each object with the nodes where its name begins and ends."""
        done: set[int] = set()
        for node in ast.walk(tree):  # outer nodes come before inner ones
            if isinstance(node, ast.ImportFrom) and not node.level:
                for alias in node.names:
                    symbol = self.symbol(f"{node.module}.{alias.name}")
                    if symbol:
                        yield symbol, alias, alias
            elif isinstance(node, ast.Attribute | ast.Name) and id(node) not in done:
                chain: list[ast.expr] = [node]
                while isinstance(chain[-1], ast.Attribute):
                    chain.append(chain[-1].value)
                done.update(map(id, chain))
                yield from self.use(chain[::-1])

    def use(self, chain: list[ast.expr]) -> Iterator[tuple[str, Place, Place]]:
        """Yield the object that a chain of attributes means; the nodes of `d2l.Module.fit` begin with `d2l`."""
        root = chain[0]
        if not (isinstance(root, ast.Name) and root.id in self.names and isinstance(root.ctx, ast.Load)):
            return
        dotted, best = self.names[root.id], None
        for place, node in enumerate(chain):
            if isinstance(node, ast.Attribute):
                if not isinstance(node.ctx, ast.Load):
                    break
                dotted = f"{dotted}.{node.attr}"
            symbol = self.symbol(dotted)
            if symbol:
                best = symbol, root, chain[place]
                dotted = symbol
            elif best:
                break
        if best:
            yield best

    def symbol(self, dotted: str) -> str | None:
        if dotted in self.known:
            return dotted
        names = self.library.about.names
        if dotted in self.modules:
            return None
        symbol = resolve(dotted, self.library.modules, names)
        depth = dotted.count(".") - (symbol or "").count(".")
        # `d2l.data.size` is a use of `data`, but not that name.
        return symbol if symbol is not None and symbol in self.known and depth <= 0 else None


def _bound_otherwise(tree: ast.AST, package: str) -> Iterator[str]:
    """Yield the names that code binds, except by imports of the package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            for alias in node.names:
                if not f"{module or alias.name}.".startswith(f"{package}."):
                    yield alias.asname or alias.name.partition(".")[0]
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name


def _span(cell: Cell, first: Place, last: Place) -> Span | None:
    """Return the span from the start of ``first`` to the end of the name in ``last``; None if no name stands there."""
    lines = cell.source.split("\n")
    name = last.attr if isinstance(last, ast.Attribute) else last.id if isinstance(last, ast.Name) else ""
    if isinstance(last, ast.alias):
        name, line = last.name, last.lineno
        start = _column(lines, line, last.col_offset)
        end = start + len(name)
    else:
        line = last.end_lineno or last.lineno
        end = _column(lines, line, last.end_col_offset or 0)
        start = _column(lines, first.lineno, first.col_offset) if first.lineno == line else end - len(name)
    text = lines[line - 1][start:end] if line <= len(lines) else ""
    is_name = text.replace(" ", "").replace(".", "").isidentifier() and text.endswith(name)
    return Span(line, start, end) if is_name else None


def _column(lines: list[str], line: int, offset: int) -> int:
    """Return a column in characters. `ast` counts columns in bytes of UTF-8."""
    return len(lines[line - 1].encode()[:offset].decode(errors="ignore")) if line <= len(lines) else 0
