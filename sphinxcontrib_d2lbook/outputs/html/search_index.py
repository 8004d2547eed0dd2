"""Compute the stem of each word once for each build, for the search index.

Sphinx computes it once for each page, in pure Python if no compiled stemmer is installed; the pages of a book share
most of their words.
"""

from __future__ import annotations

from functools import cache

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.search import SearchLanguage

from ...upstream.sphinx.registry import search_language


class StemCache:
    """Base class of search languages that remember stems."""


def remember_stems(app: Sphinx, config: Config) -> None:
    """Have the book's language, if Sphinx knows it, remember stems. Handle `config-inited`."""
    code = config.html_search_language or config.language
    language = search_language(code)
    if language is not None and not issubclass(language, StemCache):
        app.add_search_language(_remembering(language))


def _remembering(language: type[SearchLanguage]) -> type[SearchLanguage]:
    class Language(StemCache, language):  # type: ignore[misc, valid-type]
        def __init__(self, options: dict[str, str]) -> None:
            super().__init__(options)
            self.stem = cache(super().stem)

    Language.__name__ = language.__name__
    return Language


def setup(app: Sphinx) -> None:
    app.connect("config-inited", remember_stems)
