"""Each run of a page finds what it writes as it was before the page's first run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.execution.extension import executed_notebook, page_reports
from sphinxcontrib_d2lbook.execution.file_states import written_state
from sphinxcontrib_d2lbook.execution.initial_files import put_back, restore_unwritten
from sphinxcontrib_d2lbook.execution.tasks import MISSING

Page = Callable[[str], str]


def cells(*texts: str) -> str:
    return "# One\n\n" + "\n".join(f"```{{code-cell}}\n{text}\n```\n" for text in texts)


WRITES = "%%writefile out.txt\nmade"
APPENDS = "with open('log.txt', 'a') as f: f.write('x')\nprint(open('log.txt').read())"
MAKES = "import os\nos.mkdir('made')\nopen('made/a.txt', 'w').close()\nprint(os.listdir('made'))"


def shown(project: Any, app: Any) -> str:
    notebook = executed_notebook(app, "index")
    assert notebook is not None
    return "".join(output.get("text", "") for cell in notebook["cells"] for output in cell.get("outputs", ()))


def report(app: Any) -> tuple[str, str | None]:
    found = page_reports(app)["index"]
    return found.execution, found.reason


@pytest.mark.parametrize("kernels", ["warm", "cold"])
def test_a_page_shows_not_how_often_it_has_run(project: Any, page: Page, kernels: str) -> None:
    project.conf += f"d2lbook_kernels = {kernels!r}\n"
    project.write({"index.md": page(cells(WRITES, APPENDS, MAKES)), "log.txt": "of the author "})
    first = shown(project, project.build("dummy"))
    assert first == "Writing out.txt\nof the author x\n['a.txt']\n"
    assert report(project.build("dummy"))[0] == "cached"
    project.write({"index.md": page(cells(WRITES, APPENDS, MAKES, "pass"))})
    app = project.build("dummy")
    assert (report(app), shown(project, app)) == (("ran", "code of cell 4 is new"), first)
    assert (project.source / "log.txt").read_text() == "of the author x"


def test_a_file_of_the_author_that_is_edited_is_the_new_start(project: Any, page: Page) -> None:
    project.write({"index.md": page(cells(APPENDS)), "log.txt": "one "})
    project.build("dummy")
    project.write({"log.txt": "two "})
    app = project.build("dummy")
    assert (report(app), shown(project, app)) == (("ran", "book/log.txt changed"), "two x\n")
    assert report(project.build("dummy"))[0] == "cached"


def test_what_a_page_made_and_someone_edited_is_made_again_and_the_edit_is_kept(project: Any, page: Page) -> None:
    project.write({"index.md": page(cells(WRITES))})
    project.build("dummy")
    project.write({"out.txt": "edited"})
    app = project.build("dummy")
    assert report(app) == ("ran", "book/out.txt, which it writes, was changed by something else")
    assert shown(project, app) == "Writing out.txt\n"
    assert (project.source / "out.txt").read_text() == "made\n"
    assert "book/out.txt was edited, and the page wrote it again; the edited file was moved to " in project.warnings
    (kept,) = project.build_folder.rglob("edited/book/out.txt")
    assert kept.read_text() == "edited"
    assert report(project.build("dummy"))[0] == "cached"


def test_a_page_that_no_longer_writes_a_file_leaves_that_of_the_author(project: Any, page: Page) -> None:
    project.write({"index.md": page(cells(WRITES))})
    project.build("dummy")
    project.write({"out.txt": "of the author", "index.md": page(cells("print(open('out.txt').read())"))})
    assert shown(project, project.build("dummy")) == "of the author\n"
    assert (project.source / "out.txt").read_text() == "of the author"


def test_what_a_failed_run_wrote_is_put_back(project: Any, page: Page) -> None:
    project.write({"index.md": page(cells(APPENDS, "1 / 0")), "log.txt": "start "})
    assert report(project.build("dummy"))[0] == "failed"
    project.write({"index.md": page(cells(APPENDS))})
    assert shown(project, project.build("dummy")) == "start x\n"


def made(*texts: str) -> Callable[[str], set[str]]:
    return lambda _: {_digest(text) for text in texts}


def _digest(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()


def test_only_what_runs_have_left_is_put_back(tmp_path: Path) -> None:
    root, copies = tmp_path / "root", tmp_path / "copies"
    root.mkdir()
    copies.mkdir()
    (copies / _digest("author")).write_text("author")
    for name in ("a", "b", "c", "d"):
        (root / name).write_text("product" if name in "ac" else "edited")
    before = {"a": MISSING, "b": MISSING, "c": _digest("author"), "d": _digest("author"), "e": MISSING}
    assert put_back(root, copies, before, made("product"), move_edited=False) == []
    assert {path.name: path.read_text() for path in root.iterdir()} == {"b": "edited", "c": "author", "d": "edited"}
    aside = put_back(root, copies, before, made("product"), move_edited=True)
    assert [one.name for one in aside] == ["b"]
    assert not (root / "b").exists()
    assert restore_unwritten(root, aside, []) == []
    assert (root / "b").read_text() == "edited"


def test_a_folder_that_holds_something_else_stays(tmp_path: Path) -> None:
    (tmp_path / "root/made").mkdir(parents=True)
    (tmp_path / "root/made/other").write_text("of the author")
    put_back(
        tmp_path / "root",
        tmp_path,
        {"made": MISSING},
        lambda _: {written_state(tmp_path / "root/made")},
        move_edited=True,
    )
    assert (tmp_path / "root/made/other").exists()
