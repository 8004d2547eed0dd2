"""Render folders of templates into files, write the files of commands, and say how to go on from there."""

from __future__ import annotations

import functools
import json
import os
import shlex
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import jinja2

from ..common.errors import BookError

SUFFIX = ".jinja"
"""Suffix of templates, which hides them from tools that check Python files, notebooks or workflows."""


def rendered_files(
    folder: Path, values: Mapping[str, object], **filters: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    """Yield path, with slashes, and text of each file that the templates in a folder make.

    Values stand in `<<name>>`, conditions in `<% if … %>`; the filter `python` writes a value as Python, JSON, YAML and
    TOML read it, and further ``filters`` can be given.
    """
    environment = jinja2.Environment(
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # nothing is HTML; each place names its own filter
    )
    # A JSON text of a string or of a flat mapping of strings is also a Python literal.
    environment.filters["python"] = functools.partial(json.dumps, ensure_ascii=False)
    environment.filters.update(filters)
    for path in sorted(folder.rglob(f"*{SUFFIX}")):
        name = path.relative_to(folder).as_posix().removesuffix(SUFFIX)
        yield name, environment.from_string(path.read_text("utf-8")).render(values)


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write texts by their paths, in a folder, with the line ends of Unix. Raise BookError if one fails."""
    for name, text in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as err:
            raise BookError(f"{path}: cannot be written: {err.strerror}; name a folder that can") from err


def how_to_build(folder: Path, pages: str) -> str:
    """Return the commands that build the book in a folder, from where the author is; ``pages`` is its source folder."""
    lines = [] if folder == Path.cwd() else [f"cd {shlex.quote(os.path.relpath(folder))}"]
    if (folder / "requirements.txt").is_file():
        lines.append("pip install -r requirements.txt")
    lines.append(f"sphinx-build -M book {shlex.quote(pages)} _build -c .")
    return "\n".join(f"    {line}" for line in lines)
