"""The search index: the stem of a word is worked out once a build.

Sphinx does it once a page, in pure Python where no compiled stemmer is installed; the pages of a book say much in the
same words.
"""

from __future__ import annotations

from functools import cache

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.search import SearchLanguage

from ...upstream.sphinx.registry import search_language


class Remembers:
    """Put before a language's class."""


def remember_stems(app: Sphinx, config: Config) -> None:
    """Have the book's language, where Sphinx knows it, remember stems. Handler of `config-inited`."""
    code = config.html_search_language or config.language
    found = search_language(code)
    if found is not None and not issubclass(found, Remembers):
        app.add_search_language(_remembering(found))


def _remembering(language: type[SearchLanguage]) -> type[SearchLanguage]:
    class Language(Remembers, language):  # type: ignore[misc, valid-type]
        def __init__(self, options: dict[str, str]) -> None:
            super().__init__(options)
            self.stem = cache(super().stem)

    Language.__name__ = language.__name__
    return Language


def setup(app: Sphinx) -> None:
    app.connect("config-inited", remember_stems)
