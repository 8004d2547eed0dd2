"""The book as one file of plain text: an output that is no part of sphinxcontrib-d2lbook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

from docutils import nodes
from sphinx.builders import Builder
from sphinx.config import Config
from sphinx.writers.text import TextTranslator

from sphinxcontrib_d2lbook.common.errors import BookProblems
from sphinxcontrib_d2lbook.common.files import write_if_changed
from sphinxcontrib_d2lbook.config import book_name
from sphinxcontrib_d2lbook.numbering.agreement.compare import PrintedNumber
from sphinxcontrib_d2lbook.numbering.agreement.expected_numbers import ExpectedNumbers
from sphinxcontrib_d2lbook.numbering.agreement.readback import ReadableFile
from sphinxcontrib_d2lbook.numbering.table import figure_number, section_number
from sphinxcontrib_d2lbook.outputs.base import Check, Download, Output, PlaceOf, Written

UNDERLINE = re.compile(r"([*=~\"+`-])\1*")


class Translator(TextTranslator):
    """Sphinx's own for text, with numbers from the book's table."""

    builder: PlainTextBuilder

    def get_section_number_string(self, node: nodes.Element) -> str:
        """Return what stands before a heading."""
        section = node.parent
        if not isinstance(section, nodes.section):
            return ""
        is_page = not isinstance(section.parent, nodes.section)
        anchor = "" if is_page else f"#{section['ids'][0]}"
        number = section_number(self.builder.env, self.builder.docname, anchor)
        return f"{number} " if number else ""

    def visit_caption(self, node: nodes.Element) -> None:
        """Begin a caption with its word and number."""
        ids = node.parent["ids"]
        number = figure_number(self.builder.env, self.builder.docname, "figure", ids[0]) if ids else ""
        if number:
            self.add_text(f"{self.config.numfig_format['figure'] % number} ")


class PlainTextBuilder(Builder):
    """Writes all pages, in the order of the book, into one file."""

    name = "plaintext"
    format = "text"
    epilog = "The text is in %(outdir)s."
    versioning_method = "none"  # as the builders of all outputs have it
    default_translator_class = Translator
    docname = ""
    """The page that is being written."""

    def get_outdated_docs(self) -> str:
        """Return what is told of: the file is one, and is written whole."""
        return "the whole book"

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Return nothing: a text has no links."""
        return ""

    def write_documents(self, _docnames: object) -> None:
        """Write the book."""
        texts = []
        for docname in reading_order(self):
            self.docname = docname
            tree = self.env.get_and_resolve_doctree(docname, self)
            translator = self.create_translator(tree, self)
            tree.walkabout(translator)
            texts.append(translator.body.strip())
        write_if_changed(Path(self.outdir, file_name(self.config)), "\n\n\n".join(texts) + "\n")


def reading_order(builder: Builder) -> Iterator[str]:
    """Yield all pages that toctrees reach, each before those below it."""
    env = builder.env
    todo = [env.config.root_doc]
    while todo:
        docname = todo.pop()
        yield docname
        todo += reversed(env.toctree_includes.get(docname, []))


def file_name(config: Config) -> str:
    """Return the name of the file in the output's folder."""
    return f"{book_name(config)}.txt"


class PlainTextOutput(Output):
    """What the entry point names."""

    name = "plaintext"
    field = "plaintext"
    forms = ("text/plain",)

    def builder(self) -> type[PlainTextBuilder]:
        """Return the builder, which the book adds to Sphinx."""
        return PlainTextBuilder

    def downloads(self, config: Config) -> Sequence[Download]:
        """Return the book as a whole."""
        return [Download(file_name(config), ".txt", "Download the book as plain text", "fas fa-file-lines")]

    def site_files(self, written: Written) -> Mapping[str, Path]:
        """Return the file, as `downloads` announces it."""
        name = file_name(written.app.config)
        return {name: written.folder / name}

    def checks(self) -> Mapping[str, Check]:
        """Return the one that a conf.py can choose by `d2lbook_checks = ["tabs"]`."""
        return {"tabs": check_tabs}

    def readables(self, written: Written, table: ExpectedNumbers) -> Iterator[ReadableFile]:
        """Yield the file, which has the numbers of all pages in the toctrees."""
        docnames = tuple(name for name in table.pages if name in table.in_toctree)
        yield ReadableFile(written.folder / file_name(written.app.config), partial(read, table, docnames), docnames)

    def places(self, written: Written) -> PlaceOf:
        """Return what gives the name of the file: a text has no places in it."""
        name = file_name(written.app.config)
        return lambda _thing: name


def check_tabs(written: Written) -> None:
    """Refuse a text with tabs in it. Raises BookProblems."""
    file = written.folder / file_name(written.app.config)
    lines = file.read_text("utf-8").splitlines()
    found = [number for number, line in enumerate(lines, 1) if "\t" in line]
    if found:
        raise BookProblems(f"{file}:{number}: a tab, which not all see alike" for number in found)


def read(table: ExpectedNumbers, docnames: Sequence[str], content: bytes) -> Iterator[PrintedNumber]:
    """Yield the numbers of headings, found by their titles, and of figures, found by the text of their captions."""
    lines = content.decode("utf-8").splitlines()
    headings = [line for line, below in pairwise(lines) if UNDERLINE.fullmatch(below)]
    for entry in (entry for docname in docnames for entry in table.pages[docname]):
        place = entry.docname, entry.ids[0]
        if entry.kind == "section":
            line = next((line for line in headings if line.endswith(entry.title)), None)
            if line is not None:
                headings.remove(line)
                yield PrintedNumber("the heading", *place, line.removesuffix(entry.title).strip(), "number")
        elif entry.kind == "figure":
            caption = next((line for line in lines if line.endswith(entry.title)), None)
            if caption is not None:
                yield PrintedNumber("the caption", *place, caption.removesuffix(entry.title).strip(), "label")
        else:  # only headings and figures have numbers in this text
            yield PrintedNumber("its place", *place, "", "place")
