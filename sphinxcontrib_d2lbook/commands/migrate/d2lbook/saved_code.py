"""Convert save marks of d2lbook to marks of this extension that save the same statements.

d2lbook reads lines: after a mark it saves the lines up to the first one that is blank or indented, and then all lines
that are. Here a mark saves one statement or a run of statements. The marks of a cell are rewritten if they would save
something else here, or if one must say that it `replaces` what an earlier page saves.
"""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ....notebook import Cell, Notebook
from ....notebook.ipython_source import parse_cell
from ....notebook.save_marks import COMPOUND, MarkGrammar, default_patterns, marked_blocks
from .. import source_edits

MARK = "#@save"
ITSELF = re.compile(r"^(?P<indent>[ \t]*)(?P<name>\w+)[ \t]*=[ \t]*sys\.modules\[__name__\][ \t]*$", re.MULTILINE)
"""Line with which the library of d2lbook imports itself."""
WHOLE = re.compile(r"#[ \t]*@save_(?:all|cell)\b")


@dataclass
class SavedLibrary:
    """Package of a book, as far as it has been read."""

    package: str
    """Import name of the package; "" for none."""
    module: str = ""
    """Module into which blocks are saved; "" for the package itself."""
    words: str = ""
    """Words of marks besides `@save`, from `save_mark` of config.ini."""
    saved: dict[str, str] = field(default_factory=dict)
    """Place by saved name; a method is `Class.method`."""

    @property
    def grammar(self) -> MarkGrammar:
        return MarkGrammar((*default_patterns(self.package), *self.patterns))

    @property
    def patterns(self) -> tuple[str, ...]:
        """Return the regular expression of the book's own mark, where the usual ones do not match it."""
        mark = f"# {self.bare}"
        usual = "|".join(default_patterns(self.package))
        return () if not self.bare or re.match(usual, mark) else (rf"#+\s*{re.escape(self.bare)}",)

    @property
    def bare(self) -> str:
        return self.words.lstrip("# \t").rstrip()

    @property
    def imported_by(self) -> str:
        """Return the line by which code imports the module under the package's name."""
        if not self.module:
            return f"import {self.package}"
        return f"from {self.package} import {self.module} as {self.package}"


@dataclass(frozen=True)
class Saved:
    """Result of converting a cell with marks."""

    source: str
    rewritten: bool = False
    """Whether marks have moved."""
    replaces: tuple[str, ...] = ()
    """Names that an earlier cell saves."""
    faults: tuple[tuple[int, str, str], ...] = ()
    """Faults: line in the cell, what is there, and what the author must do."""


def bring_over(source: str, library: SavedLibrary, place: str) -> Saved:
    """Return a cell whose marks save here what they save for d2lbook, and note the names in ``library``."""
    lines = source.split("\n")
    if whole := next((number for number, line in enumerate(lines, 1) if WHOLE.search(line)), 0):
        fault = (whole, WHOLE.search(lines[whole - 1])[0], f"put {MARK} before each block that is to be saved")  # type: ignore[index]
        return Saved(source, faults=(fault,))
    marks = dict(_marks(source, library))
    if not marks:
        return Saved(source)
    code = parse_cell(source)
    if code.tree is None:
        return Saved(source, faults=((min(marks), "a save mark in a cell that is not Python", "correct the cell"),))
    wanted = _taken(lines, marks)
    statements = [one for one in code.tree.body if not wanted.isdisjoint(source_edits.lines_of(one))]
    names = [(one, set(names_of(one))) for one in statements]
    faults, replaced = [], set[int]()
    for one, bound in names:
        again = bound & library.saved.keys()
        if again and again != bound:
            todo = f"{', '.join(sorted(again))} is saved at {library.saved[min(again)]}; save the others by themselves"
            faults.append((one.lineno, f"a statement that saves {', '.join(sorted(bound))}", todo))
        elif again:
            replaced.add(id(one))
        library.saved |= dict.fromkeys(bound, place)
    if not replaced and _saves(source, library) == [one.lineno for one in statements]:
        return Saved(source, faults=tuple(faults))
    text = _rewritten(source, marks, statements, replaced)
    replaces = tuple(sorted({name for one, bound in names if id(one) in replaced for name in bound}))
    return Saved(text, rewritten=True, replaces=replaces, faults=tuple(faults))


def itself_imported(source: str, library: SavedLibrary) -> str:
    """Return a cell with the library's own name imported, where it was made from `sys.modules`."""
    return ITSELF.sub(lambda match: match["indent"] + library.imported_by, source)


def marked(source: str, library: SavedLibrary, place: str) -> str:
    """Return Python code with a mark before each of its statements or runs of them; "" for code without any."""
    tree = parse_cell(source).tree
    statements = tree.body if tree else []
    for one in statements:
        library.saved |= dict.fromkeys(names_of(one), place)
    return _rewritten(source, {}, statements, set()) if statements else ""


def names_of(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement defines, imports left out; a method that is added to a class with its class."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        owner = next(filter(None, map(_class_of, statement.decorator_list)), "")
        yield f"{owner}.{statement.name}" if owner else statement.name
    elif isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        for target in targets:
            yield from (
                node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            )
    elif isinstance(statement, ast.If | ast.Try | ast.With):
        for child in ast.iter_child_nodes(statement):
            if isinstance(child, ast.stmt):
                yield from names_of(child)


def _class_of(decorator: ast.expr) -> str:
    """Return the class to which `@add_to_class(…)` adds, or ""."""
    if not (isinstance(decorator, ast.Call) and len(decorator.args) == 1):
        return ""
    name = decorator.func.attr if isinstance(decorator.func, ast.Attribute) else getattr(decorator.func, "id", "")
    target = decorator.args[0]
    owner = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
    return str(owner) if name == "add_to_class" else ""


def _marks(source: str, library: SavedLibrary) -> Iterator[tuple[int, int]]:
    """Yield line and column of the comments that are marks for d2lbook."""
    words = [r"@save(?![\w-])", *([re.escape(library.bare)] if library.bare else [])]
    expression = re.compile(rf"#[ \t]*(?:{'|'.join(words)})")
    if not expression.search(source):
        return
    for token in source_edits.tokens(parse_cell(source).text):
        if token.type == tokenize.COMMENT and (found := expression.search(token.string)):
            yield token.start[0], token.start[1] + found.start()


def _taken(lines: Sequence[str], marks: dict[int, int]) -> set[int]:
    """Return the numbers of the lines that d2lbook saves."""
    taken: set[int] = set()
    for number, column in marks.items():
        if lines[number - 1][:column].strip():
            taken.add(number)
        at = number + 1
        while at <= len(lines) and lines[at - 1] and not lines[at - 1].startswith(" "):
            taken.add(at)
            at += 1
        while at <= len(lines) and (not lines[at - 1] or lines[at - 1].startswith(" ")):
            taken.update([at] if lines[at - 1] else [])
            at += 1
    return taken


def _saves(source: str, library: SavedLibrary) -> list[int]:
    """Return the lines of the statements that the marks of a cell save here, or none where one of them is a fault."""
    page = Notebook("page", "page", (Cell("code", source, 1, 0),), executable=True)
    blocks, problems = marked_blocks(page, library.grammar)
    found = [statement.lineno for block in blocks for statement in block.statements]
    return [] if problems or any(block.replaces for block in blocks) else sorted(found)


def _rewritten(source: str, marks: dict[int, int], statements: Sequence[ast.stmt], replaced: set[int]) -> str:
    """Return the source with its marks moved: one before each statement that is saved, or before a run of them."""
    lines: list[str | None] = list(source.split("\n"))
    for number, column in marks.items():
        rest = str(lines[number - 1])[:column].rstrip()
        lines[number - 1] = rest if rest.strip() else None
    begins: dict[int, str] = {}
    ends: set[int] = set()
    before: ast.stmt | None = None
    for one in statements:
        first = source_edits.first_line(one)
        goes_on = (
            before is not None
            and not isinstance(one, COMPOUND)
            and not isinstance(before, COMPOUND)
            and (id(one) in replaced) == (id(before) in replaced)
            and all(lines[at - 1] for at in range(source_edits.last_line(before) + 1, first))
        )
        if goes_on and before is not None:
            ends.discard(source_edits.last_line(before))
        else:
            begins[first] = f"{MARK} replaces" if id(one) in replaced else MARK
        ends.add(source_edits.last_line(one))
        before = one
    result: list[str] = []
    for number, line in enumerate(lines, 1):
        if number in begins:
            if result and result[-1].strip():
                result.append("")
            result.append(begins[number])
        if line is not None:
            result.append(line)
        following = next((text for text in lines[number:] if text is not None), "")
        if number in ends and following:
            result.append("")
    return "\n".join(result)
