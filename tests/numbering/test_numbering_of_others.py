"""A project that lists `myst_nb` itself: its figures have the numbers and words of Sphinx alone, in all outputs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pypdfium2
import pytest

from tests.conftest import Project

pytestmark = pytest.mark.long

ROOT = """\
# Root

```{toctree}
:numbered:

one
```
"""
PAGE = """\
(sec-one)=
# One

```{figure} dot.svg
:name: fig-dot

Words below it.
```

```{table} Words above it.
:name: tab-one

| a | b |
| - | - |
| c | d |
```

```{code-block} python
:caption: Words of code.
:name: code-one

pass
```

```{math}
:label: eq-one

a = b
```

See the {ref}`figure <fig-dot>`, {eq}`eq-one` and {numref}`sec-one`.

Numbers: FIGURE.
"""
BY_NUMBER = "{numref}`fig-dot`, {numref}`tab-one`, {numref}`code-one`, {numref}`no. %s <fig-dot>`"
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="15"/></svg>'
CONF = """\
project = 'A Book'
extensions = ['myst_nb']
nb_execution_mode = 'off'
myst_enable_extensions = ['dollarmath']
html_theme = 'basic'
"""
OURS = "extensions.append('sphinxcontrib_d2lbook')\nd2lbook_outputs = ['html', 'pdf', 'notebooks']\n"
CASES = {
    "off": "",
    "on": "numfig = True\n",
    "off, equations by page": "math_numfig = False\n",
    "plain": "numfig = True\nnumfig_secnum_depth = 0\n",
    "patterns": "numfig = True\nnumfig_format = {'section': 'Part %s', 'figure': 'Plate %s'}\n",
    "translated": "numfig = True\nlanguage = 'de'\n",
    "off, exercises": "extensions.append('sphinx_exercise')\n",
}


def words(page: Path) -> str:
    """The words in the body of a page, without the marks of headings."""
    body = page.read_text("utf-8").partition('<div class="body"')[2].partition('<div class="clearer"')[0]
    body = re.sub(
        r'<div class="math.*?</div>',
        lambda math: " ".join(re.findall(r"eqno.>(\(\d[^)]*\))", math[0])),
        body,
        flags=re.DOTALL,
    )
    return " ".join(re.sub("<[^>]*>", " ", body).replace("¶", " ").split())


@pytest.fixture
def of_another(project: Project) -> Project:
    project.write({"index.md": ROOT, "one.md": PAGE.replace("FIGURE", BY_NUMBER), "dot.svg": DOT})
    return project


@pytest.mark.parametrize("case", CASES)
def test_a_page_reads_as_sphinx_alone_writes_it(of_another: Project, case: str) -> None:
    of_another.conf = CONF + CASES[case]
    assert of_another.run("html", "-q").returncode == 0
    alone = words(of_another.build_folder / "html/one.html")
    assert "Words below it." in alone
    of_another.conf += OURS
    assert of_another.run("html", "-E", "-a", "-q").returncode == 0
    assert words(of_another.build_folder / "html/one.html") == alone


def test_without_numbers_all_outputs_agree(of_another: Project) -> None:
    """`numfig` is off, theorems that only this extension brings are numbered."""
    of_another.write(
        {"one.md": PAGE.replace("FIGURE", "{prf:ref}`thm-a`") + "\n```{prf:theorem}\n:label: thm-a\n\nIt holds.\n```\n"}
    )
    of_another.conf = CONF + OURS
    done = of_another.run("book", "-W", "--keep-going")
    assert (done.returncode, done.stderr) == (0, "")
    book = of_another.build_folder / "book"
    rows = json.loads((book / "numbers.json").read_text("utf-8"))["numbers"]
    assert {row["label"]: row["number"] for row in rows} == {"sec-one": "1", "eq-one": "1", "thm-a": "1.1"}
    text = " ".join(
        page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(next(book.glob("pdf/*.pdf")))
    )
    source = (book / "notebooks/one.ipynb").read_text("utf-8")
    for output in (text, source):
        assert "Words below it." in output
        assert not re.search(r"(Fig\.|Figure|Table|Listing) [0-9]", output)
        assert "Theorem 1.1" in output
    assert "Words below it." in text


def test_a_reference_by_a_number_is_warned_of(of_another: Project) -> None:
    of_another.conf = CONF + OURS
    assert "set `numfig = True` in conf.py" in of_another.run("html").stderr


@pytest.mark.parametrize(
    ("given", "expected"), [("", "Figure 1a"), ("numfig_format = {'figure': 'Bild %s'}\n", "Bild 1a")]
)
def test_parts_of_a_figure_have_the_word_of_figures(project: Project, given: str, expected: str) -> None:
    project.conf += given
    project.write(
        {
            "index.md": "# Root\n\n```{subfigure} AB\n:name: fig\n\n![one](dot.svg)\n![two](dot.svg)\n\nBoth.\n```\n",
            "dot.svg": DOT,
        }
    )
    with project.app() as app:
        assert app.config.numfig_format["subfigure"].replace("%s", "1a") == expected
