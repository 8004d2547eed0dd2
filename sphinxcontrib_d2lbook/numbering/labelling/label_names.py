"""Names for sections: from the page and the title, in ASCII, each once in the book."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

PREFIX = "sec_"
WORDS = 6
"""So many words of a title make a label."""
LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "œ": "oe", "Œ": "oe", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d"}
    | {"þ": "th", "Þ": "th", "ð": "d", "Ð": "d", "ı": "i", "'": "", "’": ""}
)
"""Latin letters that Unicode does not take apart, and signs inside words."""
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
    """All that may be a label in a source, of whatever kind; rather too much than too little."""
    return {label.strip("\"'") for match in LABELS.finditer(text) for label in match.groups() if label}


def slug(text: str) -> str:
    """ASCII words with underscores between; "" for text that is mostly in another script."""
    plain = unicodedata.normalize("NFKD", text.translate(LETTERS))
    letters = sum(map(str.isalnum, plain))
    ascii_words = re.findall(r"[a-z0-9]+", "".join(c for c in plain.lower() if not unicodedata.combining(c)))
    lost = letters - sum(map(len, ascii_words))
    return "" if lost * 2 > letters else "_".join(ascii_words[:WORDS])


class LabelNamer:
    """Gives out labels. ``taken``: the labels that the book has; ``docnames``: all its pages."""

    def __init__(self, taken: Iterable[str], docnames: Collection[str]) -> None:
        self.taken = {_key(label) for label in taken}
        self.pages = {docname: _page(docname, docnames) for docname in sorted(docnames)}

    def name(self, docname: str, position: int, title: str) -> str:
        """A label for a section: ``position`` counts the sections of its page from 0, which is the page itself."""
        page = PREFIX + self.pages[docname]
        wanted = page if position == 0 else f"{page}_{slug(title) or position}"
        count, label = 1, wanted
        while _key(label) in self.taken:
            count += 1
            label = f"{wanted}_{count}"
        self.taken.add(_key(label))
        return label


def _key(label: str) -> str:
    """Labels with the same key would have the same anchor."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


def _page(docname: str, docnames: Collection[str]) -> str:
    """The last part of a page's name, that of its folder for an index; the whole where others end alike."""
    short = _ending(docname)
    alike = [other for other in docnames if _ending(other) == short]
    whole = "_".join(part for part in docname.split("/") if part != "index") or docname
    return slug(short if len(alike) == 1 else whole) or slug(whole) or "page"


def _ending(docname: str) -> str:
    parts = docname.split("/")
    return parts[-2] if parts[-1] == "index" and len(parts) > 1 else parts[-1]
