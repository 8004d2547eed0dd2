"""An entry of a bibliography is printed once, though one process writes the website and then the notebooks."""

from __future__ import annotations

from tests.conftest import Project

ENTRY = "@book{knuth, author={Donald Knuth}, title={The Art}, year={1968}, publisher={Addison}}\n"


def test_notebooks_beside_a_website_list_each_entry_once(project: Project) -> None:
    project.conf += 'html_theme = "basic"\nbibtex_bibfiles = ["book/refs.bib"]\n'
    project.write({"index.md": "# Root\n\nSee {cite}`knuth`.\n\n```{bibliography}\n```\n", "refs.bib": ENTRY})
    done = project.run("html")
    assert done.returncode == 0, done.stderr
    notebook = project.build_folder / "html/_downloads/notebooks/index.ipynb"
    assert notebook.read_text("utf-8").count("The Art") == 1
