"""Provide `sphinx-d2lbook labels`: write a label into the source of every section that has none."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from myst_parser.config.main import MdParserConfig

from ..common.files import write_if_changed
from ..numbering.labelling.label_names import LabelNamer, labels_in
from ..numbering.labelling.myst_headings import CannotLabel
from ..numbering.labelling.page_labels import Place, label_sections
from .book_loading import book, docnames_of

SUFFIXES = frozenset({".md", ".ipynb"})


PLACE = re.compile(r"(?P<page>.*?)(?::(?P<first>[0-9]+)(?::(?P<second>[0-9]+))?)?")


def label(folder: Path, source: Path, pages: Sequence[str], *, write: bool) -> int:
    """List the sections of ``pages`` that have no label, or write labels above them.

    Without ``pages``, all pages are searched. A page may be named with a line (``page:12``), or in a notebook with a
    cell, or a cell and a line in it; then only the section there is searched.

    Return 0 if every section has a label now, 1 if some have none, 2 if a page is unknown or cannot be labelled. The
    other pages are written all the same. Raise SphinxError if the book is refused.
    """
    with book(folder, source) as app:
        config: MdParserConfig = cast("Any", app.env).myst_config
        files = {docname: Path(app.env.doc2path(docname)) for docname in sorted(app.project.discover())}
    split = [PLACE.fullmatch(page) for page in pages]
    named = docnames_of([match["page"] for match in split if match], source, files)
    if named is None:
        return 2
    chosen = [(docname, match["first"], match["second"]) for docname, match in zip(named, split, strict=True) if match]
    chosen = chosen or [(docname, None, None) for docname in files]
    # The text keeps its line endings.
    contents = {docname: file.read_bytes().decode("utf-8", "surrogateescape") for docname, file in files.items()}
    names = LabelNamer({name for content in contents.values() for name in labels_in(content)}, files)
    missing = faults = 0
    for docname, first, second in sorted(set(chosen), key=_backwards):
        file = files[docname]
        shown = file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)
        if file.suffix not in SUFFIXES:
            if pages:
                print(f"{shown}: only Markdown and notebooks get labels", file=sys.stderr)
                faults += 1
            continue
        try:
            around = _around(file, first, second)
            lacking, changed = label_sections(docname, contents[docname], file.suffix, config, names, around)
        except CannotLabel as err:
            print(
                f"{shown}:{err}: a label above this heading would change the page; write one by hand", file=sys.stderr
            )
            faults += 1
            continue
        except ValueError as err:
            print(f"{shown}: this is no notebook: {err}", file=sys.stderr)
            faults += 1
            continue
        for heading in lacking:
            verb = "now has" if write else "would get"
            print(f"{shown}:{heading.place}: {heading.title!r} {verb} the label {heading.label}")
        missing += len(lacking)
        if write and lacking:
            # If the file is a link, write the file to which it points.
            target, mode = file.resolve(), file.stat().st_mode
            write_if_changed(target, changed.encode("utf-8", "surrogateescape"))
            target.chmod(mode)
            contents[docname] = changed
    if faults:
        return 2
    if not missing:
        print("every section has a label" if all(first is None for _, first, _ in chosen) else "it has a label already")
    elif not write:
        words = " ".join(["sphinx-d2lbook labels --write", *map(shlex.quote, pages)])
        print(
            f"{missing} section{'s have' if missing > 1 else ' has'} no label; run `{words}`, and look at what it wrote"
        )
    return 1 if missing and not write else 0


def _backwards(chosen: tuple[str, str | None, str | None]) -> tuple[str, int, int]:
    """Return the sort key of a place that puts later lines first, so that written labels do not move later places."""
    docname, first, second = chosen
    return docname, -int(first or 0), -int(second or 0)


def _around(file: Path, first: str | None, second: str | None) -> Place | None:
    """Return the place that an author has written after the name of a page; None if there is none."""
    if first is None:
        return None
    return (int(first), float(second or "inf")) if file.suffix == ".ipynb" else (0, int(first))
