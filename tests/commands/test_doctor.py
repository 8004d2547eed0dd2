"""`sphinx-d2lbook doctor`: what is missing for this book, and what is merely absent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.commands.main import main
from sphinxcontrib_d2lbook.outputs.latex.compiler import PROGRAMS


@pytest.fixture
def look(project: Any, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a function: settings -> exit code, name -> state and note of each finding."""

    def run(conf: str = "") -> tuple[int, dict[str, tuple[str, str]]]:
        (project.folder / "conf.py").write_text(project.conf + conf)
        capsys.readouterr()
        code = main(["doctor", "--json", "-c", str(project.folder)])
        told = json.loads(capsys.readouterr().out)
        assert told["versions"]["sphinx"]
        return code, {finding["name"]: (finding["state"], finding["note"]) for finding in told["findings"]}

    project.write({"index.md": "# B\n"})
    return run


def test_nothing_is_wrong_with_a_plain_book(look: Any) -> None:
    code, found = look()
    assert code == 0
    assert {state for state, _ in found.values()} <= {"ok", "absent"}


def test_a_program_is_missing_only_where_the_book_needs_it(look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    code, found = look()
    assert (code, found["LaTeX"][0], found["Graphviz"][0]) == (0, "absent", "absent")
    code, found = look("d2lbook_pdf_engine = 'latex'\nextensions.append('sphinx.ext.graphviz')\n")
    assert (code, found["LaTeX"][0], found["Graphviz"][0]) == (1, "wrong", "wrong")
    assert found["LaTeX"][1].startswith(", ".join(PROGRAMS))
    assert "apt-get install graphviz" in found["Graphviz"][1]


@pytest.mark.parametrize(
    ("conf", "name"),
    [
        ("d2lbook_forum = {'url': 'https://forum.example/{label}'}\n", "html_baseurl"),
        ("d2lbook_pdf_engine = 'latex'\nd2lbook_outputs = ['html']\n", "d2lbook_pdf_engine"),
        ("d2lbook_dask = {'address': 'tcp://host:8786'}\n", "d2lbook_dask"),
        ("language = 'zh_CN'\n", "fonts of the PDF"),
        ("d2lbook_pdf_fonts = {'text': 'No Such Family'}\n", "fonts of the PDF"),
        ("root_doc = 'contents'\n", "the root page"),
    ],
)
def test_settings_that_contradict_each_other_are_named(look: Any, conf: str, name: str) -> None:
    code, found = look(conf)
    assert code == 1
    assert found[name][0] == "wrong"


def test_fonts_that_are_there_are_listed(look: Any) -> None:
    assert look("d2lbook_pdf_fonts = {'text': 'Libertinus Serif'}\n")[1]["fonts of the PDF"][0] == "ok"
    assert "fonts of the PDF" not in look("language = 'zh_CN'\nd2lbook_outputs = ['html']\n")[1]


def test_a_kernel_that_a_page_wants_and_nobody_has_is_named(look: Any, project: Any) -> None:
    page = "---\nfile_format: mystnb\nkernelspec:\n  name: julia-9\n---\n# P\n\n```{code-cell}\n1\n```\n"
    project.write({"index.md": page})
    code, found = look()
    assert code == 1
    assert found["kernel 'julia-9' of book/index.md"][0] == "wrong"


def test_a_book_that_is_refused_is_said_so(look: Any) -> None:
    code, found = look("d2lbook_pdf_engine = 'word'\n")
    assert code == 1
    assert "d2lbook_pdf_engine = 'word'" in found["the book"][1]


def test_a_conf_py_without_the_extension_is_said_so(look: Any) -> None:
    code, found = look("extensions = []\n")
    assert code == 1
    assert 'does not list "sphinxcontrib_d2lbook"' in found["the book"][1]


def test_without_a_book_the_installation_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "-c", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "sphinxcontrib-d2lbook" in said
    assert "`sphinx-d2lbook new FOLDER` begins one" in said
