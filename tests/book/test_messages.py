"""Messages say where a fault is in words that its author can use, once, and nothing that nobody asked for."""

from __future__ import annotations

import json
import re
from typing import Any

import nbformat
import pytest

from sphinxcontrib_d2lbook.common.errors import BookError, BookProblems
from sphinxcontrib_d2lbook.common.notebook_positions import argument, line_in_cell, readable

INDEX = "# Root\n\n```{toctree}\npage\n```\n"


def notebook(*cells: str, kernel: dict[str, str] | None = None) -> str:
    """A notebook as JSON: cells that begin with `>` are Markdown."""
    made = nbformat.v4.new_notebook(metadata={"kernelspec": kernel or {"name": "python3", "display_name": "Python"}})
    for number, cell in enumerate(cells):
        new = nbformat.v4.new_markdown_cell if cell[0] == ">" else nbformat.v4.new_code_cell
        made.cells.append(new(cell.removeprefix(">"), id=f"cell-{number}"))
    return str(nbformat.writes(made))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("book/page.ipynb:120002: WARNING: x", "book/page.ipynb, cell 12, line 2: WARNING: x"),
        ("page.ipynb:10000", "page.ipynb, cell 1, line 1"),
        (
            "'x' is saved already at a.ipynb:30004; and b.ipynb:20001)",
            "'x' is saved already at a.ipynb, cell 3, line 4; and b.ipynb, cell 2, line 1)",
        ),
        ("page.md:120002: x", "page.md:120002: x"),
        ("page.ipynb:12: x", "page.ipynb:12: x"),
    ],
)
def test_places_in_notebooks_are_told_by_cell_and_line(text: str, told: str) -> None:
    assert readable(text) == readable(told) == told


def test_places_as_commands_take_them() -> None:
    assert argument("a.md", 12) == "a.md:12"
    assert argument("a.ipynb", line_in_cell(3, 4)) == "a.ipynb:3:4"
    assert str(BookError("a.ipynb:30004: x")) == "a.ipynb, cell 3, line 4: x"
    problems = BookProblems(["a.ipynb:110001: z", "a.ipynb:20001: y"])
    assert str(problems) == "a.ipynb, cell 2, line 1: y\na.ipynb, cell 11, line 1: z"


def test_all_messages_of_a_notebook_name_cell_and_line(project: Any) -> None:
    cells = ["># Page", "1 / 0", ">Text\n\n{nothing}`x` and {ref}`nowhere`.", "x = 1\n2 / 0"]
    project.conf += "d2lbook_outputs = ['html', 'notebooks']\n"
    project.write({"index.md": INDEX, "page.ipynb": notebook(*cells)})
    done = project.run("book")
    assert done.returncode == 1
    assert re.search(r"page\.ipynb, cell 2, line 1: WARNING: code cell 1 failed", done.stderr)
    assert re.search(r"page\.ipynb, cell 3, line 3: WARNING: .*nothing", done.stderr)
    assert re.search(r"page\.ipynb, cell 3, line 3: WARNING: undefined label: 'nowhere'", done.stderr)
    assert not re.search(r"\.ipynb:\d|page:\d", done.stderr + done.stdout)
    said = json.loads((project.build_folder / "book" / "report.json").read_text("utf-8"))["warnings"]
    assert any("page.ipynb, cell 3, line 3" in text for text in said)
    assert not any(re.search(r"\.ipynb:\d|page:\d{5}", text) for text in said)


def test_a_refusal_begins_and_ends_as_one_and_names_cells(project: Any) -> None:
    save = "#@save\ndef f():\n    return y"
    project.write({"index.md": INDEX, "page.ipynb": notebook("># Page", save, save.replace("f()", "g()"))})
    done = project.run("html")
    assert done.returncode == 2
    lines = done.stderr.strip().splitlines()
    assert lines[0] == "Book error: refused: 2 problems"
    assert lines[1].startswith("book/page.ipynb, cell 2, line 3: 'y' is used in a saved block")
    assert lines[2].startswith("book/page.ipynb, cell 3, line 3: 'y' is used in a saved block")
    assert lines[3] == "refused: 2 problems, listed above; nothing is built until they are corrected"


@pytest.mark.parametrize(("builder", "code"), [("notebooks", 0), ("html", 0), ("pdf", 2), ("book", 2)])
def test_a_missing_address_is_said_once_and_before_anything_runs(project: Any, builder: str, code: int) -> None:
    cell = "```{code-cell}\nopen('ran', 'w').close()\n```\n"
    matter = "---\nfile_format: mystnb\n---\n"
    project.conf += (
        "d2lbook_forum = {'provider': 'giscus', 'repo': 'a/b', 'repo_id': 'R', 'category': 'c', 'category_id': 'D'}\n"
    )
    page = f"{matter}(sec-page)=\n# Page\n\n{cell}\n```{{discussion}}\n```\n"
    project.write(
        {"index.md": INDEX.replace("page", "page\nother"), "page.md": page, "other.md": page.replace("page", "other")}
    )
    done = project.run(builder)
    assert done.returncode == code, done.stderr
    assert done.stderr.count("html_baseurl") == 1
    assert "Traceback" not in done.stderr
    assert (project.source / "ran").exists() == (code == 0)


@pytest.mark.long
def test_the_log_lists_no_settings_and_no_changes_that_are_none(project: Any) -> None:
    project.write({"index.md": "# Root\n"})
    for number in range(2):
        for builder in ("book", "html"):
            project.write({"index.md": f"# Root\n\nText {number}.\n"})
            done = project.run(builder)
            assert done.returncode == 0
            assert "ParserConfig" not in done.stdout
            assert "configuration has changed" not in done.stdout
    project.conf += "math_number_all = True\nhtml_show_copyright = False\n"
    said = project.run("book").stdout
    assert "The configuration has changed (2 options: 'html_show_copyright', 'math_number_all')" in said
    assert "MdParserConfig" in project.run("html", "-v", "-E").stdout


@pytest.mark.parametrize("options", ["", "nb_execution_mode = 'off'\n"])
def test_a_kernel_whose_language_nobody_names_is_looked_up(project: Any, options: str) -> None:
    project.conf += options
    matter = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n"
    project.write(
        {
            "index.md": INDEX.replace("page", "page\nother"),
            "page.ipynb": notebook("># Page", "x = 1", "y = 2"),
            "other.md": f"{matter}# Other\n\n```{{code-cell}}\nx = 1\n```\n",
        }
    )
    done = project.run("html", "-W", "--keep-going")
    assert (done.returncode, done.stderr) == (0, "")
    for name in ("page", "other"):
        assert 'class="highlight-python notranslate"' in (project.build_folder / f"html/{name}.html").read_text(
            "utf-8"
        ) or (
            'class="highlight-ipython3 notranslate"' in (project.build_folder / f"html/{name}.html").read_text("utf-8")
        )


def test_a_kernel_of_an_unknown_language_is_told_of_once_a_notebook(project: Any) -> None:
    project.conf += "nb_execution_mode = 'off'\n"
    kernel = {"name": "no-such-kernel", "display_name": "None"}
    project.write({"index.md": INDEX, "page.ipynb": notebook("># Page", "x = 1", "y = 2", "z = 3", kernel=kernel)})
    done = project.run("html")
    assert done.stderr.count("WARNING") == 1
    assert "page.ipynb" in done.stderr
    assert "names no language" in done.stderr
