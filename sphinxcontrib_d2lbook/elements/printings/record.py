"""Read and write the committed file of a printing: what the pages had, and which numbers were given out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...common.errors import BookError
from ...common.file_formats import PRINTING
from ...common.files import digest
from .page_contents import CellContents, PageContents, SectionContents

FOLDER = "printings"
"""Folder of the files, beside conf.py."""
REMEDY = "take its last version from version control"


NUMBER_KEYS = ("docname", "id", "kind", "label", "name", "number", "title")
"""Keys of the row of a number: those that `numbering.editions` needs, and `name`, such as "Figure 3.1"."""


@dataclass(frozen=True)
class PrintingRecord:
    """State of a book that can be compared with another."""

    pages: Mapping[str, PageContents] = field(default_factory=dict)
    """Contents by docname."""
    numbers: tuple[Mapping[str, Any], ...] = ()
    """A row for each number, with `NUMBER_KEYS`."""
    libraries: Mapping[str, str] = field(default_factory=dict)
    """Version of each distribution that the pages import, by its name."""


def file_of(confdir: Path | str, printing: str) -> Path:
    """Return the file of a printing."""
    return Path(confdir, FOLDER, f"{printing}.json")


def record_text(record: PrintingRecord) -> str:
    """Return the content of the file: a section, a cell, a number a line, so that a change is a line of a diff."""
    pages = ",\n".join(f"{_json(docname)}: {_page_text(page)}" for docname, page in sorted(record.pages.items()))
    numbers = ",\n".join(_json({key: row[key] for key in NUMBER_KEYS}) for row in record.numbers)
    seal = _seal(_as_data(record))
    return (
        f'{{\n"version": {PRINTING.version},\n"digest": {_json(seal)},\n'
        f'"libraries": {_json(dict(sorted(record.libraries.items())))},\n'
        f'"pages": {{\n{pages}\n}},\n"numbers": [\n{numbers}\n]\n}}\n'
    )


def _page_text(page: PageContents) -> str:
    sections = ",\n  ".join(_json(list(section)) for section in page.sections)
    cells = ",\n  ".join(_json(list(cell)) for cell in page.cells)
    return f'{{"title": {_json(page.title)},\n "sections": [{sections}],\n "cells": [{cells}]}}'


def read_record(file: Path) -> PrintingRecord:
    """Return the record of a file. Raise BookError if it is missing or garbled, NewerFormatError."""
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
        PRINTING.check(value["version"], file)
        record = PrintingRecord(
            {docname: _page(page) for docname, page in value["pages"].items()},
            tuple({key: row[key] for key in NUMBER_KEYS} for row in value["numbers"]),
            {str(name): str(version) for name, version in value["libraries"].items()},
        )
        if value["digest"] != _seal(_as_data(record)):
            raise ValueError("it was changed after it was written")
    except FileNotFoundError as err:
        raise BookError(
            f"conf.py: d2lbook_printing = {file.stem!r}, and there is no record of this printing, {file}. Write it "
            f"from the build that is printed: sphinx-d2lbook printing {file.stem}"
        ) from err
    except json.JSONDecodeError as err:
        raise BookError(f"{file}:{err.lineno}: this record of a printing is no JSON: {err.msg}; {REMEDY}") from err
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as err:
        reason = f"it has no {err}" if isinstance(err, KeyError) else err
        raise BookError(f"{file}: this record of a printing cannot be used: {reason}; {REMEDY}") from err
    return record


def _page(value: Any) -> PageContents:
    sections = tuple(SectionContents(*map(str, section)) for section in value["sections"])
    return PageContents(str(value["title"]), sections, tuple(CellContents(*map(str, cell)) for cell in value["cells"]))


def _as_data(record: PrintingRecord) -> Any:
    pages = {docname: [page.title, page.sections, page.cells] for docname, page in record.pages.items()}
    return [pages, [[row[key] for key in NUMBER_KEYS] for row in record.numbers], dict(record.libraries)]


def _seal(data: Any) -> str:
    return digest(json.dumps(data, sort_keys=True))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
