"""Notice who asks, while a page is read, for the builder's name or format, or for the tags of the build.

What an extension makes of the page then is valid for this builder alone. Sphinx 9.0 to 9.2 have attributes of classes
for the first two, and `Tags.has` and `in` for the tags.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sphinx.application import Sphinx

from .versions import SPHINX

USE = "outputs are printed as if each was read for itself"

with SPHINX.imports(USE):
    from sphinx.util.tags import Tags

KNOWN = frozenset({"docutils", "myst_nb", "myst_parser", "sphinx", __name__.partition(".")[0]})
"""Packages whose questions do not change what is read."""


@contextmanager
def listening(app: Sphinx, note: Callable[[], None]) -> Iterator[None]:
    """Call ``note`` whenever other code asks the builder of an application, or its tags, until the block ends.

    The classes of these two objects are replaced by subclasses during the block.
    """
    builder, tags = app.builder, app.tags
    kind, kind_of_tags = type(builder), type(tags)
    answers = {name: _noted(getattr(builder, name), note) for name in ("name", "format")}
    builder.__class__ = type(kind.__name__, (kind,), {**answers, "__module__": kind.__module__})
    if kind_of_tags is Tags:
        tags.__class__ = type("Tags", (Tags,), {name: _noted_method(name, note) for name in ("has", "__contains__")})
    try:
        yield
    finally:
        builder.__class__, tags.__class__ = kind, kind_of_tags


def _noted(value: object, note: Callable[[], None]) -> property:
    def get(_self: object) -> object:
        if _is_foreign():
            note()
        return value

    return property(get)


def _noted_method(name: str, note: Callable[[], None]) -> Callable[..., Any]:
    plain = getattr(Tags, name)

    def method(self: Tags, *arguments: Any) -> Any:
        if _is_foreign():
            note()
        return plain(self, *arguments)

    return method


def _is_foreign() -> bool:
    """Return whether another extension, or conf.py, asks: the caller is two calls above."""
    module = str(sys._getframe(2).f_globals.get("__name__", ""))
    return module.partition(".")[0] not in KNOWN
