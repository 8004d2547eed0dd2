"""Build the PDF with Typst."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Set
from pathlib import Path
from typing import Any, ClassVar, cast

from docutils import nodes
from sphinx.builders import Builder
from sphinx.util import logging
from sphinx.util.display import progress_message

from ...addresses.internal_uris import internal_address
from ...common import paper_sizes
from ...common.errors import BookError
from ...common.files import digest, write_if_changed
from ...common.warning_types import Warn, warn
from ...config import author_of, copyright_of
from ...config.pdf_options import ARCHIVAL
from ...elements.printings.book_changes import printing_line
from ...upstream.sphinx.application import app_of
from ..paper import compiler, completeness, fonts, images
from ..paper.assembled_doctree import assemble, select_pages, title_of
from ..paper.compilation_record import noted
from ..paper.cover import check_cover, cover, cover_name
from ..paper.editions import OWN, Edition, editions
from ..paper.floats import FloatPlan, read_things
from ..paper.foot_notes import move_notes_to_foot
from ..paper.gray_images import GrayImages
from ..paper.missing_glyphs import MissingGlyphs
from ..paper.page_design import POINTS_PER_MM, PageDesign, page_design
from ..paper.page_faults import page_faults, read_marks, warn_of_faults
from ..paper.plots import with_fonts_of_book
from ..paper.source_marks import in_file, location
from . import markup
from .book_facts import gather
from .font_coverage import GlyphCheck
from .front_matter import front_values
from .generated_template import FROM_RIGHT, overhang_of, text_family, typst_floating
from .own_template import OwnTemplate, own_template, template_files
from .translator import TypstBookFacts, TypstTranslator
from .workspace import FLOATING, TypstWorkspace

logger = logging.getLogger(__name__)

PLACES, CODES, WIDE, LINES, FLOATS = "<d2l-places>", "<d2l-code>", "<d2l-wide>", "<d2l-lines>", "<d2l-floats>"
"""Labels under which the template records positions, to be queried after compilation: everything that can be linked to,
each QR code, each formula that is hard to read because it is wider than its line, marks of lines, numbered things."""
LAID = "<d2l-laid>"
"""Label of the record of the formulas, images and addresses that were laid out, to see whether something is missing."""


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

    edition = OWN
    """Edition that is being written."""
    own = OwnTemplate()
    """What it defines of the template itself."""

    @property
    def pdf(self) -> Path:
        return Path(self.outdir) / self.edition.file_name(self.config)

    @property
    def workspace(self) -> TypstWorkspace:
        return TypstWorkspace.of_engine(self.doctreedir, self.edition.engine(self.config))

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
        """Write the book's own PDF, then its further editions. Raise BookError for what cannot be set."""
        # A change of these files makes the PDF stale, whichever command writes it.
        template_files(app_of(self))
        grays = GrayImages()
        for edition in editions(self.config):
            self.edition = edition
            with edition.applied(self.config):
                if edition.name:
                    logger.info("edition %s:", edition.name)
                self.write_edition(grays)
        self.edition = OWN
        self._remove_editions()

    def write_edition(self, grays: GrayImages) -> None:
        """Write the PDF of the edition whose options are in the configuration."""
        design = page_design(self.config)
        with progress_message("assembling the pages"):
            tree = assemble(self)
            select_pages(tree, self.config, self.env.found_docs)
        expected = completeness.expected_things(tree)
        if self.config.d2lbook_pdf_notes == "foot":
            move_notes_to_foot(tree)
        pictures = {uri: images.load(Path(self.srcdir) / uri, name) for uri, name in self.images.items()}
        shown = cover(self.config, Path(self.confdir))
        pictures |= [shown] if shown else []
        named = fonts.resolve(self.config.d2lbook_pdf_fonts, Path(self.confdir))
        pictures = {uri: with_fonts_of_book(picture, text_family(named)) for uri, picture in pictures.items()}
        if design.gray:
            with progress_message("turning images into grays"):
                # An absolute path, such as that of a cover, is that path.
                pictures = {uri: grays.of(picture, Path(self.srcdir, uri)) for uri, picture in pictures.items()}
        self.own = own_template(self.config, Path(self.confdir), Path(self.srcdir))
        with progress_message("translating to Typst"):
            facts = self.gather(tree, pictures, named)
            source = self.source(tree, facts)
        facts.glyphs.missing.tell()
        stamp = self.fill(source, pictures, named, design)
        if self.workspace.is_finished(stamp, self.pdf):
            return
        self.own.check(self.workspace.folder, self.workspace.font_folder)
        with progress_message("setting the pages"):
            try:
                printed = self.compile(design)
            except compiler.TypstFault as fault:
                readable = images.mark_faulty(pictures, Path(self.srcdir), self.standards)
                check_cover(self.config, Path(self.confdir), readable)
                if readable == pictures:
                    raise self._refusal(source, fault) from fault
                # An image stopped the compiler: the book is set without it, and the translator warns of it.
                pictures = readable
                source = self.source(tree, self.gather(tree, pictures, named))
                stamp = self.fill(source, pictures, named, design)
                try:
                    printed = self.compile(design)
                except compiler.TypstFault as other:
                    raise self._refusal(source, other) from other
        self._keep(source, stamp, printed, named, design)
        self._compare(tree, expected, pictures, printed)

    def fill(self, source: str, pictures: dict[str, images.Picture], named: fonts.Fonts, design: PageDesign) -> str:
        """Write what the compiler reads, and return a digest of everything that the PDF depends on."""
        theme = self.config.d2lbook_pdf_theme
        filled = self.workspace.fill(source, pictures.values(), named, self.language, design, theme, self.own)
        return digest(filled, *self.standards) if self.standards else filled

    @property
    def standards(self) -> tuple[str, ...]:
        """Standards that the PDF keeps. Raise BookError if one asks for a date and there is none."""
        standards = tuple(self.config.d2lbook_pdf_standards)
        archival = next((name for name in standards if name in ARCHIVAL), None)
        if archival and not self.config.d2lbook_pdf_date:
            raise BookError(
                f"{self.confdir}/conf.py: d2lbook_pdf_standards has {archival!r}, and a PDF/A states its date: set "
                'd2lbook_pdf_date, as "2026-11-28"'
            )
        return standards

    def _remove_editions(self) -> None:
        """Remove the PDFs of editions that conf.py does not name any longer, and what was kept for them."""
        kept = {edition.name for edition in editions(self.config)}
        for folder in Path(self.doctreedir).glob("typst-*"):
            edition = Edition(folder.name.removeprefix("typst-"))
            if edition.name not in kept:
                Path(self.outdir, edition.file_name(self.config)).unlink(missing_ok=True)
                shutil.rmtree(folder)

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
            "authors": author_of(self.config),
            "release": self.config.release,
            "copyright": copyright_of(self.config),
            "front": front_values(
                self.config, cover_name(self.config, Path(self.confdir), facts.pictures), printing_line(app_of(self))
            ),
            "date": typst_date(self.config.d2lbook_pdf_date),
            "language": self.language,
            "region": region_of(self.config.language or ""),
        }
        place = (self.config.root_doc, 1)
        for shown in (settings["title"], settings["authors"], settings["release"], settings["copyright"]):
            facts.glyphs.check(str(shown), place)
        # Created through the registry, which adds the visitors of other extensions.
        translator = cast("TypstTranslator", self.create_translator(tree, self, facts))
        tree.walkabout(translator)
        colophon = self.config.d2lbook_pdf_front.get("colophon", "")
        lines = [
            "// Made by sphinxcontrib-d2lbook; edits are lost.",
            '#import "/mathematics.typ": *',
            f'#import "/template/template.typ" as {markup.TEMPLATE}',
            markup.show("book", **settings),
            "".join(translator.body),
            markup.block("colophon", colophon) if colophon else "",
            markup.call(
                "places", [(name, name in translator.named, name in translator.asides) for name in translator.placed]
            ),
            markup.call("marked-places"),
            markup.call("places-of-things"),
            markup.call("laid-out"),
            "",
        ]
        return "\n".join(lines)

    def compile(self, design: PageDesign) -> compiler.CompiledPdf:
        """Compile the source in the workspace. Raise compiler.TypstFault if Typst refuses it."""
        plan = FloatPlan(
            design.top * POINTS_PER_MM,
            (design.height - design.bottom) * POINTS_PER_MM,
            always=self.config.d2lbook_pdf_floats == "always",
        )

        def is_changed(answers: list[dict[str, Any]]) -> bool:
            if not plan.improve(read_things(answers[0])):
                return False
            write_if_changed(self.workspace.folder / FLOATING, typst_floating(plan.floating))
            return True

        return compiler.compile_pdf(
            self.workspace.source,
            root=self.workspace.folder,
            labels=(PLACES, CODES, WIDE, LINES, LAID),
            fonts=self.workspace.font_folder,
            standards=self.standards,
            settle=(FLOATS, is_changed),
        )

    def _refusal(self, source: str, fault: compiler.TypstFault) -> BookError:
        if own := self.own.place_of(fault):
            return BookError(f"{own}: the PDF cannot be set: {fault.message}")
        place = in_file(self.env, markup.MARKS.place_of(source, fault.line))
        return BookError(
            f"{place}: the PDF cannot be set: {fault.message}. What Typst refuses is at or below that line of the page "
            f"(raw Typst is the usual cause), and in the generated source at {self.workspace.source}:{fault.line}"
        )

    def _keep(
        self, source: str, stamp: str, printed: compiler.CompiledPdf, named: fonts.Fonts, design: PageDesign
    ) -> None:
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
        marks = read_marks(next(iter(printed.answers[LINES]), []))
        over = overhang_of(design)
        if self.config.d2lbook_pdf_page_faults:
            right = self.language.lower() in FROM_RIGHT
            faults = page_faults(printed.pdf, marks, design, overhang=over, from_right=right)
            warn_of_faults(faults, self.edition, self.config)
        write_if_changed(self.pdf, printed.pdf)
        entries: list[tuple[str, bool, bool, int]] = next(iter(printed.answers[PLACES]), [])
        notes = named.notes(Path(self.confdir))
        # The compiler counts from the trimmed page, a reader of the PDF from that which reaches over it.
        codes = [{**code, "x": code["x"] + over, "y": code["y"] + over} for code in printed.answers[CODES]]
        self.workspace.finished(stamp, self.pdf, destinations(entries), codes, notes)

    def _compare(
        self,
        tree: nodes.document,
        expected: list[completeness.PrintedThing],
        shown: dict[str, images.Picture],
        printed: compiler.CompiledPdf,
    ) -> None:
        """Warn of what the doctree has and the PDF lacks."""
        [laid_out] = printed.answers[LAID]
        pages = {name: page for name, _named, _aside, page in next(iter(printed.answers[PLACES]), [])}
        with_image = {uri: f"/images/{picture.name}" for uri, picture in shown.items() if picture.name}
        texts = completeness.text_of_pages(printed.pdf)
        laid = completeness.LaidOutBook(
            pages=texts,
            spans=completeness.page_spans(tree, pages, len(texts)),
            formulas=Counter(laid_out["formulas"]),
            lost_images={uri for uri, file in with_image.items() if file not in laid_out["images"]},
            addresses=set(laid_out["addresses"]),
            in_order=self.language.lower() not in FROM_RIGHT,
        )
        completeness.warn_of_missing(list(completeness.missing_things(expected, laid)), self.pdf.name)

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
        """Do nothing: the PDF is written as a whole."""


def region_of(language: str) -> str | None:
    """Return the country in the name of a language, such as "TW" in "zh_TW"; None if it has none."""
    return next((part for part in language.split("_")[1:] if len(part) == 2 and part.isupper()), None)


def typst_date(day: str) -> markup.TypstExpression | None:
    """Return the date of the edition as Typst writes it; None for a book without one."""
    if not day:
        return None
    date = paper_sizes.day(day)
    return markup.expression("datetime", year=date.year, month=date.month, day=date.day)


def destinations(entries: list[tuple[str, bool, bool, int]]) -> dict[str, dict[str, Any]]:
    """Return the record of each destination by its key.

    ``entries`` are rows of key, whether the PDF has a named destination for it, whether it stands in the margin, and
    its physical page (from 1). The recorded name is "" where the PDF has no named destination.
    """
    return {name: noted(page, name if named else "", aside=aside) for name, named, aside, page in entries}
