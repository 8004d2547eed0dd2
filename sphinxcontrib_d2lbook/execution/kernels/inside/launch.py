"""Start a kernel other than IPython's so that what it and its programs read is observed: `launch.py COMMAND ...`.

Such a kernel is a program like any other, which trace.py observes. `D2LBOOK_KERNEL` is as for boot.py.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def main(command: list[str]) -> None:
    """Become the program that `command` starts."""
    settings = json.loads(os.environ.pop("D2LBOOK_KERNEL", "{}"))
    if settings.get("log"):
        modules = {}
        for name in ("notes", "trace"):
            spec = importlib.util.spec_from_file_location(f"_d2lbook_{name}", os.path.join(HERE, f"{name}.py"))
            if spec is None or spec.loader is None:
                raise ImportError(name)
            modules[name] = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(modules[name])
        why = modules["trace"].attach(settings["trace"], json.dumps(settings).encode())
        if why:
            modules["notes"].Notes(settings).unseen(why)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
