"""Marks of footnotes that are signs, and labels of citations, in every output."""

from __future__ import annotations

import json
import re

import pypdfium2
import pytest

from tests.conftest import Project

PAGE = """
Notes
=====

A number [1]_, a sign [*]_, another [*]_, and a citation, [BELL1905]_.

With a sign [*]_
----------------

.. table:: Words [*]_

   ==== ======
   A    B [*]_
   ==== ======
   c    d [*]_
   ==== ======

.. note:: In a box [*]_.

.. [1] One.
.. [*] Note A.
.. [*] Note B.
.. [*] Note C.
.. [*] Note D.
.. [*] Note E.
.. [*] Note F.
.. [*] Note G.
.. [BELL1905] On margins.
"""
SIGNS = {"A": "*", "B": "\N{DAGGER}", "C": "\N{DOUBLE DAGGER}", "D": "\N{SECTION SIGN}", "E": "\N{PILCROW SIGN}"}
SIGNS |= {"F": "#", "G": "\N{BLACK SPADE SUIT}"}


@pytest.mark.parametrize("engine", ["typst", pytest.param("latex", marks=pytest.mark.latex)])
def test_signs_and_labels_stand_in_print(project: Project, engine: str) -> None:
    project.conf += f"d2lbook_pdf_engine = {engine!r}\n"
    project.write({"index.rst": PAGE})
    done = project.run("pdf", "-W", "--keep-going")
    assert (done.returncode, done.stderr) == (0, "")
    document = pypdfium2.PdfDocument(next(project.build_folder.glob("pdf/*.pdf")))
    text = re.sub(r"\s", "", "".join(page.get_textpage().get_text_bounded() for page in document))
    for letter, sign in SIGNS.items():
        assert f"{sign}Note{letter}." in text
    for place in (
        "sign*,",
        "another\N{DAGGER},",
        "sign\N{DOUBLE DAGGER}",
        "Words\N{SECTION SIGN}",
        "box\N{BLACK SPADE SUIT}",
    ):
        assert place in text
    assert "[BELL1905]." in text
    assert "[BELL1905]Onmargins." in text


def test_they_stand_in_readers_notebooks(project: Project) -> None:
    project.conf += "html_baseurl = 'https://example.org/'\n"
    project.write({"index.rst": PAGE})
    project.build("notebooks")
    notebook = json.loads((project.build_folder / "notebooks/index.ipynb").read_text("utf-8"))
    text = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
    assert "\\[BELL1905\\] On margins." in text
    for letter, sign in SIGNS.items():
        mark = f"<sup>\\{sign}</sup>" if sign in "*#" else f"<sup>{sign}</sup>"
        assert text.count(mark) == 2
        assert f"{mark} Note {letter}." in text
