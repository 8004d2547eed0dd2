"""Build the LaTeX sources, and the PDF that is set from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from pathlib import Path
from typing import Any, ClassVar, cast

from sphinx.builders.latex import LaTeXBuilder
from sphinx.util.display import progress_message

from ...addresses.internal_uris import internal_address
from ...common.errors import BookError, BookProblems
from ...common.files import digest, write_if_changed
from ...common.pdf_reading import OpenPdf
from ...common.warning_types import Warn, warn
from ...config import book_name
from ...elements.printings.book_changes import printing_line
from ...upstream.sphinx.application import app_of
from ..paper import completeness, fonts, images
from ..paper.assembled_doctree import assemble, select_pages, title_of
from ..paper.compilation_record import noted
from ..paper.compiler import VERSION
from ..paper.cover import check_cover, cover, cover_name
from ..paper.editions import OWN
from ..paper.embedded_fonts import fallback_fonts, with_embedded
from ..paper.missing_glyphs import MissingGlyphs
from ..paper.page_design import POINTS_PER_MM
from ..paper.page_faults import PageMark, page_faults, warn_of_faults
from ..paper.source_marks import in_file, location
from . import compiler, log_messages, preamble, sources
from .escape import ENGINE, MARKS, escape
from .fonts import LANGUAGES_RIGHT_TO_LEFT
from .translator import BookTranslator, LatexBookFacts, gather

SCALED_PER_POINT = 65536 * 72.27 / 72
"""TeX's unit of length in a point of PDF."""
MARKS_SUFFIX = "marks"
TOLD = ("short", "heading")
"""Faults of pages that are looked for."""
MOST_FAULTS = 5
"""Largest number of errors that are reported; later ones usually follow from them."""


class TexBuilder(LaTeXBuilder):
    """Builder of the LaTeX sources, which writes the whole book as one source: `sphinx-build -M latex`."""

    name = "latex"
    epilog = "The LaTeX sources are in %(outdir)s."
    allow_parallel = False
    versioning_method = "none"
    default_translator_class: ClassVar[Any] = BookTranslator
    supported_image_types: ClassVar[list[str]] = images.MIME_TYPES
    # This keeps Sphinx from downloading remote images; the translator warns of each.
    supported_remote_images = True

    @property
    def source(self) -> Path:
        return Path(self.outdir) / f"{book_name(self.config)}.tex"

    @property
    def workspace(self) -> sources.LatexWorkspace:
        return sources.LatexWorkspace.of_engine(self.doctreedir, "latex")

    def init(self) -> None:
        """Start the builder. Raise BookError for a `latex_engine` or a language that is not supported."""
        if self.config.latex_engine != ENGINE:
            raise BookError(
                f"{self.confdir}/conf.py: latex_engine = {self.config.latex_engine!r}: the book is written for "
                f"{ENGINE!r}. Take the value out of conf.py"
            )
        language = (self.config.language or "en").partition("_")[0]
        if language in LANGUAGES_RIGHT_TO_LEFT:
            raise BookError(
                f"{self.confdir}/conf.py: language = {language!r}: LaTeX cannot set a book from right to left with the "
                'packages that this engine asks for; use the other engine: d2lbook_pdf_engine = "typst"'
            )
        preamble.warn_of_options(self.config, self.confdir)
        super().init()

    def init_context(self) -> None:
        super().init_context()
        self.named = fonts.resolve(self.config.d2lbook_pdf_fonts, Path(self.confdir))
        embedded = self.workspace.folder / "embedded"
        self.fonts, self.fallbacks = with_embedded(self.named, embedded), fallback_fonts(embedded)
        if not self.fallbacks.faces:
            warn(
                Warn.OUTPUT,
                "the fonts of Typst cannot be found in version %s of its compiler; LaTeX sets the PDF in FreeSerif and "
                "Latin Modern Math unless d2lbook_pdf_fonts names fonts",
                VERSION,
                location=f"{Path(self.confdir, 'conf.py')}:1",
            )
        defaults = preamble.settings(self.config, self.fonts)
        self.context |= {name: value for name, value in defaults.items() if name not in self.config.latex_elements}

    def get_outdated_docs(self) -> str:
        return "the whole book"

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        return internal_address(docname)

    def prepare_writing(self, _docnames: Set[str]) -> None:
        self.write_stylesheet()

    def write_documents(self, _docnames: Set[str]) -> None:
        with progress_message("assembling the pages"):
            self.tree = assemble(self)
            select_pages(self.tree, self.config, self.env.found_docs)
            self.expected = completeness.expected_things(self.tree)
            shown = cover(self.config, Path(self.confdir))
            uris = [*self.images, *([shown[0]] if shown else [])]
            self.pictures = sources.pictures(uris, Path(self.srcdir), self.workspace)
        with progress_message("writing LaTeX"):
            self.write_sources()

    def write_sources(self) -> None:
        """Write the book's source from the tree, with the images as they are known now."""
        theme = self.themes.get("manual")
        own = {name: self.context[name] for name in ("papersize", "pointsize")}
        title = title_of(self.tree, str(self.config.project))
        self.update_doc_context(escape(" ".join(title.split())), escape(self.config.author), theme)
        self.context |= own
        check_cover(self.config, Path(self.confdir), self.pictures)
        shown = cover_name(self.config, Path(self.confdir), self.pictures)
        before = preamble.preamble(self.config, shown, printing_line(app_of(self)))
        self.context["preamble"] = f"{before}\n{self.config.latex_elements.get('preamble', '')}"
        self.update_context()
        facts = gather(self.tree, self.pictures)
        # Created through the registry, which adds the visitors of other extensions.
        translator = cast("BookTranslator", self.create_translator(self.tree, self, theme, facts))
        self.tree.walkabout(translator)
        self.facts: LatexBookFacts = facts
        self.written = translator.astext()
        sources.write(
            Path(self.outdir),
            self.written,
            book_name(self.config),
            self.pictures.values(),
            self.fonts,
            self.fallbacks,
            self.config.d2lbook_pdf_date,
        )

    def copy_image_files(self) -> None:
        """Do nothing: the images are among the sources already."""

    def finish(self) -> None:
        self.write_message_catalog()


class LatexPdfBuilder(TexBuilder):
    """Builder of the PDF and, beside it, its sources: `sphinx-build -M pdf` where `d2lbook_pdf_engine = "latex"`."""

    name = "pdf"
    epilog = "The PDF is in %(outdir)s."

    def init(self) -> None:
        self.folder = Path(self.outdir)
        self.outdir = self.folder / "latex"  # Sphinx's methods write the sources there.
        self.outdir.mkdir(parents=True, exist_ok=True)
        compiler.require()  # Called before the book is read, so that a missing program is reported early.
        super().init()

    @property
    def pdf(self) -> Path:
        return self.folder / f"{book_name(self.config)}.pdf"

    def finish(self) -> None:
        """Set the PDF from the finished sources. Raise BookProblems for what LaTeX refuses."""
        super().finish()
        self._set()

    def _set(self) -> None:
        self.workspace.forget_damaged()
        stamp = self._stamp()
        if self.workspace.is_finished(stamp, self.pdf):
            return
        with progress_message("setting the pages with LaTeX"):
            run = compiler.compile_pdf(self.workspace.build, book_name(self.config))
            log = log_messages.read(run.log, self.source.name)
            if not run.done or log.faults:
                checked = images.mark_faulty(self.pictures, Path(self.srcdir))
                if checked != self.pictures:
                    # An image stopped LaTeX: the book is set without it, and the translator warns of it.
                    self.pictures = checked
                    self.write_sources()
                    stamp = self._stamp()
                    run = compiler.compile_pdf(self.workspace.build, book_name(self.config))
                    log = log_messages.read(run.log, self.source.name)
        if not run.done or log.faults:
            raise BookProblems(self._refusals(run, log))
        self._keep(stamp, log)

    def _stamp(self) -> str:
        """Return a digest of everything that the PDF is made of, and of what is recorded with it."""
        return digest(self.workspace.take(Path(self.outdir)), compiler.version(), *sorted(self.facts.asides))

    def _refusals(self, run: compiler.LatexRun, log: log_messages.LatexLog) -> list[str]:
        if not log.faults:
            last_words = " ".join(run.said.split()[-60:])
            return [f"{in_file(self.env, None)}: the PDF cannot be set: latexmk ended without one: {last_words}"]
        absent = next((fault.text for fault in log.faults if fault.is_absence), None)
        if absent:
            return [f"{in_file(self.env, None)}: the PDF cannot be set: {absent}. {compiler.ADVICE}"]
        refusals: dict[int, str] = {}
        for fault in log.faults:
            place = in_file(self.env, MARKS.place_of(self.written, fault.line))
            near = f" after {fault.near[-60:]!r}" if fault.near else ""
            refusals.setdefault(
                fault.line,
                f"{place}: the PDF cannot be set: {fault.text}{near}. What LaTeX refuses is at or below that line "
                "of the page (a formula or raw LaTeX is the usual cause), and in the source at "
                f"{self.source}:{fault.line}",
            )
        return list(refusals.values())[:MOST_FAULTS]

    def _keep(self, stamp: str, log: log_messages.LatexLog) -> None:
        """Keep the PDF, record its destinations and QR codes, and warn of what LaTeX could not show."""
        missing = MissingGlyphs(self.config.language or "en", str(Path(self.confdir, "conf.py")))
        note_glyphs(missing, log.missing, self.written)
        missing.tell()
        for line, points in log.wide:
            warn(
                Warn.OUTPUT,
                "something is %.0f points too wide for the page (%s:%d)",
                points,
                self.source.name,
                line,
                location=location(MARKS.place_of(self.written, line)),
            )
        name = book_name(self.config)
        data = (self.workspace.build / f"{name}.pdf").read_bytes()
        self._look_at_pages(data, self.workspace.build / f"{name}.{MARKS_SUFFIX}")
        write_if_changed(self.pdf, data)
        places, codes = places_and_codes(self.pdf, self.facts)
        self._compare(data, {key: int(place["page"]) for key, place in places.items()})
        self.workspace.note_left()
        self.workspace.finished(stamp, self.pdf, places, codes, self.named.notes(Path(self.confdir)))

    def _look_at_pages(self, pdf: bytes, marks: Path) -> None:
        """Warn of short pages and stranded headings. LaTeX itself tells of lines that are too wide."""
        design = preamble.latex_design(self.config)
        text = marks.read_text("utf-8") if marks.is_file() else ""
        noted_marks = read_marks(text, design.height * POINTS_PER_MM, self.facts.headings)
        faults = page_faults(pdf, noted_marks, design)
        warn_of_faults((fault for fault in faults if fault.kind in TOLD), OWN, self.config)

    def _compare(self, pdf: bytes, pages: Mapping[str, int]) -> None:
        """Warn of what the doctree has and the PDF lacks."""
        design = preamble.latex_design(self.config)
        texts = completeness.text_of_pages(pdf, (design.inner * POINTS_PER_MM, design.outer * POINTS_PER_MM))
        printed = {uri: picture for uri, picture in self.pictures.items() if picture.name}
        laid = completeness.LaidOutBook(
            pages=texts,
            spans=completeness.page_spans(self.tree, pages, len(texts)),
            formulas=self.facts.formulas,
            lost_images={uri for uri in self.images if uri in printed and uri not in self.facts.shown_images},
            addresses=self.facts.addresses,
        )
        completeness.warn_of_missing(list(completeness.missing_things(self.expected, laid)), self.pdf.name)


def read_marks(text: str, height: float, headings: Mapping[str, str]) -> list[PageMark]:
    """Return the marks that the style has written, on pages of a height in points; ``headings`` are their places."""
    rows = [line.split() for line in text.splitlines()]
    return [
        PageMark(kind, headings.get(name, ""), int(page), height - int(y) / SCALED_PER_POINT)
        for kind, name, page, y in rows
    ]


def places_and_codes(pdf: Path, facts: LatexBookFacts) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """Read the positions of destinations and QR codes from a PDF, as LaTeX does not report them.

    Return the page (from 1) and the named destination of everything that was placed, by key, and the QR codes as a
    `PrintedCode` takes them. What the PDF does not have is left out: the check of numbers misses it.
    """
    with OpenPdf(pdf) as printed:
        places = {
            key: noted(spot.page + 1, name, aside=key in facts.asides)
            for key, name in facts.placed.items()
            if (spot := printed.destination(name)) is not None
        }
        codes = []
        for name, code in facts.codes.items():
            spot = printed.destination(name)
            if spot is not None:
                _width, height = printed.size(spot.page)
                at = {"page": spot.page + 1, "x": spot.left / POINTS_PER_MM, "y": (height - spot.top) / POINTS_PER_MM}
                codes.append({"address": code.address, "at": code.at, "size": code.size, **at})
    return places, codes


def note_glyphs(missing: MissingGlyphs, chars: Iterable[str], source: str) -> None:
    """Record each character at the first place where the source has it."""
    for char in chars:
        position = source.find(char)
        line = source.count("\n", 0, position) + 1 if position >= 0 else 0
        missing.note([char], location(MARKS.place_of(source, line)) if line else None)
