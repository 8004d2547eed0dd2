"""No node of another extension costs an output, whatever it is and wherever it stands, and its text is there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest

from tests.conftest import Project

from . import nesting

EVERY = [name for name in nesting.kinds() if name not in nesting.SILENT]
COMMON = ["paragraph", "term", "entry", "field_list", "strange_block", "strange_inline", "line_block", "list_item"]
UNSEEN = {"pdf": {("citation", inner) for inner in EVERY}}
"""What is lost in shapes that no extension was seen to make."""


def build(project: Project, output: str, kinds: list[str]) -> Path:
    """Build an output of pages with every kind of node inside of each of ``kinds``."""
    names = [f"nest-{kind}" for kind in kinds]
    project.write({"index.md": "# Book\n\n```{toctree}\n" + "\n".join(names) + "\n```\n"})
    project.write({f"{name}.md": f"# About {name}\n\nText.\n" for name in names})
    project.conf = "project = 'A Book'\nextensions = ['sphinxcontrib_d2lbook', 'tests.outputs.nesting']\n"
    app = project.build(output)
    assert app.statuscode == 0
    assert "Traceback" not in project.warnings
    return project.build_folder / output


def letters(text: str) -> str:
    return re.sub("[^A-Za-z]", "", text)


def of_notebooks(folder: Path) -> str:
    cells = [cell for file in folder.rglob("*.ipynb") for cell in json.loads(file.read_text("utf-8"))["cells"]]
    return letters("".join("".join(cell["source"]) for cell in cells))


def of_pdf(folder: Path) -> str:
    document = pypdfium2.PdfDocument(next(folder.glob("*.pdf")))
    return letters("".join(page.get_textpage().get_text_range() for page in document))


READERS: dict[str, Callable[[Path], str]] = {"notebooks": of_notebooks, "pdf": of_pdf}


@pytest.mark.parametrize("output", READERS)
def test_nodes_of_every_kind_in_common_ones_keep_their_text(project: Project, output: str) -> None:
    text = READERS[output](build(project, output, COMMON))
    lost = {(outer, inner) for outer in COMMON for inner in EVERY if nesting.token(outer, inner) not in text}
    assert lost - UNSEEN.get(output, set()) == set()


@pytest.mark.long
@pytest.mark.parametrize("output", READERS)
def test_nodes_of_every_kind_in_every_kind_cost_no_output(project: Project, output: str) -> None:
    text = READERS[output](build(project, output, list(nesting.kinds())))
    lost = {(outer, inner) for outer in EVERY for inner in EVERY if nesting.token(outer, inner) not in text}
    assert len(lost - UNSEEN.get(output, set())) < len(EVERY) ** 2 / 100


def test_a_visitor_that_fails_costs_its_node_alone(project: Project) -> None:
    (project.folder / "failing_nodes.py").write_text(FAILING, "utf-8")
    project.write({"index.md": "# Book\n\nBefore.\n\n```{failing}\n```\n\nAfter.\n"})
    project.conf = (
        f"import sys; sys.path.insert(0, {str(project.folder)!r})\nproject = 'A Book'\n"
        "extensions = ['sphinxcontrib_d2lbook', 'failing_nodes']\n"
    )
    for output, read in READERS.items():
        app = project.build(output)
        assert app.statuscode == 0
        assert "BeforeInsidewithcodexAfter" in read(project.build_folder / output)
        told = (
            "index.md:5: WARNING: a 'failing' node in a 'section' cannot be set (ZeroDivisionError: division by zero)"
        )
        assert project.warnings.count(told) == 1


FAILING = """
from docutils import nodes
from docutils.parsers.rst import Directive

class failing(nodes.General, nodes.Element): pass

class Failing(Directive):
    def run(self):
        code = nodes.literal_block("x", "x", language="none")
        node = failing("", nodes.paragraph("", "Inside with code"), code)
        node.source, node.line = self.state_machine.get_source_and_line(self.lineno)
        return [node]

def visit(self, node):
    node.children[0].walkabout(self)
    1 / 0

def setup(app):
    app.add_directive("failing", Failing)
    app.add_node(failing, html=(lambda self, node: None, None), typst=(visit, None), notebook=(visit, None))
"""
