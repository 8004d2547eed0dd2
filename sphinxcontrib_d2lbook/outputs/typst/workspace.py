"""Fill the folder that the compiler reads: the source, the template, images and fonts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from ...common.files import digest, write_tree
from ...common.part_colours import typst_colours
from ...mathematics import typst_helpers
from ..paper import compiler, fonts, images
from ..paper.compilation_record import Record
from ..paper.page_design import PageDesign
from .generated_template import typst_chosen, typst_design, typst_direction, typst_floating, typst_fonts
from .own_template import OWN_FOLDER, OwnTemplate

SOURCE = "book.typ"
FLOATING = "template/floating.json"


@dataclass(frozen=True)
class TypstWorkspace(Record):
    """Folder that the compiler reads, with the record of what it made."""

    @property
    def source(self) -> Path:
        return self.folder / SOURCE

    @property
    def font_folder(self) -> Path:
        """Folder of the fonts that the book names."""
        return self.folder / "fonts"

    def fill(
        self,
        source: str,
        pictures: Iterable[images.Picture],
        named: fonts.Fonts,
        language: str,
        design: PageDesign,
        theme: str,
        own: OwnTemplate,
    ) -> str:
        """Write everything that the compiler reads, and return a digest of it and of the compiler's version.

        ``theme`` is the value of `d2lbook_pdf_theme`, ``own`` what the book defines of the template itself.
        """
        texts: dict[str, str | bytes] = {
            SOURCE: source,
            "mathematics.typ": typst_helpers(),
            "template/colours.typ": typst_colours(),
            "template/fonts.typ": typst_fonts(named, language),
            "template/direction.typ": typst_direction(language),
            "template/design.typ": typst_design(design),
            **{f"template/{name}": text for name, text in typst_chosen(theme, own.files).items()},
            FLOATING: typst_floating(()),
        }
        for item in files(__package__).joinpath("template").iterdir():
            texts[f"template/{item.name}"] = item.read_text("utf-8")
        texts |= {f"{OWN_FOLDER}/{name}": content for name, content in own.files.items()}
        drawn = {picture.name: picture.data for picture in pictures if picture.name}
        self.folder.mkdir(parents=True, exist_ok=True)
        write_tree(self.folder, texts, owned=[f"{OWN_FOLDER}/**/*"])
        write_tree(self.folder / "images", dict(drawn), owned=["*"])
        fonts.place(named, self.font_folder)
        parts: list[str | bytes] = [compiler.VERSION, named.stamp]
        for name in sorted(texts):
            parts += [name, texts[name]]
        for name in sorted(drawn):
            parts += [name, drawn[name]]
        return digest(*parts)
