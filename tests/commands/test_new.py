"""`sphinx-d2lbook new`: whatever is answered, the book that it writes builds without a warning."""

from __future__ import annotations

import ast
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sphinxcontrib_d2lbook.commands.main import main
from sphinxcontrib_d2lbook.commands.new import markdown
from tests.warm_builds import sphinx_build

PLAIN = ["--author", "A. Author", "--forum", "none", "--repository", "none"]
ODD = r'A "Title"\ of $x$, `y`, *z* & {% raw %} <b> # [k](l) 100 % — Ω'


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    return sphinx_build(["-M", "book", "book", "_build", "-c", ".", "-W", "--keep-going"], folder)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "random-walks"
    assert main(["new", str(folder), "--yes", *PLAIN]) == 0
    done = build(folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_new_book_builds_in_all_outputs_without_a_warning(plain: Path) -> None:
    built = plain / "_build" / "book"
    assert (built / "pdf" / "random-walks.pdf").is_file()
    assert {path.name for path in (built / "notebooks").glob("*.ipynb")} >= {"areas.ipynb", "errors.ipynb"}
    assert "def throw_points" in (plain / "random_walks" / "__init__.py").read_text("utf-8")
    numbers = json.loads((built / "numbers.json").read_text("utf-8"))["numbers"]
    labels = {"sec_areas", "eq_estimate", "fig_points", "tab_symbols", "thm_error", "exr_digits"}
    assert labels <= {one["label"] for one in numbers}
    assert "Random Walks" in (plain / "README.md").read_text("utf-8")


def test_a_second_build_of_it_runs_nothing(plain: Path) -> None:
    done = build(plain)
    assert done.returncode == 0, done.stderr
    report = json.loads((plain / "_build" / "book" / "report.json").read_text("utf-8"))
    assert {page["execution"] for page in report["pages"].values()} <= {"cached", "none", None}


@pytest.mark.parametrize(
    "answers",
    [
        ["--title", ODD, "--author", "Zoë O'Neil \\ {x}", "--package", "none", "--licence", "none"],
        ["--forum", "https://forum.example/t/{label}", "--repository", "https://github.com/a/b"],
        ["--forum", "https://forum.example", "--language", "de"],
    ],
    ids=["odd", "forum", "discourse"],
)
@pytest.mark.long
def test_with_other_answers(tmp_path: Path, answers: list[str]) -> None:
    folder = tmp_path / "other"
    assert main(["new", str(folder), "--yes", *answers]) == 0
    done = build(folder)
    assert done.returncode == 0, done.stderr
    if ODD in answers:
        assert (folder / "book" / "index.md").read_text("utf-8").count("\n# ") == 1
        assert not (folder / "other").exists()


@given(st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1))
def test_a_title_in_markdown_shows_itself(title: str) -> None:
    title = " ".join(title.split()) or "x"
    heading = MarkdownIt().parse(f"# {markdown(title)}\n")[1]
    shown = "".join(token.content for token in heading.children or () if token.type in ("text", "text_special"))
    assert shown == title


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (["--package", "two words"], "--package 'two words': must be a name that Python can import"),
        (["--package", "random"], "--package 'random': is the name of something else"),
        (["--package", "sphinx"], "--package 'sphinx': is the name of something else"),
        (["--language", "English"], "must be a code such as en"),
        (["--forum", "forum.example"], "must be an address that begins with https://"),
        (["--title", "a\nb"], "must be one line of text"),
        (["--licence", "free for all"], "must be an SPDX identifier"),
    ],
)
def test_an_impossible_answer_is_refused_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], answers: list[str], said: str
) -> None:
    assert main(["new", str(tmp_path / "book"), "--yes", *answers]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_what_is_in_the_way_is_named_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "conf.py").write_text("mine")
    (tmp_path / ".git").mkdir()
    assert main(["new", str(tmp_path), "--yes"]) == 2
    assert "is not empty (conf.py)" in capsys.readouterr().err
    assert (tmp_path / "conf.py").read_text() == "mine"


def test_a_folder_that_only_git_knows_is_empty(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert main(["new", str(tmp_path), "--yes", *PLAIN]) == 0


def test_a_folder_with_the_name_of_an_installed_package_gets_a_book_without_one(tmp_path: Path) -> None:
    """A package of the book would hide it from the book's own pages."""
    assert main(["new", str(tmp_path / "sphinx"), "--yes", *PLAIN]) == 0
    assert "d2lbook_package" not in (tmp_path / "sphinx" / "conf.py").read_text("utf-8")


@pytest.mark.parametrize(("name", "package"), [("Bücher über Größe", "bucher_uber_grosse"), ("日本", None)])
def test_a_package_is_spelt_with_ascii_letters_or_left_out(tmp_path: Path, name: str, package: str | None) -> None:
    assert main(["new", str(tmp_path / name), "--yes", *PLAIN]) == 0
    conf = (tmp_path / name / "conf.py").read_text("utf-8")
    assert (f'd2lbook_package = "{package}"' in conf) == (package is not None) == ("d2lbook_package" in conf)


def test_what_to_do_next_begins_where_the_author_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "two words", "--yes", *PLAIN]) == 0
    said = capsys.readouterr().out
    assert "    cd 'two words'\n    pip install" in said
    assert "`# Save to the two_words package`" in said


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["new", str(tmp_path / "file" / "book"), "--yes", *PLAIN]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_a_terminal_is_asked_until_the_answer_is_possible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal("Tales of Code\nEnglish\nfr\n\n\n"))
    assert main(["new", str(tmp_path / "b"), "--forum", "none", "--repository", "none", "--author", "A"]) == 0
    conf = ast.parse((tmp_path / "b" / "conf.py").read_text("utf-8"))
    values = {
        statement.targets[0].id: ast.literal_eval(statement.value)
        for statement in conf.body
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
    }
    assert (values["project"], values["language"]) == ("Tales of Code", "fr")


def test_an_interrupted_conversation_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Closed(""))
    assert main(["new", str(tmp_path / "b")]) == 130
    assert list(tmp_path.iterdir()) == []
