"""What Sphinx keeps in the order in which pages were read, put into one order: that of a build from nothing.

After an edit, or with `-j 2`, pages come in another order, and it shows: in the names of images that are called alike
in two folders, and in the order of links in the index.
"""

from __future__ import annotations

from typing import Any, cast

from sphinx.environment import BuildEnvironment


def sort_environment(env: BuildEnvironment) -> None:
    """Called in every build, once all pages are read."""
    _name_images(env)
    index = cast("dict[str, Any]", env.domains.index_domain.entries)
    for table in (index, env.titles, env.longtitles, env.tocs, env.metadata, env.toctree_includes):
        _sort(cast("dict[str, Any]", table))


def _sort(table: dict[str, Any]) -> None:
    items = sorted(table.items())
    table.clear()
    table.update(items)


def _name_images(env: BuildEnvironment) -> None:
    """Have Sphinx name them anew, `a.svg` and then `a1.svg`, in the order of their paths."""
    pages = {uri: set(docnames) for uri, (docnames, _name) in sorted(env.images.items())}
    for docname in set().union(*pages.values()):
        env.images.purge_doc(docname)
    for uri, docnames in pages.items():
        for docname in docnames:
            env.images.add_file(docname, uri)
