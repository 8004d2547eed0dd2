"""Import the modules of the wheel, resolve their names and run the examples, in a Python that sees nothing else.

This file runs as a script in the environment of the wheel. Its arguments are the environment's folder, a JSON list of
modules, and "1" if the examples in docstrings are to be run. It prints a zero byte and a JSON list of faults:
{"module", "place": [file, line] or null, "name", "kind", "message"}.
"""

from __future__ import annotations

import doctest
import importlib
import json
import os
import site
import sys
import traceback
from typing import Any

folder, modules, examples = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3] == "1"
site.addsitedir(folder)
faults: list[dict[str, Any]] = []


def place_of(err: BaseException) -> list[Any] | None:
    """Return the file and the line, relative to the environment, of the innermost frame of the package."""
    place = None
    for frame in traceback.extract_tb(err.__traceback__):
        name = os.path.relpath(frame.filename, folder)
        if name.partition(os.sep)[0] == modules[0].partition(".")[0]:
            place = [name.replace(os.sep, "/"), frame.lineno]
    return place


def fault(kind: str, module: str, message: str, place: list[Any] | None = None, name: str = "") -> None:
    faults.append({"kind": kind, "module": module, "place": place, "name": name, "message": message.strip()})


class ExampleRunner(doctest.DocTestRunner):
    """Runner of examples that collects failures instead of printing them."""

    def _note(self, test: doctest.DocTest, example: doctest.Example, message: str) -> None:
        fault("example", test.globs["__name__"], f"`{example.source.strip()}` {message}", name=test.name)

    def report_start(self, out: Any, test: doctest.DocTest, example: doctest.Example) -> None:
        pass

    def report_failure(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        self._note(test, example, f"gives {got.strip()!r}, not {example.want.strip()!r}")

    def report_unexpected_exception(
        self, out: Any, test: doctest.DocTest, example: doctest.Example, exc_info: Any
    ) -> None:
        self._note(test, example, f"raises {traceback.format_exception_only(*exc_info[:2])[-1].strip()}")


for name in modules:
    try:
        module = importlib.import_module(name)
        for public in module.__all__:
            if not hasattr(module, public):
                fault("name", name, f"{public} is in __all__, but not in the module", name=public)
        if not (module.__file__ or "").startswith(folder):
            fault("name", name, f"another package of that name was imported, from {module.__file__}")
        for test in doctest.DocTestFinder(exclude_empty=True).find(module) if examples else ():
            ExampleRunner(verbose=False).run(test, out=lambda text: None)
    except BaseException as err:  # noqa: BLE001 - whatever an import raises, `SystemExit` too, is the finding
        fault("import", name, "".join(traceback.format_exception_only(err)), place_of(err))
        break
sys.stdout.write("\0" + json.dumps(faults))
