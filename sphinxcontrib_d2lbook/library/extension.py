"""Connect the sources and the package to Sphinx: collect, check and write before any page is read or run."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from pathlib import Path
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from ..common import garbage_collection
from ..common.errors import BookError, BookProblems
from ..common.files import digest, file_digest
from ..common.installed_distributions import keep_in
from ..common.toctree_order import pages_from
from ..common.warning_types import Warn, warn
from ..lifecycle.build_folders import BookProject
from ..lifecycle.source_contents import changed_sources, forget_source, read_source, reads_nothing
from ..notebook import Notebook, Syntax, read_notebook
from ..notebook.mark_hints import hints
from ..notebook.page_order import reading_order
from ..notebook.save_marks import MarkGrammar, marked_blocks
from . import package_options
from .book_package import Library, build_library
from .collection_cache import CollectionState, recall, remember
from .framework_modules import differing_signatures
from .package_folder import write_package

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Collected:
    """Content of the sources, collected before Sphinx reads them."""

    notebooks: Mapping[str, Notebook]
    """Every page, by docname; pages that are not notebooks have no cells."""
    order: list[str]
    """Pages that the toctrees reach, in reading order."""
    library: Library
    texts: dict[str, str] = field(default_factory=dict)
    """Text of each page that was collected, by docname; empty in a process that reads no pages."""


_collected: WeakKeyDictionary[Sphinx, Collected] = WeakKeyDictionary()


def is_collected(app: Sphinx) -> bool:
    """Check whether the pages of a build were collected; a project without this extension has none."""
    return app in _collected


def collected(app: Sphinx) -> Collected:
    """Return the collected sources of this build. They exist only after `builder-inited`."""
    return _collected[app]


def collect(app: Sphinx) -> None:
    """Read all sources, check the blocks that they save and write the package. Handle `builder-inited`.

    The sources are read once, although outputs that are written in one process or its children emit that event again.
    Raise BookProblems with all problems of marks and blocks.
    """
    if app in _collected:
        return
    work = Path(app.doctreedir) / "d2lbook"
    if reads_nothing() and (memory := recall(work)):
        # This process writes an output from what the build has read, even if the sources have changed since.
        _collected[app] = _of_memory(memory, {})
        return
    keep_in(work)
    files = _source_files(app)
    texts = _texts(app, files)
    syntax = repr([sorted(value) if isinstance(value, frozenset) else value for value in astuple(syntax_of(app))])
    seals = {docname: digest(text, _path(app, files[docname]), syntax) for docname, text in texts.items()}
    key = _key(app, seals)
    memory = recall(work)
    if memory is None or memory.key != key or _changed_files(memory.loaded):
        with garbage_collection.paused():
            memory = _collect(app, files, texts, seals, key, memory)
            remember(work, memory)
    _collected[app] = _of_memory(memory, texts)
    for hint in memory.hints:
        warn(Warn.MARK, "%s", hint.text, location=f"{app.confdir}/{hint.place}")
    if memory.library and app.config.d2lbook_package_write:
        _write(app, memory.library)


def _of_memory(memory: CollectionState, texts: dict[str, str]) -> Collected:
    notebooks = {docname: page for docname, (_, page) in memory.pages.items()}
    return Collected(notebooks, memory.order, memory.library, texts)


def forget_generated(app: Sphinx) -> None:
    """Leave pages to Sphinx that other extensions have written since they were collected. Handle `builder-inited`.

    Extensions that generate pages do so in this event, in each build. A page with cells that run stays as it was
    collected, because its outputs belong to those cells, and its author may be the one who has just changed it.
    """
    changed = changed_sources(app)
    texts, pages = _collected[app].texts, _collected[app].notebooks
    for docname in list(texts):
        path = os.path.normpath(app.env.doc2path(docname))
        if path in changed and not (pages[docname].executable and pages[docname].code_cells):
            del texts[docname]
            forget_source(app, path)


def give_text(app: Sphinx, docname: str, source: list[str]) -> None:
    """Make Sphinx read the text that was collected, even if the file has changed since. Handle `source-read`."""
    text = _collected[app].texts.get(docname)
    if text is not None:
        source[0] = text


def _collect(
    app: Sphinx,
    files: Mapping[str, Path],
    texts: Mapping[str, str],
    seals: Mapping[str, str],
    key: str,
    last: CollectionState | None,
) -> CollectionState:
    """Read the pages that have changed since the ``last`` build, and check all. Raise BookProblems."""
    known = last.pages if last else {}
    other = _changed_files(last.loaded) if last else set()
    notebooks = {
        name: known[name][1]
        for name in texts
        if name in known and known[name][0] == seals[name] and other.isdisjoint(known[name][1].files)
    }
    notebooks |= _read(app, {name: file for name, file in files.items() if name not in notebooks}, texts)
    notebooks = {name: notebooks[name] for name in texts}
    suffixes = {docname: file.suffix for docname, file in files.items()}
    order = reading_order(
        app.config.root_doc, texts, suffixes=suffixes, source_suffixes=tuple(app.config.source_suffix)
    )
    grammar = package_options.grammar(app.config)
    problems = _unreached(notebooks, order, grammar)
    pages = [notebooks[docname] for docname in order]
    try:
        library = build_library(pages, grammar, package_options.about(app.config), app.config.d2lbook_requirements)
    except BookProblems as err:
        raise BookProblems([*err.problems, *problems]) from None
    if problems:
        raise BookProblems(problems)
    library.prepare()
    for page in notebooks.values():
        for cell in page.code_cells:
            if page.language == "python":
                _ = cell.code  # parsed now, so that it is remembered with the cell
    loaded = {name: _digest(name) for name in sorted({name for page in notebooks.values() for name in page.files})}
    package = "" if app.config.d2lbook_save_marks else package_options.package_name(app.config)
    mark_hints = list(dict.fromkeys(hint for page in pages for hint in hints(page, grammar, package)))
    mark_hints += differing_signatures(library.modules, library.about.names)
    return CollectionState(
        key, {name: (seals[name], notebooks[name]) for name in notebooks}, order, library, loaded, tuple(mark_hints)
    )


def _key(app: Sphinx, seals: Mapping[str, str]) -> str:
    """Return a digest of everything that the library depends on, except the code that builds it."""
    config = app.config
    about, grammar = package_options.about(config), package_options.grammar(config)
    values = (about, grammar.patterns, config.d2lbook_requirements, config.root_doc, list(config.source_suffix))
    return digest(repr(values), *(part for item in seals.items() for part in item))


def _digest(file: str) -> str:
    """Return the digest of a file; "" if it cannot be read."""
    try:
        return file_digest(Path(file))
    except OSError:
        return ""


def _changed_files(digests: Mapping[str, str]) -> set[str]:
    return {name for name, value in digests.items() if _digest(name) != value}


def _source_files(app: Sphinx) -> dict[str, Path]:
    """Return the file of each docname that Sphinx will find too."""
    config = app.config
    excluded = [*config.exclude_patterns, *config.templates_path, *app.builder.get_asset_paths()]
    project = BookProject(app.srcdir, config.source_suffix)
    docnames = project.discover(excluded, config.include_patterns)
    return {docname: Path(project.doc2path(docname, absolute=True)) for docname in sorted(docnames)}


def _path(app: Sphinx, file: Path) -> str:
    """Return the path of a file as messages name it."""
    root = Path(app.confdir)
    return (file.relative_to(root) if file.is_relative_to(root) else file).as_posix()


def _texts(app: Sphinx, files: Mapping[str, Path]) -> dict[str, str]:
    """Return the text of each page. Pages that are not UTF-8 are left to `_read`, which reports them."""
    texts = {}
    for docname, file in files.items():
        try:
            texts[docname] = io.TextIOWrapper(io.BytesIO(read_source(app, file)), encoding="utf-8-sig").read()
        except UnicodeDecodeError:
            continue
    return texts


def _read(app: Sphinx, files: Mapping[str, Path], texts: Mapping[str, str]) -> dict[str, Notebook]:
    syntax = syntax_of(app)
    notebooks: dict[str, Notebook] = {}
    problems: list[str] = []
    for docname, file in files.items():
        path = _path(app, file)
        try:
            text = texts[docname] if docname in texts else file.read_text(encoding="utf-8-sig")
            notebooks[docname] = read_notebook(
                text, docname, path, syntax=syntax, folder=file.parent, sources=Path(app.srcdir)
            )
        except BookProblems as err:
            problems += err.problems
        except BookError as err:
            problems.append(str(err))
        except UnicodeDecodeError as err:
            line = err.object[: err.start].count(b"\n") + 1
            problems.append(f"{path}:{line}: the file is not UTF-8 ({err.reason}); save it as UTF-8")
    if problems:
        raise BookProblems(problems)
    return notebooks


def syntax_of(app: Sphinx) -> Syntax:
    """Return the MyST options of the book, which decide where blocks begin and end."""
    config = app.config
    return Syntax(
        extensions=frozenset(config.myst_enable_extensions),
        disabled=tuple(config.myst_disable_syntax),
        substitution_delimiters=tuple(config.myst_sub_delimiters),
        exact_colon_fences=config.myst_colon_fence_exact_match,
        frameworks=tuple(config.d2lbook_frameworks),
    )


def _unreached(notebooks: Mapping[str, Notebook], order: list[str], grammar: MarkGrammar) -> list[str]:
    """Return problems with marks on pages that no toctree reaches, whose blocks have no place in the package.

    Pages that others include have theirs there.
    """
    included = {text.path for docname in order for text in notebooks[docname].included}
    return [
        f"{page.path_of(page.cells[block.cell])}:{block.mark_line}: this block is to be saved, but no toctree "
        "reaches its page, so that it has no place in the book; add the page to a toctree, or remove the mark"
        for docname in sorted(notebooks.keys() - set(order))
        for page in [notebooks[docname]]
        if page.path not in included
        for block in marked_blocks(page, grammar)[0]
    ]


def _write(app: Sphinx, library: Library) -> None:
    folder = Path(app.confdir) / library.package
    try:
        changed = write_package(folder, library.files(), library.package, library.origin)
    except OSError as err:
        raise BookError(
            f"{library.package}/: the package of the book cannot be written ({err}); "
            "make the folder of conf.py writable"
        ) from err
    if changed:
        names = ", ".join(f"{library.package}/{name}" for name in changed)
        logger.info("written: %s", names)


def compare_order(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Check that Sphinx's toctrees put pages with saved blocks in the collected order. Handle `env-get-updated`.

    Raise BookError if the order differs.
    """
    library = collected(app).library
    saving = list(dict.fromkeys(block.docname for block in library.blocks))
    seen = [docname for docname in pages_from(env, env.config.root_doc) if docname in set(saving)]
    if saving != seen:
        raise BookError(
            "the pages that save blocks were collected in another order than Sphinx reads them: "
            f"{', '.join(saving)}; Sphinx: {', '.join(seen)}. "
            "Write toctrees as plain directives in the pages, not by an extension or an included file"
        )
    return []


def setup(app: Sphinx) -> None:
    # Before the handlers of others (500), so that a book with problems is refused before anything else is done for it.
    app.connect("builder-inited", collect, priority=400)
    # After others (500), which may write pages.
    app.connect("builder-inited", forget_generated, priority=900)
    # Before others (500), which may change the text.
    app.connect("source-read", give_text, priority=100)
    app.connect("env-get-updated", compare_order)
