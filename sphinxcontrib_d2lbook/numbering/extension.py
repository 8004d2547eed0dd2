"""How the room of numbers meets Sphinx."""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.config import Config

from ..common.translations import formats
from ..config import lists_myst_nb
from . import exercises, inventory, references, tex_references, theorems
from .agreement import only_blocks
from .anchors import KeepLocalLinks, PreferLabels
from .collector import replace_collector
from .equations import LabelEnvironments
from .intertext import SplitAtWords
from .label_owners import BookMathDirective, BookMathDomain, BookStandardDomain, warn_of_twins
from .labelling import required
from .matter import MatterTocTree
from .page_facts import NumbersDomain

OURS = ("subfigure", "chapter", "appendix")
"""Kinds that Sphinx does not have."""


def number_everything(app: Sphinx, config: Config) -> None:
    """Switch numbering on; all outputs print from Sphinx's tables, so it is not for conf.py to switch off."""
    config.numfig = True
    # Sphinx then numbers equations page by page: the table has those numbers, and all print from the table.
    config.d2lbook_equations_by_page = not config.math_numfig
    config.math_numfig = True
    # A project that lists MyST-NB itself keeps Sphinx's words, as "Fig. 1", for what Sphinx numbers too.
    ours = {kind: words for kind, words in formats().items() if kind in OURS or not lists_myst_nb(config)}
    # To Sphinx, chapters are sections: the words of conf.py for these hold for them, too.
    if "section" in config.numfig_format:
        ours["chapter"] = config.numfig_format["section"]
    config.numfig_format = {**ours, **config.numfig_format}


def setup(app: Sphinx) -> None:
    app.add_config_value("d2lbook_equations_by_page", False, "env", bool)  # for `number_everything` to set
    app.add_directive("toctree", MatterTocTree, override=True)
    app.add_directive("math", BookMathDirective, override=True)
    for domain in (BookStandardDomain, BookMathDomain):
        app.add_domain(domain, override=True)
    app.add_domain(NumbersDomain)
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
    app.connect("env-check-consistency", warn_of_twins)
    # Before sphinx-proof and sphinx-exercise (500) add their kinds to numfig_format, and before Sphinx's own
    # defaults (800) fill what is missing.
    app.connect("config-inited", number_everything, priority=400)
