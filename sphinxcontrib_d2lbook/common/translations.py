"""The words that outputs print, in the language of the book: Sphinx's where it has them, else our catalogues'.

The catalogues are in the folder `locale`; `.ci/catalogues.py` brings them up to date. Messages of a build, which only
its author sees, are in English.
"""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.locale import get_translation

DOMAIN = "d2lbook"
"""The name of our catalogues."""
LOCALES = Path(__file__).parents[1] / "locale"


def _(text: str) -> str:
    """Return ``text`` in the language of the book; as it is where neither Sphinx nor we have it."""
    theirs = str(get_translation("sphinx")(text))
    return theirs if theirs != text else str(get_translation(DOMAIN)(text))


def formats() -> dict[str, str]:
    """Return how references print numbers, where conf.py does not say otherwise: figtype -> pattern."""
    short = "Fig. %s"  # what Sphinx has for figures; in English the word is not shortened here
    theirs = str(get_translation("sphinx")(short))
    figure = theirs if theirs != short else _("Figure %s")
    return {
        "figure": figure,
        "subfigure": figure,
        "table": _("Table %s"),
        "code-block": _("Listing %s"),
        "section": _("Section %s"),
        "chapter": _("Chapter %s"),
        "appendix": _("Appendix %s"),
    }


def sphinx_formats() -> dict[str, str]:
    """Return the same as Sphinx alone has it, to which a chapter is a section: "Fig. %s", "Section %s"."""
    figure = str(get_translation("sphinx")("Fig. %s"))
    return {**formats(), "figure": figure, "subfigure": figure, "chapter": _("Section %s")}


def proof_word() -> str:
    """Return what stands before a proof: sphinx-proof has no translation of it."""
    theirs = str(get_translation("proof")("Proof"))
    return theirs if theirs != "Proof" else _("Proof")


def setup(app: Sphinx) -> None:
    app.add_message_catalog(DOMAIN, str(LOCALES))
