"""A notebook whose outputs are stored in it: what they show is in every output of the book, or is warned of once."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pypdf
import pytest

from tests.conftest import Project
from tests.notebook_files import code, encoded, glued, notebook, png, printed, prose, shown

STYLER = """<style type="text/css"></style><table id="T_1"><caption>Errors of two models</caption>
<thead><tr><th class="blank">&nbsp;</th><th>first<br>column</th></tr></thead>
<tbody><tr><th>0</th><td>3.5</td></tr></tbody></table>"""
NOTICE = "<span>Make this Notebook Trusted to load map: File -> Trust Notebook</span>"
FOLIUM = f'<div><div>{NOTICE}<iframe srcdoc="&lt;p&gt;map&lt;/p&gt;"></iframe></div></div>'
YOUTUBE = '<iframe width="400" src="https://www.youtube.com/embed/abc" frameborder="0" allowfullscreen></iframe>'
DRAWING = "<div><svg width='8' height='8'><rect width='8' height='8'/></svg></div>"
PLOT = f'<img src="data:image/png;base64,{encoded(png(7))}" alt="a plot">'
PLOTLY = {"data": [], "layout": {"title": {"text": "Bars of Plotly"}}}
OBJECT = "<folium.folium.Map object at 0x7f00>"

CELLS = [
    prose(
        "# Stored\n\n![pic](attachment:pic.png)\n\n<img src='attachment:pic.png' width='30'>\n\n"
        "```{figure} attachment:pic.png\n:name: fig-pasted\n\nPasted\n```\n\nText `attachment:pic.png` stays.",
        pic_png=png(1),
    ),
    prose("![other](attachment:pic.png)\n\n```text\nattachment:pic.png\n```", pic_png=png(2)),
    code("show(1)", printed("/t/ipykernel_99/1234.py:2: UserWarning: off\n", "stderr"), count=4),
    code("show(2)", shown({"text/html": STYLER, "text/plain": "<pandas.io.formats.style.Styler at 0x7f>"})),
    code("show(3)", shown({"text/latex": r"The value is $\frac{1}{2}$ and 50\% done", "text/plain": "<L>"})),
    code("show(4)", shown({"text/latex": r"\begin{Verbatim}x\end{Verbatim}", "text/plain": "PLAIN-CODE"})),
    code("show(5)", shown({"text/html": YOUTUBE, "text/plain": "<IPython.lib.display.YouTubeVideo at 0x7f>"})),
    code("show(6)", shown({"text/html": FOLIUM, "text/plain": OBJECT})),
    code("show(7)", shown({"application/vnd.plotly.v1+json": PLOTLY})),
    code("show(8)", shown({"application/vnd.plotly.v1+json": PLOTLY, "text/plain": "FIGURE-PLAIN"})),
    code("show(9)", shown({"text/html": DRAWING, "text/plain": OBJECT})),
    code("show(10)", shown({"text/html": PLOT})),
    code("show(11)", shown({"text/html": "<script>draw()</script><div id='c'></div>", "text/plain": "alt.Chart(...)"})),
    code("show(12)", shown({"text/html": "<style>a{}</style><b>LinearRegression</b>()", "text/plain": "MODEL()"})),
    code("show(13)", shown({"application/vnd.jupyter.widget-view+json": {"model_id": "a"}, "text/plain": "SLIDER"})),
    code("glue(1)", glued("figure", {"image/png": encoded(png(3)), "text/plain": "<Figure size 640x480>"})),
    code("glue(2)", glued("frame", {"text/html": STYLER, "text/plain": "FRAME-AS-TEXT"})),
    code("glue(3)", glued("number", {"text/plain": "2.5"})),
    prose(
        "```{glue:figure} figure\n:name: fig-glued\n\nGlued figure\n```\n\n"
        "```{glue:figure} frame\n:name: tab-glued\n\nGlued frame\n```\n\n{numref}`tab-glued`"
    ),
]
INDEX = """# Book

```{toctree}
stored
using
```
"""
USING = """# Using

Text {glue:text}`stored.ipynb::number:.3f`, any {glue}`stored.ipynb::number`, picture {glue}`stored.ipynb::figure`.

```{glue} frame
:doc: stored.ipynb
```

Lost {glue}`stored.ipynb::numbr` and {glue}`storde.ipynb::number`.
"""
CONF = """extensions = ['sphinxcontrib_d2lbook']
project = 'Kept'
nb_execution_mode = 'off'
numfig = True
html_baseurl = 'https://book.example/'
suppress_warnings = ['mystnb.glue']
"""
CHEAP = {"d2lbook_outputs": ["html"], "templates_path": []}


def text_of_pdf(file: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(file).pages)


def images_in_pdf(file: Path) -> int:
    found = set()
    for page in pypdf.PdfReader(file).pages:
        found |= {image.indirect_reference.idnum for image in page.images if image.indirect_reference}
    return len(found)


class Built:
    """The book in three outputs."""

    def __init__(self, project: Project) -> None:
        self.warnings = {}
        for builder in ("html", "pdf", "notebooks"):
            project.build(builder, confoverrides=CHEAP)
            self.warnings[builder] = project.warnings
        folder = project.build_folder
        self.page = (folder / "html" / "stored.html").read_text("utf-8")
        self.using = (folder / "html" / "using.html").read_text("utf-8")
        self.pdf = folder / "pdf" / "kept.pdf"
        self.text = text_of_pdf(self.pdf)
        self.html = folder / "html"
        self.cells = json.loads((folder / "notebooks" / "stored.ipynb").read_text("utf-8"))["cells"]
        self.using_cells = json.loads((folder / "notebooks" / "using.ipynb").read_text("utf-8"))["cells"]

    def cell(self, source: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = next(cell for cell in self.cells if "".join(cell["source"]) == source)
        return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    project = Project(tmp_path_factory.mktemp("kept") / "project")
    project.conf = CONF
    project.write({"index.md": INDEX, "using.md": USING, "stored.ipynb": notebook(*CELLS)})
    return Built(project)


def visible(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?(?:span|code)[^>]*>", "", page))).split())


def test_pasted_images_are_in_the_website(built: Built) -> None:
    sources = re.findall(r'<img[^>]*src="(_images/[^"]+|data:image/png[^"]*)"', built.page)
    assert len([name for name in sources if "pic" in name]) == 3  # two of one name, in cells of their own, and a figure
    assert {(built.html / name).read_bytes() for name in sources if "pic" in name} == {png(1), png(2)}
    assert any(name.startswith("data:") for name in sources)  # what stood in HTML
    assert visible(built.page).count("attachment:pic.png") == 2
    assert "attachment:" not in built.warnings["html"]


def test_pasted_images_are_attachments_of_the_notebook(built: Built) -> None:
    attached = {
        value for cell in built.cells for forms in cell.get("attachments", {}).values() for value in forms.values()
    }
    assert {encoded(png(1)), encoded(png(2)), encoded(png(3))} <= attached


def test_stored_outputs_are_in_the_notebook(built: Built) -> None:
    cell = built.cell("show(2)")
    assert cell["execution_count"] == 1
    assert "Errors of two models" in "".join(cell["outputs"][0]["data"]["text/html"])


def test_a_table_prints_with_its_caption_and_its_breaks(built: Built) -> None:
    assert "Errors of two models" in built.text
    assert "firstcolumn" not in built.text


def test_text_with_formulas_is_no_formula(built: Built) -> None:
    assert "and 50% done" in built.text
    assert "The value is" in visible(built.page)
    assert "<mfrac" in built.page
    assert not re.search(r"<math[^>]*>[^$]*done", built.page.partition("show(3)")[2].partition("show(4)")[0])


def test_latex_that_is_no_formula_gives_way_to_text(built: Built) -> None:
    for text in (built.text, visible(built.page)):
        assert "PLAIN-CODE" in text
        assert "Verbatim" not in text


def test_what_is_embedded_prints_as_its_address(built: Built) -> None:
    assert "https://www.youtube.com/embed/abc" in built.text
    assert "folium.folium.Map: https://book.example/stored.html" in built.text
    assert YOUTUBE not in built.page  # a reader asks for it
    assert 'data-hosts="www.youtube.com"' in built.page


def cells_warned_of(warnings: str, text: str) -> list[int]:
    return [int(cell) for cell in re.findall(rf"stored\.ipynb, cell (\d+), line \d+: WARNING: {text}", warnings)]


def test_each_loss_is_warned_of_once_at_its_line(built: Built) -> None:
    assert cells_warned_of(built.warnings["pdf"], "an output of this cell needs a browser") == [7, 8, 9, 10, 13]
    assert cells_warned_of(built.warnings["html"], "an output of this cell loads files from www.youtube.com") == [7]
    assert "unknown_mime_type" not in "".join(built.warnings.values())
    assert "WARNING: an output of this cell" not in built.warnings["notebooks"]


def test_a_form_that_no_page_can_show_is_its_title(built: Built) -> None:
    for text in (built.text, visible(built.page)):
        assert "Bars of Plotly" in text
        assert "FIGURE-PLAIN" in text


def test_pictures_in_html_are_printed(built: Built) -> None:
    assert images_in_pdf(built.pdf) == 4  # two that were pasted, one in HTML, one that was glued
    assert "0x7f00" not in built.text


def test_text_that_an_object_gives_of_itself_is_printed(built: Built) -> None:
    for text in ("alt.Chart(...)", "MODEL()", "SLIDER"):
        assert text in built.text


def test_files_of_cells_are_named_by_their_number(built: Built) -> None:
    for text in (built.text, visible(built.page), json.dumps(built.cells)):
        assert "Cell In[4], line 2: UserWarning: off" in text


def test_glued_pictures_and_tables_are_in_the_notebook(built: Built) -> None:
    text = "".join("".join(cell["source"]) for cell in built.cells if cell["cell_type"] == "markdown")
    assert "*Figure 2: Glued figure*" in text
    assert "*Table 1: Glued frame*" in text
    assert "3\\.5" in text
    assert "Figure size" not in text
    assert "FRAME-AS-TEXT" not in text
    assert "output_table" not in built.warnings["notebooks"]


def test_values_of_other_pages_are_in_every_output(built: Built) -> None:
    expected = "Text 2.500, any 2.5, picture"
    assert expected in visible(built.using)
    assert expected in built.text
    source = "".join("".join(cell["source"]) for cell in built.using_cells)
    assert "Text 2.500, any `2.5`, picture" in source
    assert encoded(png(3)) in json.dumps(built.using_cells)
    assert "3\\.5" in source
    names = re.findall(r'<img[^>]*src="(_images/[^"]+)"', built.using)
    assert [(built.html / name).read_bytes() for name in names] == [png(3)]


def test_a_value_that_is_not_there_is_told_with_what_was_meant(built: Built) -> None:
    assert (
        "using.md:9: WARNING: the page 'stored' glues no value 'numbr'; did you mean 'number'?"
        in built.warnings["html"]
    )
    assert "there is no page 'storde' with a value 'number' to paste; did you mean 'stored'?" in built.warnings["html"]


def test_a_page_that_pastes_a_value_is_written_again_when_that_changes(tmp_path: Path) -> None:
    """In a build of all outputs, too, whose processes have other output folders than the one that read."""
    project = Project(tmp_path / "project")
    project.conf = CONF
    other = "# Other\n\nValue {glue:text}`stored.ipynb::number:.3f`.\n"
    index = INDEX.replace("using", "other")
    cells = [prose("# Stored"), code("glue()", glued("number", {"text/plain": "2.5"}))]
    project.write({"index.md": index, "other.md": other, "stored.ipynb": notebook(*cells)})
    assert project.run("book", "-D", "d2lbook_outputs=html,notebooks").returncode == 0
    page = project.build_folder / "book" / "html" / "other.html"
    assert "Value 2.500." in visible(page.read_text("utf-8"))
    cells[1] = code("glue()", glued("number", {"text/plain": "7"}))
    project.write({"stored.ipynb": notebook(*cells)})
    assert project.run("book", "-D", "d2lbook_outputs=html,notebooks").returncode == 0
    assert "Value 7.000." in visible(page.read_text("utf-8"))
    made = (project.build_folder / "book" / "notebooks" / "other.ipynb").read_text("utf-8")
    assert "Value 7.000." in made


def test_forms_of_an_output_that_are_not_chosen_are_not_warned_of(project: Project) -> None:
    """R gives each value as HTML, TeX, Markdown and text: the PDF takes one that needs no browser."""
    forms = {"text/html": "2", "text/latex": "2", "text/markdown": "2", "text/plain": "[1] 2"}
    project.write({"index.ipynb": notebook(prose("# Book"), code("mean(x)", shown(forms)))})
    project.build("pdf")
    assert project.warnings == ""
