"""Fill the folder of sources that a publisher can take, and convert the images in it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from importlib.resources import files
from pathlib import Path

from ...common.build_state import BYTES, StateEntry, StateKind, altered_files, file_states, files_in
from ...common.files import digest, file_digest, write_if_changed, write_tree
from ...common.paper_sizes import day
from ...common.part_colours import latex_colours
from ..paper import compiler, images
from ..paper.compilation_record import Record
from ..paper.fonts import Fonts, place
from ..paper.images import Picture
from .fonts import FOLDER, script_commands

IMAGES = "images"
AS_THEY_ARE = (".png", ".jpg", ".jpeg", ".pdf")
"""Suffixes of images that XeTeX includes. All others become a PDF, in which drawings stay drawings. Typst's compiler
makes these PDFs, so that both engines set the same drawing from the same fonts, and no other program is needed."""
COLOURS, FONTS = "bookcolours.sty", "bookfonts.sty"
LATEXMK = "latexmkrc"
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
    """Folder in which LaTeX runs, so that the files that it writes stay out of the sources."""

    @property
    def build(self) -> Path:
        return self.folder / "build"

    def forget_damaged(self) -> None:
        """Empty `build` unless all files in it are as the last run of LaTeX left them. Raise OSError if that fails."""
        noted = StateEntry(self.work, LEFT).load()
        if noted is None or altered_files(self.build, noted):
            shutil.rmtree(self.build, ignore_errors=True)

    def note_left(self) -> None:
        """Record how LaTeX left the files in `build`. Raise OSError if that fails."""
        StateEntry(self.work, LEFT).save("", file_states(self.build, files_in(self.build)))

    def take(self, sources: Path) -> str:
        """Copy the sources into `build`, remove images that they no longer have, and return a digest of all of them."""
        files_by_name = {
            path.relative_to(sources).as_posix(): path for path in sorted(sources.rglob("*")) if path.is_file()
        }
        parts = []
        for name, path in files_by_name.items():
            write_if_changed(self.build / name, path.read_bytes())
            parts += [name, file_digest(path)]
        for image in (self.build / IMAGES).glob("*"):
            if f"{IMAGES}/{image.name}" not in files_by_name:
                image.unlink()
        return digest(*parts)


def pictures(uris: Iterable[str], srcdir: Path, workspace: LatexWorkspace) -> dict[str, Picture]:
    """Return every image that pages show, by its URI in the doctree, in a form that XeTeX includes."""
    taken: set[str] = set()
    pictures_by_uri = {}
    for uri in uris:
        path = srcdir / uri
        picture = images.load(path, path.name)
        if not picture.fault:
            picture = replace(_included(picture, path, workspace), name=_name(path, taken))
        pictures_by_uri[uri] = picture
    return pictures_by_uri


def _name(path: Path, taken: set[str]) -> str:
    """Return a file name that TeX can read and that is not ``taken`` yet."""
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


def write(
    folder: Path, source: str, name: str, used_pictures: Iterable[Picture], named: Fonts, fallbacks: Fonts, date: str
) -> None:
    """Write the book's source, its styles, its images and its fonts, of ``fallbacks`` those that it needs.

    ``date`` is the day of the edition, as "2026-11-28", or "".

    The folder is complete: `latexmk` sets the book in it, on any machine that has LaTeX.
    """
    template = files(__package__).joinpath("template")
    styles = {item.name: item.read_text("utf-8") for item in template.iterdir() if item.name != LATEXMK}
    changes, more = script_commands(named, source, fallbacks)
    texts = {f"{name}.tex": source, **styles, COLOURS: latex_colours(), FONTS: changes}
    run = template.joinpath(LATEXMK).read_text("utf-8")
    texts[LATEXMK] = run.replace("@NAME@", name).replace("@SECONDS@", str(_seconds(date)))
    write_tree(folder, texts)
    place(Fonts({}, tuple(dict.fromkeys((*named.faces, *more.faces)))), folder / FOLDER)
    write_tree(folder / IMAGES, {picture.name: picture.data for picture in used_pictures if picture.name}, owned=["*"])


def _seconds(date: str) -> int:
    """Return the seconds from 1970 to a day; 0 for no day, so that PDFs without a date have one that tells nothing."""
    return int(datetime.combine(day(date), time(), UTC).timestamp()) if date else 0
