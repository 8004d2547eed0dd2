"""How the room of numbers meets Sphinx."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx_proof.domain import ProofDomain

from . import inventory
from .agreement import conditions
from .collector import replace_collector
from .equations import LabelEnvironments
from .facts import NumbersDomain
from .labelling import required
from .matter import MatterTocTree
from .references import NameChapters

FORMATS = {"figure": "Figure %s", "table": "Table %s", "code-block": "Listing %s", "section": "Section %s"}
"""How references print numbers, where conf.py does not say otherwise."""


class ParallelProofDomain(ProofDomain):  # type: ignore[misc]
    """sphinx-proof's domain, which keeps its facts on the environment and so has nothing to merge itself."""

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        """Called with `-j`; the list of theorems is merged by sphinx-proof's own event handler."""


def number_everything(app: Sphinx, config: Config) -> None:
    """Switch numbering on; all outputs print from Sphinx's tables, so it is not for conf.py to switch off."""
    config.numfig = True
    config.math_numfig = True
    config.numfig_format = {**FORMATS, **config.numfig_format}


def setup_extension(app: Sphinx) -> None:
    app.setup_extension("sphinx_proof")
    app.add_directive("toctree", MatterTocTree, override=True)
    app.add_domain(NumbersDomain)
    conditions.setup_extension(app)
    required.setup_extension(app)
    inventory.setup_extension(app)
    app.add_domain(ParallelProofDomain, override=True)
    app.add_transform(LabelEnvironments)
    app.add_post_transform(NameChapters)
    replace_collector(app)
    # Before sphinx-proof and sphinx-exercise (500) add their kinds to numfig_format, and before Sphinx's own
    # defaults (800) fill what is missing.
    app.connect("config-inited", number_everything, priority=400)
