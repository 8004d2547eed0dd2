"""The rooms import one way only, the pure ones know nothing of Sphinx, what is private to others is in one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "sphinxcontrib_d2lbook"
COMMON = {"common", "config", "lifecycle", "__init__"}
"""What any room may use."""
OUTPUTS = {"html", "typst", "latex", "notebooks", "package"}
PRINTED = {"typst", "latex"}
"""Outputs that are set on paper, and share what is the same for all engines."""
UPSTREAM = "upstream"
"""The room of what is used of others beyond their public interfaces: all may use it, and it uses none."""
MAY_IMPORT = {
    UPSTREAM: set(),
    "common": set(),
    "lifecycle": {"outputs.registry"},
    "notebook": set(),
    "mathematics": set(),
    "library": {"notebook"},
    "execution": {"library", "notebook"},
    "numbering": {"mathematics"},
    "forum": set(),
    "addresses": {"numbering"},
    "elements": {"addresses", "forum", "numbering", "library", "notebook"},
    "outputs.base": {"numbering"},
    "outputs.registry": {"outputs.base"},
    "outputs.paper": {"addresses", "numbering", "outputs.base"},
    **{
        f"outputs.{name}": {
            "addresses",
            "numbering",
            "elements",
            "mathematics",
            "library",
            "notebook",
            "execution",
            "outputs.base",
            # The website has its cards for social networks set by the engine of the printed book.
            *({"outputs.paper"} if name in PRINTED or name == "html" else ()),
        }
        for name in OUTPUTS
    },
    "outputs.book": {
        "addresses",
        "numbering",
        "library",
        "execution",
        "notebook",
        "outputs.base",
        "outputs.registry",
        "outputs.html",
    },
    "config": {"execution", "forum", "outputs.registry"},
    "testing": {"execution", "forum", "numbering", "outputs.base"},
    "commands": {
        "addresses",
        "elements",
        "forum",
        "library",
        "notebook",
        "execution",
        "numbering",
        "outputs.book",
        "outputs.latex",
        "outputs.notebooks",
        "outputs.paper",
    },
}
PURE = {"notebook", "mathematics", "library", "execution", "forum"}


def room_of(parts: tuple[str, ...]) -> str:
    """("outputs", "typst", "x") -> "outputs.typst"; ("library", "x") -> "library"."""
    return ".".join(parts[:2]) if parts[:1] == ("outputs",) else parts[0] if parts else "__init__"


@cache
def imports(file: Path) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """Line and dotted name of everything that a file imports, relative names resolved."""
    return tuple(_imports(file))


def _imports(file: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
    package = ("sphinxcontrib_d2lbook", *file.relative_to(ROOT).parts[:-1])
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, tuple(alias.name.split("."))) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            name = (*base, *(node.module or "").split(".")) if node.module else base
            for alias in node.names:
                yield node.lineno, (*name, alias.name)


def module_name(file: Path) -> tuple[str, ...]:
    """Dotted name of a file, as `imports` has it."""
    name = (ROOT.name, *file.relative_to(ROOT).with_suffix("").parts)
    return name[:-1] if name[-1] == "__init__" else name


def python_files() -> list[Path]:
    return sorted(ROOT.rglob("*.py"))


@pytest.mark.parametrize("file", python_files(), ids=lambda file: file.relative_to(ROOT).as_posix())
def test_rooms_import_one_way(file: Path) -> None:
    here = file.relative_to(ROOT).with_suffix("").parts
    room = room_of(here)
    if len(here) == 1 or here == ("outputs", "__init__"):
        return  # the front door imports every room
    wrong = []
    for line, name in imports(file):
        if name[0] != "sphinxcontrib_d2lbook" or len(name) < 2 or name[1] in COMMON:
            continue
        other = room_of(name[1:])
        if other not in (room, UPSTREAM) and other not in MAY_IMPORT[room]:
            wrong.append(f"line {line}: {room} imports {other}")
    assert not wrong


def test_modules_do_not_import_in_a_circle() -> None:
    """Imports that only a type checker follows, and those inside functions, count too."""
    modules = {module_name(file): file for file in python_files()}
    graph = {
        module: {name if name in modules else name[:-1] for _, name in imports(file)} & modules.keys() - {module}
        for module, file in modules.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as err:
        pytest.fail(" imports ".join(".".join(module[1:]) for module in reversed(err.args[1])), pytrace=False)


@pytest.mark.parametrize(
    "file",
    [file for file in python_files() if file.relative_to(ROOT).parts[0] in PURE and file.name != "extension.py"],
    ids=lambda file: file.relative_to(ROOT).as_posix(),
)
def test_pure_rooms_know_nothing_of_sphinx(file: Path) -> None:
    assert not [(line, name) for line, name in imports(file) if name[0] in {"sphinx", "docutils"}]


@pytest.mark.parametrize(
    ("library", "home"),
    [
        ("typst", "outputs/paper/compiler.py"),
        ("distributed", "execution/executors/dask/client.py"),
        ("dask", None),
        ("requests", "forum/http.py"),
        ("segno", "elements/qr_svg.py"),
        ("pypdfium2", "common/pdf_reading.py"),
        ("zxingcpp", "outputs/paper/qr_readback.py"),
    ],
)
def test_one_file_imports(library: str, home: str | None) -> None:
    users = {
        file.relative_to(ROOT).as_posix()
        for file in python_files()
        for _line, name in imports(file)
        if name[0] == library
    }
    assert users == ({home} if home else set())


def test_upstream_uses_nothing_but_errors() -> None:
    used = {
        name[1]
        for file in (ROOT / UPSTREAM).rglob("*.py")
        for _line, name in imports(file)
        if name[0] == "sphinxcontrib_d2lbook" and len(name) > 1
    }
    assert used == {UPSTREAM, "common"}


UNDOCUMENTED = (
    "myst_nb.",
    "pydata_sphinx_theme.",
    "sphinx_book_theme.",
    "sphinx_design.",
    "sphinx_exercise.",
    "sphinx_proof.",
    "sphinxcontrib.bibtex.",
)
"""Packages without a documented interface for other extensions."""
INTERNALS = {"listeners", "mystnb_config", "post_transforms", "registry", "sphinx_exercise_registry"}
"""Attributes of other projects' objects that look public, and of which no documentation speaks."""
DOCUMENTED = {"_exit", "_fields", "_getframe", "_replace", "_value_"}
"""Of `os`, `ast`, `sys`, named tuples and enumerations."""


def is_private(name: str) -> bool:
    # Files that boot.py has loaded by their paths, in a Python that may not have the package, are called _d2lbook_….
    return name.startswith("_") and not name.startswith(("__", "_d2lbook_")) and name != "_"


def names_defined(tree: ast.AST) -> Iterator[str]:
    """Functions, classes, variables and attributes of `self` that a file defines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and is_own(node):
            yield node.attr


def is_own(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")


def foreign_privates(tree: ast.AST, ours: Set[str]) -> Iterator[str]:
    """Lines that use what is private to another project. ``ours`` are the names that all of this one define."""
    here = set(names_defined(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            defined = node.attr in here | DOCUMENTED or (is_own(node) and node.attr in ours)
            if node.attr in INTERNALS or (is_private(node.attr) and not defined):
                yield f"line {node.lineno}: {ast.unparse(node)}"
        elif isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0):
            start = getattr(node, "module", None)
            for alias in node.names:
                name = f"{start}.{alias.name}" if start else alias.name
                if any(map(is_private, name.split("."))) or name.startswith(UNDOCUMENTED):
                    yield f"line {node.lineno}: import of {name}"


def test_only_upstream_uses_what_is_private_to_others() -> None:
    trees = {
        name: ast.parse(file.read_text(encoding="utf-8"))
        for file in python_files()
        if not (name := file.relative_to(ROOT).as_posix()).startswith(f"{UPSTREAM}/")
    }
    ours = {name for tree in trees.values() for name in names_defined(tree)}
    used = {name: lines for name, tree in trees.items() if (lines := list(foreign_privates(tree, ours)))}
    assert not used


@pytest.mark.parametrize(
    "line",
    [
        "app = env._app",
        "app.events.listeners['build-finished'].clear()",
        "from sphinx.util._pathlib import StrPath",
        "from sphinx.util.inventory import _InventoryItem",
        "import sphinx._cli.util.errors",
        "from sphinx_proof.nodes import proof_node",
        "from sphinxcontrib.bibtex.transforms import node_text_transform",
        "class A(B):\n    def f(self):\n        return self._async_wait()",
    ],
)
def test_what_is_private_is_found(line: str) -> None:
    assert len(list(foreign_privates(ast.parse(line), set()))) == 1


@pytest.mark.parametrize("line", ["import os\nos._exit(0)", "from . import _mine", "self._kept = 1\nprint(self._kept)"])
def test_what_is_documented_or_our_own_is_not(line: str) -> None:
    assert not list(foreign_privates(ast.parse(line), set()))


def test_no_module_is_long() -> None:
    long = {
        file.relative_to(ROOT).as_posix(): count
        for file in python_files()
        if (count := len(file.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long


def test_every_module_is_in_a_room() -> None:
    assert {file.name for file in ROOT.glob("*.py")} == {"__init__.py"}


def test_no_two_classes_have_one_name() -> None:
    homes: dict[str, list[str]] = {}
    for file in python_files():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(file.relative_to(ROOT).as_posix())
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}


NO_VERBS = frozenset(
    {"a", "all", "an", "and", "as", "each", "every", "for", "from", "how", "in", "its", "none", "nothing", "of", "one"}
    | {"only", "some", "the", "those", "what", "where", "whether", "which", "why", "with", "without"}
)
"""Words with which no imperative sentence begins; ruff's D401 knows the wrong forms of verbs, but not these."""


def test_docstrings_of_functions_begin_with_a_verb() -> None:
    """Properties are described like attributes."""
    wrong = []
    for file in python_files():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            text = ast.get_docstring(node)
            if text is None or any("property" in ast.unparse(one) for one in node.decorator_list):
                continue
            first = text.split()[0]
            if not first[:1].isupper() or first.lower().rstrip(":,") in NO_VERBS:
                wrong.append(f"{file.relative_to(ROOT).as_posix()}:{node.lineno}: {text.splitlines()[0]}")
    assert wrong == []
