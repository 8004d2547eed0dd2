"""What the package starts by name is there: the modules of `python -m`, and classes that others import by a string."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import sphinxcontrib_d2lbook

ROOT = Path(sphinxcontrib_d2lbook.__file__).parent
OWN = {"__name__", "__package__"}


def names_in(file: Path) -> list[str]:
    """The dotted names of the package that a file writes as a string, `__name__` and `__package__` put in."""
    module = ".".join(("sphinxcontrib_d2lbook", *file.relative_to(ROOT).with_suffix("").parts))
    module = module.removesuffix(".__init__")
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    found = []
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        match node:
            case ast.JoinedStr(values=[ast.FormattedValue(value=ast.Name(id=first)), ast.Constant(value=str(rest))]):
                if first in OWN and rest.startswith("."):
                    found.append((module if first == "__name__" else package) + rest)
            case ast.List(elts=[*_, ast.Constant(value="-m"), ast.Constant(value=str(name)), _]):
                if name.startswith("sphinxcontrib_d2lbook"):
                    found.append(name)
    return found


def exists(name: str) -> bool:
    """Return whether a dotted name is that of a module, or of something in one."""
    outer, _, last = name.rpartition(".")
    module = import_module(outer)
    return hasattr(module, last) or (hasattr(module, "__path__") and find_spec(name) is not None)


def test_names_that_are_written_as_strings_are_there() -> None:
    names = {name for file in ROOT.rglob("*.py") for name in names_in(file)}
    assert "sphinxcontrib_d2lbook.execution.runner" in names
    assert "sphinxcontrib_d2lbook.execution.attached_outputs.read_executed" in names
    assert sorted(name for name in names if not exists(name)) == []


def test_functions_that_benchmarks_time_are_there() -> None:
    """They are written as "module:name", below the package."""
    places = [
        node.value
        for file in (Path(__file__).parent / "bench").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and re.fullmatch(r"[a-z_]+(?:\.[a-z_]+)+:[A-Za-z_.]+", str(node.value))
    ]
    assert "numbering.exercises:SolutionTitles.run" in places
    missing = []
    for place in places:
        module, _, path = place.partition(":")
        owner = import_module(f"sphinxcontrib_d2lbook.{module}")
        for name in path.split("."):
            owner = getattr(owner, name, None)
        missing += [] if owner else [place]
    assert missing == []


def test_files_of_the_package_are_where_modules_look_for_them() -> None:
    looking = [file for file in ROOT.rglob("*.py") if "Path(__file__)" in file.read_text("utf-8")]
    modules = [".".join(("sphinxcontrib_d2lbook", *file.relative_to(ROOT).with_suffix("").parts)) for file in looking]
    paths = {
        f"{name}.{key}": value
        for name in modules
        for key, value in vars(import_module(name)).items()
        if isinstance(value, Path) and value.is_relative_to(ROOT)
    }
    assert "sphinxcontrib_d2lbook.common.translations.LOCALES" in paths
    assert [name for name, path in paths.items() if not path.exists()] == []
