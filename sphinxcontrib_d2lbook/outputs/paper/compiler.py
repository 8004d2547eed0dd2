"""Run the Typst compiler. No other module imports it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typst

VERSION = version("typst")
EMBEDDED = ("Libertinus Serif", "New Computer Modern", "New Computer Modern Math", "DejaVu Sans Mono")
"""Families of the fonts in the compiler."""


class TypstFault(Exception):
    """Failure of a compilation: the compiler's message with its hints, and the line in the source (0 if unknown)."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message, line)
        self.message = message
        self.line = line


@dataclass(frozen=True)
class CompiledPdf:
    """Result of a compilation."""

    pdf: bytes
    warnings: tuple[tuple[str, int], ...]
    """Messages, each with its line in the source, or 0."""
    answers: Mapping[str, list[Any]]
    """For each selector that was queried, the values of all its metadata in order."""


def fonts(folders: Iterable[Path], *, system: bool = False) -> list[typst.FontInfo]:
    """Return the fonts in ``folders``, or, with ``system``, also those of the machine."""
    searched = typst.Fonts(include_system_fonts=system, include_embedded_fonts=False, font_paths=list(folders))
    return [info for info in searched.fonts() if info.path]


def compile_pdf(source: Path, *, root: Path, queries: Sequence[str], fonts: Path | None = None) -> CompiledPdf:
    """Compile ``source``, which may read only files below ``root``, with embedded fonts and those in ``fonts``.

    ``queries`` are selectors of metadata. They are evaluated in the same run, as the compiler keeps its layout. Raise
    TypstFault if Typst refuses the source.
    """
    try:
        folders = [fonts] if fonts is not None and fonts.is_dir() else []
        compiler = typst.Compiler(source, root=root, ignore_system_fonts=True, font_paths=folders)
        pdf, warnings = compiler.compile_with_warnings(format="pdf", timestamp=0)
        answers = {query: json.loads(compiler.query(query, field="value")) for query in queries}
    except typst.TypstError as err:
        hints = "".join(f" ({hint})" for hint in err.hints)
        raise TypstFault(f"{err.message}{hints}", _line(err.diagnostic, source.name)) from err
    if not isinstance(pdf, bytes):
        raise TypstFault("the compiler returned no PDF", 0)
    messages = tuple((warning.message, _line(warning.diagnostic, source.name)) for warning in warnings)
    return CompiledPdf(pdf, messages, answers)


def image_fault(path: Path) -> str:
    """Return why an image alone cannot be set; "" if it can."""
    try:
        _image(path)
    except typst.TypstError as err:
        return str(err.message)
    return ""


def image_warnings(path: Path) -> list[str]:
    """Return the compiler's warnings about an image that is set alone; none for one that it cannot set."""
    try:
        _pdf, warnings = _image_compiler(path).compile_with_warnings(format="pdf", timestamp=0)
    except typst.TypstError:
        return []
    return [warning.message for warning in warnings]


def image_as_pdf(path: Path) -> bytes:
    """Return an image on a page of its own size; drawings stay drawings. Raise TypstFault if it cannot be set."""
    try:
        return _image(path)
    except typst.TypstError as err:
        raise TypstFault(str(err.message), 0) from err


def _image(path: Path) -> bytes:
    compiler = _image_compiler(path)
    # Screen readers read nothing of it, so it needs no tags, and older programs can include only older versions of PDF.
    pdf = compiler.compile(format="pdf", timestamp=0, pdf_standards=["1.5"])
    if not isinstance(pdf, bytes):
        raise TypstFault("the compiler returned no PDF", 0)
    return pdf


def _image_compiler(path: Path) -> typst.Compiler:
    source = b"#set page(width: auto, height: auto, margin: 0pt)\n#image(sys.inputs.name)"
    return typst.Compiler(source, root=path.parent, ignore_system_fonts=True, sys_inputs={"name": path.name})


def _line(diagnostic: str, name: str) -> int:
    """Return the line in the file ``name`` to which a diagnostic points first; 0 if it points to none."""
    match = re.search(rf"{re.escape(name)}:(\d+):\d+", diagnostic)
    return int(match[1]) if match else 0
