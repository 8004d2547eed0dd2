"""Read `_toc.yml`, the tree of pages, in the formats of Jupyter Book 1 and of sphinx-external-toc.

Formats: https://jupyterbook.org/v1/structure/toc.html and the documentation of sphinx-external-toc. The list
without a `root` that Jupyter Book had before 0.11 is read as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any

from ...common.errors import BookError
from .migration_report import Line
from .yaml_lines import Document, Keys

SUFFIXES = (".md", ".ipynb", ".rst", ".txt")
ITEMS = ("sections", "entries", "chapters", "items")
GROUPS = ("parts", "subtrees")
OPTIONS = frozenset({"caption", "numbered", "maxdepth", "titlesonly", "hidden", "reversed"})
"""Keys of a part that are options of its toctree."""
FORMATS = frozenset({"jb-book", "jb-article"})
PAGE = frozenset({"file", "root", "url", "glob", "title"})


@dataclass(frozen=True)
class TocEntry:
    """Line of a toctree: a page, a URL, or a pattern of pages."""

    target: str
    kind: str
    """"file", "url" or "glob"."""
    title: str = ""


@dataclass
class TocSubtree:
    """Children of a page that share one toctree."""

    entries: list[TocEntry] = field(default_factory=list)
    caption: str = ""
    numbered: int | None = None
    """Number of heading levels that are numbered; None for none, 0 for all."""
    maxdepth: int | None = None
    titlesonly: bool = False
    reversed: bool = False
    hidden: bool = True
    """Whether the page does not show the toctree."""


@dataclass
class Contents:
    """Tree of all pages."""

    root: str
    toctrees: dict[str, list[TocSubtree]] = field(default_factory=dict)
    """Toctrees of each page that has any, by docname."""

    def docnames(self) -> set[str]:
        """Return the pages that are named, not those that patterns find."""
        return {self.root, *(entry.target for entry in self._entries() if entry.kind == "file")}

    def matches(self, docname: str) -> bool:
        """Return whether a page is in the book, by its name or by a pattern."""
        patterns = [entry.target for entry in self._entries() if entry.kind == "glob"]
        return docname in self.docnames() or any(fnmatchcase(docname, pattern) for pattern in patterns)

    def _entries(self) -> Iterator[TocEntry]:
        return (entry for trees in self.toctrees.values() for tree in trees for entry in tree.entries)


def parse(document: Document) -> tuple[Contents, list[Line]]:
    """Return the tree and what is to be reported. Raises BookError for a file that says no tree."""
    return _Parser(document).run()


class _Parser:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.lines: list[Line] = []
        self.defaults: dict[str, Any] = {}
        self.titlesonly = False

    def run(self) -> tuple[Contents, list[Line]]:
        value = self.document.value
        if isinstance(value, list):
            return self._old(value)
        if not isinstance(value, dict) or not isinstance(value.get("root"), str):
            raise self._fault((), "has no `root`, the first page")
        self.titlesonly = value.get("format") in FORMATS
        if value.get("format") not in (None, *FORMATS):
            self._say(("format",), "is no format of Jupyter Book 1; the rest was read as if it were one", by_hand=True)
        defaults = value.get("defaults") or {}
        if not isinstance(defaults, dict):
            raise self._fault(("defaults",), "must be a mapping")
        self.defaults = defaults
        contents = Contents(docname(value["root"]))
        self._children(value, (), contents.root, contents, {**defaults, **self._options_of(value, ())})
        return contents, self.lines

    def _old(self, items: list[Any]) -> tuple[Contents, list[Line]]:
        """Read the format before 0.11: a list whose first item is the root page; `part` and `header` begin a group."""
        first = items[0] if items else None
        if not isinstance(first, dict) or not isinstance(first.get("file"), str):
            raise self._fault((), "its first item must name a file, the first page")
        self.titlesonly = True
        contents = Contents(docname(first["file"]))
        self._say((), f"the list of the older format becomes toctrees of {contents.root}")
        trees: list[TocSubtree] = [TocSubtree(titlesonly=True, numbered=_numbered(first.get("numbered")))]
        for number, item in enumerate(items[1:], 1):
            at: Keys = (number,)
            if not isinstance(item, dict):
                raise self._fault(at, "must be a mapping")
            if heading := item.get("part", item.get("header")):
                trees.append(
                    TocSubtree(caption=str(heading), titlesonly=True, numbered=_numbered(item.get("numbered")))
                )
                for inner, chapter in enumerate(item.get("chapters") or ()):
                    trees[-1].entries += self._entry(chapter, (*at, "chapters", inner), contents)
            else:
                trees[-1].entries += self._entry(item, at, contents)
                if "numbered" in item:
                    trees[-1].numbered = _numbered(item["numbered"])
        contents.toctrees = {contents.root: [tree for tree in trees if tree.entries], **contents.toctrees}
        return contents, self.lines

    def _options_of(self, value: Mapping[str, Any], at: Keys) -> dict[str, Any]:
        options = value.get("options") or {}
        if not isinstance(options, dict):
            raise self._fault((*at, "options"), "must be a mapping")
        return options

    def _children(
        self, value: Mapping[str, Any], at: Keys, page: str, contents: Contents, options: Mapping[str, Any]
    ) -> None:
        """Note the toctrees of a page."""
        groups = [name for name in GROUPS if name in value]
        items = [name for name in ITEMS if name in value]
        if len(groups + items) > 1:
            raise self._fault(
                (*at, (groups + items)[1]), f"stands beside `{(groups + items)[0]}`; a page has one of them"
            )
        for key in value.keys() - {*GROUPS, *ITEMS, *PAGE, *OPTIONS, "options", "defaults", "format", "meta"}:
            self._say((*at, str(key)), "is not known, and left out", by_hand=True)
        found: list[TocSubtree] = []
        if groups:
            parts = value[groups[0]]
            if not isinstance(parts, list):
                raise self._fault((*at, groups[0]), "must be a list")
            for number, part in enumerate(parts):
                place = (*at, groups[0], number)
                if not isinstance(part, dict):
                    raise self._fault(place, "must be a mapping")
                inner = [name for name in ITEMS if name in part]
                if len(inner) != 1:
                    raise self._fault(place, f"must have one of {', '.join(ITEMS[:3])}")
                own = {key: part[key] for key in OPTIONS if key in part} | self._options_of(part, place)
                found.append(self._toctree(part[inner[0]], (*place, inner[0]), contents, {**options, **own}))
        elif items:
            found.append(self._toctree(value[items[0]], (*at, items[0]), contents, options))
        if any(tree.entries for tree in found):
            contents.toctrees = {page: [tree for tree in found if tree.entries], **contents.toctrees}

    def _toctree(self, items: Any, at: Keys, contents: Contents, options: Mapping[str, Any]) -> TocSubtree:
        if not isinstance(items, list):
            raise self._fault(at, "must be a list")
        depth = options.get("maxdepth")
        tree = TocSubtree(
            caption=str(options.get("caption") or ""),
            numbered=_numbered(options.get("numbered")),
            maxdepth=depth if isinstance(depth, int) and depth > 0 else None,
            titlesonly=bool(options.get("titlesonly", self.titlesonly)),
            reversed=bool(options.get("reversed")),
            hidden=bool(options.get("hidden", True)),
        )
        for number, item in enumerate(items):
            tree.entries += self._entry(item, (*at, number), contents)
        return tree

    def _entry(self, item: Any, at: Keys, contents: Contents) -> Iterator[TocEntry]:
        if not isinstance(item, dict):
            raise self._fault(at, "must be a mapping with `file`, `url` or `glob`")
        kinds = [kind for kind in ("file", "url", "glob") if kind in item]
        if len(kinds) != 1:
            raise self._fault(at, "must have one of `file`, `url` and `glob`")
        kind, title = kinds[0], str(item.get("title") or "")
        target = str(item[kind])
        yield TocEntry(docname(target) if kind == "file" else target, kind, title)
        if kind == "file":
            self._children(item, at, docname(target), contents, {**self.defaults, **self._options_of(item, at)})

    def _say(self, at: Keys, becomes: str, *, by_hand: bool = False) -> None:
        found = ".".join(map(str, at)) or self.document.file
        self.lines.append(Line(self.document.file, self.document.line(at), found, becomes, by_hand))

    def _fault(self, at: Keys, what: str) -> BookError:
        named = ".".join(map(str, at))
        return BookError(f"{self.document.file}:{self.document.line(at)}: {named}{': ' if named else ''}{what}")


def docname(file: str) -> str:
    """Return the name of a page: its path without the suffix, if it has one that a page can have."""
    path = PurePosixPath(file.strip().removeprefix("./"))
    return str(path.with_suffix("")) if path.suffix in SUFFIXES else str(path)


def _numbered(value: Any) -> int | None:
    """Return how many levels are numbered: 0 for all, None for no numbers."""
    if value is True:
        return 0
    return value if isinstance(value, int) and value is not False and value > 0 else None
