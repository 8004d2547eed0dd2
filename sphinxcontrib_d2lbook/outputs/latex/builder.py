"""The builders: of the sources, and of the PDF that is set from them."""

from __future__ import annotations

from collections.abc import Iterable, Set
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
from ..paper import fonts, images
from ..paper.assembled_doctree import assemble, title_of
from ..paper.compilation_record import noted
from ..paper.missing_glyphs import MissingGlyphs
from ..paper.source_marks import in_file, location
from . import compiler, log_messages, preamble, sources
from .escape import ENGINE, MARKS, escape
from .fonts import LANGUAGES_RIGHT_TO_LEFT
from .translator import BookTranslator, LatexBookFacts, gather

POINTS_PER_MM = 72 / 25.4
MOST_FAULTS = 5
"""So many errors are told; later ones follow from them."""


class TexBuilder(LaTeXBuilder):
    """Writes the whole book each time, as one source: `sphinx-build -M latex`."""

    name = "latex"
    epilog = "The LaTeX sources are in %(outdir)s."
    allow_parallel = False
    versioning_method = "none"
    default_translator_class: ClassVar[Any] = BookTranslator
    supported_image_types: ClassVar[list[str]] = images.MIME_TYPES
    # Keeps Sphinx from loading them; each is warned of.
    supported_remote_images = True

    @property
    def source(self) -> Path:
        return Path(self.outdir) / f"{book_name(self.config)}.tex"

    @property
    def workspace(self) -> sources.LatexWorkspace:
        return sources.LatexWorkspace.of_engine(self.doctreedir, "latex")

    def init(self) -> None:
        """Raises BookError for another TeX engine than the one that the sources are written for."""
        if self.config.latex_engine != ENGINE:
            raise BookError(
                f"{self.confdir}/conf.py: latex_engine = {self.config.latex_engine!r}: the book is written for "
                f"{ENGINE!r}. Take the value out of conf.py"
            )
        language = (self.config.language or "en").partition("_")[0]
        if language in LANGUAGES_RIGHT_TO_LEFT:
            raise BookError(
                f"{self.confdir}/conf.py: language = {language!r}: LaTeX cannot set a book from right to left with the "
                'packages that this engine asks for; let the other set it: d2lbook_pdf_engine = "typst"'
            )
        super().init()

    def init_context(self) -> None:
        super().init_context()
        self.named = fonts.resolve(self.config.d2lbook_pdf_fonts, Path(self.confdir))
        ours = preamble.settings(self.config, self.named)
        self.context |= {name: value for name, value in ours.items() if name not in self.config.latex_elements}
        own = self.config.latex_elements.get("preamble", "")
        self.context["preamble"] = preamble.preamble(self.config) + "\n" + own

    def get_outdated_docs(self) -> str:
        return "the whole book"

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        return internal_address(docname)

    def prepare_writing(self, _docnames: Set[str]) -> None:
        self.write_stylesheet()

    def write_documents(self, _docnames: Set[str]) -> None:
        with progress_message("assembling the pages"):
            self.tree = assemble(self)
            self.pictures = sources.pictures(self.images, Path(self.srcdir), self.workspace)
        with progress_message("writing LaTeX"):
            self.write_sources()

    def write_sources(self) -> None:
        """The book's source from the tree, with the images as they are known now."""
        theme = self.themes.get("manual")
        own = {name: self.context[name] for name in ("papersize", "pointsize")}
        title = title_of(self.tree, str(self.config.project))
        self.update_doc_context(escape(" ".join(title.split())), escape(self.config.author), theme)
        self.context |= own
        self.update_context()
        facts = gather(self.tree, self.pictures)
        # Through the registry, which adds the visitors of other extensions.
        translator = cast("BookTranslator", self.create_translator(self.tree, self, theme, facts))
        self.tree.walkabout(translator)
        self.facts: LatexBookFacts = facts
        self.written = translator.astext()
        sources.write(Path(self.outdir), self.written, book_name(self.config), self.pictures.values(), self.named)

    def copy_image_files(self) -> None:
        """They are among the sources already."""

    def finish(self) -> None:
        self.write_message_catalog()


class LatexPdfBuilder(TexBuilder):
    """Sets the PDF, and keeps its sources beside it: `sphinx-build -M pdf` where `d2lbook_pdf_engine = "latex"`."""

    name = "pdf"
    epilog = "The PDF is in %(outdir)s."

    def init(self) -> None:
        self.folder = Path(self.outdir)
        self.outdir = self.folder / "latex"  # Sphinx's methods write the sources there
        self.outdir.mkdir(parents=True, exist_ok=True)
        compiler.require()  # before the book is read, not after
        super().init()

    @property
    def pdf(self) -> Path:
        return self.folder / f"{book_name(self.config)}.pdf"

    def finish(self) -> None:
        """The sources are whole now. Raises BookProblems for what LaTeX refuses."""
        super().finish()
        self._set()

    def _set(self) -> None:
        self.workspace.forget_damaged()
        stamp = self._stamp()
        if self.workspace.is_finished(stamp, self.pdf):
            return
        with progress_message("setting the pages with LaTeX"):
            made = compiler.compile_pdf(self.workspace.build, book_name(self.config))
            log = log_messages.read(made.log, self.source.name)
            if not made.done or log.faults:
                checked = images.sound(self.pictures, Path(self.srcdir))
                if checked != self.pictures:
                    # An image stopped LaTeX: the book is set without it, and the translator warns of it.
                    self.pictures = checked
                    self.write_sources()
                    stamp = self._stamp()
                    made = compiler.compile_pdf(self.workspace.build, book_name(self.config))
                    log = log_messages.read(made.log, self.source.name)
        if not made.done or log.faults:
            raise BookProblems(self._refusals(made, log))
        self._keep(stamp, log)

    def _stamp(self) -> str:
        """Of what the PDF is made of, and of what is noted with it."""
        return digest(self.workspace.take(Path(self.outdir)), compiler.version(), *sorted(self.facts.asides))

    def _refusals(self, made: compiler.Made, log: log_messages.Log) -> list[str]:
        if not log.faults:
            said = " ".join(made.said.split()[-60:])
            return [f"{in_file(self.env, None)}: the PDF cannot be set: latexmk ended without one: {said}"]
        absent = next((fault.text for fault in log.faults if fault.is_absence), None)
        if absent:
            return [f"{in_file(self.env, None)}: the PDF cannot be set: {absent}. {compiler.ADVICE}"]
        found: dict[int, str] = {}
        for fault in log.faults:
            place = in_file(self.env, MARKS.place_of(self.written, fault.line))
            near = f" after {fault.near[-60:]!r}" if fault.near else ""
            found.setdefault(
                fault.line,
                f"{place}: the PDF cannot be set: {fault.text}{near}. What LaTeX refuses is at or below that line "
                "of the page (a formula or raw LaTeX is the usual cause), and in the source at "
                f"{self.source}:{fault.line}",
            )
        return list(found.values())[:MOST_FAULTS]

    def _keep(self, stamp: str, log: log_messages.Log) -> None:
        """Keep the PDF, note where things are, and pass on what was lost."""
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
        write_if_changed(self.pdf, (self.workspace.build / f"{name}.pdf").read_bytes())
        places, found = places_and_codes(self.pdf, self.facts)
        self.workspace.note_left()
        self.workspace.finished(stamp, self.pdf, places, found, self.named.notes(Path(self.confdir)))


def places_and_codes(pdf: Path, facts: LatexBookFacts) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """Read out of a PDF where things came to stand, for LaTeX does not tell.

    Pages (from 1) and named destinations of all that was placed; the QR codes, as a `PrintedCode` has them. What the
    PDF does not have is left out: the check of numbers misses it.
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
    """Note each character at the first place where the source has it."""
    for char in chars:
        found = source.find(char)
        line = source.count("\n", 0, found) + 1 if found >= 0 else 0
        missing.note([char], location(MARKS.place_of(source, line)) if line else None)
