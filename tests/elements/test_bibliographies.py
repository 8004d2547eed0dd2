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


def test_addresses_that_are_not_valid_are_encoded(project: Project) -> None:
    entry = (
        "@article{wolter, author={K. Wolter}, title={Mean}, year={1997}, journal={B}, doi={10.1/1(1997)078<27:T>2}}\n"
    )
    project.conf += 'bibtex_bibfiles = ["book/refs.bib"]\n'
    page = "# Root\n\nSee {cite}`wolter`, [a page](https://x.example/a?b=%20c#d).\n\n```{bibliography}\n```\n"
    project.write({"index.md": page, "refs.bib": entry})
    project.build()
    text = (project.build_folder / "html/index.html").read_text("utf-8")
    assert 'href="https://doi.org/10.1/1(1997)078%3C27:T%3E2"' in text
    assert 'href="https://x.example/a?b=%20c#d"' in text
