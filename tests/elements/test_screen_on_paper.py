"""What pages show by means of the screen: drawings, boxes to tick, hidden cells, wide tables, images on other hosts."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pypdf
import pytest
from docutils import nodes

from sphinxcontrib_d2lbook.elements.html_images import images_of
from sphinxcontrib_d2lbook.elements.html_reading import read_table, table_node
from sphinxcontrib_d2lbook.elements.wide_tables import split_wide_table
from tests.conftest import Project
from tests.notebook_files import code, notebook, png, printed, prose, shown

CONF = """extensions = ['sphinxcontrib_d2lbook', 'sphinx.ext.graphviz']
project = 'Screen'
nb_execution_mode = 'off'
myst_enable_extensions = ['tasklist', 'colon_fence']
"""
DRAWING = "```{graphviz}\ndigraph G { a -> b }\n```\n"
CHEAP = {"d2lbook_outputs": ["html"], "templates_path": []}


def text(project: Project) -> str:
    pages = pypdf.PdfReader(project.build_folder / "pdf" / "screen.pdf").pages
    return "\n".join(page.extract_text() for page in pages)


def source(project: Project, page: str = "index") -> str:
    cells = json.loads((project.build_folder / "notebooks" / f"{page}.ipynb").read_text("utf-8"))["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells)


def program(folder: Path, output: str, code: int = 0) -> str:
    """Return the path of a program that prints ``output``."""
    path = folder / f"draw{code}"
    path.write_text(f"#!/bin/sh\ncat > /dev/null\necho '{output}'\necho odd >&2\nexit {code}\n", "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_a_graph_is_drawn_where_its_program_is(project: Project, tmp_path: Path) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="50" height="20"><rect width="50" height="20"/></svg>'
    project.conf = CONF + f"graphviz_dot = {program(tmp_path, svg)!r}\n"
    project.write({"index.md": f"# Book\n\n{DRAWING}"})
    for builder in ("pdf", "notebooks"):
        project.build(builder, confoverrides=CHEAP)
        assert project.warnings == ""
    assert "digraph" not in text(project)
    assert 'src="data:image/svg+xml;base64,' in source(project)


ABSENT = "WARNING: graphs are shown as their sources: '{}/absent' cannot be run; install Graphviz"


@pytest.mark.parametrize("name", ["absent", "refuses"])
def test_a_graph_that_cannot_be_drawn_is_its_source_with_a_warning(name: str, project: Project, tmp_path: Path) -> None:
    dot = str(tmp_path / "absent") if name == "absent" else program(tmp_path, "no drawing", 1)
    project.conf = CONF + f"graphviz_dot = {dot!r}\n"
    project.write({"index.md": f"# Book\n\n{DRAWING}\n{DRAWING}"})
    refused = (
        r"index\.md:(\d): WARNING: a drawing in the language 'dot' is shown as its source: .*draw1 refuses it: odd"
    )
    for builder in ("pdf", "notebooks"):
        project.build(builder, confoverrides=CHEAP)
        if name == "absent":
            assert project.warnings.startswith(ABSENT.format(tmp_path))
        else:
            assert re.findall(refused, project.warnings) == ["3", "7"]
        assert project.warnings.count("WARNING") == (1 if name == "absent" else 2)
    assert text(project).count("digraph G") == 2
    assert source(project).count("digraph G") == 2


@pytest.mark.long
@pytest.mark.parametrize(("builder", "processes"), [("book", "fork"), ("book", "spawn"), ("html", "auto")])
def test_a_missing_program_is_told_once_a_build(builder: str, processes: str, project: Project, tmp_path: Path) -> None:
    """The website's builder says it in words of its own, and outputs come to the pages in other orders."""
    project.conf = CONF + f"graphviz_dot = {str(tmp_path / 'absent')!r}\nd2lbook_processes = {processes!r}\n"
    project.conf += "html_baseurl = 'https://example.org/'\nd2lbook_outputs = ['html', 'pdf', 'notebooks']\n"
    listed = "# Book\n\n```{toctree}\nz\nb\n```\n"
    project.write({"index.md": listed, "z.md": f"# Z\n\n{DRAWING}", "b.md": f"# B\n\n{DRAWING}"})
    done = project.run(builder)
    assert done.returncode == 0
    assert done.stderr.startswith(ABSENT.format(tmp_path))
    assert done.stderr.count("\n") == 1


def test_boxes_sides_and_images_elsewhere(project: Project) -> None:
    badges = "![a](https://x.example/a.svg) ![b](https://x.example/b.svg)\n\n![c](https://x.example/c.svg)"
    image = "```{image} pic.png\n:width: 10%\n:align: right\n```"
    html = '<center><img src="pic.png" width="40" alt="by HTML"></center>'
    project.conf = CONF
    details = "<details><summary>More <b>here</b></summary>\n\nInside.\n\n</details>\n\n"
    project.write({"index.md": f"# Book\n\n{details}- [ ] open\n- [x] done\n\n{image}\n\n{html}\n\n{badges}\n"})
    (project.source / "pic.png").write_bytes(png(1))
    for builder in ("pdf", "notebooks", "html"):
        project.build(builder, confoverrides=CHEAP)
        if builder == "pdf":
            assert len(re.findall("WARNING", project.warnings)) == 1
            expected = r"index\.md:\d+: WARNING: https://x\.example/a\.svg and 2 more on this page cannot be set"
            assert re.search(expected, project.warnings)
    assert "More here" in text(project)
    assert "Inside." in text(project)
    assert "☐ open" in text(project)
    assert "☑ done" in text(project)
    assert "- ☐ open\n- ☑ done" in source(project)
    typst = (project.build_folder / "doctrees" / "typst" / "book.typ").read_text("utf-8")
    assert re.search(r"beside\(right, \[#d2l\.picture\(", typst)
    assert re.search(r"beside\(center, \[#d2l\.picture\(", typst)
    page = (project.build_folder / "html" / "index.html").read_text("utf-8")
    assert re.search(r'<img[^>]*alt="by HTML"[^>]*src="_images/pic\.png"', page)


HIDDEN = notebook(
    prose("# Hidden"),
    code("all_of_it()", printed("ALL-OUT"), tags=("hide-cell",)),
    code("input_only()", printed("IN-OUT"), tags=("hide-input",)),
    code("output_only()", printed("OUT-OUT"), tags=("hide-output",)),
    code("shown()", printed("SHOWN-OUT")),
)


@pytest.mark.parametrize(("value", "gone"), [("show", []), ("omit", ["all_of_it", "ALL-OUT", "input_only", "OUT-OUT"])])
def test_hidden_cells_can_be_left_out_of_print(value: str, gone: list[str], project: Project) -> None:
    project.conf = CONF
    project.write({"index.md": "# Book\n\n```{toctree}\nhidden\n```\n", "hidden.ipynb": HIDDEN})
    project.build("pdf", confoverrides={**CHEAP, "d2lbook_pdf_hidden_cells": value})
    words = ["all_of_it", "ALL-OUT", "input_only", "IN-OUT", "output_only", "OUT-OUT", "shown", "SHOWN-OUT"]
    assert [word for word in words if word not in text(project)] == gone


def frame(columns: int, width: int = 8, head: str = "") -> str:
    names = "".join(f"<th>{'c' * width}{number}</th>" for number in range(columns))
    values = "".join(f"<td>{number}</td>" for number in range(columns))
    return (
        f"<table><caption>Wide</caption><thead>{head}<tr><th></th>{names}</tr></thead>"
        f"<tbody><tr><th>row</th>{values}</tr></tbody></table>"
    )


def rows_of(table: nodes.table) -> list[list[str]]:
    return [[entry.astext() for entry in row.children] for row in table.findall(nodes.row)]


def test_a_table_that_fits_stays_whole() -> None:
    table = read_table(frame(5))
    assert table is not None
    node = table_node(table)
    assert split_wide_table(node) == [node]


def test_a_wide_table_goes_on_below_with_its_stubs() -> None:
    table = read_table(frame(30))
    assert table is not None
    parts = split_wide_table(table_node(table))
    assert len(parts) > 1
    assert [part.astext().startswith("Wide") for part in parts] == [True] + [False] * (len(parts) - 1)
    rows = [rows_of(part) for part in parts]
    assert all(part[1][0] == "row" for part in rows)
    assert [value for part in rows for value in part[1][1:]] == [str(number) for number in range(30)]
    assert [name for part in rows for name in part[0][1:]] == [f"cccccccc{number}" for number in range(30)]


def test_headers_over_several_columns_are_cut_with_them() -> None:
    head = '<tr><th></th><th colspan="20">left</th><th colspan="10">right</th></tr>'
    table = read_table(frame(30, head=head))
    assert table is not None
    parts = split_wide_table(table_node(table))
    assert len(parts) > 1
    for part in parts:
        group = next(iter(part.findall(nodes.tgroup)))
        for row in part.findall(nodes.row):
            widths = [1 + entry.get("morecols", 0) for entry in row.children if isinstance(entry, nodes.entry)]
            assert sum(widths) == group["cols"]


def test_a_wide_frame_prints_in_letters_that_can_be_read(project: Project) -> None:
    project.conf = CONF
    cells = notebook(prose("# Wide"), code("df", shown({"text/html": frame(40), "text/plain": "df"})))
    project.write({"index.md": "# Book\n\n```{toctree}\nwide\n```\n", "wide.ipynb": cells})
    project.build("pdf", confoverrides=CHEAP)
    assert all(f"cccccccc{number}" in text(project) for number in range(40))
    with pypdf.PdfReader(project.build_folder / "pdf" / "screen.pdf") as reader:
        sizes = [size for page in reader.pages for size in sizes_of(page)]
    assert min(sizes) > 5.5


def test_latex_sets_the_caption_of_a_frame(project: Project) -> None:
    project.conf = CONF
    cells = notebook(prose("# Wide"), code("df", shown({"text/html": frame(3), "text/plain": "df"})))
    project.write({"index.md": "# Book\n\n```{toctree}\nwide\n```\n", "wide.ipynb": cells})
    project.build("latex", confoverrides=CHEAP)
    source = (project.build_folder / "latex" / "screen.tex").read_text("utf-8")
    assert source.index(r"\booktopcaption{}{Wide}") < source.index(r"\begin{bookframe}{lrrr}")


def sizes_of(page: pypdf.PageObject) -> list[float]:
    """Sizes of the letters in the cells of the wide frame, in points."""
    found: list[float] = []

    def note(part: str, cm: list[float], tm: list[float], _font: object, size: float) -> None:
        if "cccc" in part:
            found.append(size * abs(tm[0] * cm[0]))

    page.extract_text(visitor_text=note)
    return found


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<img src="a.png">', ["a.png"]),
        ('<p align="center"><img src="a.png"/><br><img src="b.png"></p>', ["a.png", "b.png"]),
        ('<a href="https://x"><img src="a.png"></a>', ["a.png"]),
        ('<img src="a.png"> text', []),
        ("<img>", []),
        ('<video src="a.mp4"></video><img src="a.png">', []),
    ],
)
def test_images_in_html(html: str, expected: list[str]) -> None:
    found = [image["uri"] for node in images_of(html, inline=False) for image in node.findall(nodes.image)]
    assert found == expected
