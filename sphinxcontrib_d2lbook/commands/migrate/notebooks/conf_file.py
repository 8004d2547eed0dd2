"""Read the values of a conf.py by `ast`, without running it, and change the file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ....common.errors import BookError
from .. import source_edits
from ..conf_writer import literal
from ..page_notes import PageNotes
from .known_settings import ADDED, EXTENSIONS, KEPT, MYST_NB, NBSPHINX, OURS, Setting

NOTE = "# Has no equivalent: "


@dataclass
class ConfFile:
    """Existing conf.py, and the changes to be made in it."""

    text: str
    tree: ast.Module
    edits: list[source_edits.Edit] = field(default_factory=list)

    def assignments(self) -> Iterator[tuple[str, ast.Assign | ast.AnnAssign]]:
        """Yield the names that the file sets at its top level, with their statements."""
        for one in self.tree.body:
            targets = (
                one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.AnnAssign) else []
            )
            for target in targets:
                if isinstance(target, ast.Name) and isinstance(one, ast.Assign | ast.AnnAssign):
                    yield target.id, one

    def extensions(self) -> list[ast.Constant]:
        """Return the names of extensions that stand in lists of the file."""
        found: list[ast.Constant] = []
        for node in ast.walk(self.tree):
            value = _extension_list(node)
            parts = ast.walk(value) if value else ()
            found += [part for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        return found

    def remove(self, statement: ast.stmt, note: str = "") -> None:
        """Take a statement away with its lines; with ``note``, leave it as a comment."""
        lines = self.text.split("\n")
        first, last = statement.lineno, source_edits.last_line(statement)
        begin = source_edits.offset(self.text, first, 0)
        end = min(source_edits.offset(self.text, last, 0) + len(lines[last - 1]) + 1, len(self.text))
        kept = "".join(f"# {line}\n" for line in lines[first - 1 : last])
        self.edits.append((begin, end, f"{NOTE}{note}\n{kept}" if note else ""))

    def remove_item(self, item: ast.expr, last: ast.expr | None = None) -> None:
        """Take an item of a list away, with its comma, and with its line where it is alone on it.

        Of a mapping, ``item`` is the key and ``last`` the value.
        """
        begin, end = source_edits.span(self.text, item)
        end = source_edits.span(self.text, last)[1] if last else end
        comma = re.compile(r"[ \t]*,[ \t]*").match(self.text, end)
        end = comma.end() if comma else end
        start = self.text.rfind("\n", 0, begin) + 1
        line = re.compile(r"[ \t]*(?:#[^\n]*)?\n").match(self.text, end)
        if line and not self.text[start:begin].strip():
            begin, end = start, line.end()
        self.edits.append((begin, end, ""))

    def replace(self, node: ast.expr, text: str) -> None:
        self.edits.append((*source_edits.span(self.text, node), text))

    def changed(self, added: dict[str, Any]) -> str:
        """Return the file with its changes, and values added at its end."""
        text = source_edits.apply(self.text, self.edits)
        if added:
            lines = "".join(f"{name} = {literal(value, len(name) + 3)}\n" for name, value in added.items())
            text = f"{text.rstrip()}\n\n{lines}"
        return text


def read(path: Path) -> ConfFile:
    """Read a conf.py. Raises BookError with its place for what is not Python."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return ConfFile(text, ast.parse(text))
    except SyntaxError as err:
        raise BookError(f"{path}:{err.lineno or 1}: is not Python: {err.msg}; correct it first") from err
    except (OSError, UnicodeDecodeError) as err:
        raise BookError(f"{path}:1: cannot be read: {err}") from err


def _extension_list(node: ast.AST) -> ast.expr | None:
    """Return what a node assigns to the list of extensions or adds to it, or None."""
    if isinstance(node, ast.Assign):
        return node.value if any(map(_is_extensions, node.targets)) else None
    if isinstance(node, ast.AugAssign | ast.AnnAssign):
        return node.value if _is_extensions(node.target) else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_extensions(node.func.value):
        return node.args[0] if node.args else None
    return None


def _is_extensions(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "extensions"


def change(conf: ConfFile, notes: PageNotes) -> bool:
    """Put the changes of a project into its conf.py; whether it is one of nbsphinx."""
    listed = {item.value: item for item in conf.extensions()}
    is_nbsphinx = "nbsphinx" in listed or "nbsphinx_link" in listed
    _extensions(conf, listed, notes, is_nbsphinx=is_nbsphinx)
    settings = {one.name: one for one in (*NBSPHINX, *MYST_NB)}
    set_at_top = dict(conf.assignments())
    for name, statement in conf.assignments():
        if name in settings:
            _setting(conf, settings[name], statement, set_at_top, notes)
        elif name in KEPT:
            notes.note(statement.lineno, name, KEPT[name])
        elif name == "source_suffix":
            _suffixes(conf, statement, notes)
    for node in ast.walk(conf.tree):
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Store):
            continue
        if node.id in settings and node.id not in set_at_top:
            notes.ask(node.lineno, node.id, f"is set inside of another statement; {settings[node.id].becomes}")
    if is_nbsphinx:
        for name, value in ADDED.items():
            if name not in set_at_top:
                notes.note(1, f"Markdown of notebooks ({name})", f"{name} = {literal(value)}")
    return is_nbsphinx


def added(conf: ConfFile, *, is_nbsphinx: bool) -> dict[str, Any]:
    """Return the values that a project of nbsphinx needs and does not set."""
    names = {name for name, _ in conf.assignments()}
    return {name: value for name, value in ADDED.items() if is_nbsphinx and name not in names}


def _extensions(conf: ConfFile, listed: dict[Any, ast.Constant], notes: PageNotes, *, is_nbsphinx: bool) -> None:
    ours = [] if OURS in listed else [OURS]
    reader = [] if "myst_nb" in listed else ["myst_nb"]
    first = next((name for name in ("nbsphinx", "nbsphinx_link", "myst_nb") if name in listed), "")
    for name, item in listed.items():
        if name == first:
            names = [*reader, *ours] if is_nbsphinx else [name, *ours]
            if names != [name]:
                conf.replace(item, ", ".join(f'"{one}"' for one in names)) if names else conf.remove_item(item)
                told = EXTENSIONS.get(name, "stays")
                notes.note(item.lineno, f"extension {name}", f"{told}: {', '.join(names) or 'nothing'}")
        elif name in EXTENSIONS:
            conf.remove_item(item)
            notes.note(item.lineno, f"extension {name}", EXTENSIONS[name])


def _setting(
    conf: ConfFile,
    one: Setting,
    statement: ast.Assign | ast.AnnAssign,
    known: Sequence[str] | dict[str, Any],
    notes: PageNotes,
) -> None:
    if not one.new:
        conf.remove(statement, one.todo)
        (notes.ask if one.todo else notes.note)(statement.lineno, one.name, one.todo or one.becomes)
        return
    if one.new in known:
        conf.remove(statement, f"{one.new} is set too")
        notes.ask(statement.lineno, one.name, f"{one.new} is set as well; see which of the two is meant")
        return
    value = statement.value
    if one.convert and value is not None:
        try:
            text = literal(one.convert(ast.literal_eval(value)), len(one.new) + 3)
        except ValueError:
            conf.remove(statement, f"write {one.new}")
            notes.ask(statement.lineno, one.name, f"{one.becomes}; its value is worked out, so write it by hand")
            return
        if ast.unparse(value) != ast.unparse(ast.parse(text, mode="eval").body):
            conf.replace(value, text)
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    conf.replace(target, one.new)
    notes.note(statement.lineno, one.name, one.becomes)


def _suffixes(conf: ConfFile, statement: ast.Assign | ast.AnnAssign, notes: PageNotes) -> None:
    """Replace the parsers of nbsphinx in `source_suffix`."""
    if not isinstance(statement.value, ast.Dict):
        return
    for key, value in zip(statement.value.keys, statement.value.values, strict=True):
        if isinstance(value, ast.Constant) and value.value == "jupyter_notebook":
            conf.replace(value, '"myst-nb"')
            notes.note(value.lineno, f"parser {value.value}", "`myst-nb`")
        elif key is not None and isinstance(value, ast.Constant) and value.value == "linked_jupyter_notebook":
            conf.remove_item(key, value)
            notes.note(value.lineno, f"parser {value.value}", "is left out: linked notebooks are copied")
        elif isinstance(key, ast.Constant) and key.value == ".md" and isinstance(value, ast.Constant):
            notes.note(value.lineno, "parser of .md", "MyST-NB reads these files, too")
