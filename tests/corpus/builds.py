"""Build many small books, each in a forked process, from one that has imported what they need.

A program of its own: `python builds.py JOBS`. The file is a JSON list of jobs: the "folder" of a book, the words of a
"command" for `sphinx-build`, environment "variables", the folder of a "package" that takes the place of ours (or ""),
and where its "log" and its exit "code" go. Two run at a time.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

AT_A_TIME = 2
OTHERS = (
    "sphinx.cmd.build",
    "sphinx.builders.html",
    "sphinx.ext.autodoc",
    "sphinx_book_theme",
    "sphinx_design",
    "myst_nb.sphinx_ext",
    "sphinxcontrib.bibtex",
    "bs4",
    "fontTools.ttLib",
    "lxml.html",
    "nbclient",
    "pypdfium2",
    "typst",
)
OURS = (
    "sphinxcontrib_d2lbook.outputs.book.extension",
    "sphinxcontrib_d2lbook.outputs.html.extension",
    "sphinxcontrib_d2lbook.outputs.html.sidebar",
    "sphinxcontrib_d2lbook.outputs.typst.builder",
    "sphinxcontrib_d2lbook.outputs.notebooks.builder",
    "sphinxcontrib_d2lbook.numbering.agreement.compare",
)
"""What is imported once, for that takes longer than the small books do."""


def build(job: dict[str, Any]) -> None:
    """Run one command as a shell would; the process then ends as that of any program does."""
    os.chdir(job["folder"])
    os.environ.update(job["variables"])
    if job["package"]:
        sys.path.insert(0, job["package"])
    log = os.open(job["log"], os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)
    sys.argv = ["sphinx-build", *job["command"]]
    code = sys.modules["sphinx.cmd.build"].main(sys.argv[1:])
    Path(job["code"]).write_text(str(code), encoding="utf-8")


def main(jobs: Sequence[dict[str, Any]]) -> None:
    for name in OTHERS if any(job["package"] for job in jobs) else (*OTHERS, *OURS):
        importlib.import_module(name)
    context = multiprocessing.get_context("fork")
    waiting, running = list(jobs), []
    while waiting or running:
        while waiting and len(running) < AT_A_TIME:
            process = context.Process(target=build, args=(waiting.pop(0),))
            process.start()
            running.append(process)
        time.sleep(0.02)
        running = [process for process in running if process.is_alive()]


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text("utf-8")))
