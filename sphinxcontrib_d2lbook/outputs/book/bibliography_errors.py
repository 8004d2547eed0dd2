"""Name a bibliography file that cannot be read, with the line: sphinxcontrib-bibtex stops with a traceback."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import SphinxError

from ...common.errors import BookProblems
from ...upstream.proofs import fault_in_bibliography, is_bibliography_handler
from ...upstream.sphinx.events import wrap_handlers


def name_broken_files(app: Sphinx, config: Config) -> None:
    """Wrap the handler that reads the bibliography files. Handle `config-inited`."""
    wrap_handlers(app, "builder-inited", _wrapped_reader)


def _wrapped_reader(handler: Callable[..., Any]) -> Callable[..., Any] | None:
    return partial(_call_reader, handler) if is_bibliography_handler(handler) else None


def _call_reader(handler: Callable[..., Any], app: Sphinx) -> None:
    """Call the handler. Raise BookProblems for files that it cannot read."""
    try:
        handler(app)
    except SphinxError:
        raise
    except Exception as err:
        files = [Path(app.confdir, str(name)) for name in app.config.bibtex_bibfiles]
        faults = [(file, fault_in_bibliography(file)) for file in files if file.is_file()]
        problems = [f"{_shown(app, file)}:{fault}" for file, fault in faults if fault]
        if not problems:
            raise
        raise BookProblems(
            f"{problem}; the bibliography cannot be read: close the braces, quotes and commas of the entry before"
            for problem in problems
        ) from err


def _shown(app: Sphinx, file: Path) -> str:
    root = Path(app.confdir)
    return (file.relative_to(root) if file.is_relative_to(root) else file).as_posix()
