"""Plots in the style of the book: which pages have it, what runs again, what the outputs show."""

from __future__ import annotations

import json

import pypdfium2
import pytest

from tests.conftest import NOTEBOOK, Project

PLOT = """
```{code-cell}
import matplotlib.pyplot as plt
plt.plot([1, 2])
plt.xlabel("time in seconds");
```

```{code-cell}
print(plt.rcParams["font.size"], plt.rcParams["svg.hashsalt"])
```
"""
PAGES = {
    "index.md": "# Tales\n\n```{toctree}\nplain\nplot\nown/plot\n```\n",
    "plain.md": f"{NOTEBOOK}# Plain\n\n```{{code-cell}}\nimport os\nos.environ.get('D2LBOOK_PLOT_STYLE')\n```\n",
    "plot.md": f"{NOTEBOOK}# Plot\n{PLOT}",
    "own/plot.md": f"{NOTEBOOK}# Own\n{PLOT}",
    "own/matplotlibrc": "font.size: 13\nsvg.hashsalt: own\n",
}


def report(project: Project) -> dict[str, str]:
    """Return what became of the execution of each page, and why."""
    pages = json.loads((project.build_folder / "book/report.json").read_text("utf-8"))["pages"]
    return {
        name: f"{page['execution']}: {page['reason']}" for name, page in pages.items() if page["execution"] != "none"
    }


@pytest.mark.long
@pytest.mark.parametrize("kernels", ["warm", "cold"])
def test_a_style_runs_the_pages_that_draw_and_no_others(project: Project, kernels: str) -> None:
    project.conf += f"d2lbook_kernels = {kernels!r}\nd2lbook_outputs = ['html', 'pdf']\n"
    project.write(PAGES)
    built = project.run("book", "-W")
    assert built.returncode == 0, built.stderr
    html = (project.build_folder / "book/html/plot.html").read_text("utf-8")
    assert "10.0 book" in html
    assert not list((project.build_folder / "book/html/_images").glob("*.svg"))
    project.conf += "d2lbook_plot_style = 'book'\n"
    built = project.run("book", "-W")
    assert built.returncode == 0, built.stderr
    assert report(project) == {
        "plain": "cached: None",
        "plot": "ran: d2lbook_plot_style is new",
        "own/plot": "ran: d2lbook_plot_style is new",
    }
    html = (project.build_folder / "book/html/plot.html").read_text("utf-8")
    assert "8.5 book" in html
    assert "13.0 own" in (project.build_folder / "book/html/own/plot.html").read_text("utf-8")
    (drawing, *_more) = [
        text
        for path in (project.build_folder / "book/html/_images").glob("*.svg")
        if "font-size: 8.5px" in (text := path.read_text("utf-8"))
    ]
    assert ">time in seconds</text>" in drawing
    with pypdfium2.PdfDocument(next((project.build_folder / "book/pdf").glob("*.pdf"))) as document:
        text = "\n".join(page.get_textpage().get_text_range() for page in document)
        fonts = {
            item.get_font().get_base_name().rpartition("+")[2]
            for page in document
            for item in page.get_objects(max_depth=5)
            if isinstance(item, pypdfium2.PdfTextObj)
        }
    assert "time in seconds" in text
    assert all(name.startswith(("LibertinusSerif", "DejaVuSansMono")) for name in fonts), fonts
    project.conf = project.conf.replace("'book'\n", "'none'\n")
    assert project.run("book").returncode == 0
    assert report(project)["plot"] == "cached: None", "the outputs of the run before are still there"
    assert "10.0 book" in (project.build_folder / "book/html/plot.html").read_text("utf-8")
