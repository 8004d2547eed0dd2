"""Make labels for sections from page and title, in ASCII, each unique in the book."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from ...common.ascii_spelling import ascii_words, decomposed

PREFIX = "sec_"
WORDS = 6
"""Number of words of a title that a label takes at most."""
LABELS = re.compile(
    r"""
    ^[ \t>]*\((?P<target>[^()\n]+)\)=[ \t]*\r?$         # (label)=
    | [{\s]\#(?P<attribute>[\w:.-]+)[^{}\n]*\}          # {#label}
    | ^[ \t>]*:?(?:name|label):[ \t]+(?P<option>\S+)    # options of directives, `name: label` in YAML too
    | \\label\{(?P<tex>[^{}\n]+)\}
    | ^[ \t>]*[^\n]*\$\$[ \t]*\((?P<equation>[^()\n]+)\)[ \t]*\r?$
    """,
    re.MULTILINE | re.VERBOSE,
)


def labels_in(text: str) -> set[str]:
    """Return everything in a source that may be a label of any kind; rather too much than too little."""
    return {label.strip("\"'") for match in LABELS.finditer(text) for label in match.groups() if label}


def slug(text: str) -> str:
    """Return ASCII words of a text with underscores between them; "" if most of it is in another script."""
    words = ascii_words(text)
    letters = sum(map(str.isalnum, decomposed(text)))
    lost = letters - sum(map(len, words))
    return "" if lost * 2 > letters else "_".join(words[:WORDS])


class LabelNamer:
    """Maker of unique labels. ``taken``: labels that the book has; ``docnames``: all its pages."""

    def __init__(self, taken: Iterable[str], docnames: Collection[str]) -> None:
        self.taken = {_key(label) for label in taken}
        self.pages = {docname: _page(docname, docnames) for docname in sorted(docnames)}

    def name(self, docname: str, position: int, title: str) -> str:
        """Return a new label for a section.

        ``position`` counts the sections of its page from 0, which is the page itself.
        """
        page = PREFIX + self.pages[docname]
        base = page if position == 0 else f"{page}_{slug(title) or position}"
        count, label = 1, base
        while _key(label) in self.taken:
            count += 1
            label = f"{base}_{count}"
        self.taken.add(_key(label))
        return label


def _key(label: str) -> str:
    """Return a key that is equal for labels that would have the same anchor."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


def _page(docname: str, docnames: Collection[str]) -> str:
    """Return the last part of a docname, or its folder for an index page; the whole docname if others end alike."""
    short = _ending(docname)
    alike = [other for other in docnames if _ending(other) == short]
    whole = "_".join(part for part in docname.split("/") if part != "index") or docname
    return slug(short if len(alike) == 1 else whole) or slug(whole) or "page"


def _ending(docname: str) -> str:
    parts = docname.split("/")
    return parts[-2] if parts[-1] == "index" and len(parts) > 1 else parts[-1]
