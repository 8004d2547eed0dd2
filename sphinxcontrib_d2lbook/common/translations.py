"""Translate the words that outputs print into the language of the book.

Sphinx's translations are preferred; other words are in our own catalogues. These are in the folder `locale`, and
`.ci/catalogues.py` updates them. Messages of a build, which only its author sees, are in English.
"""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.locale import get_translation

DOMAIN = "d2lbook"
"""Name of our message catalogues."""
LOCALES = Path(__file__).parents[1] / "locale"
"""Folder of our message catalogues."""


def _(text: str) -> str:
    """Return ``text`` in the language of the book, or unchanged if neither Sphinx nor our catalogues translate it."""
    theirs = str(get_translation("sphinx")(text))
    return theirs if theirs != text else str(get_translation(DOMAIN)(text))


def formats() -> dict[str, str]:
    """Return the patterns by which references print numbers, by figtype, if conf.py sets no others."""
    short = "Fig. %s"  # Sphinx's word for figures, which it translates; in English we do not abbreviate it
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
    """Return the word before a proof. Our catalogues have it for languages that sphinx-proof lacks."""
    theirs = str(get_translation("proof")("Proof"))
    return theirs if theirs != "Proof" else _("Proof")


def statements_title() -> str:
    """Return the title of the website's list of theorems and related statements."""
    return _("Theorems and other statements")


def setup(app: Sphinx) -> None:
    app.add_message_catalog(DOMAIN, str(LOCALES))
