"""`sphinx-d2lbook labels`: a label for every section that has none, in its source."""

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
from ..numbering.labelling.page_labels import Place, unlabelled
from .book_loading import book, docnames_of

SUFFIXES = frozenset({".md", ".ipynb"})


PLACE = re.compile(r"(?P<page>.*?)(?::(?P<first>[0-9]+)(?::(?P<second>[0-9]+))?)?")


def label(folder: Path, source: Path, pages: Sequence[str], *, write: bool) -> int:
    """List the sections of ``pages`` (all where none is named) that have no label, or write labels above them.

    A page may be named with a line (``page:12``), in a notebook with a cell, or a cell and a line in it: then it is the
    section there alone.
    0: every section has a label, now; 1: some have none; 2: a page is unknown or cannot be labelled. Pages that can be
    are written all the same. Raises SphinxError where the book is refused.
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
    # Bytes as they are: the ends of lines stay.
    contents = {docname: file.read_bytes().decode("utf-8", "surrogateescape") for docname, file in files.items()}
    names = LabelNamer({name for content in contents.values() for name in labels_in(content)}, files)
    found = faults = 0
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
            lacking, changed = unlabelled(docname, contents[docname], file.suffix, config, names, around)
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
        for one in lacking:
            print(f"{shown}:{one.place}: {one.title!r} {'now has' if write else 'would get'} the label {one.label}")
        found += len(lacking)
        if write and lacking:
            # Of a link, the file that it stands for.
            target, mode = file.resolve(), file.stat().st_mode
            write_if_changed(target, changed.encode("utf-8", "surrogateescape"))
            target.chmod(mode)
            contents[docname] = changed
    if faults:
        return 2
    if not found:
        print("every section has a label" if all(first is None for _, first, _ in chosen) else "it has a label already")
    elif not write:
        words = " ".join(["sphinx-d2lbook labels --write", *map(shlex.quote, pages)])
        print(f"{found} section{'s have' if found > 1 else ' has'} no label; run `{words}`, and look at what it wrote")
    return 1 if found and not write else 0


def _backwards(chosen: tuple[str, str | None, str | None]) -> tuple[str, int, int]:
    """What places sort by, so that a label that is written moves none of those that follow."""
    docname, first, second = chosen
    return docname, -int(first or 0), -int(second or 0)


def _around(file: Path, first: str | None, second: str | None) -> Place | None:
    """The place that an author has written behind the name of a page."""
    if first is None:
        return None
    return (int(first), float(second or "inf")) if file.suffix == ".ipynb" else (0, int(first))
