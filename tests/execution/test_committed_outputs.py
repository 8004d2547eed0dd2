"""A book whose outputs are committed shows them on a machine that runs nothing, and says which it lacks."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from sphinxcontrib_d2lbook.common.errors import BookProblems
from sphinxcontrib_d2lbook.execution.extension import executed_notebook, page_reports

INDEX = "# Book\n\n```{toctree}\none\ntwo\n```\n"
CELL = "```{{code-cell}}\n{}\n```\n"


@pytest.fixture
def book(project: Any, page: Any) -> Any:
    project.conf += "d2lbook_store = 'outputs'\n"
    project.write({"index.md": INDEX})
    project.write(
        {f"{name}.md": page(f"# {name}\n\n" + CELL.format(f"print('{name}', 1 + 1)")) for name in ("one", "two")}
    )
    return project


def test_what_another_machine_ran_is_shown_and_what_lacks_is_refused_by_name(book: Any, page: Any) -> None:
    ran = executed_notebook(book.build(), "one")
    written = sorted(path.relative_to(book.folder).as_posix() for path in (book.folder / "outputs").rglob("*.json"))
    assert written == ["outputs/one/outputs.json", "outputs/two/outputs.json"]

    shutil.rmtree(book.build_folder)  # a fresh clone
    book.conf += "d2lbook_execute = 'never'\n"
    app = book.build()
    assert {name: report.execution for name, report in page_reports(app).items()} == {
        "index": "none",
        "one": "cached",
        "two": "cached",
    }
    assert executed_notebook(app, "one") == ran
    assert book.warnings == ""

    book.write({"one.md": page("# one\n\n" + CELL.format("print('changed')"))})
    (book.folder / "outputs" / "two" / "outputs.json").unlink()
    shutil.rmtree(book.build_folder)
    with pytest.raises(BookProblems) as caught:
        book.build()
    one, two = caught.value.problems
    assert one.startswith("book/one.md:1: there are no stored outputs for this page (code of cell 1 changed), and ")
    assert two.startswith("book/two.md:1: there are no stored outputs for this page (not run before), and ")

    book.conf = book.conf.replace("'never'", "'auto'")
    app = book.build()
    assert {name: report.reason for name, report in page_reports(app).items()} == {
        "index": None,
        "one": "code of cell 1 changed",
        "two": "not run before",
    }
    assert (book.folder / "outputs" / "two" / "outputs.json").is_file()


def test_outputs_that_were_edited_by_hand_are_said_and_run_again(book: Any) -> None:
    book.build()
    shutil.rmtree(book.build_folder)
    path = book.folder / "outputs" / "one" / "outputs.json"
    path.write_text(path.read_text().replace("one 2", "one 3"))
    app = book.build()
    assert page_reports(app)["one"].execution == "ran"
    assert page_reports(app)["two"].execution == "cached"
    assert (
        "the committed outputs of one cannot be used: it was changed after it was written; take one side"
        in book.warnings
    )
    assert "one 2" in path.read_text()


@pytest.mark.parametrize("whole", ["", "d2lbook_store = 'kept'\n"])
def test_outputs_in_a_folder_inside_another_are_nobody_elses_to_remove(project: Any, page: Any, whole: str) -> None:
    project.conf += whole
    stores = {"one": "kept", "two": "kept/far", "three": "kept/far/off"}
    project.write({"index.md": INDEX + "\n```{toctree}\nthree\n```\n"})
    for name, store in stores.items():
        text = page(f"# {name}\n\n" + CELL.format(f"print('{name}')"))
        project.write({f"{name}.md": text.replace("---\n", f"---\nd2lbook: {{store: {store}}}\n", 1)})

    def kept() -> list[str]:
        return sorted(
            path.relative_to(project.folder).as_posix() for path in (project.folder / "kept").rglob("outputs.json")
        )

    expected = sorted(f"{store}/{name}/outputs.json" for name, store in stores.items())
    project.build()
    assert kept() == expected
    project.build()
    assert kept() == expected
    project.write({"index.md": INDEX})
    (project.folder / "book" / "three.md").unlink()
    project.build()
    assert kept() == [path for path in expected if "three" not in path]
