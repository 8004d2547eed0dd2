"""Register the LaTeX builders and visitors with Sphinx."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from ...upstream.proofs import (
    NODE_TYPES,
    exercise_end_node,
    exercise_enumerable_node,
    exercise_node,
    proof_node,
    solution_end_node,
    solution_node,
    solution_start_node,
    unenumerable_node,
)
from ...upstream.sphinx.application import given_values
from ...upstream.sphinx_design import fontawesome
from .builder import LatexPdfBuilder
from .escape import ENGINE

DEFAULTS = {
    "latex_engine": ENGINE,
    "latex_use_xindy": False,  # Its rules are not in the packages that we ask for.
    "latex_domain_indices": False,
    "latex_table_style": ["booktabs"],
    # For Japanese, Sphinx has other classes, which need another engine.
    "latex_docclass": {"manual": "report", "howto": "article"},
}


def choose_engine(app: Sphinx, config: Config) -> None:
    """Choose the builder of `pdf` by conf.py, and set the values of Sphinx's writer. Handle `config-inited`."""
    given = given_values(config)
    for name, value in DEFAULTS.items():
        if name not in given:
            config[name] = value
    if config.d2lbook_pdf_engine == "latex":
        app.add_builder(LatexPdfBuilder, override=True)


def _visitor(name: str) -> Any:
    """Return a visitor that hands a node to the method ``name`` of the translator."""

    def visit(self: Any, node: nodes.Element) -> None:
        getattr(self, name)(node)

    return visit, None


def setup(app: Sphinx) -> None:
    # The visitors of sphinx-proof and sphinx-exercise do not take their numbers from the table of numbers.
    for kind in (*NODE_TYPES.values(), unenumerable_node):
        app.add_node(kind, override=True, latex=_visitor("statement"))
    app.add_node(proof_node, override=True, latex=_visitor("proof"))
    app.add_node(exercise_enumerable_node, override=True, latex=_visitor("exercise"))
    for kind in (exercise_node, solution_node):
        app.add_node(kind, override=True, latex=_visitor("exercise"))
    for kind in (exercise_end_node, solution_start_node, solution_end_node):
        app.add_node(kind, override=True, latex=_visitor("nothing"))
    app.add_node(fontawesome, override=True, latex=_visitor("icon"))
    # Run before Sphinx's own handler (800), which fills in the defaults that are still missing.
    app.connect("config-inited", choose_engine, priority=450)
