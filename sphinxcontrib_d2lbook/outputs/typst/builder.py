"""Build the PDF with Typst."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar, cast

from docutils import nodes
from sphinx.builders import Builder
from sphinx.util.display import progress_message

from ...addresses.internal_uris import internal_address
from ...common.errors import BookError
from ...common.files import digest, write_if_changed, write_tree
from ...common.part_colours import typst_colours
from ...common.warning_types import Warn, warn
from ...config import book_name
from ...mathematics import typst_helpers
from ..paper import compiler, fonts, images
from ..paper.assembled_doctree import assemble, title_of
from ..paper.compilation_record import Record, noted
from ..paper.destination_names import key
from ..paper.missing_glyphs import MissingGlyphs
from ..paper.source_marks import in_file, location
from ..paper.structure import anchors_by_page, elements
from . import markup
from .font_coverage import GlyphCheck
from .translator import TypstBookFacts, TypstTranslator

SOURCE = "book.typ"
TEXT_FONT, CODE_FONT, MATH_FONT = "Libertinus Serif", "DejaVu Sans Mono", "New Computer Modern Math"
"""Families that are embedded in the compiler, used for the characters that the fonts named by a book do not have."""
CODE_ADVANCE = 0.60205
"""Width of every character of the embedded font for code, in ems."""
PLACES, CODES, WIDE = "<d2l-places>", "<d2l-code>", "<d2l-wide>"
"""Labels under which the template records positions, to be queried after compilation: everything that can be linked to,
each QR code, and each formula that is hard to read because it is wider than its line."""


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

    def fill(self, source: str, pictures: Iterable[images.Picture], named: fonts.Fonts, language: str) -> str:
        """Write everything that the compiler reads, and return a digest of it and of the compiler's version."""
        texts = {
            SOURCE: source,
            "mathematics.typ": typst_helpers(),
            "template/colours.typ": typst_colours(),
            "template/fonts.typ": typst_fonts(named),
            "template/direction.typ": typst_direction(language),
        }
        for item in files(__package__).joinpath("template").iterdir():
            texts[f"template/{item.name}"] = item.read_text("utf-8")
        drawn = {picture.name: picture.data for picture in pictures if picture.name}
        self.folder.mkdir(parents=True, exist_ok=True)
        write_tree(self.folder, dict(texts))
        write_tree(self.folder / "images", dict(drawn), owned=["*"])
        fonts.place(named, self.font_folder)
        parts: list[str | bytes] = [compiler.VERSION, named.stamp]
        for name in sorted(texts):
            parts += [name, texts[name]]
        for name in sorted(drawn):
            parts += [name, drawn[name]]
        return digest(*parts)


class PdfBuilder(Builder):
    """Builder of the PDF, which sets the whole book each time: the numbers of one page depend on all others."""

    name = "pdf"
    format = "typst"
    epilog = "The PDF is in %(outdir)s."
    allow_parallel = False
    versioning_method = "none"
    default_translator_class = TypstTranslator
    supported_image_types: ClassVar[list[str]] = images.MIME_TYPES
    # This keeps Sphinx from downloading remote images; the translator warns of each.
    supported_remote_images = True

    @property
    def pdf(self) -> Path:
        return Path(self.outdir) / f"{book_name(self.config)}.pdf"

    @property
    def workspace(self) -> TypstWorkspace:
        return TypstWorkspace.of_engine(self.doctreedir, "typst")

    def get_outdated_docs(self) -> str:
        return "the whole book"

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        return internal_address(docname)

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        return self.get_target_uri(to, typ)

    @property
    def language(self) -> str:
        """The language of the book, without its country."""
        return (self.config.language or "en").partition("_")[0]

    def write_documents(self, _docnames: Set[str]) -> None:
        with progress_message("assembling the pages"):
            tree = assemble(self)
        pictures = {uri: images.load(Path(self.srcdir) / uri, name) for uri, name in self.images.items()}
        named = fonts.resolve(self.config.d2lbook_pdf_fonts, Path(self.confdir))
        with progress_message("translating to Typst"):
            facts = self.gather(tree, pictures, named)
            source = self.source(tree, facts)
        facts.glyphs.missing.tell()
        stamp = self.workspace.fill(source, pictures.values(), named, self.language)
        if self.workspace.is_finished(stamp, self.pdf):
            return
        with progress_message("setting the pages"):
            try:
                printed = self.compile()
            except compiler.TypstFault as fault:
                readable = images.mark_faulty(pictures, Path(self.srcdir))
                if readable == pictures:
                    raise self._refusal(source, fault) from fault
                # An image stopped the compiler: the book is set without it, and the translator warns of it.
                source = self.source(tree, self.gather(tree, readable, named))
                stamp = self.workspace.fill(source, readable.values(), named, self.language)
                try:
                    printed = self.compile()
                except compiler.TypstFault as other:
                    raise self._refusal(source, other) from other
        self._keep(source, stamp, printed, named)

    def gather(self, tree: nodes.document, pictures: dict[str, images.Picture], named: fonts.Fonts) -> TypstBookFacts:
        """Return the facts about an assembled book that the translator needs."""
        missing = MissingGlyphs(self.config.language or "en", str(Path(self.confdir, "conf.py")))
        return gather(tree, pictures, GlyphCheck(missing, named.has))

    def write_doc(self, _docname: str, _doctree: nodes.document) -> None:
        """Do nothing: the pages are not written one by one."""

    def source(self, tree: nodes.document, facts: TypstBookFacts) -> str:
        """Return the whole Typst source of an assembled tree."""
        settings: dict[str, markup.Value] = {
            "title": title_of(tree, str(self.config.project)),
            "authors": self.config.author if self.config.author not in ("", "Author name not set") else "",
            "release": self.config.release,
            "copyright": owner if isinstance(owner := self.config.copyright, str) else ", ".join(owner),
            "paper": self.config.d2lbook_pdf_paper,
            "language": self.language,
        }
        place = (self.config.root_doc, 1)
        for shown in (settings["title"], settings["authors"], settings["release"], settings["copyright"]):
            facts.glyphs.check(str(shown), place)
        # Created through the registry, which adds the visitors of other extensions.
        translator = cast("TypstTranslator", self.create_translator(tree, self, facts))
        tree.walkabout(translator)
        lines = [
            "// Made by sphinxcontrib-d2lbook; edits are lost.",
            '#import "/mathematics.typ": *',
            f'#import "/template/template.typ" as {markup.TEMPLATE}',
            markup.show("book", **settings),
            "".join(translator.body),
            markup.call(
                "places", [(name, name in translator.named, name in translator.asides) for name in translator.placed]
            ),
            "",
        ]
        return "\n".join(lines)

    def compile(self) -> compiler.CompiledPdf:
        """Compile the source in the workspace. Raise compiler.TypstFault if Typst refuses it."""
        return compiler.compile_pdf(
            self.workspace.source,
            root=self.workspace.folder,
            queries=[PLACES, CODES, WIDE],
            fonts=self.workspace.font_folder,
        )

    def _refusal(self, source: str, fault: compiler.TypstFault) -> BookError:
        place = in_file(self.env, markup.MARKS.place_of(source, fault.line))
        return BookError(
            f"{place}: the PDF cannot be set: {fault.message}. What Typst refuses is at or below that line of the page "
            f"(raw Typst is the usual cause), and in the generated source at {self.workspace.source}:{fault.line}"
        )

    def _keep(self, source: str, stamp: str, printed: compiler.CompiledPdf, named: fonts.Fonts) -> None:
        """Write the PDF and the list of destinations, and pass on the compiler's warnings."""
        for message, line in printed.warnings:
            for place in [line] if line else self._images_with(message, source):
                near = markup.MARKS.place_of(source, place) or self.config.root_doc
                warn(Warn.OUTPUT, "Typst: %s", message, location=location(near))
        for place, percent in printed.answers[WIDE]:
            warn(
                Warn.OUTPUT,
                "a formula is wider than the line of the PDF, and is set at %d %% of its size; break it into lines",
                percent,
                location=location(place),
            )
        write_if_changed(self.pdf, printed.pdf)
        entries: list[tuple[str, bool, bool, int]] = next(iter(printed.answers[PLACES]), [])
        notes = named.notes(Path(self.confdir))
        self.workspace.finished(stamp, self.pdf, destinations(entries), printed.answers[CODES], notes)

    def _images_with(self, message: str, source: str) -> list[int]:
        """Return lines of the source with an image for which Typst alone gives this warning; [0] for none.

        Typst reports a warning that arises while the template sets an image at a line of the template, and only once.
        """
        images = (self.workspace.folder / "images").glob("*")  # A book without images has no such folder.
        names = [file.name for file in sorted(images) if message in compiler.image_warnings(file)]
        lines = source.split("\n")
        image_lines = [next((n for n, line in enumerate(lines, 1) if f'"/images/{name}"' in line), 0) for name in names]
        return [line for line in image_lines if line] or [0]

    def finish(self) -> None:
        """Do nothing: `write_documents` writes the PDF as a whole."""


def destinations(entries: list[tuple[str, bool, bool, int]]) -> dict[str, dict[str, Any]]:
    """Return the record of each destination by its key.

    ``entries`` are rows of key, whether the PDF has a named destination for it, whether it stands in the margin, and
    its physical page (from 1). The recorded name is "" where the PDF has no named destination.
    """
    return {name: noted(page, name if named else "", aside=aside) for name, named, aside, page in entries}


def typst_fonts(named: fonts.Fonts) -> str:
    """Return Typst source that defines the template's names for the fonts of the book."""
    text = (*named.role("text"), TEXT_FONT)
    code = (*named.families.get("code", ()), CODE_FONT, *named.families.get("scripts", ()), TEXT_FONT)
    math = (*named.families.get("math", ()), MATH_FONT, *text)
    values: dict[str, markup.Value] = {
        "text-font": text,
        "heading-font": (*named.role("headings"), TEXT_FONT),
        "code-font": code,
        "math-font": math,
        "code-advance": round(next((fonts.advance(f.file, f.index) for f in named.faces_of(code[0])), CODE_ADVANCE), 5),
    }
    lines = [f"#let {name} = {markup.value(value)}" for name, value in values.items()]
    return "\n".join(["// The fonts of the book, each role's best first.", "", *lines, ""])


FROM_RIGHT = frozenset({"ar", "dv", "fa", "he", "ks", "pa", "ps", "sd", "ug", "ur", "yi"})
"""Languages that Typst sets from right to left."""


def typst_direction(language: str) -> str:
    """Return for the template whether lines of a language begin at the right, as Typst source."""
    value = markup.value(language.lower() in FROM_RIGHT)
    return f"// Whether lines begin at the right.\n\n#let from-right = {value}\n"


def gather(tree: nodes.document, pictures: dict[str, images.Picture], glyphs: GlyphCheck) -> TypstBookFacts:
    """Return the facts about an assembled book that the translator needs."""
    notes: dict[str, nodes.Element] = {}
    wanted: set[str] = set()
    for docname, node in elements(tree):
        if isinstance(node, nodes.footnote):
            notes.update({key(docname, item): node for item in node["ids"]})
        elif isinstance(node, nodes.footnote_reference) and not _in_heading(node):
            wanted.add(key(docname, node.get("refid", "")))
    return TypstBookFacts(
        anchors=anchors_by_page(tree),
        footnotes={name: note for name, note in notes.items() if name in wanted},
        pictures=pictures,
        glyphs=glyphs,
    )


def _in_heading(node: nodes.Node) -> bool:
    while node.parent is not None:
        if isinstance(node, nodes.title) and isinstance(node.parent, nodes.section):
            return True
        node = node.parent
    return False
