"""Remove files from the website that belong to removed pages: their HTML, source, images and downloads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from ...common.build_state import StateEntry, StateKind
from ...common.files import digest, remove_left
from ...execution.extension import work_folder
from ...upstream.sphinx.html import index_words
from .previews import has_previews, preview_file

LEFT = StateKind(
    "html/pages",
    of="a website's folder: the files that each page has in it",
    stale="nothing: those that no page has any longer are removed. Where it is damaged, files of pages that are "
    "removed in that same build stay",
)


def remove_obsolete_files(app: Sphinx, error: Exception | None) -> None:
    """Remove the files of pages that are gone. Handle `build-finished`, in the process that writes the site."""
    if error is None and isinstance(app.builder, StandaloneHTMLBuilder):
        folder = Path(app.outdir)
        entry, files = StateEntry(work_folder(app), LEFT, digest(str(folder))[:8]), sorted(set(_files(app.builder)))
        remove_left(entry.load() or (), folder, files)
        entry.save(str(folder), files)


def remove_obsolete_words(app: Sphinx) -> list[Any]:
    """Remove words from Sphinx's search index that are on no page any longer. Handle `html-collect-pages`.

    That event is sent before the index is written. Return no pages.
    """
    for words in index_words(app.builder):
        for word in [word for word, docnames in words.items() if not docnames]:
            del words[word]
    return []


def _files(builder: StandaloneHTMLBuilder) -> Iterator[str]:
    """Yield the files that the site has of each page, relative to its root."""
    env, folder = builder.env, Path(builder.outdir)
    for docname in env.found_docs:
        yield Path(builder.get_outfilename(docname)).relative_to(folder).as_posix()
        if has_previews(builder):
            yield preview_file(docname)
        suffix = str(env.doc2path(docname, False))[len(docname) :]
        last = builder.config.html_sourcelink_suffix
        yield f"_sources/{docname}{suffix}{'' if suffix == last else last}"
    yield from (f"{builder.imagedir}/{name}" for _docnames, name in env.images.values())
    yield from (f"_downloads/{name}" for _docnames, name in env.dlfiles.values())
