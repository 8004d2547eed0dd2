"""Structures that projects of others have, in all outputs: what ordinary Sphinx builds is built, and says the same."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pypdfium2
import pytest

from tests.conftest import Project

EXTENSIONS = ("sphinx.ext.autosummary", "sphinx.ext.inheritance_diagram", "boxes", "sphinxcontrib_d2lbook")
CONF = f"""
import sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).parent))
project = 'A Book'
extensions = {list(EXTENSIONS)}
numfig_format = {{'figure': 'Fig.%s'}}
d2lbook_outputs = ['html', 'pdf', 'notebooks']
graphviz_dot = 'no-such-program'
"""
BOXES = """
from docutils import nodes
from docutils.parsers.rst import Directive

class box(nodes.Element):
    pass

class Box(Directive):
    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        return [box(title=self.arguments[0])]

def visit(self, node):
    self.body.append(self.starttag(node, 'div'))
    self.add_fignumber(node)
    self.body.append(node['title'] + '</div>')
    raise nodes.SkipNode

def setup(app):
    app.add_enumerable_node(box, 'box', lambda node: node['title'], html=(visit, None))
    app.add_directive('box', Box)
    app.config.numfig_format['box'] = 'No.%s'
"""
INDEX = """
.. admonition:: Notice

   Before the title.

Book
====

Words of the first.

.. toctree::
   :name: all pages

   one
   summary

.. note::

   .. toctree::

      dark

   .. toctree::
      :caption: Light ones

      light

   More of the note.

.. py:function:: described()

   Details
   -------

   Words of the details.

See :doc:`dark`, listed :ref:`there <all pages>`.

Beside the first
================

Words of the second.
"""
ONE = """
One
===

.. _first:

.. box:: Hello world

.. _fig:

.. figure:: a.*

   Words

See :numref:`first`, :numref:`fig` and :c:expr:`a * f(a)`.

.. _a note:

.. [#early] Said before it is asked.

Asked for here [#early]_, and :ref:`again <a note>`.

.. |picture| image:: a.svg

.. parsed-literal::

   |picture|\\ AFTER

.. sidebar:: Beside
   :subtitle: Below the title

   Words in the sidebar.

.. inheritance-diagram:: boxes.Box
"""
SUMMARY = """
Summary
=======

.. autosummary::
   :toctree: generated

   boxes.Box

:class:`boxes.Box`
"""
DARK = """
Dark
====

Words of a page that a box lists.
"""
LIGHT = """
Light
=====

.. py:function:: shown()

   Overview
   --------

   Words of the overview.
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'


class Built:
    """A project after a build of all outputs, and the texts of these."""

    def __init__(self, project: Project, done: subprocess.CompletedProcess[str]) -> None:
        self.folder = project.build_folder / "book"
        self.code, self.warnings = done.returncode, done.stderr

    @property
    def pdf(self) -> str:
        with pypdfium2.PdfDocument(next((self.folder / "pdf").glob("*.pdf"))) as document:
            return "\n".join(page.get_textpage().get_text_range() for page in document).replace("\r", "")

    def notebook(self, docname: str) -> str:
        file = self.folder / "notebooks" / f"{docname}.ipynb"
        return "\n".join("".join(cell["source"]) for cell in json.loads(file.read_text("utf-8"))["cells"])


def build(folder: Path, conf: str = CONF) -> Built:
    project = Project(folder)
    project.conf = conf
    (project.folder / "boxes.py").write_text(BOXES)
    project.write(
        {"index.rst": INDEX, "one.rst": ONE, "summary.rst": SUMMARY, "dark.rst": DARK, "light.rst": LIGHT, "a.svg": SVG}
    )
    return Built(project, project.run("book"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(tmp_path_factory.mktemp("others"))


def test_all_outputs_are_made(built: Built) -> None:
    assert built.code == 0, built.warnings
    assert sorted(path.name for path in built.folder.iterdir() if path.is_dir()) == ["html", "notebooks", "pdf"]


def test_numbers_may_follow_a_full_stop(built: Built) -> None:
    assert "See No.1, Fig.1 and a * f(a)." in built.pdf
    assert "outputs do not agree" not in built.warnings
    assert "cannot tell" not in built.warnings


def test_a_title_that_is_an_attribute_is_kept(built: Built) -> None:
    assert "No.1 Hello world" in built.pdf
    assert "**No.1** Hello world" in built.notebook("one")


def test_the_title_of_the_book_is_that_of_its_root_page(built: Built) -> None:
    with pypdfium2.PdfDocument(next((built.folder / "pdf").glob("*.pdf"))) as document:
        assert document.get_metadata_value("Title") == "Book"
    assert "Before the title." in built.pdf


def test_a_second_section_of_the_root_page_keeps_its_title(built: Built) -> None:
    assert "Beside the first\n" in built.pdf


def test_pages_that_autosummary_lists_are_in_the_pdf(built: Built) -> None:
    assert "boxes.Box\n" in built.pdf
    assert "class boxes.Box(" in built.pdf.replace("\n", " ")


def test_pages_that_a_box_lists_follow_it(built: Built) -> None:
    text = built.pdf.rpartition("More of the note.")[2]
    assert "See Dark, listed there." in built.pdf
    assert text.index("Words of a page that a box lists.") < text.index("Words of the overview.")


def test_a_link_may_lead_to_a_toctree(built: Built) -> None:
    assert "has no place" not in built.warnings


def test_a_description_may_have_headings(built: Built) -> None:
    """Those of a chapter begin a page, which nothing in a box can do."""
    assert "Details\nWords of the details." in built.pdf


def test_a_footnote_may_stand_before_its_reference_and_have_a_label(built: Built) -> None:
    assert built.pdf.count("Said before it is asked.") == 1
    assert "Asked for here" in built.pdf


def test_an_image_may_have_no_suffix(built: Built) -> None:
    assert "is not there" not in built.warnings
    assert "data:image/svg+xml" in built.notebook("one")


def test_an_image_in_literal_text_is_set(built: Built) -> None:
    assert "Typst:" not in built.warnings
    assert "AFTER" in built.pdf


def test_a_sidebar_keeps_its_subtitle(built: Built) -> None:
    assert "Below the title" in built.pdf
    assert "Below the title" in built.notebook("one")


def test_inline_code_of_a_language_is_code(built: Built) -> None:
    assert "`a * f(a)`" in built.notebook("one")
    assert "desc_inline" not in built.warnings


def test_a_diagram_of_classes_is_its_description_without_graphviz(built: Built) -> None:
    assert "digraph inheritance" in built.pdf
    assert built.warnings.count("install Graphviz") == 1
    assert "inheritance_diagram" not in built.warnings


def test_two_exercises_of_a_page_may_have_one_label(project: Project) -> None:
    exercise = ".. exercise:: {}\n   :label: twice\n\n   Words of the {}.\n\n"
    solution = ".. solution:: twice\n   :label: solved\n\n   All of it.\n\n"
    text = exercise.format("First", "first") + exercise.format("Second", "second") + solution
    project.write({"index.rst": f"Book\n====\n\n{text}See :numref:`solved`, :numref:`twice`.\n"})
    app = project.build()
    assert app.statuscode == 0
    page = (project.build_folder / "html" / "index.html").read_text("utf-8")
    assert "Words of the first." in page
    assert "Words of the second." in page
    assert project.warnings.count("the label 'twice' is on this page already; this exercise has none now") == 1
    assert "do not agree" not in project.warnings  # a reference to a solution has the number of its exercise


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.latex
def test_latex_sets_the_same(tmp_path: Path) -> None:
    latex = build(tmp_path, CONF + "d2lbook_outputs = ['pdf']\nd2lbook_pdf_engine = 'latex'\n")
    assert latex.code == 0, latex.warnings
    assert latex.warnings.count("WARNING") == 2, latex.warnings  # no Graphviz, and no rule for a box
    text = latex.pdf
    for words in ("No.1 Hello world", "AFTER", "Below the title", "Beside the first", "Words of the overview."):
        assert words in text
