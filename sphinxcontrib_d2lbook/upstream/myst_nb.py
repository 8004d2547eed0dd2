"""What is used of MyST-NB beyond its documented interface: the parser of pages, and what it notes of their runs.

MyST-NB's configuration can switch execution off and name a reader for all pages with a suffix. What differs from page
to page, the stored outputs, has no place in it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import nbformat
from sphinx.environment import BuildEnvironment

from .relied import Upstream

MYST_NB = Upstream("myst-nb", ">=1.4,<2")
"""The tests run with 1.4."""
USE = "pages are shown with their stored outputs"

with MYST_NB.imports(USE):
    from myst_nb.core import execute
    from myst_nb.core.config import NbParserConfig
    from myst_nb.core.execute.base import EvalNameError, ExecutionResult
    from myst_nb.core.read import standard_nb_read
    from myst_nb.core.render import MimeData, MimeRenderPlugin, NbElementRenderer, load_mime_renders
    from myst_nb.core.variables import format_plain_text
    from myst_nb.ext.glue.utils import PendingGlueReference
    from myst_nb.sphinx_ import NbMetadataCollector, Parser

__all__ = [
    "ExecutionResult",
    "MimeData",
    "NbElementRenderer",
    "NbParserConfig",
    "Parser",
    "PendingGlueReference",
    "add_mime_renderer",
    "environment_of",
    "format_plain_text",
    "glued_names",
    "lists_settings",
    "note_execution",
    "page_config",
    "standard_nb_read",
    "stored_values",
]

MYST_NB.method(Parser, "parse", USE)


def config_of(env: BuildEnvironment) -> NbParserConfig:
    """Return MyST-NB's configuration of a build: in MyST-NB 1.4 an attribute that it hangs on the environment."""
    found: NbParserConfig = MYST_NB.attribute(env, "mystnb_config", NbParserConfig, USE)
    return found


def change_config(env: BuildEnvironment, **changes: Any) -> None:
    """Give MyST-NB other values of its configuration for a whole build. Raises UpstreamChanged."""
    env.mystnb_config = config_of(env).copy(**changes)  # type: ignore[attr-defined]


@contextmanager
def page_config(env: BuildEnvironment, **changes: Any) -> Iterator[None]:
    """Let MyST-NB's parser see other values of its configuration while one page is parsed. Raises UpstreamChanged.

    The parser of MyST-NB 1.4 takes them from the environment, and `copy` of its configuration checks them.
    """
    config = config_of(env)
    env.mystnb_config = config.copy(**changes) if changes else config  # type: ignore[attr-defined]
    try:
        yield
    finally:
        env.mystnb_config = config  # type: ignore[attr-defined]


@contextmanager
def stored_values(find: Callable[[str, int], Any] | None) -> Iterator[None]:
    """Let the roles and directives `eval` of a page that is parsed show what ``find`` returns, not ask a kernel.

    ``find`` takes an expression and how many code cells have been shown so far, and returns outputs as nbformat has
    them, or None; without it, nothing is done. MyST-NB 1.4 gives pages that it does not run a client that it finds by
    its name in `core.execute`, and that has no values.
    """
    if find is None:
        yield
        return
    use, value = "values in the text are shown", find
    plain = MYST_NB.attribute(execute, "NotebookClientBase", type, use)
    for name in ("code_cell_outputs", "eval_variable"):
        MYST_NB.method(plain, name, use)

    class StoredValues(plain):  # type: ignore[misc, valid-type]
        """A client that knows what expressions stood for when the page ran."""

        shown = 0
        """Code cells whose outputs have been asked for."""

        def code_cell_outputs(self, cell_index: int) -> Any:
            cells = self.notebook.cells[: cell_index + 1]
            self.shown = sum(cell.cell_type == "code" for cell in cells)
            return super().code_cell_outputs(cell_index)

        def eval_variable(self, name: str) -> Any:
            if not re.match(self.nb_config.eval_name_regex, name):
                raise EvalNameError(name)
            outputs = value(name, self.shown)
            if outputs is None:
                raise LookupError(f"{name!r} was not evaluated when the page ran")
            return nbformat.from_dict(list(outputs))

    execute.NotebookClientBase = StoredValues
    try:
        yield
    finally:
        execute.NotebookClientBase = plain


def note_execution(env: BuildEnvironment, docname: str, result: ExecutionResult) -> None:
    """Note of a page what MyST-NB would have noted had it run it: the directive `nb-exec-table` shows that.

    MyST-NB 1.4 keeps it in its collector, by `set_exec_data`. Without that only the table is wrong, so it is refused.
    """
    MYST_NB.method(NbMetadataCollector, "set_exec_data", "`nb-exec-table` shows what ran")
    NbMetadataCollector.set_exec_data(env, docname, result)


def lists_settings(record: logging.LogRecord) -> bool:
    """Return whether a message lists all the settings of MyST-Parser 4 and 5 or MyST-NB 1.4 in one line of 2 kB.

    Both do so at the beginning of each build, by the class's own text. Where they change that, the line is printed.
    """
    message = record.getMessage()
    return "MdParserConfig(" in message or "NbParserConfig(" in message


def glued_names(env: BuildEnvironment, docname: str) -> list[str]:
    """Return the names of the values that a page glues, as MyST-NB 1.4 noted them when it read the page."""
    MYST_NB.method(NbMetadataCollector, "get_doc_data", "values of other pages are pasted")
    return list(NbMetadataCollector.get_doc_data(env).get(docname, {}).get("glue", ()))


def add_mime_renderer(renderer: type[MimeRenderPlugin]) -> None:
    """Have MyST-NB ask a class of ours for the forms of outputs, in all builds of this process.

    The documented way is an entry point, which counts for every project where the distribution is installed, too.
    MyST-NB 1.4 keeps what the entry points name in one list, the result of `load_mime_renders`.
    """
    kept = load_mime_renders()
    if not isinstance(kept, list) or load_mime_renders() is not kept:
        raise MYST_NB.changed("load_mime_renders", "text with formulas is shown as that", is_there=True)
    if renderer not in kept:
        kept.append(renderer)


def environment_of(renderer: NbElementRenderer) -> BuildEnvironment | None:
    """Return the environment of the build for which a renderer of MyST-NB 1.4 works; None outside of Sphinx."""
    found: BuildEnvironment | None = getattr(renderer.renderer, "sphinx_env", None)
    return found
