"""The only file that knows the Typst compiler."""

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
    """Why nothing could be set: the compiler's message with its hints, and the line in the source (0 if unknown)."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message, line)
        self.message = message
        self.line = line


@dataclass(frozen=True)
class CompiledPdf:
    """What a compilation gave."""

    pdf: bytes
    warnings: tuple[tuple[str, int], ...]
    """Messages, each with its line in the source, or 0."""
    answers: Mapping[str, list[Any]]
    """For each selector that was asked for, the values of all its metadata in order."""


def fonts(folders: Iterable[Path], *, system: bool = False) -> list[typst.FontInfo]:
    """Return the fonts in ``folders``, or those of the machine."""
    found = typst.Fonts(include_system_fonts=system, include_embedded_fonts=False, font_paths=list(folders))
    return [info for info in found.fonts() if info.path]


def compile_pdf(source: Path, *, root: Path, queries: Sequence[str], fonts: Path | None = None) -> CompiledPdf:
    """Set ``source``, which may read files below ``root`` only, with the embedded fonts and those in the folder
    ``fonts``. Raises Fault.

    ``queries`` are selectors of metadata. Asked for in the same go: the compiler keeps what it laid out.
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
    said = tuple((warning.message, _line(warning.diagnostic, source.name)) for warning in warnings)
    return CompiledPdf(pdf, said, answers)


def image_fault(path: Path) -> str:
    """Why an image alone cannot be set; "" if it can."""
    try:
        _image(path)
    except typst.TypstError as err:
        return str(err.message)
    return ""


def image_warnings(path: Path) -> list[str]:
    """What the compiler warns of when it sets an image alone. Nothing is raised for one that it cannot set."""
    try:
        _pdf, warnings = _image_compiler(path).compile_with_warnings(format="pdf", timestamp=0)
    except typst.TypstError:
        return []
    return [warning.message for warning in warnings]


def image_as_pdf(path: Path) -> bytes:
    """An image on a page of its own size; drawings stay drawings. Raises Fault."""
    try:
        return _image(path)
    except typst.TypstError as err:
        raise TypstFault(str(err.message), 0) from err


def _image(path: Path) -> bytes:
    compiler = _image_compiler(path)
    # Nothing of it is read by screen readers, and older programs include only older versions.
    made = compiler.compile(format="pdf", timestamp=0, pdf_standards=["1.5"])
    if not isinstance(made, bytes):
        raise TypstFault("the compiler returned no PDF", 0)
    return made


def _image_compiler(path: Path) -> typst.Compiler:
    source = b"#set page(width: auto, height: auto, margin: 0pt)\n#image(sys.inputs.name)"
    return typst.Compiler(source, root=path.parent, ignore_system_fonts=True, sys_inputs={"name": path.name})


def _line(diagnostic: str, name: str) -> int:
    """The line in the file ``name`` at which a diagnostic points first."""
    match = re.search(rf"{re.escape(name)}:(\d+):\d+", diagnostic)
    return int(match[1]) if match else 0
