"""Find the fonts of the PDF that `d2lbook_pdf_fonts` names, in addition to those of the engine.

    d2lbook_pdf_fonts = {"folder": "fonts", "text": "Alegreya", "scripts": ["Noto Serif CJK SC"]}

Fonts are searched in the folder first, then among those that come with this software, in `bundled_fonts/`. Those of
the system are used only where they are named, so that the same sources give the same pages wherever they have the same
fonts; `report.json` lists which files these were.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont

from ...common.errors import BookError
from ...common.files import digest, file_digest
from ...common.suggestions import did_you_mean
from . import compiler

ROLES = ("text", "headings", "code", "math", "scripts")
FOLDER = "folder"
KEYS = (FOLDER, *ROLES)
BUNDLED = Path(__file__).parent / "bundled_fonts"
"""Folder of the fonts that come with this software; each is complete for Latin, Greek and Cyrillic letters."""
WEIGHTS = (400, 600, 700)
"""Weights that pages use; the nearest ones of a family are copied."""


@dataclass(frozen=True)
class Face:
    """Font of a family, in a file."""

    family: str
    style: str
    weight: int
    file: Path
    index: int
    """Index in a collection of fonts."""
    is_system: bool

    @property
    def name(self) -> str:
        """Name of its copy in the folder of the book's fonts, the same wherever the file lies."""
        return f"{file_digest(self.file)[:8]}-{self.file.name}"


@dataclass(frozen=True)
class Fonts:
    """Fonts that a book uses besides the engine's own."""

    families: Mapping[str, tuple[str, ...]]
    """Families of each role, best first, without those of the engine."""
    faces: tuple[Face, ...]

    def role(self, role: str) -> tuple[str, ...]:
        """Return the families of a role, followed by those for scripts."""
        own = self.families.get(role, ())
        if role == "headings" and not own:
            own = self.families.get("text", ())
        return (*own, *(name for name in self.families.get("scripts", ()) if name not in own))

    def faces_of(self, family: str) -> list[Face]:
        """Return the fonts of a family."""
        return [face for face in self.faces if face.family == family]

    def has(self, char: str) -> bool:
        """Check whether any of the families has a character."""
        return any(ord(char) in characters(face.file, face.index) for face in self._upright)

    @cached_property
    def _upright(self) -> list[Face]:
        """One font of each family, as fonts of other weights have the same characters."""
        first: dict[str, Face] = {}
        for face in sorted(self.faces, key=lambda face: (face.style != "normal", abs(face.weight - WEIGHTS[0]))):
            first.setdefault(face.family, face)
        return list(first.values())

    @property
    def files(self) -> dict[str, Path]:
        """File of each copy, by the name of the copy."""
        return {face.name: face.file for face in sorted(self.faces, key=lambda face: face.name)}

    @property
    def stamp(self) -> str:
        """Digest of all files."""
        return digest(*(part for name, file in self.files.items() for part in (name, file_digest(file))))

    def notes(self, root: Path) -> list[dict[str, Any]]:
        """Return the rows for report.json, sorted.

        Files of the project are relative to ``root``, those that come with this software to their folder.
        """
        rows = {}
        for face in self.faces:
            home = (
                None
                if face.is_system
                else next((top for top in (BUNDLED, root) if face.file.is_relative_to(top)), None)
            )
            file = face.file.relative_to(home).as_posix() if home else str(face.file)
            row = {"family": face.family, "file": file, "system": face.is_system, "digest": file_digest(face.file)}
            rows[(face.family, file)] = row
        return [rows[key] for key in sorted(rows)]


NONE = Fonts({}, ())


def resolve(value: Mapping[str, Any], root: Path) -> Fonts:
    """Find the fonts that `d2lbook_pdf_fonts` names; ``root`` is the folder of conf.py. Raise BookError."""
    if not value:
        return NONE
    folder = root / value[FOLDER] if value.get(FOLDER) else None
    if folder is not None and not folder.is_dir():
        raise BookError(f"conf.py: d2lbook_pdf_fonts: there is no folder {value[FOLDER]!r} beside conf.py")
    own = [_face(info, is_system=False) for info in compiler.fonts((folder,))] if folder is not None else []
    named = {role: _names(value.get(role, ())) for role in ROLES}
    if folder is not None and not any(named.values()):
        named["scripts"] = tuple(dict.fromkeys(face.family for face in own))
    taken: list[Face] = []
    families: dict[str, tuple[str, ...]] = {}
    for role, names in named.items():
        families[role] = tuple(_take(name, own, taken) for name in names)
    return Fonts(families, tuple(dict.fromkeys(taken)))


def _names(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _face(info: Any, *, is_system: bool) -> Face:
    return Face(info.family, info.style, info.weight, Path(info.path), info.index, is_system)


@cache
def _bundled() -> tuple[Face, ...]:
    return tuple(_face(info, is_system=False) for info in compiler.fonts((BUNDLED,)))


@cache
def _system() -> tuple[Face, ...]:
    return tuple(_face(info, is_system=True) for info in compiler.fonts((), system=True))


def _take(name: str, own: Iterable[Face], taken: list[Face]) -> str:
    """Add the fonts of a family to ``taken``, and return its name as the fonts have it. Raise BookError."""
    wanted = name.casefold()
    if wanted in {family.casefold() for family in compiler.EMBEDDED}:
        return next(family for family in compiler.EMBEDDED if family.casefold() == wanted)
    for faces in (own, _bundled(), _system()):
        matching_faces = [face for face in faces if face.family.casefold() == wanted]
        if matching_faces:
            taken += _usual(matching_faces)
            return matching_faces[0].family
    known = sorted({face.family for face in (*own, *_bundled(), *_system())})
    question = did_you_mean(name, known)
    hint = f"; {question}" if question else "."
    raise BookError(
        f"conf.py: d2lbook_pdf_fonts names the family {name!r}, which neither its folder nor this machine has{hint} "
        "Install it, or put its files into a folder beside conf.py and name that as 'folder'"
    )


def _usual(faces: Sequence[Face]) -> list[Face]:
    """Return the fonts of a family that pages use: of each style, those nearest to the weights of text and headings."""
    chosen: dict[Face, None] = {}
    for style in dict.fromkeys(face.style for face in faces):
        alike = [face for face in faces if face.style == style]
        for weight in WEIGHTS:
            chosen[min(alike, key=lambda face: (abs(face.weight - weight), face.weight, str(face.file)))] = None
    return list(chosen)


@cache
def characters(file: Path, index: int) -> frozenset[int]:
    """Return the code points that a font has characters for."""
    with TTFont(file, fontNumber=index if _is_collection(file) else -1, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


def advance(file: Path, index: int) -> float:
    """Return the width of a digit of a font, in ems."""
    with TTFont(file, fontNumber=index if _is_collection(file) else -1, lazy=True) as font:
        glyph = (font.getBestCmap() or {}).get(ord("0"), ".notdef")
        width: int = font["hmtx"][glyph][0]
        size: int = font["head"].unitsPerEm
        return width / size


def _is_collection(file: Path) -> bool:
    with file.open("rb") as stream:
        return stream.read(4) == b"ttcf"


def place(fonts: Fonts, folder: Path) -> None:
    """Put copies of the fonts, and no other files, into ``folder``. Raise OSError if that fails."""
    files = fonts.files
    if files or folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if path.name not in files:
                path.unlink()
    for name, file in files.items():
        target = folder / name
        if target.is_file() and file_digest(target) == file_digest(file):
            continue
        target.unlink(missing_ok=True)
        with suppress(OSError):  # Links need rights on some systems, and both files on one file system.
            os.link(file, target)
            continue
        shutil.copyfile(file, target)
