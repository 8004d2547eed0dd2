"""The folder that the compiler works in: the generated source, the template, the images."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from ...colours import typst_colours
from ...files import digest, write_tree
from ...mathematics import typst_helpers
from ..paper.compiler import VERSION
from ..paper.images import Picture
from ..paper.record import Record

SOURCE = "book.typ"


@dataclass(frozen=True)
class Workspace(Record):
    """What the compiler reads, and what is noted of what it made."""

    @property
    def source(self) -> Path:
        return self.folder / SOURCE

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
