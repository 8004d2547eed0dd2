"""Titles with markup in their code, with formulas, and in any script, wherever they are shown."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pypdf
import pytest

from tests.conftest import Project

EVIL = "Tags `<script>alert(1)</script>` and `</h1>` & more"
PAGES = {
    "index.md": "# Root `<b>`\n\n```{toctree}\n:numbered:\n\nevil\nformulas\nпривет\n```\n",
    "evil.md": f"(sec_evil)=\n# {EVIL}\n\n## Inner `<i>`\n\n"
    "See {ref}`sec_formulas`, {numref}`{name} <sec_evil>`.\n",
    "formulas.md": "(sec_formulas)=\n# The Set $\\mathbb{R}^2$ of *Pairs*\n\n(sec_inner)=\n## About $x_i$\n\n"
    "{ref}`sec_inner`, [](#sec_inner), {ref}`sec_evil`, {ref}`fig`.\n\n"
    "```{figure} pic.svg\n:name: fig\n:alt: A square\n\nThe square $a^2$\n```\n",
    "привет.md": "# Привет 页\n\n{ref}`sec_formulas`\n",
    "pic.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = Project(tmp_path_factory.mktemp("titles"))
    project.write(PAGES)
    project.conf += "d2lbook_outputs = ['html', 'pdf', 'notebooks']\nsuppress_warnings = ['d2lbook.glyph']\n"
    done = project.run("book")
    assert (done.returncode, done.stderr) == (0, "")
    return project.build_folder / "book"


def test_no_page_has_markup_of_a_title(built: Path) -> None:
    pages = [path for path in (built / "html").rglob("*.html") if "_static" not in path.parts]
    assert len(pages) >= 4
    for path in pages:
        text = path.read_text("utf-8")
        assert "<script>alert" not in text, path
        assert not re.search(r"and </h1> & more|Root <b>|Inner <i>", text), path


def test_the_title_for_printing_is_the_title(built: Path) -> None:
    text = (built / "html" / "evil.html").read_text("utf-8")
    printed = re.search(r'id="jb-print-docs-body".*?<h1>(.*?)</h1>', text, re.DOTALL)
    assert printed is not None
    assert html.unescape(printed[1]) == "Tags <script>alert(1)</script> and </h1> & more"


def test_the_title_of_a_window_has_each_formula_once(built: Path) -> None:
    text = (built / "html" / "formulas.html").read_text("utf-8")
    assert "<title>2. The Set ℝ2 of Pairs " in text


def links(page: str, target: str) -> list[str]:
    return re.findall(
        rf'<a class="reference internal" href="{target}"><span class="std std-ref">(.*?)</span></a>', page
    )


def test_a_reference_by_title_keeps_its_formulas(built: Path) -> None:
    for name, target in (("evil", "formulas.html#sec-formulas"), ("привет", "formulas.html#sec-formulas")):
        (shown,) = links((built / "html" / f"{name}.html").read_text("utf-8"), target)
        assert "<math" in shown
        assert "<em>Pairs</em>" in shown
    page = (built / "html" / "formulas.html").read_text("utf-8")
    assert [("<math" in shown, shown.startswith("About ")) for shown in links(page, "#sec-inner")] == [(True, True)] * 2
    assert all("<math" in shown for shown in links(page, "#fig"))


def test_a_notebook_keeps_them_as_tex(built: Path) -> None:
    cells = json.loads((built / "notebooks" / "formulas.ipynb").read_text("utf-8"))["cells"]
    assert "About $x_i$, About $x_i$," in "\n".join("".join(cell["source"]) for cell in cells).replace("\n", " ")


def test_the_pdf_sets_them(built: Path) -> None:
    pdf = pypdf.PdfReader(next((built / "pdf").glob("*.pdf")))
    text = " ".join("".join(page.extract_text() for page in pdf.pages).split())
    assert "mathbb" not in text
    assert "x_i" not in text
    titles = [item.title for item in pdf.outline if not isinstance(item, list)]
    assert not [title for title in titles if "\\" in title]
