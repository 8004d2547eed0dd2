"""Register the numbering with Sphinx."""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.config import Config

from ..common.translations import formats, sphinx_formats
from ..config import lists_myst_nb
from ..upstream.sphinx.application import given_values
from . import exercises, inventory, references, tex_references, theorems
from .agreement import only_blocks
from .anchors import KeepLocalLinks, PreferLabels
from .collector import replace_collector
from .equations import LabelEnvironments
from .frameworks import FrameworksDomain
from .intertext import SplitAtWords
from .label_owners import BookMathDirective, BookMathDomain, BookStandardDomain, warn_of_duplicate_labels
from .labelling import required
from .matter import MatterTocTree
from .page_facts import NumbersDomain

NUMBERING = frozenset({"sphinx_exercise", "sphinx_proof"})
"""Extensions that switch `numfig` on in a project that lists them."""


def number_everything(app: Sphinx, config: Config) -> None:
    """Switch numbering on, since all outputs print from Sphinx's tables, and note what is to be numbered.

    Handle `config-inited`. A project that lists MyST-NB itself keeps its `numfig`: without it the table has no numbers
    for figures, tables and listings, and counts equations page by page, as Sphinx does.
    """
    listed = set(given_values(config).get("extensions", ()))
    numbered = bool(config.numfig) or not lists_myst_nb(config) or not listed.isdisjoint(NUMBERING)
    config.d2lbook_unnumbered_figures = not numbered
    config.d2lbook_equations_by_page = not (config.math_numfig and numbered)
    config.numfig = config.math_numfig = True
    ours = sphinx_formats() if lists_myst_nb(config) else formats()
    # Chapters are sections for Sphinx, and parts of figures are figures, so words that conf.py sets for these hold too.
    for kind, general in (("chapter", "section"), ("subfigure", "figure")):
        if general in config.numfig_format:
            ours[kind] = config.numfig_format[general]
    config.numfig_format = {**ours, **config.numfig_format}


def setup(app: Sphinx) -> None:
    for noted in ("d2lbook_equations_by_page", "d2lbook_unnumbered_figures"):
        app.add_config_value(noted, False, "env", bool)  # for `number_everything` to set
    app.add_directive("toctree", MatterTocTree, override=True)
    app.add_directive("math", BookMathDirective, override=True)
    for domain in (BookStandardDomain, BookMathDomain):
        app.add_domain(domain, override=True)
    app.add_domain(NumbersDomain)
    app.add_domain(FrameworksDomain)
    for transform in (SplitAtWords, LabelEnvironments, PreferLabels, KeepLocalLinks):
        app.add_transform(transform)
    theorems.setup(app)
    exercises.setup(app)
    references.setup(app)
    tex_references.setup(app)
    only_blocks.setup(app)
    required.setup(app)
    inventory.setup(app)
    replace_collector(app)
    app.connect("env-check-consistency", warn_of_duplicate_labels)
    # Runs before sphinx-proof and sphinx-exercise (500) add their kinds to numfig_format, and before Sphinx fills in
    # its own defaults (800).
    app.connect("config-inited", number_everything, priority=400)
