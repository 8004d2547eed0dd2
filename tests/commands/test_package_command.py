"""`sphinx-d2lbook package`: exit codes, and what it says."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.commands.main import main

Page = Callable[[str], str]
CELL = "(sec_{0})=\n# T\n\n```{{code-cell}}\n#@save\ndef {0}(): return {1}\n```\n"


@pytest.fixture
def book(project: Any, page: Page) -> Any:
    conf = project.conf + "d2lbook_package = 'pkg'\n"
    (project.folder / "conf.py").write_text(conf)
    project.conf = conf
    project.write({"index.md": "# B\n\n```{toctree}\na\nb\n```\n", "a.md": page(CELL.format("f", 1))})
    project.write({"b.md": page(CELL.format("g", 1))})
    return project


def run(book: Any, *arguments: str) -> int:
    return main(["package", *arguments, "-c", str(book.folder)])


def test_check_and_write(book: Any, page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(book, "--check") == 1
    assert "pkg/__init__.py: is missing" in capsys.readouterr().out
    assert not (book.folder / "pkg").exists()
    assert run(book, "--write") == 0
    assert "pkg/ is written" in capsys.readouterr().out
    assert run(book, "--check") == 0
    assert capsys.readouterr().out == ""
    before = (book.folder / "pkg" / "__init__.py").read_text()
    book.write({"b.md": page(CELL.format("g", 2))})
    assert run(book, "--check") == 1
    said = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in said[:-1]] == ["pkg/__init__.py"]
    assert said[0].endswith("differs in 'g', which book/b.md:11 saves")
    assert said[-1].startswith("pkg/ is not what the pages give; run `sphinx-d2lbook package --write`")
    assert (book.folder / "pkg" / "__init__.py").read_text() == before
    assert sorted(path.name for path in book.folder.iterdir()) == ["book", "conf.py", "pkg"]


def test_a_hand_edit_is_told_and_kept(book: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(book, "--write") == 0
    file = book.folder / "pkg" / "__init__.py"
    edited = file.read_text().replace("def g(): return 1", "def g(): return 5")
    file.write_text(edited)
    capsys.readouterr()
    assert run(book, "--check") == 1
    assert "changed by hand, in 'g', which book/b.md:11 saves; make the change in the cell" in capsys.readouterr().out
    assert run(book, "--write") == 2
    assert "changed by hand" in capsys.readouterr().err
    assert file.read_text() == edited


def test_a_refused_book(book: Any, page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    book.write({"b.md": page(CELL.format("f", 1))})
    assert run(book, "--check") == 2
    assert "book/b.md:11: 'f' is saved already at book/a.md:11" in capsys.readouterr().err


def test_where_there_is_no_book(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["package", "--check", "-c", str(tmp_path)]) == 2
    assert "there is no conf.py" in capsys.readouterr().err


@pytest.mark.long
def test_two_at_once_do_not_disturb_each_other(book: Any) -> None:
    """Each file that a reader meets is whole, whichever of the two wrote it."""
    code = "import sys; from sphinxcontrib_d2lbook.commands.main import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "package", "--write", "-c", str(book.folder)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    assert sorted(path.name for path in (book.folder / "pkg").iterdir()) == ["__init__.py", "py.typed"]
    assert run(book, "--check") == 0
