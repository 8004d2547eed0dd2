"""Define the base class of the outputs of a book, for ours and for those of other distributions.

An output is named by an entry point, and `d2lbook_outputs` takes that name:

    [project.entry-points."sphinxcontrib_d2lbook.outputs"]
    plaintext = "textbook_output:PlainTextOutput"

The entry point names a subclass of `Output`. One object of it is made for each build. It keeps no state, as the parts
of a build run in several processes: `builder` and `setup` are called in all of them, `checks` in the process that
writes the output, all other methods in the process that leads the build.

    setup                     builder(), setup(app): Sphinx learns of the builder
    before pages are written  downloads(config): what the menus of the website offer
    writing                   the builder writes its files into a folder of its own, in a process of its own
    the end of writing        checks(): the finished files are checked
    all outputs are written   assemble(): what takes files of other outputs; site_files(): what the website carries
    the agreement check       readables(): numbers are read back from the files, and compared with the table
    numbers.json              places(): where in the output each numbered thing is
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:  # Every build imports all outputs: what few builds need is imported in functions.
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

    from ..numbering.agreement.expected_numbers import ExpectedNumbers
    from ..numbering.agreement.readback import ReadableFile
    from ..numbering.manifest import Numbered


@dataclass(frozen=True)
class Download:
    """File that the pages of the website offer in their download menu."""

    address: str
    """Address of the file, below the site's folder of downloads.

    `{docname}` stands for the page if each page has a file of its own, as in "notebooks/{docname}.ipynb"; such
    addresses begin with the output's name. Any other address is a plain file name.
    """
    text: str
    """Ending of the file, such as ".pdf", by which the button is known to style sheets."""
    tooltip: str
    """Text of the button, such as "Download the book as a PDF"."""
    icon: str
    """Classes of a Font Awesome icon, such as "fas fa-file-pdf"."""
    replaces: str = ""
    """Label of the theme's own button for the same purpose, which is then left out."""
    has_page: Callable[[BuildEnvironment, str], bool] | None = None
    """Takes the environment and a docname, and returns whether the page has such a file; None if all pages have."""
    is_made: Callable[[Sphinx], bool] | None = None
    """Takes the application, whose pages are collected, and returns whether the build makes such files; None if every
    build does."""
    by_framework: bool = False
    """Whether a page in several frameworks has a file for each, in a folder of its name: `{docname}` then stands for
    "numpy/linear/scratch"."""

    @property
    def is_per_page(self) -> bool:
        """Whether each page offers a file of its own."""
        return "{docname}" in self.address

    def is_offered_by(self, app: Sphinx) -> bool:
        """Return whether the build makes the file, or a file for some pages."""
        return self.is_made is None or self.is_made(app)

    def is_offered_on(self, env: BuildEnvironment, docname: str) -> bool:
        """Return whether the page of a document, as far as the file is one for each page, has it."""
        return not self.is_per_page or self.has_page is None or self.has_page(env, docname)


def address_fault(output: str, address: str) -> str:
    """Return what is wrong with the address of a download, or of a file of the website, of an output of this name.

    Return "" if nothing is: for a plain file name, and for a path in the output's own folder of downloads.
    """
    first, *rest = parts = address.split("/")
    if "{docname}" in first or (rest and first != output):
        return f"the address {address!r} of a download does not begin with {output + '/'!r}, as all with a folder do"
    if {"", ".", ".."} & set(parts):
        return f"the address {address!r} of a download is not a path in the folder of downloads; write {output}/name"
    return ""


@dataclass(frozen=True)
class Written:
    """Output that has been written."""

    app: Sphinx
    """Application of the build, whose environment is read and has all numbers. Its builder may be that of the whole
    book."""
    folder: Path
    """Folder into which the output's builder wrote its files."""

    @property
    def docnames(self) -> list[str]:
        """Docnames of all pages of the book, sorted."""
        return sorted(self.app.env.found_docs)


Check = Callable[[Written], None]
"""Function that checks the files of a finished output. It raises BookProblems for faults; then the output has failed.
"""
PlaceOf = Callable[["Numbered"], Any]
"""Function that takes a numbered thing and returns its place in an output, as JSON can hold it, or None."""


class Output:
    """One output of a book. A subclass sets `name` and overrides what differs from an output that only has a builder.

    What the builder writes must lie in its output folder, and must depend on nothing but the book, its configuration,
    the installed distributions, and the files of `inputs`: a build in which none of these changed does not run it.
    """

    name: ClassVar[str]
    """Name of the entry point, of the builder, and of the folder in `_build/book/`."""
    field: ClassVar[str] = ""
    """Key in each row of numbers.json for the results of `places`; "" for none."""
    needs: ClassVar[tuple[str, ...]] = ()
    """Names of the outputs whose files `assemble` takes, if the book has them. They are assembled before this one."""
    forms: ClassVar[tuple[str, ...]] = ()
    """MIME types of cell outputs that the builder can set, best first. With (), MyST-NB chooses, which has no types for
    builders that it does not know."""
    is_site: ClassVar[bool] = False
    """Whether this is a website, which carries the downloads of the other outputs."""
    is_beside_site: ClassVar[bool] = False
    """Whether a website that is built alone gets this output, too, for files that each page offers. The builder is then
    given only the pages that were read again or show other things of other pages, unless configuration, code or
    software have changed; what it writes for the whole book, it writes when it finishes."""
    is_printed: ClassVar[bool] = False
    """Whether readers have it on paper, where only permanent addresses can be printed."""
    is_copied: ClassVar[bool] = False
    """Whether readers keep copies of it, which should lead to permanent addresses."""
    is_quick_to_read: ClassVar[bool] = True
    """Whether numbers are read back when the output is built alone, outside CI. Of outputs with a file for each page,
    only the files that were just written are read."""

    def builder(self) -> type[Builder] | None:
        """Return the class of the builder, whose `name` is that of the output; None if Sphinx already has that builder.

        A builder of Sphinx with the same name is replaced.
        """
        return None

    def setup(self, app: Sphinx) -> None:
        """Add what the builder needs to Sphinx: config values, visitors, transforms, handlers.

        This is called whether or not a book lists the output, since each builder can also run alone.
        """

    def add_to(self, app: Sphinx) -> None:
        """Add the output to Sphinx, when the extension is set up. Raise ValueError if there is no builder."""
        from ..upstream.sphinx.registry import builder_class

        builder = self.builder()
        if builder is not None:
            known = builder_class(app, self.name)
            app.add_builder(builder, override=known is not None and known.__module__.startswith("sphinx."))
        self.setup(app)
        if builder_class(app, self.name) is None:
            raise ValueError("its builder() returns None, and Sphinx has no builder of its name")
        if self.forms:
            app.connect("config-inited", self._choose_forms)

    def _choose_forms(self, _app: Sphinx, config: Config) -> None:
        """Tell MyST-NB which forms of outputs the builder takes, after those of conf.py. Handle `config-inited`."""
        preferences = [(self.name, form, place) for place, form in enumerate(self.forms, 1)]
        config.nb_mime_priority_overrides = [*preferences, *config.nb_mime_priority_overrides]

    def is_written_by(self, builder: Builder) -> bool:
        """Check whether this builder, which runs alone, writes the output."""
        return builder.name == self.name

    def has_page_for_each(self, builder: Builder) -> bool:
        """Check whether this is a website, and the builder that writes it makes a page for each document.

        Such pages offer files of other outputs.
        """
        return self.is_site

    def inputs(self, app: Sphinx) -> Iterable[Path]:
        """Return the files that the builder takes besides pages, images and downloads. The pages are read by then."""
        return ()

    def downloads(self, config: Config) -> Sequence[Download]:
        """Return the files that the pages of the website offer. This is called before the output is written."""
        return ()

    def site_files(self, written: Written) -> Mapping[str, Path]:
        """Return the files that the website carries, by their addresses below its folder of downloads.

        The addresses are those of `downloads`, with docnames in the place of `{docname}`. A file that is not named any
        longer is removed from the website; the builder removes it from its own folder.
        """
        return {}

    def checks(self) -> Mapping[str, Check]:
        """Return the checks of the finished output by the names that `d2lbook_checks` takes."""
        return {}

    def assemble(self, written: Written, others: Mapping[str, Path]) -> None:
        """Add files that need those of other outputs: ``others`` maps names in `needs` to their folders.

        An output that the book does not have, or that failed, is not in ``others``. Raise OSError if a file cannot be
        written.
        """

    def readables(self, written: Written, table: ExpectedNumbers) -> Iterable[ReadableFile]:
        """Yield the files that print numbers, with the way to read each.

        Raise OSError or ValueError for files that cannot be read.
        """
        return ()

    def notes(self, written: Written) -> Mapping[str, Any]:
        """Return what report.json says of the output besides its size and time, as JSON can hold it."""
        return {}

    def places(self, written: Written) -> PlaceOf:
        """Return a function that finds the place of a numbered thing in the output, for `field`."""
        return lambda _thing: None
