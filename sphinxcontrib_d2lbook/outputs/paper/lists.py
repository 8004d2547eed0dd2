"""Name the lists that can follow the contents of the PDF, and shorten captions for them."""

from __future__ import annotations

import re

from docutils import nodes

from ...common.translations import _

_SENTENCE_END = re.compile(r"[.](?=\s|$)")


def list_titles() -> dict[str, str]:
    """Return the titles of the lists that `d2lbook_pdf_front` can name, in the language of the book."""
    return {"figures": _("Figures"), "tables": _("Tables"), "statements": _("Theorems"), "code": _("Listings")}


def first_sentence(title: nodes.Element) -> list[nodes.Node]:
    """Return the first sentence of a caption, without its full stop or brackets, for lists with a line for each."""
    bracketed = re.fullmatch(r"\s*\((.*)\)\s*", title.astext(), re.DOTALL)
    if bracketed and all(isinstance(child, nodes.Text) for child in title.children):
        return [nodes.Text(bracketed[1])]
    sentence: list[nodes.Node] = []
    for child in title.children:
        text = str(child) if isinstance(child, nodes.Text) else ""
        end = _SENTENCE_END.search(text)
        if end:
            return [*sentence, nodes.Text(text[: end.start()])]
        sentence.append(child)
    return sentence
