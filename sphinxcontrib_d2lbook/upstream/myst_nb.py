"""Use MyST-NB beyond its documented interface: the parser of pages, and its records of their runs.

MyST-NB's configuration can switch execution off and name a reader for all pages with a suffix. It has no place for the
stored outputs, which differ from page to page.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import nbformat
from docutils import nodes
from docutils.parsers.rst import Directive
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from sphinx.environment import BuildEnvironment

from .myst_nb_clients import clients_on_demand
from .relied import Upstream

MYST_NB = Upstream("myst-nb", ">=1.4,<2")
"""The tests run with 1.4."""
USE = "pages are shown with their stored outputs"

with MYST_NB.imports(USE), clients_on_demand():
    from myst_nb.core import execute
    from myst_nb.core.config import NbParserConfig
    from myst_nb.core.execute.base import EvalNameError, ExecutionResult
    from myst_nb.core.read import UnexpectedCellDirective, standard_nb_read
    from myst_nb.core.render import MimeData, MimeRenderPlugin, NbElementRenderer, load_mime_renders
    from myst_nb.core.variables import format_plain_text
    from myst_nb.ext.eval import EvalDirectiveAny, EvalFigureDirective, EvalRoleAny
    from myst_nb.ext.glue import GLUE_PREFIX, extract_glue_data
    from myst_nb.ext.glue.directives import (
        PasteAnyDirective,
        PasteFigureDirective,
        PasteMarkdownDirective,
        PasteMathDirective,
    )
    from myst_nb.ext.glue.roles import PasteMarkdownRole, PasteRoleAny, PasteTextRole
    from myst_nb.ext.glue.utils import PendingGlueReference
    from myst_nb.sphinx_ import NbMetadataCollector, Parser, SphinxNbRenderer

__all__ = [
    "GLUE_PREFIX",
    "ExecutionResult",
    "MimeData",
    "NbElementRenderer",
    "NbParserConfig",
    "Parser",
    "PendingGlueReference",
    "UnexpectedCellDirective",
    "add_mime_renderer",
    "environment_of",
    "format_plain_text",
    "glued_in",
    "glued_names",
    "lists_settings",
    "note_execution",
    "notebook_cells",
    "page_config",
    "rendered_cell",
    "shows_notebook",
    "standard_nb_read",
    "stored_values",
    "wrap_values",
]

MYST_NB.method(Parser, "parse", USE)
GLUE_ROLES = (PasteRoleAny, PasteTextRole, PasteMarkdownRole)
GLUE_DIRECTIVES = (PasteAnyDirective, PasteFigureDirective, PasteMarkdownDirective, PasteMathDirective)
EVAL_ROLES = (EvalRoleAny,)
EVAL_DIRECTIVES = (EvalDirectiveAny, EvalFigureDirective)


def config_of(env: BuildEnvironment) -> NbParserConfig:
    """Return MyST-NB's configuration of a build. In MyST-NB 1.4 it is an attribute of the environment."""
    config: NbParserConfig = MYST_NB.attribute(env, "mystnb_config", NbParserConfig, USE)
    return config


def change_config(env: BuildEnvironment, **changes: Any) -> None:
    """Change values of MyST-NB's configuration for a whole build. Raise UpstreamChanged."""
    env.mystnb_config = config_of(env).copy(**changes)  # type: ignore[attr-defined]


@contextmanager
def page_config(env: BuildEnvironment, **changes: Any) -> Iterator[None]:
    """Change values of MyST-NB's configuration while one page is parsed. Raise UpstreamChanged.

    The parser of MyST-NB 1.4 takes them from the environment, and `copy` of its configuration checks them.
    """
    config = config_of(env)
    env.mystnb_config = config.copy(**changes) if changes else config  # type: ignore[attr-defined]
    try:
        yield
    finally:
        env.mystnb_config = config  # type: ignore[attr-defined]


@contextmanager
def stored_values(
    find: Callable[[str, Sequence[Any]], Any] | None, glued: Callable[[], Mapping[str, Any] | None] | None = None
) -> Iterator[None]:
    """Make the roles and directives `eval` of a page that is parsed show the results of ``find``, without a kernel.

    ``find`` takes an expression and the cells of the notebook up to the last whose outputs were shown, and returns
    outputs in nbformat's form, or None. ``glued`` returns the values for the roles and directives `glue`, by name; None
    means those in the notebook. If both are None, nothing is changed. MyST-NB 1.4 gives pages that it does not run a
    client without values, which it looks up by its name in `core.execute`.
    """
    if find is None and glued is None:
        yield
        return
    use, value = "values in the text are shown", find
    plain = MYST_NB.attribute(execute, "NotebookClientBase", type, use)
    for name in ("code_cell_outputs", "eval_variable"):
        MYST_NB.method(plain, name, use)
    MYST_NB.attribute(plain, "glue_data", property, use)

    class StoredValues(plain):  # type: ignore[misc, valid-type]
        """Client that knows the values that expressions had when the page ran."""

        shown: Sequence[Any] = ()
        """Cells up to the last whose outputs have been asked for."""

        def code_cell_outputs(self, cell_index: int) -> Any:
            self.shown = self.notebook.cells[: cell_index + 1]
            return super().code_cell_outputs(cell_index)

        @property
        def glue_data(self) -> Any:
            values = glued() if glued is not None else None
            return super().glue_data if values is None else values

        def eval_variable(self, name: str) -> Any:
            if value is None:
                return super().eval_variable(name)
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


def glued_in(notebook: nbformat.NotebookNode) -> Mapping[str, Any]:
    """Return the values that the cells of a notebook glue, by name, as MyST-NB 1.4 keeps them. This changes its cells.

    Of several values with one name, the last counts.
    """
    quiet = logging.Logger("glued")
    quiet.addHandler(logging.NullHandler())
    values: Mapping[str, Any] = extract_glue_data(notebook, [0] * len(notebook.cells), logging.LoggerAdapter(quiet))
    return values


Found = tuple[list[nodes.Node], list[Any]]
"""Nodes of a pasted value, and messages."""
_VALUES = "d2lbook_find"
"""Attribute of a class of MyST-NB that keeps the method which we have wrapped."""


def wrap_values(around: Callable[[nodes.document, Callable[[], Found]], Found]) -> None:
    """Let ``around`` call the roles and directives `glue` and `eval`, in all builds of this process.

    It takes the document and a function that looks the value up, and returns what that returns. MyST-NB 1.4 has classes
    of roles and of directives, with a method `run`. Raise UpstreamChanged.
    """
    use = "pages in several frameworks show the values of each"
    for kind in (*GLUE_ROLES, *EVAL_ROLES):
        MYST_NB.method(kind, "run", use)
        _wrap(kind, _role(around))
    for kind in (*GLUE_DIRECTIVES, *EVAL_DIRECTIVES):
        MYST_NB.method(kind, "run", use)
        _wrap(kind, _directive(around))


def _wrap(kind: type, made: Callable[[Callable[[Any], Any]], Callable[[Any], Any]]) -> None:
    plain = vars(kind).get(_VALUES) or kind.run  # type: ignore[attr-defined]
    setattr(kind, _VALUES, plain)
    kind.run = made(plain)  # type: ignore[attr-defined]


def _role(around: Callable[[nodes.document, Callable[[], Found]], Found]) -> Any:
    def made(plain: Callable[[Any], Found]) -> Callable[[Any], Found]:
        return lambda self: around(self.document, lambda: plain(self))

    return made


def _directive(around: Callable[[nodes.document, Callable[[], Found]], Found]) -> Any:
    def made(plain: Callable[[Any], list[nodes.Node]]) -> Callable[[Any], list[nodes.Node]]:
        return lambda self: around(self.document, lambda: (plain(self), []))[0]

    return made


def note_execution(env: BuildEnvironment, docname: str, result: ExecutionResult) -> None:
    """Record the run of a page as MyST-NB would, for the directive `nb-exec-table`. Raise UpstreamChanged.

    MyST-NB 1.4 records it in its collector, by `set_exec_data`. Without it, only the table would be wrong.
    """
    MYST_NB.method(NbMetadataCollector, "set_exec_data", "`nb-exec-table` shows what ran")
    NbMetadataCollector.set_exec_data(env, docname, result)


def lists_settings(record: logging.LogRecord) -> bool:
    """Return whether a message lists all settings of MyST-Parser 4 and 5 or MyST-NB 1.4, in one line of 2 kB.

    Both log it at the beginning of each build, in the form of the class's `repr`. If that changes, the line is printed.
    """
    message = record.getMessage()
    return "MdParserConfig(" in message or "NbParserConfig(" in message


def glued_names(env: BuildEnvironment, docname: str) -> list[str]:
    """Return the names of the values that a page glues, as MyST-NB 1.4 recorded them when it read the page."""
    MYST_NB.method(NbMetadataCollector, "get_doc_data", "values of other pages are pasted")
    return list(NbMetadataCollector.get_doc_data(env).get(docname, {}).get("glue", ()))


def add_mime_renderer(renderer: type[MimeRenderPlugin]) -> None:
    """Add a class of ours to those that MyST-NB asks for the forms of outputs, in all builds of this process.

    The documented way is an entry point, which would affect every project of the environment. MyST-NB 1.4 keeps the
    classes of the entry points in one list, the result of `load_mime_renders`. Raise UpstreamChanged without it.
    """
    renderers = load_mime_renders()
    if not isinstance(renderers, list) or load_mime_renders() is not renderers:
        raise MYST_NB.changed("load_mime_renders", "text with formulas is shown as that", is_there=True)
    if renderer not in renderers:
        renderers.append(renderer)


def environment_of(renderer: NbElementRenderer) -> BuildEnvironment | None:
    """Return the environment of the build for which a renderer of MyST-NB 1.4 works; None outside of Sphinx."""
    environment: BuildEnvironment | None = getattr(renderer.renderer, "sphinx_env", None)
    return environment


def shows_notebook(directive: UnexpectedCellDirective) -> bool:
    """Return whether a directive stands in the text of a notebook that MyST-NB 1.4 renders."""
    renderer = getattr(directive.state, "_renderer", None)
    return isinstance(renderer, SphinxNbRenderer) and "nb_client" in renderer.md_options


def notebook_cells(directive: Directive) -> Sequence[Mapping[str, Any]]:
    """Return the cells of the notebook in whose text a directive stands; MyST-NB 1.4 keeps it with its client.

    Raise UpstreamChanged.
    """
    use = "cells of several frameworks are shown"
    renderer: Any = MYST_NB.attribute(directive.state, "_renderer", SphinxNbRenderer, use)
    cells: Sequence[Mapping[str, Any]] = renderer.nb_client.notebook.cells
    return cells


def rendered_cell(
    directive: Directive, kind: str, index: int, source: str, metadata: Mapping[str, Any]
) -> list[nodes.Node]:
    """Render a cell of the notebook in place of a directive, as MyST-NB 1.4 renders one at the top level.

    ``kind`` is "code" or "raw", ``index`` the position of the cell in the notebook. Only where `shows_notebook` holds.
    Raises UpstreamChanged.
    """
    use = "cells inside other blocks are shown"
    renderer: Any = MYST_NB.attribute(directive.state, "_renderer", SphinxNbRenderer, use)
    for name in ("render_nb_cell_code", "render_nb_cell_raw", "current_node_context"):
        MYST_NB.method(SphinxNbRenderer, name, use)
    line = directive.lineno
    token = Token(f"nb_cell_{kind}", "code", 0, content=source, map=[line - 1, line - 1])
    token.meta = {"index": index, "metadata": dict(metadata)}
    place = nodes.container()
    with renderer.current_node_context(place):
        getattr(renderer, f"render_nb_cell_{kind}")(SyntaxTreeNode([token]).children[0])
    return list(place.children)
