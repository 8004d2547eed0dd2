"""What Sphinx is told about LaTeX."""

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
    "latex_use_xindy": False,  # its rules are no part of the packages that we ask for
    "latex_domain_indices": False,
    "latex_table_style": ["booktabs"],
    # Sphinx has other classes for Japanese, which are for another engine.
    "latex_docclass": {"manual": "report", "howto": "article"},
}


def choose_engine(app: Sphinx, config: Config) -> None:
    """Let `pdf` be made by the engine of conf.py, and give values to Sphinx's writer. Handler of `config-inited`."""
    given = given_values(config)
    for name, value in DEFAULTS.items():
        if name not in given:
            config[name] = value
    if config.d2lbook_pdf_engine == "latex":
        app.add_builder(LatexPdfBuilder, override=True)


def _visitor(name: str) -> Any:
    """A visitor that hands a node to a method of the translator."""

    def visit(self: Any, node: nodes.Element) -> None:
        getattr(self, name)(node)

    return visit, None


def setup(app: Sphinx) -> None:
    # The visitors of sphinx-proof and sphinx-exercise take numbers from elsewhere than the table.
    for kind in (*NODE_TYPES.values(), unenumerable_node):
        app.add_node(kind, override=True, latex=_visitor("statement"))
    app.add_node(proof_node, override=True, latex=_visitor("proof"))
    app.add_node(exercise_enumerable_node, override=True, latex=_visitor("exercise"))
    for kind in (exercise_node, solution_node):
        app.add_node(kind, override=True, latex=_visitor("exercise"))
    for kind in (exercise_end_node, solution_start_node, solution_end_node):
        app.add_node(kind, override=True, latex=_visitor("nothing"))
    app.add_node(fontawesome, override=True, latex=_visitor("icon"))
    # Before Sphinx's own defaults (800) fill what is missing.
    app.connect("config-inited", choose_engine, priority=450)
