"""Cells of files that a page includes run with the page, and are shown, saved and told of at their own places."""

from __future__ import annotations

import json
import re

import lxml.html
import pypdf
import pytest

from sphinxcontrib_d2lbook.common.errors import BookProblems
from sphinxcontrib_d2lbook.execution.extension import page_reports
from tests.conftest import NOTEBOOK, Project

CONF = """extensions = ['sphinxcontrib_d2lbook', 'sphinx_design']
project = 'Included'
d2lbook_package = 'pk'
myst_enable_extensions = ['colon_fence', 'deflist', 'dollarmath']
exclude_patterns = ['parts']
"""


def cell(*lines: str) -> str:
    return "\n".join(["```{code-cell}", *lines, "```"])


def step(name: str) -> str:
    return cell(f"print('{name}', next(counter))")


def include(name: str, *options: str) -> str:
    return "\n".join([f"```{{include}} {name}", *options, "```"])


FILES = {
    "parts/plain.md": f"Plain.\n\n{step('plain')}\n",
    "parts/outer.md": f"{step('outer')}\n\n{include('parts/inner.md')}\n\n{step('after')}\n",
    "parts/inner.md": f"---\nfile_format: mystnb\n---\n\n## Inner\n\n:::{{note}}\n{step('inner')}\n:::\n",
    "parts/cut.md": f"{step('no')}\n\n<!-- begin -->\n\n{step('cut')}\n\n<!-- end -->\n\n{step('no')}\n",
    "parts/shown.md": step("shown"),
}
PAGE = (
    NOTEBOOK
    + "# Page\n\n"
    + cell("from itertools import count", "counter = count(1)")
    + f"\n\n{step('first')}\n\n"
    + include("parts/plain.md")
    + f"\n\n::::{{tab-set}}\n:::{{tab-item}} One\n{include('parts/plain.md')}\n:::\n::::\n\n"
    + include("/parts/outer.md")
    + "\n\n"
    + include("parts/cut.md", ":start-after: <!-- begin -->", ":end-before: <!-- end -->")
    + "\n\n"
    + include("parts/cut.md", ":start-line: 4", ":end-line: 8")
    + f"\n\n- item\n\n  {include('parts/plain.md').replace(chr(10), chr(10) + '  ')}\n\n"
    + include("parts/shown.md", ":literal:")
    + "\n\n"
    + include("parts/shown.md", ":code: markdown")
    + f"\n\n{step('last')}\n"
)
NAMES = ["first", "plain", "plain", "outer", "inner", "after", "cut", "cut", "plain", "last"]
PRINTED = [f"{name} {number}" for number, name in enumerate(NAMES, 1)]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("included"))
    project.conf = CONF
    project.write({"index.md": "# Book\n\n```{toctree}\n:numbered:\n\npage\n```\n", "page.md": PAGE, **FILES})
    done = project.run("book", "-W", "--keep-going")
    assert (done.returncode, done.stderr) == (0, "")
    return project


def test_all_outputs_have_them_in_the_order_of_the_page(book: Project) -> None:
    page = lxml.html.parse(str(book.build_folder / "book/html/page.html")).getroot()
    text = page.xpath("//article")[0].text_content()
    assert re.findall(r"^\s*(\w+ \d+)$", text, re.MULTILINE) == PRINTED
    pages = pypdf.PdfReader(book.build_folder / "book/pdf/included.pdf").pages
    text = "\n".join(page.extract_text() for page in pages)
    assert [line for line in re.findall(r"^\s*(\w+ \d+)$", text, re.MULTILINE) if line in PRINTED] == PRINTED
    notebook = json.loads((book.build_folder / "book/notebooks/page.ipynb").read_text("utf-8"))
    outputs = [one["text"] for cell in notebook["cells"] if cell["cell_type"] == "code" for one in cell["outputs"]]
    assert ["".join(output).strip() for output in outputs] == PRINTED


@pytest.mark.long
def test_an_edit_of_a_cell_runs_the_page_and_one_of_its_prose_does_not(book: Project) -> None:
    report = book.build_folder / "book/report.json"

    def execution() -> tuple[str, str | None]:
        assert book.run("book", "-W").returncode == 0
        page = json.loads(report.read_text("utf-8"))["pages"]["page"]
        return page["execution"], page["reason"]

    with book.restored():
        assert execution() == ("cached", None)
        book.write({"parts/plain.md": FILES["parts/plain.md"].replace("Plain.", "Not so plain.")})
        assert execution() == ("cached", None)
        assert "Not so plain." in (book.build_folder / "book/html/page.html").read_text("utf-8")
        book.write({"parts/inner.md": FILES["parts/inner.md"].replace("'inner'", "'within'")})
        assert execution() == ("ran", "code of cell 6 changed")
        assert "within 5" in (book.build_folder / "book/html/page.html").read_text("utf-8")


def line_of(text: str, line: str) -> int:
    return text.split("\n").index(line) + 1


def test_a_failure_is_told_at_the_line_of_its_file(project: Project) -> None:
    project.conf = CONF
    outer, inner = f"Text.\n\n{include('parts/inner.md')}\n", f"Text.\n\nMore.\n\n{cell('x = 1', '1 / 0')}\n"
    page = f"{NOTEBOOK}# Page\n\n{include('parts/outer.md')}\n"
    project.write({"index.md": page, "parts/outer.md": outer, "parts/inner.md": inner})
    project.build()
    assert f"book/parts/inner.md:{line_of(inner, '1 / 0')}: " in project.warnings
    assert "ZeroDivisionError" in project.warnings


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ((":tags: hide", "", "x"), "`tags` of this code cell"),
        ((":reads: 3", "", "x"), "the option `reads` of this cell is 3"),
        (("#@save", "x = y"), "'y' is used in a saved block"),
        (("x = (1,", "#@save", ")"), "stands inside the statement"),
        (("#@save", "def (:"), "is not valid Python"),
    ],
)
def test_faults_are_told_at_the_line_of_their_file(lines: tuple[str, ...], message: str, project: Project) -> None:
    project.conf = CONF
    page = f"{NOTEBOOK}# Page\n\n{include('parts/part.md')}\n\n{include('parts/part.md')}\n"
    project.write({"index.md": page, "parts/part.md": f"Text.\n\n{cell(*lines)}\n"})
    with pytest.raises(BookProblems) as err:
        project.build()
    [problem] = err.value.problems
    assert message in problem
    assert re.match(r"book/parts/part\.md:[3-6]: ", problem)


def test_a_hint_names_the_included_file(project: Project) -> None:
    project.conf = CONF
    part = cell("# Save to the other package", "x = 1")
    project.write({"index.md": f"{NOTEBOOK}# Page\n\n{include('parts/part.md')}\n", "parts/part.md": part})
    project.build()
    [hint] = project.warnings.splitlines()
    assert "parts/part.md:2: WARNING: this comment saves nothing" in hint


SAVED = cell("# Save to the pk package", "def f():", '    """Return one."""', "    return 1")


def test_a_saved_block_that_two_pages_include_is_one(project: Project) -> None:
    project.conf = CONF
    pages = {
        f"{name}.md": f"{NOTEBOOK}# {name}\n\n({name}_section)=\n## Section\n\n{include('parts/part.md')}\n\n"
        f"(after_{name})=\n## After\n\n{cell('print(f())')}\n"
        for name in "ab"
    }
    project.write({"index.md": "# Book\n\n```{toctree}\na\nb\n```\n", "parts/part.md": f"Text.\n\n{SAVED}\n", **pages})
    app = project.build()
    assert project.warnings == ""
    module = (project.folder / "pk" / "__init__.py").read_text("utf-8")
    assert module.count("def f():") == 1
    assert "From book/parts/part.md" in module
    assert "a_section" in module
    assert "b_section" not in module
    for name in "ab":
        assert page_reports(app)[name].execution == "ran"
        shown = (project.build_folder / "html" / f"{name}.html").read_text("utf-8")
        assert shown.count("saved as") == 1


def test_the_section_of_a_block_may_begin_in_the_included_file(project: Project) -> None:
    project.conf = CONF
    part = f"(inner)=\n## Inner\n\n{SAVED}\n"
    page = f"{NOTEBOOK}# Page\n\n(outer)=\n## Outer\n\n{include('parts/part.md')}\n\n{cell('#@save', 'x = 1')}\n"
    project.write({"index.md": page, "parts/part.md": part})
    project.build()
    assert project.warnings == ""
    module = (project.folder / "pk" / "__init__.py").read_text("utf-8")
    assert "# From book/parts/part.md, inner" in module
    assert "# From book/index.md, inner" in module
    assert "outer" not in module


def test_a_block_that_is_defined_twice_is_refused_with_both_places(project: Project) -> None:
    project.conf = CONF
    page = f"{NOTEBOOK}# Page\n\n{SAVED}\n\n{include('parts/part.md')}\n"
    project.write({"index.md": page, "parts/part.md": SAVED})
    with pytest.raises(BookProblems, match=r"book/parts/part\.md:3: 'f' is saved already at book/index\.md:\d+"):
        project.build()


def test_a_page_that_another_includes_may_save_though_no_toctree_reaches_it(project: Project) -> None:
    project.conf = CONF.replace("exclude_patterns = ['parts']\n", "")
    page = f"{NOTEBOOK}# Page\n\n{include('parts/part.md')}\n"
    project.write({"index.md": page, "parts/part.md": f"{NOTEBOOK}## Part\n\n{SAVED}\n"})
    project.build()
    assert (project.folder / "pk" / "__init__.py").read_text("utf-8").count("def f():") == 1


def test_text_of_an_included_file_shows_the_values_at_its_place(project: Project) -> None:
    project.conf = CONF
    page = (
        f"{NOTEBOOK}# Page\n\n{cell('a = 1')}\n\nIt is {{eval}}`a`.\n\n{include('parts/part.md')}\n\nNow {{eval}}`a`.\n"
    )
    part = f"Still {{eval}}`a`.\n\n{cell('a = 2')}\n\nHere {{eval}}`a`.\n\n{cell('a = 3')}\n"
    project.write({"index.md": page, "parts/part.md": part})
    shown = project.build().env.get_doctree("index").astext()
    assert project.warnings == ""
    assert re.findall(r"(It is|Still|Here|Now) (\d)", shown) == [
        ("It is", "1"),
        ("Still", "1"),
        ("Here", "2"),
        ("Now", "3"),
    ]


def test_a_loaded_cell_shows_the_code_of_its_file(project: Project) -> None:
    project.conf = CONF
    nested = cell(":load: code.py").replace("\n", "\n  ")
    page = f"{NOTEBOOK}# Page\n\n{include('parts/part.md')}\n\n- item\n\n  {nested}\n"
    project.write({"index.md": page, "parts/part.md": cell(":load: code.py"), "code.py": "print(3 * 14)\n"})
    shown = project.build().env.get_doctree("index").astext()
    assert project.warnings == ""
    assert shown.count("print(3 * 14)") == 2
    assert shown.count("42") == 2


@pytest.mark.parametrize(
    ("files", "place", "message"),
    [
        ({"index.md": include("index.md")}, "index.md", "index.md includes itself"),
        (
            {"index.md": include("a.txt"), "a.txt": f"\n{include('b.txt')}", "b.txt": include("a.txt")},
            "b.txt",
            "includes itself",
        ),
        ({"index.md": include("../out.md"), "../out.md": step("x")}, "index.md", "lies outside of the source folder"),
    ],
)
def test_what_cannot_be_included_is_refused_at_its_line(
    files: dict[str, str], place: str, message: str, project: Project
) -> None:
    project.conf = CONF
    project.write({**files, "index.md": f"{NOTEBOOK}# Page\n\n{files['index.md']}\n"})
    with pytest.raises(BookProblems) as err:
        project.build()
    [problem] = err.value.problems
    assert message in problem
    line = line_of((project.source / place).read_text("utf-8"), next(row for row in files[place].split("\n") if row))
    assert problem.startswith(f"book/{place}:{line}: ")


def test_a_file_that_is_missing_is_told_at_its_line_and_runs_when_it_comes(project: Project) -> None:
    project.conf = CONF
    page = f"{NOTEBOOK}# Page\n\n{include('parts/part.md')}\n"
    project.write({"index.md": page})
    project.build()
    [warning] = project.warnings.splitlines()
    assert re.search(r"index\.md:\d+: .*file not found", warning)
    project.write({"parts/part.md": cell("print(6 * 7)")})
    app = project.build()
    assert project.warnings == ""
    assert page_reports(app)["index"].execution == "ran"
    assert "42" in app.env.get_doctree("index").astext()


def test_a_file_outside_without_cells_is_included_as_ever(project: Project) -> None:
    project.conf = CONF
    project.write({"index.md": f"{NOTEBOOK}# Page\n\n{include('../out.md')}\n", "../out.md": "Readme.\n"})
    assert "Readme." in project.build().env.get_doctree("index").astext()
    assert project.warnings == ""


def test_cells_that_restructuredtext_includes_are_told_of(project: Project) -> None:
    project.conf = CONF
    rest = "```{eval-rst}\n.. include:: parts/part.md\n   :parser: myst_parser.sphinx_\n```"
    project.write({"index.md": f"{NOTEBOOK}# Page\n\n{rest}\n", "parts/part.md": f"Text.\n\n{step('x')}\n"})
    project.build()
    [warning] = project.warnings.splitlines()
    assert re.search(r"parts/part\.md:3: WARNING: this cell does not run: reStructuredText", warning)
