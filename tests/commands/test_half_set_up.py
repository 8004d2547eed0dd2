"""A folder that is no book yet gets a sentence that names `sphinx-d2lbook new`, from builds and from commands."""

from __future__ import annotations

from typing import Any

import pytest

from sphinxcontrib_d2lbook.commands.main import main

COMMANDS = [["why"], ["labels"], ["package", "--check"], ["addresses"], ["forum", "sync"]]


def is_a_sentence(said: str) -> bool:
    return "`sphinx-d2lbook new FOLDER` begins a book" in said and "Traceback" not in said and "WARNING" not in said


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands_without_a_conf_py(command: list[str], tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "-c", str(tmp_path)]) == 2
    assert is_a_sentence(capsys.readouterr().err)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_commands_where_conf_py_does_not_list_the_extension(
    command: list[str], project: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    (project.folder / "conf.py").write_text("project = 'A Book'\n", "utf-8")
    assert main([*command, "-c", str(project.folder)]) == 2
    assert is_a_sentence(capsys.readouterr().err)


@pytest.mark.parametrize("builder", ["book", "notebooks", "package"])
def test_builds_where_conf_py_does_not_list_the_extension(builder: str, project: Any) -> None:
    project.conf = "project = 'A Book'\n"
    done = project.run(builder)
    assert done.returncode == 2
    assert is_a_sentence(done.stderr)


def test_builds_without_a_page(project: Any) -> None:
    done = project.run("book")
    assert done.returncode == 2
    assert is_a_sentence(done.stderr)


def test_what_a_conf_py_that_lists_it_gives_cause_to_warn_of_is_still_told(
    project: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    (project.folder / "conf.py").write_text(f"{project.conf}d2lbook_pakage = 'a'\n", "utf-8")
    project.write({"index.md": "# Root\n"})
    main(["why", "-c", str(project.folder)])
    assert "d2lbook_pakage" in capsys.readouterr().err
