"""Build the notebooks for readers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from functools import cached_property, partial
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast
from urllib.parse import quote

from docutils import nodes
from sphinx.builders import Builder
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util.logging import suppress_logging

from ...addresses.internal_uris import internal_address
from ...addresses.launch_services import NOTEBOOKS, SITE, launch_label, launches
from ...addresses.permanent_addresses import site
from ...common.build_state import StateEntry, StateKind
from ...common.fallback_rendering import place_of, write_with_fallback
from ...common.files import digest, remove_left, write_if_changed
from ...common.translations import _
from ...common.warning_types import Warn, warn
from ...config import book_name
from ...config.frameworks import frameworks
from ...execution.extension import execution, work_folder
from ...execution.page_options import page_options
from ...library.extension import collected
from ...library.needed_cells import cells_that_need
from ...notebook.cells import Notebook
from ...notebook.frameworks import page_of_framework, run_name, runs
from ...numbering.frameworks import frameworks_in, select, shown_frameworks
from ...numbering.table import section_number
from ...upstream.sphinx.application import app_of
from ...upstream.sphinx.registry import builder_class
from . import markdown, tex
from .archive import ARCHIVED
from .blocks import NotebookBlockVisitors
from .cell_outputs import ExecutedNotebook, executed_cells, executed_notebook
from .content_stack import Block, Prose
from .data_files import data_of_book
from .inline import NotebookInlineVisitors
from .links import Links, SiblingLinks
from .notebook_assembly import SETUP_TAG, CellsBefore, Part, SourceCell, WrittenCodeCell, notebook_text, with_all_code
from .notebook_files import file_of, notebook_files, refuse_collisions
from .requirements_files import BookNeeds, environment_text, requirements_text
from .setup_cell import framework_source, is_without_gpu_on_colab, setup_source
from .solutions import (
    INCLUDE,
    SEPARATE,
    SUFFIX,
    cells_of_solutions,
    has_solutions,
    remove_solutions,
    solution_blocks,
    solution_cells,
    solutions_in,
)
from .statements_and_cells import StatementAndCellVisitors
from .tables import NotebookTableVisitors

Value = TypeVar("Value")
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
LANGUAGE = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python", "pygments_lexer": "ipython3"}
DATA = StateKind(
    "notebooks/data",
    of="a folder of notebooks: the data files that were copied beside them",
    stale="nothing: those that no page reads any longer are removed. Where it is damaged, those that no page reads "
    "since that same build stay",
)


class NotebookTranslator(
    StatementAndCellVisitors, NotebookTableVisitors, NotebookBlockVisitors, NotebookInlineVisitors
):
    """Translator of a doctree; `result()`, `notes`, `attachments` and `cited` hold the parts of a notebook."""


class NotebooksBuilder(Builder):
    """Builder of `<docname>.ipynb` for every page, `requirements.txt` and `environment.yml`."""

    name = "notebooks"
    format = "notebook"
    epilog = "The notebooks are in %(outdir)s."
    versioning_method = "none"
    allow_parallel = True
    supported_image_types: ClassVar[list[str]] = ["image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp"]
    supported_remote_images = True
    supported_data_uri_images = True
    default_translator_class = NotebookTranslator
    executed: ExecutedNotebook = staticmethod(executed_notebook)

    def get_outdated_docs(self) -> str:
        """Write all notebooks, as outputs and numbers change pages whose sources did not; equal files stay.

        A build of the book finds out which pages these are, and gives only those.
        """
        return "all notebooks"

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        return internal_address(docname)

    def get_relative_uri(self, from_: str, to: str, typ: str | None = None) -> str:
        return internal_address(to)

    @cached_property
    def links(self) -> Links:
        return Links(self.env)

    @cached_property
    def needs(self) -> BookNeeds:
        library = collected(app_of(self)).library
        imported = {}
        for docname, page in collected(app_of(self)).notebooks.items():
            for name in page.frameworks:
                reach = library.reached(
                    [cell.code for cell in page_of_framework(page, name).code_cells], framework=name
                )
                imported[run_name(docname, name)] = library.imported_through(reach, name)
        elsewhere = {name: execution(app_of(self)).session.needs_elsewhere(name) for name in self.pages}
        return BookNeeds.from_pages(
            self.pages, self.config, package=bool(library), imported=imported, elsewhere=elsewhere
        )

    @cached_property
    def pages(self) -> Mapping[str, Notebook]:
        """Every page with code in it, as its source has it, by the name of the run: one for each framework."""
        return {
            run_name(docname, framework): page_of_framework(page, framework)
            for docname, page in collected(app_of(self)).notebooks.items()
            if page.code_cells
            for framework in page.frameworks or ("",)
        }

    def prepare_writing(self, docnames: Set[str]) -> None:
        # Computed before a parallel build forks its processes.
        _ = self.links.citations, self.needs
        refuse_collisions(self.env.found_docs, collected(app_of(self)).notebooks)

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        self.post_process_images(doctree)  # An image that is written as `name.*` may have several files.
        there = frameworks_in(doctree, list(self.config.d2lbook_frameworks))
        for framework in there:
            tree = doctree.deepcopy()
            select(tree, framework)
            self._write(docname, framework, tree)
        if not there:
            self._write(docname, "", doctree)

    def _write(self, docname: str, framework: str, doctree: nodes.document) -> None:
        """Write the notebook of a page; ``framework`` is the one for which it is, if the page has several."""
        files = [file_of(docname, framework), file_of(f"{docname}{SUFFIX}", framework)]
        has_other = bool(site(self.config)) and self.links.lead_elsewhere(docname, doctree)
        other = doctree.deepcopy() if has_other else None
        archived: dict[str, str] = {}
        for file, content in self._contents(docname, framework, doctree, self.links).items():
            write_if_changed(Path(self.outdir, file), content)
        if other is not None:
            with suppress_logging():  # What is lost was said a moment ago.
                archived = self._contents(docname, framework, other, SiblingLinks(self.env))
        for file in files:
            if file in archived:
                write_if_changed(Path(self.outdir, ARCHIVED, file), archived[file])
            else:
                Path(self.outdir, ARCHIVED, file).unlink(missing_ok=True)

    def _contents(self, docname: str, framework: str, doctree: nodes.document, links: Links) -> dict[str, str]:
        """Return file -> text of the notebook of a page, and of that of its solutions; the page is changed."""
        cells, outputs = self._code(docname, framework)
        opening = self._opening(docname, framework, doctree)
        links = links.of_framework(framework)
        contents = {}
        choice = self.config.d2lbook_notebook_solutions
        if choice != INCLUDE and solutions_in(doctree):
            page = collected(app_of(self)).notebooks.get(docname)
            inside = solution_cells(doctree, page)
            if choice == SEPARATE and self._has_room(docname):
                translator, parts = self._solutions(docname, framework, doctree, links, (cells, outputs), inside)
                file = file_of(f"{docname}{SUFFIX}", framework)
                contents[file] = self._text(docname, framework, SUFFIX, [*opening, *parts], translator)
                opening.insert(1, Prose(markdown.link(_("Solutions"), quote(file.rpartition("/")[2]))))
            self._tell_missing(page, framework, inside)
            remove_solutions(doctree)
            cells = [cell for cell in cells if cell.index not in inside]
        translator = self._with_fallback(docname, doctree, lambda: self._translated(docname, doctree, links))
        parts = [*opening, *with_all_code(translator.result(), cells, outputs)]
        return contents | {file_of(docname, framework): self._text(docname, framework, "", parts, translator)}

    def _with_fallback(self, docname: str, doctree: nodes.document, write: Callable[[], Value]) -> Value:
        return write_with_fallback(doctree, write, Warn.NOTEBOOK, partial(place_of, docname=docname))

    def _text(
        self, docname: str, framework: str, suffix: str, parts: Iterable[Part], translator: NotebookTranslator
    ) -> str:
        """Return the text of a notebook, which ends with the notes and the literature of its parts."""
        name = run_name(docname, framework)
        parts = [*parts, *self._notes(translator), *self._cited(docname, translator)]
        return notebook_text(f"{name}{suffix}", parts, translator.attachments, self._metadata(name))

    def _has_room(self, docname: str) -> bool:
        """Return whether the solutions of a page can have a notebook; warn if another page has its name."""
        name = f"{docname}{SUFFIX}"
        if name in self.env.found_docs:
            message = "the solutions of this page have no notebook of their own: another page is named %r; rename it"
            warn(Warn.NOTEBOOK, message, name, location=docname)
        return name not in self.env.found_docs

    def _solutions(
        self,
        docname: str,
        framework: str,
        doctree: nodes.document,
        links: Links,
        code: tuple[list[SourceCell], dict[int, WrittenCodeCell]],
        inside: set[int],
    ) -> tuple[NotebookTranslator, list[Part]]:
        """Return translator and parts of the notebook of solutions; ``inside`` are the indices of their cells."""

        def translated() -> tuple[NotebookTranslator, list[Block | CellsBefore]]:
            translator = cast("NotebookTranslator", self.create_translator(doctree, self, docname, links))
            return translator, solution_blocks(doctree, translator)

        translator, blocks = self._with_fallback(docname, doctree, translated)
        cells, outputs = code
        page = self.pages.get(run_name(docname, framework))
        chosen = cells_of_solutions(doctree, cells, inside, python=page is not None and page.language == "python")
        parts = with_all_code(blocks, [cell for cell in cells if cell.index in chosen], outputs)
        return translator, [Prose(markdown.heading(1, _("Solutions")), heading=True), *parts]

    def _tell_missing(self, page: Notebook | None, framework: str, inside: set[int]) -> None:
        """Warn of cells of a page that need one of a solution, which the reader's notebook does not have."""
        if page is None or page.language != "python":
            return
        for cell, name, other in cells_that_need(page, inside, framework):
            warn(
                Warn.NOTEBOOK,
                "this cell uses %r, which only the solution at %s defines; readers' notebooks do not have it. Define"
                " it outside of the solution",
                name,
                page.place(other),
                location=f"{app_of(self).confdir}/{page.place(cell)}",
            )

    def _translated(self, docname: str, doctree: nodes.document, links: Links) -> NotebookTranslator:
        translator = cast("NotebookTranslator", self.create_translator(doctree, self, docname, links))
        doctree.walkabout(translator)
        return translator

    def finish(self) -> None:
        wheel = self.needs.wheel
        title = " ".join(self.config.project.split())
        write_if_changed(
            Path(self.outdir, "requirements.txt"), requirements_text(title, self.needs.all_pins, wheel or None)
        )
        write_if_changed(Path(self.outdir, "environment.yml"), environment_text(book_name(self.config)))
        entry = StateEntry(work_folder(app_of(self)), DATA, digest(str(self.outdir))[:8])
        data = data_of_book(app_of(self))
        for target, source in data.items():
            write_if_changed(Path(self.outdir, target), Path(self.srcdir, source).read_bytes())
        files = sorted(target.as_posix() for target in data)
        remove_left(entry.load() or (), Path(self.outdir), files)
        entry.save(str(self.outdir), files)
        docnames = self.env.found_docs
        expected = {file for docname in docnames for file in self.files_of(docname).values()}
        expected |= {file for docname in docnames for file in self.solutions_of(docname).values()}
        for path in Path(self.outdir).rglob("*.ipynb"):
            file = path.relative_to(self.outdir).as_posix().removeprefix(f"{ARCHIVED}/")
            if file not in expected and not any(part.startswith(".") for part in file.split("/")[-2:]):
                path.unlink()

    def files_of(self, docname: str) -> dict[str, str]:
        """Return framework -> notebook of a page, relative to the output folder; one for "" if it has not several."""
        return notebook_files(docname, shown_frameworks(self.env, docname))

    def solutions_of(self, docname: str) -> dict[str, str]:
        """Return framework -> notebook of a page's solutions, as `files_of`; none if it has none of its own."""
        if self.config.d2lbook_notebook_solutions != SEPARATE or not has_solutions(self.env, docname):
            return {}
        return notebook_files(f"{docname}{SUFFIX}", shown_frameworks(self.env, docname))

    def _code(self, docname: str, framework: str) -> tuple[list[SourceCell], dict[int, WrittenCodeCell]]:
        """Return the page's code cells, and the outputs of those that ran, by index."""
        page = collected(app_of(self)).notebooks.get(docname)
        if page is None or not page.code_cells:
            return self._shown(docname)
        own = [cell for cell in page.code_cells if cell.is_for(framework)]
        cells = [SourceCell(cell.index, cell.source, cell.tags) for cell in own]
        ran = executed_cells(self.executed, app_of(self), docname, framework if framework in runs(page) else "")
        if not ran:
            return cells, {}
        # A page whose cell failed may be stored up to that cell.
        if [source.strip() for source, _, _ in ran] != [cell.source.strip() for cell in cells[: len(ran)]]:
            warn(
                Warn.NOTEBOOK,
                "%s: the stored outputs belong to other code cells; the notebook has none. Build again to run the page",
                docname,
                location=docname,
            )
            return cells, {}
        outputs = {
            cell.index: WrittenCodeCell(cell.source, cell.tags, cell_outputs, count)
            for cell, (_, cell_outputs, count) in zip(cells, ran, strict=False)
        }
        return cells, outputs

    def _shown(self, docname: str) -> tuple[list[SourceCell], dict[int, WrittenCodeCell]]:
        """Return the cells of a page that only MyST-NB reads (`nb_custom_formats`), with the outputs that it showed."""
        notebook = self.executed(app_of(self), docname)
        outputs: dict[int, WrittenCodeCell] = {}
        for index, cell in enumerate(notebook["cells"] if notebook is not None else ()):
            if cell["cell_type"] == "code":
                tags = tuple(map(str, cell["metadata"].get("tags", ())))
                source, count = "".join(cell["source"]), cell.get("execution_count")
                outputs[index] = WrittenCodeCell(source, tags, list(cell.get("outputs", [])), count)
        return [SourceCell(index, code.source, code.tags) for index, code in outputs.items()], outputs

    def _opening(self, docname: str, framework: str, doctree: nodes.document) -> list[Part]:
        """Return the first cells: where the notebook comes from, and the cell that installs what it needs."""
        book = markdown.escape(self.config.project, at_start=False)
        number = section_number(self.env, docname)
        title = self.env.titles[docname].astext() if docname in self.env.titles else docname
        section = markdown.escape(f"{number} {title}".strip(), at_start=False)
        link = markdown.link(section, self.links.address("", docname) if site(self.config) else "")
        text = _("From {book}: {section}").format(book=f"*{book}*", section=link)
        parts: list[Part] = [Prose(text), *self._launches(docname, framework)]
        definitions = tex.definitions(self.config.d2lbook_math_macros)
        if (
            definitions
            and next(doctree.findall(lambda n: isinstance(n, (nodes.math, nodes.math_block))), None) is not None
        ):
            parts.append(Prose(definitions, heading=True))
        needs = self.needs.of_page(run_name(docname, framework))
        if needs is not None:
            parts.append(WrittenCodeCell(setup_source(needs), (SETUP_TAG,)))
        page = self.pages.get(run_name(docname, framework))
        if framework and page is not None and page.language == "python":
            source = framework_source(framework, frameworks(self.config)[framework].label)
            parts.append(WrittenCodeCell(source, (SETUP_TAG,)))
        return parts

    def _launches(self, docname: str, framework: str) -> list[Part]:
        """Return the links that open the notebook in services, if it has code and lies where they look for it."""
        content = self.config.d2lbook_launch.get("content", SITE)
        writers = (builder_class(app_of(self), name) for name in self.config.d2lbook_outputs)
        has_site = any(issubclass(writer, StandaloneHTMLBuilder) for writer in writers if writer is not None)
        is_there = content == NOTEBOOKS or has_site
        has_code = run_name(docname, framework) in self.pages or "kernelspec" in self.env.metadata[docname]
        if not is_there or not has_code:
            return []
        links = [
            markdown.link(markdown.escape(launch_label(launch), at_start=False), launch.address)
            for launch in launches(self.config, file_of(docname, framework))
        ]
        return [Prose(" · ".join(links))] if links else []

    def _notes(self, translator: NotebookTranslator) -> list[Part]:
        return [Prose("---", heading=True), *translator.notes] if translator.notes else []

    def _cited(self, docname: str, translator: NotebookTranslator) -> list[Part]:
        keys = [key for key in dict.fromkeys(translator.cited) if key.partition("#")[0] != docname]
        blocks: list[Part] = [Prose("**References**", heading=True)]
        for key in sorted(keys, key=lambda key: self.links.citations[key].astext().casefold()):
            blocks += [
                block for block in translator.rendered(self.links.citations[key].deepcopy()) if isinstance(block, Prose)
            ]
        return blocks if keys else []

    def _metadata(self, name: str) -> dict[str, Any]:
        page = self.pages.get(name)
        given = page.metadata.get("kernelspec") if page else None
        if page is None or page.language == "python" or not isinstance(given, Mapping):
            return {"kernelspec": KERNEL, "language_info": LANGUAGE, **self._accelerator(name)}
        kernel = {"name": str(given.get("name", page.language)), "language": page.language}
        return {
            "kernelspec": {**kernel, "display_name": str(given.get("display_name", kernel["name"]))},
            "language_info": {"name": page.language},
        }

    def _accelerator(self, name: str) -> dict[str, Any]:
        """Return what makes Colab give a GPU to a page that asks for one, unless nothing on the page could use it."""
        page = self.pages.get(name)
        if page is None or not page_options(page)[0].gpus:
            return {}
        needs = self.needs.of_page(name)
        return {} if needs is not None and is_without_gpu_on_colab(needs) else {"accelerator": "GPU"}
