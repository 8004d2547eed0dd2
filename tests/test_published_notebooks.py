"""`.ci/published_notebooks.py` takes the environment of a branch as Binder does."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sphinxcontrib_d2lbook.commands.publish.branch_content import binder_files
from tests.ci_programs import load

program = load("published_notebooks")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A branch with the environment that publishing gives it."""
    for name, file in binder_files("").items():
        path = tmp_path / "clone/.binder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    return tmp_path / "clone"


def test_the_environment_names_the_python_that_has_built_the_book(clone: Path) -> None:
    assert program.wanted_python(program.binder_folder(clone)) == f"{sys.version_info[0]}.{sys.version_info[1]}"


def test_the_folder_that_binder_takes_first_goes_before_the_other(clone: Path) -> None:
    (clone / "binder").mkdir()
    assert program.binder_folder(clone).name == "binder"


def test_another_python_and_a_branch_of_something_else_are_refused(clone: Path, tmp_path: Path) -> None:
    binder = program.binder_folder(clone)
    (binder / "environment.yml").write_text("dependencies:\n  - python=3.5\n", "utf-8")
    with pytest.raises(SystemExit, match=r"want Python 3\.5"):
        program.make_environment(clone, binder, tmp_path, sys.executable)
    (binder / "environment.yml").write_text("dependencies:\n  - pip\n", "utf-8")
    with pytest.raises(SystemExit, match="names no version of Python"):
        program.wanted_python(binder)
    with pytest.raises(SystemExit, match=r"neither binder nor \.binder"):
        program.binder_folder(tmp_path)


def test_notebooks_that_are_not_published_end_it_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="were not published"):
        program.publish(tmp_path / "bare", "notebooks", tmp_path)
