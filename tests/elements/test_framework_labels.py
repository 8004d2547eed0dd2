"""Labels of what only one framework has: each reference in each output leads to it, or its author is told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from tests.conftest import NOTEBOOK, Project
from tests.frameworks_book import DOT

CONF = """extensions = ['sphinxcontrib_d2lbook']
project = 'Labels'
myst_enable_extensions = ['dollarmath']
d2lbook_frameworks = {'lists': {'label': 'Lists'}, 'numpy': {'label': 'NumPy'}}
"""
ONLY_NUMPY = """(par_n)=
A paragraph of NumPy.

```{figure} dot.svg
:name: fig_n

Figure of NumPy.
```

```{table} Table of NumPy
:name: tab_n

| a | b |
|---|---|
| 1 | 2 |
```

```{code-block} python
:name: lst_n
:caption: Listing of NumPy

x = 1
```

$$ a = b $$ (eq_n)

```{prf:theorem} Theorem of NumPy
:label: thm_n

Words.
```

```{exercise} Exercise of NumPy
:label: ex_n

Words.
```

```{solution} ex_n
:label: sol_n

Words.
```
"""
REFERENCES = {
    "fig_n": "{numref}`fig_n`",
    "tab_n": "{numref}`tab_n`",
    "lst_n": "{numref}`lst_n`",
    "eq_n": "{eq}`eq_n`",
    "thm_n": "{prf:ref}`thm_n`",
    "ex_n": "{ref}`ex_n`",
    "sol_n": "{ref}`sol_n`",
    "cell_n": "{numref}`cell_n`",
    "par_n": "{ref}`words <par_n>`",
}
NUMBERED = [label for label in REFERENCES if label != "par_n"]
LINES = "\n\n".join(f"See {text}." for text in REFERENCES.values())
PAGE = f"""{NOTEBOOK}# Page

{LINES}

`````{{framework}} lists
For lists {", ".join(REFERENCES.values())}.
`````

`````{{framework}} numpy
```{{code-cell}}
print("numpy")
```

{ONLY_NUMPY}

For arrays {", ".join(REFERENCES.values())}.
`````

```{{code-cell}}
:framework: numpy
:mystnb: {{figure: {{caption: Cell figure, name: cell_n}}}}
from IPython.display import SVG
SVG(filename="dot.svg")
```
"""
PAGES = {
    "index.md": "# Book\n\n```{toctree}\n:numbered:\n\npage\nother\n```\n",
    "page.md": PAGE,
    "other.md": f"# Other\n\n{LINES}\n",
    "dot.svg": DOT,
}
TOLD = re.compile(
    r"book/(?P<page>\w+\.md):(?P<line>\d+): WARNING: (?:the \w+|what 'par_n').*? is only for NumPy, "
    r"and print, which has Lists"
)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, str]:
    """The book, and the warnings of its build."""
    project = Project(tmp_path_factory.mktemp("labels"))
    project.conf = CONF
    project.write(PAGES)
    done = project.run("book")
    assert done.returncode == 0
    return project, done.stderr


def links(file: Path) -> Iterator[tuple[str, str]]:
    """Page ("" for the same) and anchor of each link in the text of a page."""
    article = lxml.html.parse(file).getroot().xpath("//article")[0]
    for href in article.xpath(".//a[contains(@class, 'reference') and contains(@class, 'internal')]/@href"):
        page, _, anchor = href.partition("#")
        yield page, anchor


def test_on_the_website_each_reference_leads_to_the_variant_that_has_it(book: tuple[Project, str]) -> None:
    site = book[0].build_folder / "book/html"
    page = lxml.html.parse(site / "page.html").getroot()
    for file in ("page.html", "other.html"):
        anchors = {anchor for of, anchor in links(site / file) if of in ("", "page.html") and anchor}
        assert len(anchors) >= len(REFERENCES)
        for anchor in anchors:
            around = page.xpath("//*[@id=$id]/ancestor-or-self::*[@data-frameworks]/@data-frameworks", id=anchor)
            assert around == ["numpy"], anchor


def test_print_without_the_framework_is_told_at_each_reference(book: tuple[Project, str]) -> None:
    told = [(match["page"], int(match["line"])) for match in TOLD.finditer(book[1])]
    source = PAGE.split("\n")
    in_lists = next(number for number, line in enumerate(source, 1) if line.startswith("For lists"))
    of_page = [number for number, line in enumerate(source, 1) if line.startswith("See ")]
    # MyST-NB counts the lines of the first text of a notebook from one too many.
    lines = [number - 1 for page, number in told if page == "page.md"]
    assert sorted(lines) == [*of_page, *[in_lists] * len(REFERENCES)]
    assert len([number for page, number in told if page == "other.md"]) == len(REFERENCES)
    assert len(told) == book[1].count("WARNING")


def test_print_of_the_framework_has_nothing_to_tell(project: Project) -> None:
    project.conf = f"{CONF}d2lbook_pdf_framework = 'numpy'\nd2lbook_outputs = ['pdf', 'html']\n"
    project.write(PAGES)
    done = project.run("book", "-W", "--keep-going")
    assert (done.returncode, done.stderr) == (0, "")


def test_what_both_have_under_one_label_is_not_told(project: Project) -> None:
    project.conf = f"{CONF}d2lbook_outputs = ['pdf', 'html']\n"
    figure = "```{figure} dot.svg\n:name: fig_n\n\nA figure.\n```"
    variants = "".join(f"`````{{framework}} {name}\n{figure}\n`````\n\n" for name in ("numpy", "lists"))
    project.write({**PAGES, "page.md": f"# Page\n\n{variants}", "other.md": "# Other\n\nSee {numref}`fig_n`.\n"})
    done = project.run("book", "-W", "--keep-going")
    assert (done.returncode, done.stderr) == (0, "")


def test_links_of_notebooks_lead_to_the_one_that_has_it(book: tuple[Project, str]) -> None:
    folder = book[0].build_folder / "book/notebooks"

    def addresses(file: str) -> set[str]:
        cells = json.loads((folder / file).read_text("utf-8"))["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells if "See " in "".join(cell["source"]))
        return set(re.findall(r"\]\(([^)]*)\)", text))

    assert addresses("other.ipynb") == {"numpy/page.ipynb"}
    assert addresses("lists/page.ipynb") == {"../numpy/page.ipynb"}
    assert addresses("numpy/page.ipynb") == set()


def test_numbers_say_who_has_it(book: tuple[Project, str]) -> None:
    rows: list[dict[str, Any]] = json.loads((book[0].build_folder / "book/numbers.json").read_text("utf-8"))["numbers"]
    of_label = {row["label"]: row for row in rows}
    for label in set(NUMBERED) - {"sol_n"}:  # a solution has the number of its exercise
        row = of_label[label]
        assert (set(row["html"]), row["pdf"], set(row["notebook"])) == ({"numpy"}, None, {"numpy"}), label
