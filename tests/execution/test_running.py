"""Pages run once, again when what they use changed, and their failures do not stop the book."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sphinxcontrib_d2lbook.common.errors import BookProblems
from sphinxcontrib_d2lbook.execution.extension import executed_notebook, page_reports
from tests.conftest import NOTEBOOK

Page = Callable[[str], str]

INDEX = "# Book\n\n```{toctree}\n:numbered:\n\none\ntwo\n```\n"
ONE = "# One\n\n```{code-cell}\nprint('sum', 1 + 1)\n```\n"
TWO = "# Two\n\nText.\n\n```{code-cell}\nopen('data.txt').read()\n```\n"


SOURCES = {"index.md": INDEX, "one.md": NOTEBOOK + ONE, "two.md": NOTEBOOK + TWO, "data.txt": "first"}


@pytest.fixture
def new_book(project: Any) -> Any:
    """The book, before anything was built."""
    project.write(SOURCES)
    return project


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, new_project: Any) -> Any:
    """The book after its first build, whose `first` is how each page ran, `said` what it warned of."""
    project = new_project(tmp_path_factory.mktemp("book"))
    project.write(SOURCES)
    project.first, project.said = executions(project.build()), project.warnings
    return project


@pytest.fixture
def book(built: Any) -> Iterator[Any]:
    """The same, for changes that are taken back: pages whose outputs are stored need not run again for that."""
    with built.restored():
        yield built


def executions(app: Any) -> dict[str, str]:
    return {name: report.execution for name, report in page_reports(app).items()}


def test_each_page_runs_once_and_then_is_cached(book: Any) -> None:
    assert book.first == {"index": "none", "one": "ran", "two": "ran"}
    assert book.said == ""
    assert executions(book.build()) == {"index": "none", "one": "cached", "two": "cached"}
    assert "sum 2" in (book.build_folder / "html" / "one.html").read_text(encoding="utf-8")


def test_prose_and_tags_of_look_do_not_run_a_page(book: Any, page: Page) -> None:
    changed = page(
        ONE.replace("# One", "# One\n\nMore words.").replace(
            "```{code-cell}\n", "```{code-cell}\n:tags: [hide-input]\n"
        )
    )
    book.write({"one.md": changed})
    app = book.build()
    assert executions(app)["one"] == "cached"
    html = (book.build_folder / "html" / "one.html").read_text(encoding="utf-8")
    assert "More words." in html
    assert "sum 2" in html


def test_a_changed_cell_and_a_changed_file_run_their_page(book: Any, page: Page) -> None:
    book.build()  # what is compared is the run that was used last
    book.write({"one.md": page(ONE.replace("1 + 1", "1 + 2"))})
    app = book.build()
    assert executions(app) == {"index": "none", "one": "ran", "two": "cached"}
    assert page_reports(app)["one"].reason == "code of cell 1 changed"
    book.write({"data.txt": "second"})
    app = book.build()
    assert executions(app) == {"index": "none", "one": "cached", "two": "ran"}
    assert page_reports(app)["two"].reason == "book/data.txt changed"
    assert "second" in (book.build_folder / "html" / "two.html").read_text(encoding="utf-8")


def test_going_back_to_an_old_source_shows_its_outputs_without_running(book: Any, page: Page) -> None:
    book.write({"data.txt": "third"})
    assert executions(book.build())["two"] == "ran"
    book.write({"data.txt": "first"})
    app = book.build()
    assert executions(app)["two"] == "cached"
    assert "first" in (book.build_folder / "html" / "two.html").read_text(encoding="utf-8")


def test_equal_cells_in_two_folders_are_two_pages(project: Any, page: Page) -> None:
    text = page("# T\n\n```{code-cell}\nprint(open('data.txt').read())\n```\n")
    project.write(
        {
            "index.md": "# Book\n\n```{toctree}\na/page\nb/page\n```\n",
            "a/page.md": text,
            "b/page.md": text,
            "a/data.txt": "of the first",
            "b/data.txt": "of the second",
        }
    )
    project.build()
    assert "of the first" in (project.build_folder / "html" / "a" / "page.html").read_text(encoding="utf-8")
    assert "of the second" in (project.build_folder / "html" / "b" / "page.html").read_text(encoding="utf-8")


def test_a_failing_cell_is_reported_at_its_line_and_the_rest_builds(book: Any, page: Page) -> None:
    book.write(
        {"one.md": page("# One\n\n```{code-cell}\n:tags: [x]\n\na = 1\nraise ValueError('bad ' + 'luck')\n```\n")}
    )
    app = book.build()
    assert "book/one.md:12: WARNING: code cell 1 failed with ValueError: bad luck" in book.warnings
    assert "raise ValueError('bad ' + 'luck')" in book.warnings
    assert book.warnings.rstrip().endswith("1 of 2 pages failed:\nbook/one.md:12: ValueError: bad luck")
    assert app.statuscode == 1
    assert executions(app) == {"index": "none", "one": "failed", "two": "cached"}
    assert "ValueError" in (book.build_folder / "html" / "one.html").read_text(encoding="utf-8")
    again = book.build()
    assert executions(again)["one"] == "failed"
    assert page_reports(again)["one"].reason == "it failed when it last ran"
    assert again.statuscode == 1


def test_tags_mean_what_they_mean_in_myst_nb(book: Any, page: Page) -> None:
    cells = (
        "```{code-cell}\n:tags: [raises-exception]\n\n1 / 0\n```\n\n"
        "```{code-cell}\n:tags: [skip-execution]\n\nprint('never')\n```\n\n"
        "```{code-cell}\nprint('after')\n```\n"
    )
    book.write({"one.md": page("# One\n\n" + cells)})
    app = book.build()
    assert executions(app)["one"] == "ran"
    notebook = executed_notebook(app, "one")
    assert notebook is not None
    kinds = [
        [out["output_type"] for out in cell["outputs"]] for cell in notebook["cells"] if cell["cell_type"] == "code"
    ]
    assert kinds == [["error"], [], ["stream"]]


def test_a_cell_that_never_ends_and_a_kernel_that_dies_are_results(book: Any, page: Page) -> None:
    book.conf += "d2lbook_cell_timeout = 2\n"
    book.write(
        {
            "one.md": page("# One\n\n```{code-cell}\nwhile True: pass\n```\n"),
            "two.md": page("# Two\n\n```{code-cell}\nimport os\nos._exit(3)\n```\n"),
        }
    )
    app = book.build()
    assert "TimeoutError: the cell took longer than 2 seconds" in book.warnings
    assert "DeadKernel: the kernel died with exit code 3 while the cell ran" in book.warnings
    assert executions(app) == {"index": "none", "one": "failed", "two": "failed"}


def test_figures_are_the_same_in_every_run(project: Any, page: Page) -> None:
    cell = (
        "import matplotlib_inline.backend_inline as backend\nfrom matplotlib import pyplot as plt\n\n"
        "backend.set_matplotlib_formats('svg')\nplt.plot([1, 2], [1, 4], 'o')\nplt.show()\n"
    )
    project.write({"index.md": page("# One\n\n```{code-cell}\n" + cell + "```\n")})
    first = executed_notebook(project.build("dummy"), "index")
    shutil.rmtree(project.build_folder)
    assert executed_notebook(project.build("dummy"), "index") == first
    assert first is not None
    assert "clip-path" in first["cells"][1]["outputs"][0]["data"]["image/svg+xml"]


@pytest.mark.parametrize(
    ("kernel", "shown"), [("python-elsewhere", '<span class="nb">print</span>'), ("other", "print(")]
)
def test_a_page_without_its_kernel_is_shown_as_code(project: Any, page: Page, kernel: str, shown: str) -> None:
    project.write({"index.md": page(ONE).replace("name: python3", f"name: {kernel}")})
    app = project.build()
    assert executions(app)["index"] == "failed"
    said = re.findall("WARNING: .*", project.warnings)
    assert len(said) == 1, said
    assert said[0].startswith(f"WARNING: the page cannot run: NoSuchKernel: No such kernel named {kernel}; install it")
    assert shown in (project.build_folder / "html" / "index.html").read_text(encoding="utf-8")


def test_never_refuses_by_name(new_book: Any) -> None:
    new_book.conf += "d2lbook_execute = 'never'\n"
    with pytest.raises(BookProblems) as caught:
        new_book.build()
    pages = [problem.partition(" and ")[0] for problem in caught.value.problems]
    assert pages == [
        f"book/{n}.md:1: there are no stored outputs for this page (not run before)," for n in ("one", "two")
    ]


@pytest.mark.parametrize("mode", ["off", "inline"])
def test_off_runs_nothing_and_inline_as_any_other(project: Any, page: Page, mode: str) -> None:
    project.write({"index.md": page(ONE)})
    project.conf += f"nb_execution_mode = '{mode}'\n"
    app = project.build()
    assert executions(app)["index"] == ("ran" if mode == "inline" else "none")
    shown = "sum 2" in (project.build_folder / "html" / "index.html").read_text(encoding="utf-8")
    assert shown == (mode == "inline")


def test_an_ipynb_runs_like_any_page(book: Any) -> None:
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "a",
        "metadata": {},
        "outputs": [],
        "source": ["print(6 * 7)"],
    }
    title = {"cell_type": "markdown", "id": "b", "metadata": {}, "source": ["# Two"]}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    (book.source / "two.md").unlink()
    text = json.dumps({"cells": [title, cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})
    book.write({"two.ipynb": text})
    app = book.build()
    assert executions(app)["two"] == "ran"
    assert "42" in (book.build_folder / "html" / "two.html").read_text(encoding="utf-8")
    assert book.warnings == ""


def test_parallel_reading_attaches_the_same_outputs(book: Any) -> None:
    app = book.build(freshenv=True)
    assert executions(app)["one"] == "cached"
    serial = (book.build_folder / "html" / "one.html").read_text(encoding="utf-8")
    app = book.build(freshenv=True, parallel=2)
    assert executions(app)["one"] == "cached"
    assert (book.build_folder / "html" / "one.html").read_text(encoding="utf-8") == serial
