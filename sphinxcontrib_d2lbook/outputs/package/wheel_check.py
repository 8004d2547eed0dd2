"""Check that a reader can install the wheel, in an environment of its requirements and of nothing else."""

from __future__ import annotations

import ast
import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...common.errors import BookProblems
from ...library import Library
from ...library.distribution_closure import Pin
from ...library.object_dependencies import full_name, normalised
from ...library.saved_blocks import SavedStatement
from .wheel_environment import link_closure

SECONDS = 600
"""Seconds after which an import counts as hanging."""
PROBE = Path(__file__).with_name("wheel_probe.py")
REMEDIES = {
    "import": "correct the block there",
    "name": "correct the block that should define it",
    "example": "correct the example or the code",
}


def check_wheel(
    wheel: bytes, library: Library, modules: Mapping[str, str], pins: Sequence[Pin], *, examples: bool = False
) -> None:
    """Install the wheel beside ``pins``, import its modules, resolve its public names, run its docstrings' examples.

    ``pins`` are the closure of what the wheel requires; ``modules`` are the texts of its files by name. Raise
    BookProblems for what fails.
    """
    names = [full_name(library.about.names, name) for name in library.modules]
    with tempfile.TemporaryDirectory(prefix="d2lbook-wheel-") as name:
        folder = Path(name).resolve()
        link_closure(folder, pins)
        with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
            archive.extractall(folder)
        faults = _probe(folder, names, examples=examples)
    problems = []
    for fault in faults:
        place = _place(library, modules, fault["place"], fault["module"], fault["name"])
        summary = "an example does not hold" if fault["kind"] == "example" else "the package does not import"
        remedy = REMEDIES[fault["kind"]]
        if "ModuleNotFoundError" in fault["message"]:
            summary = "the package does not import where only its requirements are installed"
            remedy = "declare the distribution in d2lbook_requirements, or catch the ImportError in the block"
        problems.append(f"{place}: {summary}: {fault['message']}; {remedy}")
    if problems:
        raise BookProblems(problems)


def _probe(folder: Path, names: Sequence[str], *, examples: bool) -> list[dict[str, Any]]:
    """Return the faults that wheel_probe.py finds, in a Python without the site-packages of this one."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment |= {"MPLBACKEND": "agg", "OMP_NUM_THREADS": environment.get("OMP_NUM_THREADS", "1")}
    command = [sys.executable, "-I", "-S", "-B", str(PROBE), str(folder), json.dumps(names), str(int(examples))]
    try:
        finished = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS
        )
    except subprocess.TimeoutExpired as err:
        raise BookProblems([f"the wheel's import did not end within {SECONDS} s"]) from err
    _, marker, report = finished.stdout.rpartition("\0")
    if not marker:
        last_line = finished.stderr.strip().splitlines()[-1:] or ["nothing"]
        raise BookProblems([f"the wheel's import ended Python with {finished.returncode}; it said: {last_line[0]}"])
    faults: list[dict[str, Any]] = json.loads(report)
    return faults


def _place(
    library: Library, modules: Mapping[str, str], place: tuple[str, int] | None, module: str, name: str = ""
) -> str:
    """Return page, line and label of the statement at a line of a generated file; the module's name if unknown."""
    item = _item_named(library, name) if name else None
    if place is None and item is None:
        return f"{module} ({name})" if name else module
    if place is not None:
        file, line = place
        item = item_at(library, modules, file.removeprefix(f"{library.package}/"), line)
        if item is None:
            return f"{module} ({file}:{line})"
    if item is None:
        return module
    return f"{item.place} (section {item.label})" if item.label else item.place


def _item_named(library: Library, name: str) -> SavedStatement | None:
    """Return the saved statement that defines a name such as `d2l.mxnet.C.f`, `d2l.mxnet.C` or `C`."""
    words = name.split(".")
    for module in library.modules.values():
        for position, word in enumerate(words):
            if item := module.definitions.get(word):
                inner = words[position + 1 : position + 2]
                return next((method for method in item.methods if [method.method] == inner), item)
    return None


def item_at(library: Library, modules: Mapping[str, str], file: str, line: int) -> SavedStatement | None:
    """Return the saved statement at a line of a generated file, recognized by its name or its normalised tree."""
    module = library.modules.get(file.removesuffix(".py"))
    if module is None or file not in modules:
        return None
    statement = next((node for node in ast.parse(modules[file]).body if _holds(node, line)), None)
    if isinstance(statement, ast.Import | ast.ImportFrom):
        bound = {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
        return next((item for imported, item in module.imports if imported.binds in bound), None)
    if isinstance(statement, ast.ClassDef):
        inner = next((getattr(node, "name", "") for node in statement.body if _holds(node, line)), "")
        return _item_named(library, f"{statement.name}.{inner}")
    if statement is None:
        return None
    wanted = normalised(statement)
    return next((item for item in module.items if wanted in map(normalised, item.statements)), None)


def _holds(node: ast.stmt, line: int) -> bool:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return first <= line <= (node.end_lineno or node.lineno)
