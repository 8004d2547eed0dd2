"""Run the Typst compiler. No other module imports it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

VERSION = version("typst")
EMBEDDED = ("Libertinus Serif", "New Computer Modern", "New Computer Modern Math", "DejaVu Sans Mono")
"""Families of the fonts in the compiler."""


class TypstFault(Exception):
    """Failure of a compilation: the compiler's message with its hints, and the line in the source (0 if unknown).

    ``diagnostic`` is all that the compiler said, with the places in all files.
    """

    def __init__(self, message: str, line: int, diagnostic: str = "") -> None:
        super().__init__(message, line, diagnostic)
        self.message = message
        self.line = line
        self.diagnostic = diagnostic


@dataclass(frozen=True)
class CompiledPdf:
    """Result of a compilation."""

    pdf: bytes
    warnings: tuple[tuple[str, int], ...]
    """Messages, each with its line in the source, or 0."""
    answers: Mapping[str, list[Any]]
    """For each label that was asked for, the values of the metadata that have it, in order."""


def fonts(folders: Iterable[Path], *, system: bool = False) -> list[typst.FontInfo]:
    """Return the fonts in ``folders``, or, with ``system``, also those of the machine."""
    searched = typst.Fonts(include_system_fonts=system, include_embedded_fonts=False, font_paths=list(folders))
    return [info for info in searched.fonts() if info.path]


def compile_pdf(
    source: Path,
    *,
    root: Path,
    labels: Sequence[str],
    fonts: Path | None = None,
    standards: Sequence[str] = (),
    settle: tuple[str, Callable[[Any], bool]] | None = None,
) -> CompiledPdf:
    """Compile ``source``, which may read only files below ``root``, with embedded fonts and those in ``fonts``.

    ``labels`` are those of metadata whose values are wanted, such as "<places>". They are queried in the same run, as
    the compiler keeps its layout, and at once: each query verifies the whole layout anew.
    ``standards`` are those that the PDF must keep, such as "ua-1". ``settle`` is a selector and what is called with the
    values of its metadata, before the PDF is written; if that returns true, it has changed a file that the source
    imports, and the book is laid out again. Raise TypstFault if Typst refuses the source.
    """
    try:
        folders = [fonts] if fonts is not None and fonts.is_dir() else []
        compiler = typst.Compiler(source, root=root, ignore_system_fonts=True, font_paths=folders)
        if settle is not None:
            selector, is_changed = settle
            # A query does not say where the source is wrong: what it cannot lay out is left to the compilation below.
            with suppress(RuntimeError):
                while is_changed(json.loads(compiler.query(selector, field="value"))):
                    pass
        pdf, warnings = compiler.compile_with_warnings(format="pdf", timestamp=0, **_kept(standards))
        answers = _values_by_label(compiler, labels)
    except typst.TypstError as err:
        hints = "".join(f" ({hint})" for hint in err.hints)
        raise TypstFault(f"{err.message}{hints}", _line(err.diagnostic, source.name), err.diagnostic) from err
    if not isinstance(pdf, bytes):
        raise TypstFault("the compiler returned no PDF", 0)
    messages = tuple((warning.message, _line(warning.diagnostic, source.name)) for warning in warnings)
    return CompiledPdf(pdf, messages, answers)


def _values_by_label(compiler: typst.Compiler, labels: Sequence[str]) -> dict[str, list[Any]]:
    """Return the values of the metadata with each of these labels, in order."""
    values: dict[str, list[Any]] = {label: [] for label in labels}
    if labels:
        first, *others = labels
        selector = f"selector({first})" + "".join(f".or({label})" for label in others)
        for found in json.loads(compiler.query(selector)):
            values[found["label"]].append(found["value"])
    return values


def image_fault(path: Path, standards: Sequence[str] = ()) -> str:
    """Return why an image alone cannot be set in a PDF that keeps these standards; "" if it can."""
    try:
        _image_compiler(path).compile(format="pdf", timestamp=0, **_kept(standards))
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


def image_from_bytes(data: bytes, suffix: str) -> bytes:
    """Return an image, whose file would have this suffix, on a PDF page of its own size. Raise TypstFault."""
    with TemporaryDirectory() as folder:
        file = Path(folder, f"image.{suffix}")
        file.write_bytes(data)
        return image_as_pdf(file)


def draw_picture(source: bytes, inputs: Mapping[str, str], root: Path, *, system: bool = False) -> bytes:
    """Return the one page of ``source`` as a PNG image, with a pixel for each point. Raise TypstFault.

    ``inputs`` are the texts of its `sys.inputs`. It may read only files below ``root``, and uses embedded fonts and,
    with ``system``, those of the machine.
    """
    try:
        compiler = typst.Compiler(source, root=root, ignore_system_fonts=not system, sys_inputs=dict(inputs))
        picture = compiler.compile(format="png", ppi=72)
    except typst.TypstError as err:
        raise TypstFault(str(err.message), 0) from err
    if not isinstance(picture, bytes):
        raise TypstFault("it has more than one page", 0)
    return picture


def _kept(standards: Sequence[str]) -> dict[str, Any]:
    return {"pdf_standards": list(standards)} if standards else {}


def _image(path: Path) -> bytes:
    compiler = _image_compiler(path)
    # Screen readers read nothing of it, so it needs no tags, and older programs can include only older versions of PDF.
    pdf = compiler.compile(format="pdf", timestamp=0, pdf_standards=["1.5"])
    if not isinstance(pdf, bytes):
        raise TypstFault("the compiler returned no PDF", 0)
    return pdf


def _image_compiler(path: Path) -> typst.Compiler:
    # Some standards ask for a title, a date, and a description of each image.
    source = (
        b'#set document(title: "image", date: datetime(year: 2000, month: 1, day: 1))\n'
        b'#set page(width: auto, height: auto, margin: 0pt)\n#image(sys.inputs.name, alt: "image")'
    )
    return typst.Compiler(source, root=path.parent, ignore_system_fonts=True, sys_inputs={"name": path.name})


def _line(diagnostic: str, name: str) -> int:
    """Return the line in the file ``name`` to which a diagnostic points first; 0 if it points to none."""
    match = re.search(rf"{re.escape(name)}:(\d+):\d+", diagnostic)
    return int(match[1]) if match else 0
