"""The search index holds the words that Sphinx finds, though each stem is worked out once."""

from __future__ import annotations

from typing import Any

import pytest
from sphinx.search import SearchLanguage
from sphinx.search import languages as known
from sphinx.search.de import SearchGerman
from sphinx.search.en import SearchEnglish

from sphinxcontrib_d2lbook.outputs.html import search_index

PAGES = {
    "index.md": "# Learning rates\n\n```{toctree}\none\ntwo\n```\n",
    "one.md": "# Gradients\n\nComputing gradients of losses, computed steps, Übungen und Größen.\n",
    "two.md": "# Losses\n\nThe gradient of a loss is computed; steps are computing.\n",
}


def _index(project: Any) -> bytes:
    project.build(freshenv=True)
    return bytes((project.build_folder / "html" / "searchindex.js").read_bytes())


@pytest.mark.parametrize("language", [SearchEnglish, SearchGerman])
def test_index_is_that_of_sphinx(project: Any, monkeypatch: pytest.MonkeyPatch, language: type[SearchLanguage]) -> None:
    monkeypatch.setitem(known, language.lang, language)  # the registry outlives a build in one process
    project.conf += f"html_theme = 'basic'\nhtml_search_language = {language.lang!r}\n"
    project.write(PAGES)
    with monkeypatch.context() as without:
        without.setattr(search_index.Sphinx, "add_search_language", lambda app, cls: None)
        wanted = _index(project)
    asked: list[str] = []
    original = language.stem

    def stem(self: SearchLanguage, word: str) -> str:
        asked.append(word)
        return original(self, word)

    monkeypatch.setattr(language, "stem", stem)
    assert _index(project) == wanted
    assert {"Computing", "computing"} & set(asked)
    assert len(asked) == len(set(asked))
