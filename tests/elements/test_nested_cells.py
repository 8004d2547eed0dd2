"""Cells inside directives, lists and quotes run in the order of the page, and are shown at their places."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import lxml.html
import pypdf
import pytest

from sphinxcontrib_d2lbook.execution.extension import page_reports
from tests.conftest import NOTEBOOK, Project

CONF = """extensions = ['sphinxcontrib_d2lbook', 'sphinx_design']
project = 'Nested'
d2lbook_package = 'pk'
myst_enable_extensions = ['colon_fence', 'deflist', 'dollarmath']
"""
BLOCKS = {
    "note": ":::{note}\n@\n:::",
    "tabs": "::::{tab-set}\n:::{tab-item} One\n@\n:::\n:::{tab-item} Two\ntwo\n:::\n::::",
    "card": "::::{grid} 2\n:::{grid-item-card} Card\n@\n:::\n::::",
    "dropdown": ":::{dropdown} More\n@\n:::",
    "list": "1. one\n\n   @\n\n   more\n\n2. two",
    "deeper": "- one\n\n  - two\n\n    @\n",
    "quote": "> quote\n>\n> @",
    "definition": "Term\n: what it is\n\n  @",
    "exercise": "::::{exercise}\n:label: ex\n\nDo it.\n\n@\n::::",
    "solution": "::::{solution} ex\n@\n::::",
    "theorem": "::::{prf:theorem} T\n:label: th\n\nSo it is.\n\n@\n::::",
    "margin": ":::{margin}\n@\n:::",
    "colons": "@:",
}
"""Name -> a block with a cell at "@"."""


def cell(lines: Sequence[str], mark: str = "```") -> list[str]:
    return [f"{mark}{{code-cell}}", *lines, mark]


def block(name: str, *lines: str) -> str:
    """Return a block with a cell of some lines, indented as the place asks."""
    text = BLOCKS[name]
    if text == "@:":
        return "\n".join(cell(lines, ":::"))
    place = next(line for line in text.split("\n") if "@" in line)
    inside = "\n".join(place.replace("@", line) for line in cell(lines))
    return text.replace(place, inside)


PRINT = 'print("{}", next(counter))'
PAGE = (
    NOTEBOOK
    + "# Page\n\n```{code-cell}\nfrom itertools import count\ncounter = count(1)\n```\n\n"
    + "\n\n".join(f"Before it.\n\n{block(name, PRINT.format(name))}" for name in BLOCKS)
    + "\n\n```{code-cell}\nprint('last', next(counter))\n```\n"
)
PRINTED = [f"{name} {number}" for number, name in enumerate([*BLOCKS, "last"], 1)]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("nested"))
    project.conf = CONF
    project.write({"index.md": "# Book\n\n```{toctree}\n:numbered:\n\npage\n```\n", "page.md": PAGE})
    done = project.run("book", "-W", "--keep-going")
    assert (done.returncode, done.stderr) == (0, "")
    return project


def test_the_website_shows_each_at_its_place_with_its_output(book: Project) -> None:
    page = lxml.html.parse(str(book.build_folder / "book/html/page.html")).getroot()
    text = page.xpath("//article")[0].text_content()
    assert re.findall(r"^\s*(\w+ \d+)$", text, re.MULTILINE) == PRINTED
    inside = {
        "note": "//div[contains(@class, 'note')]",
        "tabs": "//*[contains(@class, 'sd-tab-content')]",
        "card": "//div[contains(@class, 'sd-card')]",
        "dropdown": "//details[contains(@class, 'sd-dropdown')]",
        "list": "//ol//li",
        "deeper": "//ul//ul//li",
        "quote": "//blockquote",
        "definition": "//dl//dd",
        "exercise": "//div[contains(@class, 'exercise')]",
        "solution": "//div[contains(@class, 'solution')]",
        "theorem": "//div[contains(@class, 'theorem')]",
        "margin": "//*[contains(@class, 'margin')]",
    }
    for name, place in inside.items():
        cells = page.xpath(f"{place}//div[contains(@class, 'cell_output')]")
        assert any(f"{name} " in cell.text_content() for cell in cells), name


def test_print_and_notebook_have_them_in_the_same_order(book: Project) -> None:
    pages = pypdf.PdfReader(book.build_folder / "book/pdf/nested.pdf").pages
    text = "\n".join(page.extract_text() for page in pages)
    aside = "margin 12"  # set beside the text, and so read elsewhere
    assert [
        line for line in re.findall(r"^\s*(\w+ \d+)$", text, re.MULTILINE) if line in PRINTED and line != aside
    ] == [line for line in PRINTED if line != aside]
    assert aside in text
    notebook = json.loads((book.build_folder / "book/notebooks/page.ipynb").read_text("utf-8"))
    outputs = [one["text"] for cell in notebook["cells"] if cell["cell_type"] == "code" for one in cell["outputs"]]
    assert ["".join(output).strip() for output in outputs] == PRINTED


def test_a_second_build_runs_nothing_and_an_edit_of_one_runs_its_page(book: Project) -> None:
    with book.restored():
        report = book.build_folder / "book/report.json"
        book.run("book")
        assert json.loads(report.read_text("utf-8"))["pages"]["page"]["execution"] == "cached"
        book.write({"page.md": PAGE.replace('print("quote"', 'print("said"')})
        assert book.run("book", "-W").returncode == 0
        assert json.loads(report.read_text("utf-8"))["pages"]["page"]["reason"] == "code of cell 8 changed"
        assert "said 7" in (book.build_folder / "book/html/page.html").read_text("utf-8")


def test_a_failure_is_told_at_its_line(project: Project) -> None:
    project.conf = CONF
    text = NOTEBOOK + "# Page\n\n" + block("list", "x = 1", "1 / 0") + "\n"
    line = text.splitlines().index("   1 / 0") + 1
    project.write({"index.md": text})
    project.build()
    assert f"index.md:{line}: " in project.warnings
    assert "ZeroDivisionError" in project.warnings


def test_a_page_without_front_matter_is_told_how_to_begin(project: Project) -> None:
    project.write({"index.md": "# Page\n\n```{code-cell}\n1 + 1\n```\n"})
    project.build()
    assert "index.md:3: WARNING: this cell does not run: its page is no notebook; begin it" in project.warnings
    assert "`file_format: mystnb`" in project.warnings


def test_a_project_of_myst_nb_keeps_its_words(project: Project) -> None:
    project.conf = "extensions = ['myst_nb', 'sphinxcontrib_d2lbook']\n"
    project.write({"index.md": "# Page\n\n```{code-cell}\n1 + 1\n```\n"})
    project.build()
    assert "unexpected `code-cell`" in project.warnings
    assert "mystnb.nbcell" in project.warnings


def test_what_is_saved_in_one_is_in_the_package_with_its_section(project: Project) -> None:
    project.conf = CONF
    saved = block("note", "# Save to the pk package", "def f():", '    """Return one."""', "    return 1")
    project.write({"index.md": f"{NOTEBOOK}# Page\n\n(first)=\n## First\n\n{saved}\n\n(second)=\n## Second\n\nText.\n"})
    app = project.build()
    assert project.warnings == ""
    module = (project.folder / "pk" / "__init__.py").read_text("utf-8")
    assert "def f():" in module
    assert "first" in module
    assert "second" not in module
    assert page_reports(app)["index"].execution == "ran"


def test_text_behind_one_shows_what_it_left(project: Project) -> None:
    project.conf = CONF
    text = "```{code-cell}\na = 1\n```\n\nIt is {eval}`a`.\n\n" + block("note", "a = 2") + "\n\nNow {eval}`a`.\n"
    project.write({"index.md": f"{NOTEBOOK}# Page\n\n{text}"})
    app = project.build()
    shown = app.env.get_doctree("index").astext()
    assert "It is 1." in shown
    assert "Now 2." in shown


def test_tags_hold(project: Project) -> None:
    project.conf = CONF
    gone = block("note", ":tags: [remove-cell]", "", "print('gone')")
    hidden = block("list", ":tags: [remove-input]", "", "print('output')")
    project.write({"index.md": f"{NOTEBOOK}# Page\n\n{gone}\n\n{hidden}\n"})
    shown = project.build().env.get_doctree("index").astext()
    assert project.warnings == ""
    assert "gone" not in shown
    assert "output" in shown
    assert "print(" not in shown


def test_without_execution_they_are_shown_without_outputs(project: Project) -> None:
    project.conf = CONF + "nb_execution_mode = 'off'\n"
    project.write({"index.md": f"{NOTEBOOK}# Page\n\n{block('note', 'print(1 + 1)')}\n"})
    shown = project.build().env.get_doctree("index").astext()
    assert project.warnings == ""
    assert "print(1 + 1)" in shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("````{d2l-verbatim}\n```{code-cell}\nx = 1\n```\n````\n", "this cell runs and is not shown"),
        ("```{d2l-made}\n```\n", "this cell does not run"),
    ],
)
def test_a_cell_that_cannot_be_shown_or_run_is_told_with_its_place(text: str, message: str, project: Project) -> None:
    project.conf = CONF + (
        "from docutils import nodes\nfrom docutils.parsers.rst import Directive\n"
        "class Verbatim(Directive):\n    has_content = True\n"
        "    def run(self):\n        return [nodes.literal_block(text='\\n'.join(self.content))]\n"
        "from docutils.statemachine import StringList\nclass Made(Directive):\n    def run(self):\n"
        "        node = nodes.container()\n"
        "        self.state.nested_parse(StringList(['```{code-cell}', 'x = 1', '```'], 'made'), 0, node)\n"
        "        return [node]\n"
        "def setup(app):\n    app.add_directive('d2l-verbatim', Verbatim)\n    app.add_directive('d2l-made', Made)\n"
    )
    project.write({"index.md": f"{NOTEBOOK}# Page\n\n{text}"})
    project.build()
    [warning] = project.warnings.splitlines()
    assert message in warning
    assert re.search(r"index\.md:\d+: WARNING", warning)
