"""The folder that the compiler works in: the generated source, the template, the images."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from ...colours import typst_colours
from ...files import digest, write_if_changed, write_tree
from ...mathematics import typst_helpers
from .compiler import VERSION
from .images import Picture

SOURCE = "book.typ"
MARK = "// at "
"""Begins the comments that tell which page, and which of its lines, the source below comes from."""


@dataclass(frozen=True)
class Workspace:
    """Everything in it can be made again, and is kept to be looked at."""

    folder: Path

    @property
    def source(self) -> Path:
        return self.folder / SOURCE

    @property
    def destinations(self) -> Path:
        """`{"docname#id": {"page": …, "destination": …}}`, of the PDF that was made last."""
        return self.folder / "destinations.json"

    @property
    def codes(self) -> Path:
        """The QR codes of that PDF: a list of what is in a `PrintedCode`."""
        return self.folder / "codes.json"

    @property
    def codes_read(self) -> Path:
        """Digest of the PDF whose codes were all read back."""
        return self.folder / "codes-read"

    @property
    def stamp(self) -> Path:
        """Digest of all that the last PDF was made of."""
        return self.folder / "stamp"

    def fill(self, source: str, pictures: Iterable[Picture]) -> str:
        """Write what the compiler reads; a digest of all of it and of the compiler."""
        texts = {SOURCE: source, "mathematics.typ": typst_helpers(), "template/colours.typ": typst_colours()}
        for item in files(__package__).joinpath("template").iterdir():
            texts[f"template/{item.name}"] = item.read_text("utf-8")
        images = {picture.name: picture.data for picture in pictures if picture.name}
        self.folder.mkdir(parents=True, exist_ok=True)
        write_tree(self.folder, dict(texts))
        write_tree(self.folder / "images", dict(images), owned=["*"])
        parts: list[str | bytes] = [VERSION]
        for name in sorted(texts):
            parts += [name, texts[name]]
        for name in sorted(images):
            parts += [name, images[name]]
        return digest(*parts)

    def finished(self, stamp: str) -> None:
        write_if_changed(self.stamp, stamp)

    def is_finished(self, stamp: str) -> bool:
        return (
            self.stamp.is_file()
            and self.destinations.is_file()
            and self.codes.is_file()
            and self.stamp.read_text() == stamp
        )


def place_of(source: str, line: int) -> str | None:
    """ "docname:line" of the last mark above a line of the source."""
    for text in reversed(source.split("\n")[:line]):
        if text.startswith(MARK):
            return text.removeprefix(MARK)
    return None
