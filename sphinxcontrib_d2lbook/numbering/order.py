"""What Sphinx keeps in the order in which pages were read, put into one order: that of a build from nothing.

After an edit, or with `-j 2`, pages come in another order, and it shows: in the names of images that are called alike
in two folders, and in the order of links in the index.
"""

from __future__ import annotations

from pathlib import PurePath
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
    """As Sphinx names them, `a.svg` and then `a1.svg`, but in the order of their paths."""
    taken: set[str] = set()
    for uri in sorted(env.images):
        path = PurePath(uri)
        name, count = path.name, 0
        while name in taken:
            count += 1
            name = f"{path.stem}{count}{path.suffix}"
        taken.add(name)
        env.images[uri] = (env.images[uri][0], name)
    env.images._existing = taken
