"""What we rely on in MyST-NB, held against the version that is installed."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from packaging.specifiers import SpecifierSet

from sphinxcontrib_d2lbook.upstream import myst_nb
from sphinxcontrib_d2lbook.upstream.changed import UpstreamChanged
from tests.conftest import Project

RESULT: Any = {"mtime": 1.0, "runtime": 2.5, "method": "off", "succeeded": True, "error": None, "traceback": None}


def environment() -> Any:
    return SimpleNamespace(mystnb_config=myst_nb.NbParserConfig())


def test_the_version_is_one_that_is_known() -> None:
    assert SpecifierSet(myst_nb.MYST_NB.holds).contains(myst_nb.MYST_NB.version)


def test_a_page_has_other_values_while_it_is_parsed() -> None:
    env = environment()
    before = env.mystnb_config
    with myst_nb.page_config(env, execution_mode="off", custom_formats={".md": ("a.b", {}, False)}):
        assert (env.mystnb_config.execution_mode, env.mystnb_config.custom_formats[".md"][1]) == ("off", {})
    assert env.mystnb_config is before


def test_the_values_are_put_back_when_parsing_fails() -> None:
    env = environment()
    before = env.mystnb_config
    with pytest.raises(KeyError), myst_nb.page_config(env, execution_mode="off"):
        raise KeyError
    assert env.mystnb_config is before


def test_without_the_configuration() -> None:
    with pytest.raises(UpstreamChanged, match=r"mystnb_config, with which pages are shown with their stored outputs"):
        myst_nb.config_of(SimpleNamespace())  # type: ignore[arg-type]


def test_without_the_note_of_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(myst_nb.NbMetadataCollector, "set_exec_data")
    with pytest.raises(UpstreamChanged, match=r"NbMetadataCollector\.set_exec_data"):
        myst_nb.note_execution(environment(), "index", RESULT)


def test_the_parser_takes_reader_and_mode_from_the_environment(project: Project, page: Callable[[str], str]) -> None:
    """And the table of runs what was noted."""
    project.conf = "extensions = ['myst_nb']\n"
    project.write({"index.md": page("# A\n\n```{code-cell}\n1\n```\n\n```{nb-exec-table}\n```\n")})
    parsed = myst_nb.Parser.parse

    def parse(self: Any, text: str, document: Any) -> None:
        env = document.settings.env
        formats = {".md": (f"{__name__}.read", {"output": "forty-two"}, False)}
        with myst_nb.page_config(env, custom_formats=formats, execution_mode="off"):
            parsed(self, text, document)
        myst_nb.note_execution(env, env.docname, RESULT)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(myst_nb.Parser, "parse", parse)
        app = project.build(confoverrides={})
    html = (app.outdir / "index.html").read_text("utf-8")
    assert "forty-two" in html
    assert "<p>2.5</p>" in html


def read(_text: str, *, output: str) -> nbformat.NotebookNode:
    """A reader, as `nb_custom_formats` names one."""
    cell = nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("stream", text=output)])
    table = nbformat.v4.new_markdown_cell("# A\n\n```{nb-exec-table}\n```\n")
    return nbformat.v4.new_notebook(cells=[table, cell])


def test_a_notebook_is_read_as_it_is() -> None:
    text = nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]))
    assert [cell.source for cell in myst_nb.standard_nb_read(text).cells] == ["1"]


def test_a_class_of_ours_is_asked_for_forms_of_outputs_once() -> None:
    class Ours:
        """Takes nothing."""

    try:
        myst_nb.add_mime_renderer(Ours)  # type: ignore[arg-type]
        myst_nb.add_mime_renderer(Ours)  # type: ignore[arg-type]
        assert myst_nb.load_mime_renders().count(Ours) == 1  # type: ignore[arg-type]
    finally:
        myst_nb.load_mime_renders().remove(Ours)  # type: ignore[arg-type]


def test_without_the_list_of_renderers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(myst_nb, "load_mime_renders", list)
    with pytest.raises(UpstreamChanged, match="load_mime_renders, with which text with formulas"):
        myst_nb.add_mime_renderer(type)  # type: ignore[arg-type]


def test_without_the_names_of_glued_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(myst_nb.NbMetadataCollector, "get_doc_data")
    with pytest.raises(UpstreamChanged, match="get_doc_data, with which values of other pages are pasted"):
        myst_nb.glued_names(environment(), "index")


def test_values_are_looked_up_through_a_function_of_ours(project: Project, page: Callable[[str], str]) -> None:
    """And through the last one alone, however often a build begins."""
    project.conf = "extensions = ['myst_nb']\nnb_execution_mode = 'off'\n"
    project.write({"index.md": page("# A\n\n{glue}`a` and {glue:text}`b`.\n\n```{glue} c\n```\n")})
    asked: list[int] = []

    def around(number: int) -> Any:
        def find(_document: Any, plain: Callable[[], Any]) -> Any:
            asked.append(number)
            return plain()

        return find

    def alone(_document: Any, plain: Callable[[], Any]) -> Any:
        return plain()

    try:
        myst_nb.wrap_values(around(1))
        myst_nb.wrap_values(around(2))
        project.build(confoverrides={})
    finally:
        myst_nb.wrap_values(alone)
    assert asked == [2, 2, 2]


def test_without_a_role_that_pastes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(myst_nb, "GLUE_ROLES", (object,))
    with pytest.raises(UpstreamChanged, match=r"object\.run, with which pages in several frameworks"):
        myst_nb.wrap_values(lambda _document, plain: plain())
