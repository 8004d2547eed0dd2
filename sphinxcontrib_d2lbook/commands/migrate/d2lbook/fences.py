"""Convert the fences of a notedown page: cells, outputs, lists of pages, reStructuredText, and code to be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..page_notes import PageNotes
from . import saved_code
from .aliases import Aliases
from .frameworks import Frameworks, is_selecting, resolve, without_mark
from .notedown_blocks import Fence
from .saved_code import SavedLibrary

ATTRIBUTE = re.compile(r"""\.(?P<cls>[\w-]+)|#(?P<id>[\w:.-]+)|(?P<key>[\w-]+)=(?P<value>"[^"]*"|'[^']*'|[^\s}]+)""")
HIDING = {"hide outputs": "remove-output", "hide output": "remove-output", "hide code": "remove-input"}
"""Tags by the comments with which d2lbook hides a part of a cell."""
COMMENT = re.compile(r"^[ \t]*#[ \t]*(?P<words>hide (?:outputs?|code))[ \t]*$", re.MULTILINE | re.IGNORECASE)
STYLE = re.compile(r"^[ \t]+:style:[ \t]*\S+[ \t]*$")
"""Option of `bibliography` that is dropped: its style belongs to a package that is not needed here."""
OPTION = re.compile(r"[ \t]+:[\w-]+:.*")
TEX = re.compile(r"^[ \t]*\.\.[ \t]+(?:raw::[ \t]*latex|only::)", re.MULTILINE)


@dataclass
class Book:
    """Facts about the book that the cells of all pages share."""

    frameworks: Frameworks = field(default_factory=Frameworks)
    library: SavedLibrary = field(default_factory=lambda: SavedLibrary(""))
    aliases: Aliases = field(default_factory=Aliases)
    called: set[str] = field(default_factory=set)
    """Name by which the code calls the book's package."""
    docnames: frozenset[str] = frozenset()
    each: tuple[Book, ...] = ()
    """The book as each framework has it, in order; empty if the book keeps one framework."""


@dataclass
class LeftOut:
    """Cells of other frameworks that one page loses."""

    lines: list[int] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    kept: int = 0
    """Number of cells that the page keeps."""

    def add(self, line: int, names: tuple[str, ...]) -> None:
        self.lines.append(line)
        self.names.update(names)


def fence(one: Fence, book: Book, notes: PageNotes, left_out: LeftOut) -> Iterator[str]:
    """Yield the lines of a fence as MyST-NB reads them; none for what the page is to have no more."""
    if one.is_output:
        notes.note(one.line, "stored output of a cell", "is left out: the build runs the cell")
        return
    if one.is_cell and one.indent:
        todo = "is only shown, as code inside of a list; write {code-cell} ipython3 in place of python to run it"
        notes.ask(one.line, "an indented cell", todo)
        yield from _shown(one, "python")
        return
    if one.is_cell:
        yield from _cell(one, book, notes, left_out)
        return
    name = one.info.strip()
    if name == "toc":
        yield from _toc(one, notes, book)
    elif name == "eval_rst":
        yield from _restructured(one, notes, book.library)
    else:
        yield from _shown(one, _language(name, one.line, notes))


def _shown(one: Fence, info: str) -> Iterator[str]:
    yield f"{one.indent}{one.mark}{info}"
    yield from (line for _, line in one.body)
    yield f"{one.indent}{one.mark}"


def _language(info: str, line: int, notes: PageNotes) -> str:
    """Return the info string of a fence that is only shown, with the language in place of pandoc's attributes."""
    if not info.startswith("{") or not info.endswith("}") or not info.startswith(("{.", "{#")):
        return info
    classes = [match["cls"] for match in ATTRIBUTE.finditer(info) if match["cls"]]
    rest = [match[0] for match in ATTRIBUTE.finditer(info) if not match["cls"]]
    notes.note(line, "attributes of a fence", "its language alone")
    if rest:
        notes.ask(line, f"{info}", f"{', '.join(rest)} has no place here; write a `code-block` directive if it matters")
    return classes[0] if classes else ""


def _toc(one: Fence, notes: PageNotes, book: Book) -> Iterator[str]:
    notes.note(one.line, "toc block", "a `toctree` directive")
    options = [(number, line) for number, line in one.body if line.strip().startswith(":")]
    entries = [(number, line) for number, line in one.body if line.strip() and not line.strip().startswith(":")]
    yield f"{one.indent}{one.mark}{{toctree}}"
    yield from (line for _, line in options)
    yield ""
    yield from (line for _, line in entries)
    yield f"{one.indent}{one.mark}"


def _restructured(one: Fence, notes: PageNotes, library: SavedLibrary) -> Iterator[str]:
    lines = [line for _, line in one.body if line.strip()]
    words = [line.split() for line in lines]
    if len(lines) == 3 and words[0] == ["..", "only::", "html"] and set(lines[2].strip()) in ({"="}, {"-"}, {"~"}):
        notes.note(one.line, "title for the website alone", "a heading: one build writes all outputs")
        yield f"# {lines[1].strip()}"
        return
    is_list = lines and words[0][:2] == ["..", "automodule::"] and all(map(OPTION.fullmatch, lines[1:]))
    name = words[0][2] if is_list and len(words[0]) > 2 else ""
    if name and library.package and f"{name}.".startswith(f"{library.package}."):
        notes.note(one.line, "automodule of the library", "a `package-api` directive")
        yield f"{one.indent}{one.mark}{{package-api}} {name.partition('.')[2]}".rstrip()
        yield f"{one.indent}{one.mark}"
        return
    notes.note(one.line, "eval_rst block", "an `eval-rst` directive")
    if found := TEX.search(one.text):
        line = one.line + 1 + one.text.count("\n", 0, found.start())
        notes.ask(line, found[0].strip(), "no TeX sets the PDF, and one build writes all outputs; see what it is for")
    styles = [line for _, line in one.body if STYLE.match(line)]
    if styles:
        notes.note(one.line, ":style: of a bibliography", "is left out: references are by author and year")
    yield f"{one.indent}{one.mark}{{eval-rst}}"
    yield from (line for _, line in one.body if line not in styles)
    yield f"{one.indent}{one.mark}"


def _cell(one: Fence, book: Book, notes: PageNotes, left_out: LeftOut) -> Iterator[str]:
    source = one.text
    if is_selecting(source):
        notes.note(one.line, "cell that chooses a framework while editing", "is left out")
        return
    names = book.frameworks.of_cell(source)
    if names and not book.frameworks.has(names):
        left_out.add(one.line, names)
        return
    left_out.kept += 1
    attributes = list(ATTRIBUTE.finditer(one.info))
    classes = [match["cls"] for match in attributes if match["cls"] and match["cls"] != "input"]
    if classes and classes[0].lower() not in ("python", "ipython3", "python3"):
        todo = "a page runs in one kernel; it is only shown now: move it to a page of its own, with a kernel for it"
        notes.ask(one.line, f"a cell of {classes[0]}", todo)
        yield from _shown(one, classes[0])
        return
    notes.note(one.line, "input cell", "`{code-cell}`")
    tags, source = _hidden(source, one.line, notes)
    yield from _head(one, attributes, tags, notes)
    source = _code(one.line, source, book, notes)
    yield from source.split("\n")
    yield one.mark


def _head(one: Fence, attributes: list[re.Match[str]], tags: list[str], notes: PageNotes) -> Iterator[str]:
    """Yield what stands before the code: a target for the cell's id, the fence, its options."""
    options = []
    for match in attributes:
        if match["id"]:
            notes.note(one.line, "id of a cell", "a target above it")
            yield f"({match['id']})="
            yield ""
        elif match["key"] == "n":
            notes.note(one.line, "n= of a cell", "is left out; the build numbers the cells")
        elif match["key"]:
            options.append(f":{match['key']}: {match['value'].strip(chr(34) + chr(39))}")
            notes.note(one.line, f"{match['key']}= of a cell", "an option of the cell")
    if tags:
        options.append(f":tags: [{', '.join(tags)}]")
    yield f"{one.mark}{{code-cell}} ipython3"
    yield from options
    if options:
        yield ""


def _hidden(source: str, line: int, notes: PageNotes) -> tuple[list[str], str]:
    tags = [HIDING[match["words"].lower()] for match in COMMENT.finditer(source)]
    for tag in tags:
        notes.note(line, "comment that hides a part of a cell", f"the tag `{tag}`")
    kept = [text for text in source.split("\n") if not COMMENT.fullmatch(text)] if tags else source.split("\n")
    return list(dict.fromkeys(tags)), "\n".join(kept)


def _code(line: int, source: str, book: Book, notes: PageNotes) -> str:
    """Return the code of a cell that stays, for one framework, without aliases, with marks of ours."""
    source = without_mark(source)
    if book.frameworks.chosen:
        source, odd = resolve(source, book.frameworks.chosen)
        for number in odd:
            notes.ask(line + number, "tab.selected(…)", "is True or False now; simplify the expression")
    if book.aliases:
        source, count, left = book.aliases.resolved(source, book.called | {book.library.package})
        for _ in range(count):
            notes.note(line, "alias of config.ini", "what it stands for")
        for number, name in left:
            notes.ask(line + number, name, "it is an alias that stands here by itself; write what it stands for")
    if not book.library.package:
        return source
    changed = saved_code.itself_imported(source, book.library)
    if changed != source:
        notes.note(line, "the library's own name by sys.modules", f"`{book.library.imported_by}`")
    found = saved_code.bring_over(changed, book.library, f"{notes.file}:{line}")
    if found.rewritten:
        notes.note(line, "save mark", "marks of this plugin, which save the same")
    if found.replaces:
        notes.note(line, f"{', '.join(found.replaces)} saved again", "the mark says `replaces`")
    for number, what, todo in found.faults:
        notes.ask(line + number, what, todo)
    return found.source
