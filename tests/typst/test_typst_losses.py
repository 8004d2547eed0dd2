"""What HTML shows and paper could lose without a word."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pypdf


def text_of(project: Any) -> str:
    reader = pypdf.PdfReader(project.build_folder / "pdf" / "a-book.pdf")
    return "\n".join(page.extract_text() for page in reader.pages)


def test_a_hard_line_break_stays_one(project: Any) -> None:
    project.write({"index.md": "# Book\n\nfirst line\\\nsecond line\n"})
    project.build("pdf")
    assert project.warnings == ""
    assert "first line\nsecond line" in text_of(project)


def test_html_without_any_other_form_prints_its_text_and_warns_at_its_place(
    project: Any, page: Callable[[str], str]
) -> None:
    cell = "from IPython.display import HTML\n\nHTML('<b>Only</b> here <script>x</script>')"
    project.write({"index.md": page("# Book\n\n```{code-cell}\n" + cell + "\n```\n")})
    project.build("pdf")
    assert "index.md:" in project.warnings
    assert "HTML only; the PDF shows its text" in project.warnings
    assert "Only here" in text_of(project)
    assert "IPython.core" not in text_of(project)


def test_colours_of_a_terminal_are_no_missing_characters(project: Any, page: Callable[[str], str]) -> None:
    project.write({"index.md": page("# Book\n\n```{code-cell}\nprint('\\x1b[31mred\\x1b[0m ink')\n```\n")})
    project.build("pdf")
    assert project.warnings == ""
    assert "red ink" in text_of(project)


def test_characters_of_formulas_that_no_font_has_are_warned_of(project: Any) -> None:
    project.write({"index.md": "# Book\n\n$α + ℝ ≤ x_汉$\n\n$$\n\\text{字} = \\mathbb{R} ⊗ ∑\n$$\n"})
    project.build("pdf")
    said = re.findall(r"index\.md:(\d+): WARNING: no font of the PDF has (U\+\w+).*and 1 more of", project.warnings)
    assert said == [("3", "U+6C49")]
    assert len(project.warnings.splitlines()) == 1


def test_a_kind_inside_its_term_is_set_like_one_beside_it(project: Any) -> None:
    """numpydoc puts the kind of a parameter into the term, docutils behind it."""
    project.conf += """
from docutils import nodes
def move(app, doctree):
    for kind in list(doctree.findall(nodes.classifier)):
        term = kind.parent[0]
        if term.astext() == "inside":
            kind.parent.remove(kind)
            term.append(kind)
def setup(app):
    app.connect("doctree-read", move)
"""
    project.write({"index.rst": "Book\n====\n\ninside : one\n  Text.\n\nbeside : two\n  Text.\n"})
    project.build("pdf")
    assert project.warnings == ""
    assert re.findall(r"(\w+) : (\w+)", text_of(project)) == [("inside", "one"), ("beside", "two")]


def test_what_the_compiler_says_of_images_is_told_at_each_of_them(project: Any) -> None:
    foreign = '<foreignObject width="20" height="20"><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>'
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">{}</svg>'
    project.write(
        {
            "index.md": "# Book\n\n```{toctree}\npage\n```\n\n![plain](plain.svg)\n",
            "page.md": "# Page\n\nText.\n\n![one](one.svg)\n\n```{figure} two.svg\nTwo.\n```\n",
            "plain.svg": drawing.format("<circle r='9'/>"),
            "one.svg": drawing.format(foreign),
            "two.svg": drawing.format(foreign + "<circle r='9'/>"),
        }
    )
    project.build("pdf")
    said = re.findall(r"(\w+)\.md:(\d+): WARNING: Typst: image contains foreign object", project.warnings)
    assert said == [("page", "5"), ("page", "7")]
    assert len(project.warnings.splitlines()) == 2
