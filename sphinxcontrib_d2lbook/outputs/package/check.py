"""Does the wheel import, and is every public name there? Asked in a process that sees only it and what is installed."""

from __future__ import annotations

import ast
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from ...errors import BookProblems
from ...library import Library
from ...library.dependencies import full_name, normalised
from ...library.model import Item

SECONDS = 600
"""After which an import counts as hanging."""

SCRIPT = """
import importlib, json, sys, traceback
folder, names = sys.argv[1], json.loads(sys.argv[2])
sys.path.insert(0, folder)
problems = []
for name in names:
    try:
        module = importlib.import_module(name)
        for public in module.__all__:
            try:
                getattr(module, public)
            except AttributeError as err:
                problems.append([name, None, f"{public}: {err}"])
        if not module.__file__.startswith(folder):
            problems.append([name, None, f"another package of that name was imported, from {module.__file__}"])
    except BaseException as err:
        place = None
        for frame in traceback.extract_tb(err.__traceback__):
            if frame.filename.startswith(folder):
                place = [frame.filename[len(folder) + 1:], frame.lineno]
        problems.append([name, place, "".join(traceback.format_exception_only(err)).strip()])
        break
sys.stdout.write("\\0" + json.dumps(problems))
"""


def check_wheel(wheel: bytes, library: Library, modules: Mapping[str, str]) -> None:
    """Import the wheel and resolve its public names. ``modules`` is the text of its files. Raises BookProblems."""
    names = [full_name(library.about.names, name) for name in library.modules]
    with tempfile.TemporaryDirectory(prefix="d2lbook-wheel-") as name:
        folder = str(Path(name).resolve())
        with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
            archive.extractall(folder)
        try:
            done = subprocess.run(
                [sys.executable, "-I", "-c", SCRIPT, folder, json.dumps(names)],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired as err:
            raise BookProblems([f"the wheel's import did not end within {SECONDS} s"]) from err
    _, found, report = done.stdout.rpartition("\0")
    if not found:
        said = done.stderr.strip().splitlines()[-1:] or ["nothing"]
        raise BookProblems([f"the wheel's import ended Python with {done.returncode}; it said: {said[0]}"])
    problems = [
        f"{_place(library, modules, place, module)}: the package does not import: {message}; correct the block there"
        for module, place, message in json.loads(report)
    ]
    if problems:
        raise BookProblems(problems)


def _place(library: Library, modules: Mapping[str, str], place: tuple[str, int] | None, module: str) -> str:
    """Page, line and label of what stands at a line of a generated file; the module's name where that is unknown."""
    if place is None:
        return module
    file, line = place
    item = item_at(library, modules, file.removeprefix(f"{library.package}/"), line)
    if item is None:
        return f"{module} ({file}:{line})"
    return f"{item.place} (section {item.label})" if item.label else item.place


def item_at(library: Library, modules: Mapping[str, str], file: str, line: int) -> Item | None:
    """The saved statement that stands at a line of a generated file, told by its normalised tree."""
    module = library.modules.get(file.removesuffix(".py"))
    if module is None or file not in modules:
        return None
    for statement in ast.parse(modules[file]).body:
        if statement.lineno <= line <= (statement.end_lineno or statement.lineno):
            if isinstance(statement, ast.Import | ast.ImportFrom):
                bound = {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
                return next((item for found, item in module.imports if found.binds in bound), None)
            wanted = normalised(statement)
            return next((item for item in module.items if wanted in map(normalised, item.statements)), None)
    return None
