"""Pages of a format that conf.py reads (`nb_custom_formats`) are notebooks for readers, too."""

from __future__ import annotations

import json

from tests.conftest import Project, own_imports

READER = """
import nbformat

def read(text):
    output = nbformat.v4.new_output("stream", name="stdout", text="ding\\n")
    cells = [nbformat.v4.new_markdown_cell("# Bell"), nbformat.v4.new_code_cell("ring()", outputs=[output])]
    return nbformat.v4.new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})
"""
CONF = """
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
extensions = ["myst_nb", "sphinxcontrib_d2lbook"]
nb_custom_formats = {".ring": "ring_reader.read"}
nb_execution_mode = "off"
"""


def test_the_notebook_has_the_cells_and_outputs_that_the_page_shows(project: Project) -> None:
    project.conf = CONF
    (project.folder / "ring_reader.py").write_text(READER, encoding="utf-8")
    project.write({"index.md": "# Book\n\n```{toctree}\nbell\n```\n", "bell.ring": "ring\n"})
    with own_imports(project.folder):
        project.build("notebooks")
    assert project.warnings == ""
    cells = json.loads((project.build_folder / "notebooks" / "bell.ipynb").read_text("utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code" and "ring()" in "".join(cell["source"])]
    assert ["".join(output["text"]) for cell in code for output in cell["outputs"]] == ["ding\n"]
