"""Build the notebooks for readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cached_property, partial
from pathlib import Path
from typing import Any, ClassVar, cast

from docutils import nodes
from sphinx.builders import Builder

from ...addresses.internal_uris import internal_address
from ...addresses.permanent_addresses import site
from ...common.build_state import StateEntry, StateKind
from ...common.fallback_rendering import place_of, write_with_fallback
from ...common.files import digest, remove_left, write_if_changed
from ...common.translations import _
from ...common.warning_types import Warn, warn
from ...config import book_name
from ...execution.code_inputs import local_modules, named_files
from ...execution.extension import files_read, work_folder
from ...library.extension import collected
from ...notebook.cells import Notebook
from ...numbering.table import section_number
from ...upstream.sphinx.application import app_of
from . import markdown, tex
from .blocks import NotebookBlockVisitors
from .cell_outputs import ExecutedNotebook, executed_cells, executed_notebook
from .content_stack import Prose
from .inline import NotebookInlineVisitors
from .links import Links
from .notebook_assembly import SETUP_TAG, Part, SourceCell, WrittenCodeCell, notebook_text, with_all_code
from .requirements_files import BookNeeds, environment_text, requirements_text
from .setup_cell import setup_source
from .statements_and_cells import StatementAndCellVisitors
from .tables import NotebookTableVisitors

_PAGES = (".md", ".myst", ".ipynb", ".rst")
"""Suffixes of pages, which are no data files even if code names them."""
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
        """Write all notebooks, as outputs and numbers change pages whose sources did not; equal files stay."""
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
        return BookNeeds.from_pages(self.pages, self.config, package=bool(collected(app_of(self)).library))

    @cached_property
    def pages(self) -> Mapping[str, Notebook]:
        """Every page with code in it, as its source has it."""
        return {docname: page for docname, page in collected(app_of(self)).notebooks.items() if page.code_cells}

    def prepare_writing(self, docnames: Set[str]) -> None:
        # Computed before a parallel build forks its processes.
        _ = self.links.citations, self.needs

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        self.post_process_images(doctree)  # An image that is written as `name.*` may have several files.
        translator = write_with_fallback(
            doctree, lambda: self._translated(docname, doctree), Warn.NOTEBOOK, partial(place_of, docname=docname)
        )
        parts = with_all_code(translator.result(), *self._code(docname))
        parts += [*self._notes(translator), *self._cited(docname, translator)]
        content = notebook_text(
            docname, [*self._opening(docname, doctree), *parts], translator.attachments, self._metadata(docname)
        )
        write_if_changed(Path(self.outdir, f"{docname}.ipynb"), content)
        for file in self._data_of(docname):
            write_if_changed(Path(self.outdir, file), Path(self.srcdir, file).read_bytes())

    def _translated(self, docname: str, doctree: nodes.document) -> NotebookTranslator:
        translator = cast("NotebookTranslator", self.create_translator(doctree, self, docname, self.links))
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
        files = sorted(set(self._data()))
        remove_left(entry.load() or (), Path(self.outdir), files)
        entry.save(str(self.outdir), files)
        for path in Path(self.outdir).rglob("*.ipynb"):
            docname = path.relative_to(self.outdir).with_suffix("").as_posix()
            if docname not in self.env.found_docs and not any(part.startswith(".") for part in path.parts[-2:]):
                path.unlink()

    def _data(self) -> Iterator[str]:
        """Yield the data files that notebooks read and that lie beside them, relative to the output folder."""
        for docname in self.pages:
            yield from (file.as_posix() for file in self._data_of(docname))

    def _data_of(self, docname: str) -> list[Path]:
        if docname not in self.pages:
            return []
        folder = Path(self.env.doc2path(docname)).parent
        read = files_read(app_of(self), docname)
        return data_files(self.pages[docname], folder, Path(self.srcdir), read)

    def _code(self, docname: str) -> tuple[list[SourceCell], dict[int, WrittenCodeCell]]:
        """Return the page's code cells, and the outputs of those that ran, by index."""
        page = self.pages.get(docname)
        if page is None:
            return self._shown(docname)
        cells = [SourceCell(cell.index, cell.source, cell.tags) for cell in page.code_cells]
        ran = executed_cells(self.executed, app_of(self), docname)
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

    def _opening(self, docname: str, doctree: nodes.document) -> list[Part]:
        """Return the first cells: where the notebook comes from, and the cell that installs what it needs."""
        book = markdown.escape(self.config.project, at_start=False)
        number = section_number(self.env, docname)
        title = self.env.titles[docname].astext() if docname in self.env.titles else docname
        section = markdown.escape(f"{number} {title}".strip(), at_start=False)
        link = markdown.link(section, self.links.address("", docname) if site(self.config) else "")
        text = _("From {book}: {section}").format(book=f"*{book}*", section=link)
        parts: list[Part] = [Prose(text)]
        definitions = tex.definitions(self.config.d2lbook_math_macros)
        if (
            definitions
            and next(doctree.findall(lambda n: isinstance(n, (nodes.math, nodes.math_block))), None) is not None
        ):
            parts.append(Prose(definitions, heading=True))
        needs = self.needs.of_page(docname)
        if needs is not None:
            parts.append(WrittenCodeCell(setup_source(needs), (SETUP_TAG,)))
        return parts

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

    def _metadata(self, docname: str) -> dict[str, Any]:
        page = self.pages.get(docname)
        given = page.metadata.get("kernelspec") if page else None
        if page is None or page.language == "python" or not isinstance(given, Mapping):
            return {"kernelspec": KERNEL, "language_info": LANGUAGE}
        kernel = {"name": str(given.get("name", page.language)), "language": page.language}
        return {
            "kernelspec": {**kernel, "display_name": str(given.get("display_name", kernel["name"]))},
            "language_info": {"name": page.language},
        }


def data_files(page: Notebook, folder: Path, root: Path, read: Iterable[Path] = ()) -> list[Path]:
    """Return the files beside a page that its code names, imports or ``read``: its notebook would not run without them.

    They are relative to ``root``, the book's source folder, and sorted; ``folder`` is the folder of the page. Files
    outside the book are never included.
    """
    code = [cell.code for cell in page.code_cells]
    files = named_files(code, folder) | local_modules(code, folder).keys() | set(read)
    inside = {path.resolve() for path in files if path.suffix not in _PAGES}
    return sorted(path.relative_to(root.resolve()) for path in inside if path.is_relative_to(root.resolve()))
