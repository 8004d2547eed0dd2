"""The folder of sources that a publisher can take, and the images in it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from ...common.build_state import BYTES, StateEntry, StateKind, altered, files_in, states
from ...common.files import digest, file_digest, write_if_changed, write_tree
from ...common.part_colours import latex_colours
from ..paper import compiler, images
from ..paper.compilation_record import Record
from ..paper.fonts import Fonts, place
from ..paper.images import Picture
from .fonts import FOLDER, script_commands

IMAGES = "images"
AS_THEY_ARE = (".png", ".jpg", ".jpeg", ".pdf")
"""What XeTeX includes; all else becomes a PDF, in which drawings stay drawings. The compiler of the other engine makes
them, so that both set the same drawing from the same fonts, and no further program has to be there."""
STYLE, COLOURS, FONTS = "d2lbook.sty", "bookcolours.sty", "bookfonts.sty"
DRAWING = StateKind(
    "pdf/drawings",
    of="an image as a PDF that LaTeX can include",
    stale="nothing: another image, or another version of the compiler, has another entry",
    codec=BYTES,
    durable=False,
)
LEFT = StateKind(
    "pdf/latex-files",
    of="the folder in which LaTeX runs: sizes and times of the files that it left there",
    stale="a file that something else than a build wrote: the folder is emptied, and LaTeX begins anew",
)


@dataclass(frozen=True)
class LatexWorkspace(Record):
    """Where the sources are set, so that what LaTeX leaves behind stays out of them."""

    @property
    def build(self) -> Path:
        return self.folder / "build"

    def forget_damaged(self) -> None:
        """Empty `build` unless all files in it are as the last run of LaTeX left them. Raises OSError."""
        noted = StateEntry(self.work, LEFT).load()
        if noted is None or altered(self.build, noted):
            shutil.rmtree(self.build, ignore_errors=True)

    def note_left(self) -> None:
        """Note how LaTeX left the files in `build`. Raises OSError."""
        StateEntry(self.work, LEFT).save("", states(self.build, files_in(self.build)))

    def take(self, sources: Path) -> str:
        """Copy the sources, remove what they no longer have; a digest of all of them."""
        found = {path.relative_to(sources).as_posix(): path for path in sorted(sources.rglob("*")) if path.is_file()}
        parts = []
        for name, path in found.items():
            write_if_changed(self.build / name, path.read_bytes())
            parts += [name, file_digest(path)]
        for left in (self.build / IMAGES).glob("*"):
            if f"{IMAGES}/{left.name}" not in found:
                left.unlink()
        return digest(*parts)


def pictures(uris: Iterable[str], srcdir: Path, workspace: LatexWorkspace) -> dict[str, Picture]:
    """Every image that pages show, by the address that the doctree has, in a form that XeTeX includes."""
    taken: set[str] = set()
    found = {}
    for uri in uris:
        path = srcdir / uri
        picture = images.load(path, path.name)
        if not picture.fault:
            picture = replace(_included(picture, path, workspace), name=_name(path, taken))
        found[uri] = picture
    return found


def _name(path: Path, taken: set[str]) -> str:
    """A file name that TeX can read."""
    suffix = path.suffix.lower()
    suffix = suffix if suffix in AS_THEY_ARE else ".pdf"
    stem = re.sub(r"[^A-Za-z0-9]+", "-", path.stem).strip("-") or "image"
    name, count = stem, 1
    while f"{name}{suffix}".lower() in taken:
        count += 1
        name = f"{stem}-{count}"
    taken.add(f"{name}{suffix}".lower())
    return f"{name}{suffix}"


def _included(picture: Picture, path: Path, workspace: LatexWorkspace) -> Picture:
    if path.suffix.lower() in AS_THEY_ARE:
        return picture
    made_from = digest(compiler.VERSION, picture.data)
    drawing = StateEntry(workspace.work, DRAWING, made_from[:20])
    known = drawing.load(made_from)
    if known is not None:
        return replace(picture, data=known)
    try:
        data = compiler.image_as_pdf(path)
    except compiler.TypstFault as fault:
        return Picture(b"", "", fault=fault.message)
    drawing.save(made_from, data)
    return replace(picture, data=data)


def write(folder: Path, source: str, name: str, found: Iterable[Picture], named: Fonts) -> None:
    """Write the book's source, its style, its images and the fonts that it names."""
    style = files(__package__).joinpath("template").joinpath(STYLE).read_text("utf-8")
    texts = {f"{name}.tex": source, STYLE: style, COLOURS: latex_colours(), FONTS: script_commands(named, source)}
    write_tree(folder, texts)
    place(named, folder / FOLDER)
    write_tree(folder / IMAGES, {one.name: one.data for one in found if one.name}, owned=["*"])
