"""Find numbers in the book's text that nothing holds to what the cells compute.

    python .ci/prose_numbers.py book/preliminaries/*.md            numbers that nothing checks
    python .ci/prose_numbers.py --mutate book/preliminaries/*.md   checks that would not notice a wrong number

A number in the text, in digits or in words, is checked if one of these holds:

* It comes from a cell by ``{glue}``.
* A hidden cell (``remove-cell``, ``book-check``) of the same section asserts it: the number stands in that cell, as a
  number or in a string. The page's opening, its summary and its solutions may rely on any such cell.
* It stands in the visible code of the section, or in an exercise: it is an input. "Twice", "a third" and their like are
  never inputs.
* It is a fact of the world whose source is named in the same sentence (a line of the page), by ``{cite}`` or a link.

``--mutate`` runs the cells of a page and changes each asserted number in its last digit, up and down. An assertion
that accepts both changes does not check the number. A framework whose outputs are kept in a folder, because few
machines have it, is left out where it is not installed.
"""

import argparse
import ast
import importlib.util
import os
import re
import runpy
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sphinxcontrib_d2lbook.execution.page_options import page_options  # noqa: E402
from sphinxcontrib_d2lbook.library.requirements import imported_modules  # noqa: E402
from sphinxcontrib_d2lbook.notebook.cells import Cell  # noqa: E402
from sphinxcontrib_d2lbook.notebook.frameworks import runs  # noqa: E402
from sphinxcontrib_d2lbook.notebook.myst_reader import Syntax, read_notebook  # noqa: E402

HIDDEN = {"book-check", "remove-cell"}

COUNTS = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
WORDS = {word: str(value) for value, word in enumerate(COUNTS, start=2)}
WORDS |= {"twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "ninety": "90"}
WORDS |= {"dozen": "12", "hundred": "100", "thousand": "1000", "million": "1000000"}
RATIOS = {"twice": "2", "double": "2", "doubled": "2", "doubles": "2", "thrice": "3", "half": "2", "halves": "2"}
RATIOS |= {"quarter": "4", "quarters": "4", "tenfold": "10", "hundredfold": "100", "tenths": "10"}
RATIOS |= {f"{a}third{s}": "3" for a, s in (("a ", ""), ("one ", ""), ("two ", "s"))}
RATIOS |= {f"a {word}": value for word, value in (("fifth", "5"), ("sixth", "6"), ("eighth", "8"), ("tenth", "10"))}
# What a text counts of itself is no result: "three steps", "the two".
OWN_PARTS = [
    "steps",
    "parts",
    "ways",
    "things",
    "lines",
    "rules",
    "tabs",
    "functions",
    "columns",
    "rows",
    "boxes",
    "circles",
    "arrows",
    "curves",
    "questions",
    "kinds",
    "views",
    "reasons",
    "names",
    "sections",
    "chapters",
    "letters",
    "remedies",
    "precisions",
    "branches",
    "passes",
    "paths",
    "ends",
    "baselines",
    "libraries",
    "interfaces",
    "languages",
    "sides",
    "axes",
    "readers",
    "cells",
    "panels",
    "tables",
    "ideas",
    "cases",
    "numbers",
    "models",
    "worlds",
]
RATIOS |= {"a hundredth": "100", "a thousandth": "1000"}
"""Words that compare, and so are never inputs of the code."""
TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"

_OWN = re.compile(
    rf"\b(?:the|these|those|all|our|its|other|of|any|every|first|last|into|between) (?:{'|'.join(COUNTS[:11])})\b"
    rf"|\b(?:{'|'.join(COUNTS[:11])}) (?:\w+ )?(?:{'|'.join(OWN_PARTS)})\b",
    re.IGNORECASE,
)
_WORD = re.compile(
    rf"\b(?P<ratio>{'|'.join(sorted(RATIOS, key=len, reverse=True))})\b|\b(?P<word>(?:{TENS})-\w+|{'|'.join(WORDS)})\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(?<![\w.^{\-])[-−+]?\d+(?:[,\u202f ]\d{3})*(?:\.\d+)?(?![\w^])")
_ROLE = re.compile(r"\{([\w:+-]+)\}(`+)(.*?)\2", re.DOTALL)

_LISTINGS = ["math", "code-block", "code-cell", "book-map", "toctree", "csv-table", "bibliography", "package-api"]
_NO_TEXT = re.compile(  # options of directives, targets, rules of tables, indented listings
    r"\s*:(label|name|tags|class|widths|width|header-rows|file|align|matter|maxdepth|caption):|\(\w+\)=|[|\s:-]+$|    "
)
_SOURCE = re.compile(r"\{cite|\]\(https?:")


@dataclass(frozen=True)
class Number:
    """A number that the text of a page states."""

    line: int
    section: int
    """How many headings of the first or second level stand before it."""
    text: str
    value: str
    """Its decimal digits without sign, separators or trailing zeros after the point."""
    is_ratio: bool


def normal(digits):
    """Return the digits of a number as they are compared."""
    digits = re.sub(r"[,_\u202f ]", "", digits).lstrip("-−+")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits


def numbers_in(text):
    """Yield (text, value, is_ratio) of each number in plain text."""
    for match in _DIGITS.finditer(text):
        yield match[0], normal(match[0]), False
    for match in _WORD.finditer(text):
        word = " ".join(match[0].lower().split())
        if match["ratio"]:
            yield match[0], RATIOS[word], True
        elif "-" in word:
            tens, _, unit = word.partition("-")
            units = ["one", *COUNTS[:8]]
            if unit in units:
                value = 20 + 10 * TENS.split("|").index(tens) + 1 + units.index(unit)
                yield match[0], str(value), False
        else:
            yield match[0], WORDS[word], False


def plain(line):
    """Return a line of MyST text without what is no statement: code, roles, targets, most of the mathematics."""
    line = _ROLE.sub(lambda role: role[3].split(" <")[0] if role[1] == "d2l" else " ", line)
    line = re.sub(r"(`+)(?!`).*?\1", " ", line)
    line = re.sub(r"\]\([^)]*\)", "]", line)
    line = _OWN.sub(" ", re.sub(r"^\s*\d+\. |\bparts per million\b", "", line))
    # In formulas only decimal fractions and numbers from 100 up are results.
    return re.sub(
        r"\$([^$]*)\$",
        lambda math: "; ".join(re.findall(r"(?<![\w.])\d+\.\d+|(?<![\w.])\d{3,}(?![\w.])", math[1].replace("{,}", ""))),
        line,
    )


def _prose(text):
    """Yield (line number, line, kind) of the text in a markdown cell, without formulas and listings.

    The kind is "heading" for headings of the first and second level, "exercise", or "text".
    """
    end, kind = "", "text"
    for number, line in enumerate(text.splitlines()):
        opened = re.match(r"\s*(`{3,}|:{3,})(.*)", line)
        if end and kind == "text":
            end = "" if re.match(end, line) else end
        elif end and re.match(end, line):
            end, kind = "", "text"
        elif opened and opened[2].strip():
            name = re.match(r"\{([\w:+-]+)\}(.*)", opened[2].strip())
            if name is None or name[1] in _LISTINGS:
                end = rf"\s*{opened[1]}\s*$"
            elif name[1] == "exercise":
                end, kind = rf"\s*{opened[1]}\s*$", "exercise"
            else:
                yield number, name[2], kind
        elif line.startswith("$$"):
            end = r"\$\$" if line.count("$$") == 1 else ""
        elif not _NO_TEXT.match(line):
            yield number, line, "heading" if re.match(r"#{1,2} ", line) else kind


def _captions(metadata):
    figure = (metadata.get("mystnb") or {}).get("figure") or {}
    image = (metadata.get("mystnb") or {}).get("image") or {}
    return [figure.get("caption") or "", image.get("alt") or ""]


def numbers_of_code(source):
    """Return the numbers that stand in a cell's code, those in strings included."""
    return _values(source, ast.walk(ast.parse(re.sub(r"(?m)^%.*$", "", source))))


def asserted_numbers(source):
    """Return the numbers that stand in a cell's assertions, those in strings included."""
    return _values(source, asserted_constants(ast.parse(source)))


def asserted_constants(tree):
    """Yield the constants of a cell with assertions, except within f-strings, which say how to print."""
    todo = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Constant):
            yield node
        elif not isinstance(node, ast.JoinedStr):
            todo += ast.iter_child_nodes(node)


def _values(source, nodes):
    values = set()
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, int, float)):
            if isinstance(node.value, str):
                values |= {value for _, value, _ in numbers_in(node.value)}
            elif not isinstance(node.value, bool):
                values.add(normal(f"{node.value}"))
                values.add(normal((ast.get_source_segment(source, node) or "").replace("_", "")))
    return values


def frameworks_of(path):
    """Return the names of `d2lbook_frameworks` in the conf.py of the book that has a page."""
    files = (folder / "conf.py" for folder in path.resolve().parents)
    conf = next((file for file in files if file.is_file()), None)
    return tuple(runpy.run_path(str(conf)).get("d2lbook_frameworks", ())) if conf else ()


@dataclass(frozen=True)
class Page:
    """What a page states, what its code holds, and what its hidden cells assert, by section."""

    notebook: Any
    numbers: list[Number]
    inputs: dict[int, set[str]]
    asserted: dict[int, dict[int, set[str]]]
    """Section -> index of a hidden cell -> the numbers in its assertions."""
    closing: set[int]
    """The summary and the exercises."""

    @classmethod
    def of(cls, path):
        """Read a page."""
        text = path.read_text("utf-8")
        notebook = read_notebook(text, path.stem, str(path), syntax=Syntax(frameworks=frameworks_of(path)))
        page, section = cls(notebook, [], {}, {}, set()), 0
        for cell in notebook.cells or [Cell("markdown", text, 1, 0)]:
            if cell.kind == "code":
                if HIDDEN.intersection(cell.metadata.get("tags", ())):
                    page.asserted.setdefault(section, {})[cell.index] = asserted_numbers(cell.source)
                    continue
                page.inputs.setdefault(section, set()).update(numbers_of_code(cell.source))
                lines = [(0, line, "text") for line in _captions(cell.metadata)]
            else:
                lines = _prose(cell.source)
            for offset, line, kind in lines:
                if kind == "heading":
                    section += 1
                    if line.lstrip("# ").startswith(("Summary", "Exercises")):
                        page.closing.add(section)
                elif kind == "exercise":
                    page.inputs.setdefault(section, set()).update(value for _, value, _ in numbers_in(line))
                elif not _SOURCE.search(line):
                    for shown, value, is_ratio in numbers_in(plain(line)):
                        page.numbers.append(Number(cell.line + offset, section, shown, value, is_ratio))
        return page

    def is_input(self, number):
        """Return whether the visible code of the section holds the number."""
        return not number.is_ratio and number.value in self.inputs.get(number.section, set())

    def cells_that_assert(self, number):
        """Return the indices of the hidden cells that assert the number.

        The opening of the page, its summary and its solutions may speak of the whole page.
        """
        anywhere = number.section <= 1 or number.section in self.closing
        sections = self.asserted if anywhere else {number.section}
        return {
            index
            for section in sections
            for index, values in self.asserted.get(section, {}).items()
            if number.value in values
        }


def unchecked(path):
    """Return the numbers of the page's text that nothing checks."""
    page = Page.of(path)
    return [number for number in page.numbers if not page.is_input(number) and not page.cells_that_assert(number)]


# -- Mutation ----------------------------------------------------------------------------------------------------------


def changed(literal):
    """Yield the literal with its last digit one up and one down (a 0 only goes up, a 9 only down)."""
    at = max(i for i, c in enumerate(literal) if c.isdigit())
    digit = int(literal[at])
    for other in (digit + 1, digit - 1):
        if 0 <= other <= 9:
            yield literal[:at] + str(other) + literal[at + 1 :]


def mutants(source, value):
    """Yield the source of a cell with one occurrence of a number in its assertions changed in the last digit."""
    data = source.encode()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line.encode()))
    for node in asserted_constants(ast.parse(source)):
        begin, end = starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset
        segment = data[begin:end].decode()
        for match in re.finditer(r"\d+(?:[,_]\d{3})*(?:\.\d+)?", segment):
            if normal(match[0]) == value:
                for new in changed(match[0]):
                    middle = segment[: match.start()] + new + segment[match.end() :]
                    yield (data[:begin] + middle.encode() + data[end:]).decode()


def absent(notebook):
    """Return the frameworks whose outputs a page keeps, and that are not on this machine."""
    store = page_options(notebook)[0].store
    return {
        framework
        for framework in runs(notebook)
        if framework and store(framework)
        for module in imported_modules(cell.source for cell in notebook.code_cells if cell.is_for(framework))
        if importlib.util.find_spec(module) is None
    }


class CellError(RuntimeError):
    """Failure of a cell, at its ``line`` in the page."""

    def __init__(self, path, line):
        super().__init__(f"{path}:{line}: the cell fails as it is")
        self.line = line


def frameworks_here(notebook):
    """Return the frameworks in which this machine can run a page; one without a name for a page without any."""
    missing = absent(notebook)
    return [framework for framework in runs(notebook) if framework not in missing]


def executed_cells(path, notebook):
    """Run the cells of a page in its folder; yield each after its run, with the names that it sees.

    Raises CellError for a cell that fails.
    """
    os.environ["OMP_NUM_THREADS"] = "1"  # as the build's kernels have it: sums depend on the number of threads
    import matplotlib as mpl

    mpl.use("Agg")
    from IPython.core.interactiveshell import InteractiveShell

    os.chdir(path.parent)
    shell = InteractiveShell.instance()
    shell.run_line_magic("colors", "nocolor")
    for framework in frameworks_here(notebook):  # A page in several runs once for each, in a kernel of its own.
        shell.reset()
        # The reset takes what `multiprocessing` asks of `__main__`.
        shell.user_module.__spec__ = None
        for cell in notebook.code_cells:
            if not cell.is_for(framework):
                continue
            outcome = shell.run_cell(cell.source)
            if not outcome.success:
                raise CellError(path, cell.line) from outcome.error_in_exec
            yield cell, shell.user_ns


def unnoticed(path):
    """Run the page's cells; return the numbers of which no changed assertion fails, and how many were tried.

    Raises CellError if a cell fails as it is.
    """
    page = Page.of(path)
    frameworks = frameworks_here(page.notebook)
    here = {cell.index for cell in page.notebook.code_cells if any(cell.is_for(name) for name in frameworks)}
    to_try = {number: page.cells_that_assert(number) & here for number in page.numbers if not page.is_input(number)}
    tried = {number: False for number, cells in to_try.items() if cells}
    for cell, names in executed_cells(path, page.notebook):
        results = {}
        for number, cells in to_try.items():
            if cell.index in cells and not tried[number]:
                if number.value not in results:
                    results[number.value] = any(_fails(m, names) for m in mutants(cell.source, number.value))
                tried[number] = results[number.value]
    return [number for number, failed in tried.items() if not failed], len(tried)


def _fails(source, names):
    try:
        exec(source, dict(names))  # noqa: S102
    except (AssertionError, ArithmeticError, LookupError, RuntimeError, TypeError, ValueError):
        return True
    return False


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutate", action="store_true", help="change each asserted number and see the assertion fail")
    parser.add_argument("pages", nargs="+", type=Path)
    options = parser.parse_args(arguments)
    faults = 0
    for path in [page.resolve() for page in options.pages]:  # before a page is run, which changes the folder
        if options.mutate:
            numbers, tried = unnoticed(path)
            print(f"{path.name}: {tried} asserted numbers changed, {len(numbers)} of them unnoticed")
        else:
            numbers = unchecked(path)
        for number in numbers:
            fault = "no assertion fails when it is changed" if options.mutate else "nothing checks it"
            print(f"{path.relative_to(ROOT)}:{number.line}: {number.text}: {fault}")
        faults += len(numbers)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
