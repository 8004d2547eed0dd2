"""Make one build of the preview in a forked copy of the warm process, and write news of it to a pipe.

News are lines of JSON. While the build goes on: `{"pages": true}` when the pages of the website are written, and
`{"running": [...]}`, the cells that run. At its end: `read`, the digests of the sources as they were read, and what the
build has made ready that the next one needs again: `modules`, `patterns` and `lexers`.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import sphinx

from ...common import build_news

MAIN = str(Path(sphinx.__file__).parent / "__main__.py")
"""Program name by which a build knows that it is a command of its own."""


def run(command: Sequence[str], news: int) -> NoReturn:
    """Make the build, in a process that was forked for it, and end. ``news`` is the file descriptor of the pipe."""
    code = 2

    def write(item: Mapping[str, Any]) -> None:
        with open(news, "wb", closefd=False) as stream:
            stream.write((json.dumps(item) + "\n").encode())

    try:
        build_news.listen(write)
        sys.argv = [MAIN, *command]
        from sphinx.cmd.build import main

        try:
            code = main(list(command))
        except SystemExit as end:  # a build that finds nothing to do
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        write(made_ready())
    except BaseException:
        traceback.print_exc()  # which is shown as the message of the build
        raise
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def made_ready() -> dict[str, Any]:
    """Return what this process has read, imported and compiled, as the last news of a build."""
    from ...lifecycle.source_contents import last_digests
    from ...upstream.pygments import prepared_lexers
    from ...upstream.python import compiled_patterns

    return {
        "read": last_digests(),
        "modules": installed_modules(),
        "patterns": compiled_patterns(),
        "lexers": prepared_lexers(),
    }


def installed_modules() -> list[str]:
    """Return the names of the imported modules that belong to installed distributions, not to a book."""
    ours = str(Path(__file__).parents[2])
    places = (ours, sys.prefix, sys.base_prefix)
    names = []
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and file.startswith(places) and name != "__main__" and " " not in name:
            names.append(name)
    return names
