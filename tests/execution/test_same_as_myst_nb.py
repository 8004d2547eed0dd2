"""What a page shows is what MyST-NB alone makes of it: one small book, built by it and by this software, compared."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from lxml import html

from sphinxcontrib_d2lbook.common.errors import BookProblems
from sphinxcontrib_d2lbook.execution.extension import decide, executed_notebook, page_reports
from sphinxcontrib_d2lbook.execution.mystnb_settings import NbSettings
from sphinxcontrib_d2lbook.notebook import Notebook

Page = Callable[[str], str]


def printed(out: str, err: str) -> str:
    """Code that prints to both streams, one at once: else the clock decides which comes first."""
    return f"sys.stdout.write({out!r}); sys.stdout.flush(); sys.stderr.write({err!r})"


def cell(code: str, options: str = "") -> str:
    return f"```{{code-cell}}\n{options}{code.strip()}\n```\n\n"


def tagged(tag: str, code: str) -> str:
    return cell(code, f":tags: [{tag}]\n\n")


def described(yaml: str, code: str) -> str:
    return cell(code, f"---\n{yaml}\n---\n")


SPOKEN = "python3, language: python"


def front(more: str = "", kernel: str = "python3") -> str:
    return f"---\nfile_format: mystnb\nkernelspec: {{name: {kernel}}}\n{more}---\n"


GLUE = (
    "# Glue\n\nBefore it is made: {glue}`number`, {glue:text}`number:.2f`.\n\n"
    + cell(
        """
from myst_nb import glue
import pandas as pd
import matplotlib.pyplot as plt
from IPython.display import Markdown, Math
glue("number", 3.14159)
glue("name", "a text", display=False)
figure, axes = plt.subplots(figsize=(2, 1))
axes.plot([1, 2])
glue("figure", figure, display=False)
plt.close(figure)
glue("table", pd.DataFrame({"a": [1, 2], "b": [3.5, 4.5]}), display=False)
glue("words", Markdown("*inner* and **bold**"), display=False)
glue("formula", Math("a^2+b^2"), display=False)
"""
    )
    + """After: {glue}`name`, {glue:}`number`, {glue:text}`number:.3e`, {glue:md}`words`, {glue:any}`table`.

```{glue:figure} figure
:name: fig-glued
:alt: A line
:figwidth: 200px

The *caption*.
```

See {numref}`fig-glued`.

```{glue:math} formula
:label: eq-glued
```

```{glue} table
```

```{glue:md} words
:format: myst
```
"""
)
TAGS = (
    "hide-input",
    "hide-output",
    "hide-cell",
    "remove-input",
    "remove-output",
    "remove-cell",
    "remove-stdout",
    "remove-stderr",
    "output_scroll",
    "scroll-output",
    "skip-execution",
    "mine",
)
CELLS = (
    "# Cells\n\n"
    + "".join(tagged(tag, f"import sys\n{printed(f'out of {tag}', 'and err')}\n'value of {tag}'") for tag in TAGS)
    + tagged("raises-exception", "1 / 0")
    + described(
        "mystnb:\n  image:\n    alt: a square\n    width: 50px\n    align: center\n"
        "  figure:\n    name: fig-square\n    caption: A *square*.",
        """
from IPython.display import HTML, JSON, SVG, Latex, Markdown
SVG('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="9" height="9"/></svg>')
""",
    )
    + described(
        "mystnb:\n  number_source_lines: true\n  text_lexer: python\n  code_prompt_show: 'Open {type}'\n"
        "tags: [hide-input]",
        "print('x = 1\\ny = 2', end='')",
    )
    + described(
        "mystnb:\n  markdown_format: myst",
        "display(Markdown('A *word*'), Latex('$$x^2$$'), HTML(\"<b class='mine'>bold</b>\"), JSON({'a': [1]}))",
    )
    + described("mystnb:\n  output_stderr: remove", "sys.stderr.write('never shown')\nNone")
    + described("mystnb:\n  remove_code_source: true", "'only the output'")
)
WIDGETS = (
    "# Widgets\n\n"
    + cell(
        """
import ipywidgets as widgets
widgets.VBox([widgets.IntSlider(value=3, description='n'), widgets.Text('words')])
"""
    )
    + cell("out = widgets.Output()\nwith out:\n    print('inside the widget')\nout")
)
ERRORS = "# Errors\n\n" + cell("raise ValueError('first')") + cell("print('goes on', end='')")
EVALUATED = "# Eval\n\n" + cell("a = 41 + 1") + "It is {eval}`a`.\n\n" + cell("a = 5") + "It is {eval}`a`.\n"
GLUED = "```{glue} number\n:doc: glue.md\n```\n\n"
UNRUN = cell("print('must not ' + 'run')")
JUPYTER = [
    {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["# Jupyter\n", "\n", "Text."]},
    {
        "cell_type": "code",
        "id": "c",
        "metadata": {"tags": ["hide-input"]},
        "execution_count": None,
        "outputs": [],
        "source": ["print('a note' + 'book', end='')"],
    },
    {"cell_type": "raw", "id": "r", "metadata": {"format": "text/html"}, "source": ["<i>raw</i>"]},
]
PAGES: Mapping[str, str] = {
    "glue.md": front() + GLUE,
    "cells.md": front() + CELLS,
    "widgets.md": front() + WIDGETS,
    "errors.md": front("mystnb: {execution_allow_errors: true}\n", kernel="python-of-the-author") + ERRORS,
    "evaluated.md": front() + EVALUATED,
    # Where nobody names the language, cells that do not run are highlighted here and not there.
    "excluded.md": front(kernel=SPOKEN) + "# Excluded\n\n" + UNRUN,
    "off.md": front("mystnb: {execution_mode: 'off'}\n", kernel=SPOKEN) + "# Off\n\n" + GLUED + UNRUN,
    "jupyter.ipynb": json.dumps(
        {
            "cells": JUPYTER,
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    ),
    "times.md": "# Times\n\n```{nb-exec-table}\n```\n",
}
DOCNAMES = [name.partition(".")[0] for name in PAGES]
CONF = """
html_theme = 'basic'
html_permalinks = False
html_math_renderer = 'mathjax'
myst_enable_extensions = ['dollarmath']
numfig = True
numfig_format = {'figure': 'Figure %s'}
nb_execution_mode = 'force'
nb_execution_excludepatterns = ['*excluded.md']
nb_kernel_rgx_aliases = {'python-of.*': 'python3'}
"""
VIEW = "application/vnd.jupyter.widget-view+json"
"""Type of the script that says which widget a cell shows."""
AT_RANDOM = re.compile(r"\b[0-9a-f]{32}\b")
"""Names of widgets."""
MEASURED = re.compile(r"<td><p>(\d{4}-\d\d-\d\d \d\d:\d\d|\d+\.\d+)</p></td>")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, new_project: Any) -> dict[str, Any]:
    """The book as MyST-NB builds it, and as this software does."""
    found = {}
    for name, extension in (("theirs", "myst_nb"), ("ours", "sphinxcontrib_d2lbook")):
        project = found[name] = new_project(tmp_path_factory.mktemp(name))
        project.write(PAGES)
        project.write({"index.md": "# Book\n\n```{toctree}\n" + "\n".join(DOCNAMES) + "\n```\n"})
        if name == "theirs":  # which has no kernel for `eval` unless a page asks for it
            project.write({"evaluated.md": front("mystnb: {execution_mode: inline}\n") + EVALUATED})
        project.conf = f"extensions = [{extension!r}]\nproject = 'A Book'\n{CONF}"
        project.reports = None
        app = project.build(confoverrides={} if name == "theirs" else {"d2lbook_outputs": ["html"]})
        if name == "ours":
            project.reports = page_reports(app)
    return found


def shown(project: Any, docname: str) -> list[str]:
    """The page's own part, with what differs from run to run counted in the order of its coming."""
    tree = html.parse(str(project.build_folder / "html" / f"{docname}.html"))
    (body,) = tree.xpath("//div[@class='body']")
    for drawn in body.xpath(".//div[@data-kind='widget']"):  # here the site's own script draws it
        (script,) = drawn.xpath("./script")
        script.set("type", VIEW)
        drawn.getparent().replace(drawn, script)
    text = MEASURED.sub("<td>measured</td>", html.tostring(body, encoding="unicode", pretty_print=True))
    for script in body.xpath(f".//script[@type='{VIEW}']"):
        text = text.replace(script.text, json.dumps(json.loads(script.text), sort_keys=True))
    names = list(dict.fromkeys(AT_RANDOM.findall(text)))
    return AT_RANDOM.sub(lambda name: f"widget {names.index(name[0])}", text).splitlines()


@pytest.mark.parametrize("docname", DOCNAMES)
def test_a_page_shows_the_same(built: dict[str, Any], docname: str) -> None:
    assert shown(built["ours"], docname) == shown(built["theirs"], docname)


def test_what_is_compared_is_there(built: dict[str, Any]) -> None:
    def text(docname: str) -> str:
        return (built["ours"].build_folder / "html" / f"{docname}.html").read_text(encoding="utf-8")

    assert "3.142e+00" in text("glue")
    assert "goes on" in text("errors")
    assert ">42<" in text("evaluated")
    assert "3.14159" in text("off")
    assert "and err" in text("cells")
    assert "must not run" not in text("excluded") + text("off")
    assert text("times").count("✅") == 6
    ran = {name for name, report in built["ours"].reports.items() if report.execution == "ran"}
    assert ran == {"glue", "cells", "widgets", "errors", "jupyter", "evaluated"}


def test_the_state_of_widgets_is_in_the_page(built: dict[str, Any]) -> None:
    models = {}
    for name, project in built.items():
        tree = html.parse(str(project.build_folder / "html" / "widgets.html"))
        (script,) = tree.xpath("//script[@type='application/vnd.jupyter.widget-state+json']")
        state = json.loads(script.text)["state"]
        models[name] = sorted(model["model_name"] for model in state.values())
        if name == "ours":  # a page that changes with every run could not be compared with the one before
            assert sorted(state) == [f"{number:032x}" for number in range(len(state))]
            viewed = tree.xpath("//div[@data-kind='widget']/script")
            assert len(viewed) == 2
            assert all(json.loads(view.text)["model_id"] in state for view in viewed)
            assert "inside the widget" in script.text
    assert models["ours"] == models["theirs"]
    assert "IntSliderModel" in models["ours"]


def test_settings_of_conf_mean_what_they_mean_in_myst_nb(project: Any) -> None:
    late = cell("print('before', end='')") + cell("import time\ntime.sleep(60)")
    ends = front("mystnb: {execution_raise_on_error: true}\n")
    project.write(
        {
            "index.md": "# Book\n\n```{toctree}\nerrors\nlate\n```\n",
            "errors.md": front() + ERRORS,
            "late.md": ends + "# Late\n\n" + late,
        }
    )
    project.conf += "nb_execution_allow_errors = True\nnb_execution_timeout = 1\n"
    with project.app() as app:
        with pytest.raises(BookProblems) as caught:
            app.build()
        # A cell that is stopped is no error that a page may have, and the others have run by then.
        assert [problem.partition(";")[0] for problem in caught.value.problems] == [
            "book/late.md:13: TimeoutError: the cell took longer than 1 seconds"
        ]
        notebook = executed_notebook(app, "errors")
    assert notebook is not None
    assert "'goes on'" not in json.dumps(notebook["cells"][-1]["outputs"])
    assert notebook["cells"][-1]["outputs"][0]["text"] == "goes on"
    assert "errors.md" not in project.warnings


def test_whether_errors_are_allowed_is_a_part_of_what_a_page_depends_on(project: Any) -> None:
    names = {"allowed": front("execution: {allow_errors: true}\n"), "not": front()}
    project.write({"index.md": "# Book\n\n```{toctree}\nallowed\nnot\n```\n"})
    project.write({f"{name}.md": top + ERRORS for name, top in names.items()})
    with project.app("dummy") as app:
        plans = decide(app).session.plans
    assert plans["allowed"].task.parts == {**plans["not"].task.parts, "execution_allow_errors": "true"}


def test_a_page_that_wants_an_empty_folder_has_one_and_one_without_code_has_no_kernel(
    project: Any,
) -> None:
    project.write(
        {
            "index.md": front() + "# Book\n\n```{toctree}\ntemporary\n```\n",
            "temporary.md": front("mystnb: {execution_in_temp: true}\n")
            + "# Temporary\n\n"
            + cell("import os\nos.listdir()"),
        }
    )
    app = project.build()
    assert {name: report.execution for name, report in page_reports(app).items()} == {
        "index": "none",
        "temporary": "ran",
    }
    assert "[]" in (project.build_folder / "html" / "temporary.html").read_text(encoding="utf-8")
    assert "Executing notebook" not in project.status.getvalue()


@pytest.mark.parametrize(
    ("conf", "limit"),
    [
        ("", 300.0),
        ("nb_execution_timeout = 20", 20.0),
        ("nb_execution_timeout = -1", math.inf),
        ("nb_execution_timeout = 20\nd2lbook_cell_timeout = 0.5", 0.5),
    ],
)
def test_a_limit_of_a_cell_is_ours_or_that_of_myst_nb(project: Any, conf: str, limit: float) -> None:
    project.write({"index.md": front() + "# Book\n\n" + cell("1")})
    project.conf += conf
    with project.app("dummy") as app:
        assert decide(app).session.plans["index"].task.limits.cell_seconds == limit


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({}, {}),
        ({"mystnb": {"execution_mode": "off"}}, {"mode": "off"}),
        ({"mystnb": {"execution_timeout": 5}}, {"cell_seconds": 5.0}),
        ({"mystnb": {"execution_timeout": 5}, "execution": {"timeout": 7}}, {"cell_seconds": 7.0}),
        ({"execution": {"timeout": None}}, {"cell_seconds": math.inf}),
        ({"mystnb": {"execution_allow_errors": True}}, {"allow_errors": True}),
        ({"mystnb": {"execution_allow_errors": True}, "execution": {"allow_errors": False}}, {"allow_errors": False}),
        ({"mystnb": {"execution_in_temp": True}}, {"in_temp": True}),
        ({"mystnb": "odd", "execution": ["odd"]}, {}),
        ({"mystnb": {"execution_allow_errors": "yes", "execution_mode": 3}}, {}),
    ],
)
def test_a_page_speaks_for_itself(metadata: dict[str, Any], said: dict[str, Any]) -> None:
    expected = NbSettings(**{"mode": "cache", **said})
    assert NbSettings(mode="cache").of_page(Notebook("a", "a.md", (), metadata)) == expected
