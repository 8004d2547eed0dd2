"""The search index holds the words that Sphinx finds, though each stem is worked out once."""

from __future__ import annotations

from typing import Any

import pytest
from sphinx.search import SearchLanguage
from sphinx.search import languages as known

from sphinxcontrib_d2lbook.outputs.html import search

PAGES = {
    "index.md": "# Learning rates\n\n```{toctree}\none\ntwo\n```\n",
    "one.md": "# Gradients\n\nComputing gradients of losses, computed steps, Übungen und Größen.\n",
    "two.md": "# Losses\n\nThe gradient of a loss is computed; steps are computing.\n",
}


def _index(project: Any) -> bytes:
    project.build(freshenv=True)
    return bytes((project.build_folder / "html" / "searchindex.js").read_bytes())


@pytest.mark.parametrize("language", ["en", "de"])
def test_index_is_that_of_sphinx(project: Any, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    for code, value in list(known.items()):
        monkeypatch.setitem(known, code, value)  # the registry outlives a build in one process
    project.conf += f"html_theme = 'basic'\nhtml_search_language = {language!r}\n"
    project.write(PAGES)
    with monkeypatch.context() as without:
        without.setattr(search.Sphinx, "add_search_language", lambda app, cls: None)
        wanted = _index(project)
    asked: list[str] = []
    language_class = known[language]
    if isinstance(language_class, str):
        from sphinx.search.de import SearchGerman as language_class
    original = language_class.stem

    def stem(self: SearchLanguage, word: str) -> str:
        asked.append(word)
        return str(original(self, word))

    monkeypatch.setattr(language_class, "stem", stem)
    assert _index(project) == wanted
    assert "Computing" in asked or "computing" in asked
    assert len(asked) == len(set(asked))
