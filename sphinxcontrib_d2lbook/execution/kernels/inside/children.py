"""Let the Python processes that a page starts observe themselves, as its kernel does.

The kernel writes a `sitecustomize.py` for them and puts its folder at the front of PYTHONPATH in its environment, which
they inherit. That file removes the folder from the path again, calls `begin`, and then imports another `sitecustomize`
if there is one. A process that is started without the environment, or told to ignore it, is observed by trace.py. The
folder has another name in each run, so `os.environ` does not show it: a page that prints it has the same output twice.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
NAME = "sitecustomize"
TEXT = """\
import importlib.util, sys

def begin():
    sys.path[:] = [entry for entry in sys.path if entry != {folder!r}]
    if sys.version_info >= (3, 8):
        spec = importlib.util.spec_from_file_location("_d2lbook_children", {file!r})
        module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.begin({settings!r})

begin()
del begin
"""


def prepare(settings: dict[str, Any]) -> None:
    """Let the Python processes that this one starts observe themselves. `settings` are those of `notes.Notes`."""
    folder = os.path.join(os.path.dirname(settings["log"]), "children")
    os.mkdir(folder)
    text = TEXT.format(folder=folder, file=os.path.abspath(__file__), settings=json.dumps(settings))
    with open(os.path.join(folder, f"{NAME}.py"), "w", encoding="utf-8") as stream:
        stream.write(text)
    rest = os.environ.get("PYTHONPATH")
    os.putenv("PYTHONPATH", folder + (os.pathsep + rest if rest else ""))  # leaves `os.environ` as it is


def begin(settings: str) -> None:
    """Observe this process. Called while it starts, with the settings as JSON."""
    values = json.loads(settings)
    _hide(os.path.join(os.path.dirname(values["log"]), "children"))
    try:
        note = _load("notes").Notes(values)
    except OSError:  # the page has ended, and with it its log
        return
    mark = values["log"] + _load("trace").MARK
    _tell(mark)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=lambda: _tell(mark))
    _load("observe").install(note)  # the kernel has noted if programs cannot be traced
    _follow()


def _tell(mark: str) -> None:
    """Tell the tracer that this process observes itself, by opening a file of a certain name."""
    try:
        os.close(os.open(mark, os.O_RDONLY))
    except OSError:
        pass


def _follow() -> None:
    """Import the `sitecustomize` that would have been imported without ours."""
    ours = sys.modules.pop(NAME, None)
    try:
        importlib.import_module(NAME)
    except ModuleNotFoundError as err:
        if err.name != NAME:
            raise
    finally:
        if NAME not in sys.modules and ours is not None:
            sys.modules[NAME] = ours


def _hide(folder: str) -> None:
    """Remove the folder from `os.environ`; processes that this one starts still inherit it."""
    variable = os.environ.get("PYTHONPATH", "")
    rest = os.pathsep.join(entry for entry in variable.split(os.pathsep) if entry != folder)
    if rest != variable:
        if rest:
            os.environ["PYTHONPATH"] = rest
        else:
            del os.environ["PYTHONPATH"]
        os.putenv("PYTHONPATH", variable)


def _load(name: str) -> Any:
    """Load a file beside this one as a module."""
    spec = importlib.util.spec_from_file_location(f"_d2lbook_{name}", os.path.join(HERE, f"{name}.py"))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
