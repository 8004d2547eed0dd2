"""Print an author's mistake, or a full disk, as place, fault and remedy, without versions and traceback.

Sphinx 9 prints every exception as a report for its developers, even an author's mistake, and has no hook for this. So
its printer is replaced by one that knows `BookError` and passes everything else on. If Sphinx changes its printer,
mistakes are printed the long way again, and nothing else happens. `sphinx-build -T` still shows the traceback.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from ..common.errors import BookError, BookProblems
from ..upstream.sphinx.errors import red, wrap_error_printer
from .system_errors import in_plain_words


def print_exception(
    sphinx_printer: Any,
    exception: BaseException,
    /,
    *,
    use_pdb: bool = False,
    print_traceback: bool = False,
    **others: Any,
) -> None:
    """Print an exception that ends `sphinx-build`, which calls this in place of ``sphinx_printer``."""
    exception = in_plain_words(exception) or exception
    if use_pdb or print_traceback or not isinstance(exception, BookError):
        sphinx_printer(exception, use_pdb=use_pdb, print_traceback=print_traceback, **others)
        return
    count = len(exception.problems) if isinstance(exception, BookProblems) else 1
    problems = "1 problem" if count == 1 else f"{count} problems"
    print(red(f"{exception.category}: refused: {problems}"), file=others.get("stderr"))
    print(exception, file=others.get("stderr"))
    remedy = "nothing is built until it is corrected" if count == 1 else "nothing is built until they are corrected"
    print(red(f"refused: {problems}, listed above; {remedy}"), file=others.get("stderr"))


def require_root(app: Sphinx, env: BuildEnvironment, _docnames: list[str]) -> None:
    """Refuse a book without a root page before anything runs. Handle `env-before-read-docs`. Raise BookError."""
    if fault := fault_of_root(app, env):
        raise BookError(fault)


def fault_of_root(app: Sphinx, env: BuildEnvironment) -> str:
    """Return what is to be done about a book without a root page; "" for one with it. ``env`` has found the pages."""
    root = app.config.root_doc
    if root in env.found_docs:
        return ""
    return (
        f"{app.srcdir}: has no {root}.md, the root page, which lists the others in toctrees; write one, or name"
        " another page by root_doc in conf.py; `sphinx-d2lbook new FOLDER` begins a book"
    )


def setup(app: Sphinx) -> None:
    wrap_error_printer(print_exception)
    app.connect("env-before-read-docs", require_root, priority=100)  # the pages run at 500
