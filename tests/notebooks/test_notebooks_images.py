"""Images that a page leaves open, and notes that the theme sets beside the text, in readers' notebooks."""

from __future__ import annotations

import json

from tests.conftest import Project
from tests.notebook_files import png

SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"


def markdown_of(project: Project, docname: str) -> str:
    notebook = json.loads((project.build_folder / "notebooks" / f"{docname}.ipynb").read_text("utf-8"))
    return "\n\n".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")


def test_of_an_image_with_any_suffix_the_best_format_is_shown(project: Project) -> None:
    project.write({"index.md": "# Book\n\n![both](a.*)\n\n![one](b.*)\n", "a.svg": SVG})
    (project.source / "a.png").write_bytes(png(1))
    (project.source / "b.png").write_bytes(png(2))
    project.build("notebooks")
    assert project.warnings == ""
    shown = markdown_of(project, "index")
    assert 'src="data:image/svg+xml;base64,' in shown
    assert "![one](attachment:b.png)" in shown


def test_the_mark_of_a_note_beside_the_text_is_for_the_theme_that_knows_it(project: Project) -> None:
    project.write({"index.md": "# Book\n\nText[^a] and[^b].\n\n[^a]: {-} Unmarked.\n[^b]: It has {-} in it.\n"})
    project.build("notebooks")
    assert "{-} Unmarked." in markdown_of(project, "index")
    project.conf += "html_theme_options = {'use_sidenotes': True}\n"
    project.build("notebooks")
    assert "</sup> Unmarked." in markdown_of(project, "index")
    assert "It has {-} in it." in markdown_of(project, "index")
