"""A book with every kind of thing in it, as a PDF."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
from sphinx._cli.util.errors import strip_escape_sequences
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from sphinxcontrib_d2lbook.outputs.paper.compilation_record import Record
from tests.conftest import own_imports

CONF = """
project = "A Book of Kinds"
exclude_patterns = ["*.py"]
author = "A. Author"
copyright = "2026, A. Author"
release = "0.9"
import sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).parent))
extensions = ["sphinx.ext.todo", "typst_kinds"]
nb_execution_mode = "off"
bibtex_reference_style = "author_year"
todo_include_todos = True
keep_warnings = True
"""

EXTENSION = """
from docutils import nodes
from docutils.parsers.rst import Directive

class odd(nodes.General, nodes.Element):
    pass

class known(nodes.General, nodes.Element):
    pass

class Odd(Directive):
    def run(self):
        node = odd("", nodes.paragraph("", "Text of an odd node."))
        node.line = self.lineno
        return [node]

class Known(Directive):
    def run(self):
        return [known()]

def visit_known(self, node):
    self.body.append('#"Made by its own visitor."')

def setup(app):
    from sphinxcontrib_d2lbook import config
    from sphinxcontrib_d2lbook.lifecycle import default_settings
    from sphinxcontrib_d2lbook.numbering import extension as numbering
    from sphinxcontrib_d2lbook.outputs.typst.output import TypstPdfOutput
    app.add_node(odd)
    app.add_node(known, typst=(visit_known, lambda self, node: None))
    app.add_directive("odd", Odd)
    app.add_directive("known", Known)
    for room in (config, default_settings, numbering):
        room.setup(app)
    TypstPdfOutput().add_to(app)
"""

INDEX = """# A Book of Kinds

What this book is about.

```{toctree}
:matter: front
preface
```

```{toctree}
:matter: main
:caption: Foundations
kinds/index
```

```{toctree}
:matter: main
:caption: Practice
notebook
```

```{toctree}
:matter: appendix
appendix
```

```{toctree}
:matter: back
references
```
"""

KINDS = r"""(chapter)=
# All Kinds

Introduction with {cite}`bishop` and {cite:t}`bishop`; "quoted" C:\path #hash [bracket] *emphasis* **strength** `co_de`
H{sub}`2`O x{sup}`2` {kbd}`Ctrl-C` {abbr}`MLP (multilayer perceptron)` {guilabel}`Cancel` {bdg-primary}`badge`.

```{toctree}
inner
more
```
"""

INNER = r"""(sec-inner)=
# Inner *Section* of $x^2$

```{margin} Aside
A note in the margin.
```

First footnote[^a], again[^a], other[^b]. See {ref}`chapter`, {numref}`sec-inner`, {numref}`fig-one`, {numref}`tab-one`,
{numref}`lst-one`, {eq}`eq-one`, {prf:ref}`thm-one`, {ref}`ex-one`, {doc}`/appendix`, [address](https://example.org/x?a=1#b).

[^a]: Text of the first footnote with $a$.
[^b]: Text of the second footnote.

$$
L(\mathbf{w}) = \frac{1}{n} \sum_{i=1}^n \ell^{(i)}
$$ (eq-one)

\begin{align}
a &= b \\
  &= c
\end{align}

:::{figure} picture.svg
:name: fig-one
:alt: a red square
Caption of the figure.

Legend of the figure.
:::

:::{table} Title of the table
:name: tab-one

| Left | Centre | Right |
|:-----|:------:|------:|
| cell one | cell two | cell three |
:::

```{code-block} python
:caption: Title of the listing
:name: lst-one
:linenos:
:emphasize-lines: 2

def listed():
    return "a very long string that does not fit into one line of the page" + "and has to be broken somewhere"
```

```{prf:theorem} Named
:label: thm-one
Statement of the theorem.
```

```{prf:proof}
Steps of the proof.
```

```{prf:remark}
:label: rem-one
:nonumber:
A remark in passing.
```

```{exercise} Named exercise
:label: ex-one
What is asked.
```

```{solution} ex-one
:label: sol-one
What is answered.
```

## Level Three

### Level Four

#### Level Five

##### Level Six

:::{note}
Body of the note.
:::

:::{admonition} Own title
:class: warning
Body of the admonition.
:::

::::{tab-set}
:::{tab-item} First tab
Body of the first tab.
:::
:::{tab-item} Second tab
Body of the second tab.
:::
::::

:::{dropdown} Title of the dropdown
Body of the dropdown.
:::

::::{grid} 2
:::{grid-item-card} Title of the card
:link: https://example.org
Body of the card.
:::
::::

Term
: Its definition.

> Quoted words.

- [ ] plain item
- item

3. third
4. fourth

---

After the break. ![remote](https://example.invalid/picture.png) ![missing](nowhere.png)

![](broken.png)
"""

MORE = """Second Section
==============

.. py:function:: train(net, data, *, lr: float = 0.1) -> float

   Trains a net.

   :param net: the net
   :returns: the loss

.. glossary::

   epoch
      One pass over the data.

.. csv-table:: Titled table
   :header: head one, head two
   :widths: 10, 30
   :stub-columns: 1

   stub, value

+------+------+
| a    | b    |
|      +------+
|      | c    |
+------+------+
| d both      |
+-------------+

.. epigraph::

   Wise words.

   -- Somebody

| verse one
|   verse two

.. versionadded:: 1.0
   What is new.

.. deprecated:: 2.0

-o FILE, --output=FILE  what the option does

:Field: its body

.. rubric:: A rubric

b. item b
c. item c

.. seealso:: Another place

>>> 1 + 1
2

.. productionlist::
   expr: term "+" term

.. centered:: Centred words

.. hlist::
   :columns: 2

   * left item
   * right item

.. raw:: html

   <b>html only</b>

.. raw:: typst

   #strong[raw typst]

.. topic:: Title of the topic

   Body of the topic.

.. sidebar:: Title of the sidebar

   Body of the sidebar.

.. parsed-literal::

   parsed *literal*
     indented

.. todo:: Something to do

.. only:: html

   Shown in HTML only.

.. a comment

.. index:: entry

.. |name| replace:: substituted words

The |name|, :menuselection:`File --> Open`, :samp:`a{b}c`, :download:`file <picture.svg>`.

.. known::
"""

ODD = """Odd
===

First line.

.. odd::

Odd character: 日.
"""

APPENDIX = """# Tools

## Of the Trade

$$ x = y $$ (eq-two)

:::{figure} picture.svg
Another figure.
:::
"""

REFERENCES = "# References\n\n```{bibliography}\n```\n"
BIB = (
    "@book{bishop, author={Bishop, Christopher}, title={Pattern Recognition}, publisher={Springer}, year={2006}}\n"
    "@book{unused, author={Nobody, Nora}, title={Never Cited}, publisher={None}, year={1900}}\n"
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40"><rect width="40" height="40" fill="#c00"/></svg>\n'
)


def output(kind: str, **data: Any) -> dict[str, Any]:
    return {"output_type": kind, "metadata": {}, **data}


def cell(source: str, outputs: list[dict[str, Any]], *tags: str) -> dict[str, Any]:
    metadata = {"tags": list(tags)} if tags else {}
    return {"cell_type": "code", "execution_count": 1, "metadata": metadata, "outputs": outputs, "source": source}


FRAME = (
    "<table><thead><tr><th></th><th>rooms</th></tr></thead><tbody><tr><th>0</th><td>3.5</td></tr></tbody></table>"
    "<p>1 rows</p>"
)
NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 4,
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": "# A Notebook\n\nWords."},
        cell("print('shown')", [{"output_type": "stream", "name": "stdout", "text": "printed text\n"}]),
        cell("hidden = 1", [{"output_type": "stream", "name": "stdout", "text": "after hidden\n"}], "hide-input"),
        cell("removed = 1", [], "remove-input"),
        cell("frame", [output("display_data", data={"text/html": FRAME, "text/plain": "plain frame"})]),
        cell("plot", [output("display_data", data={"image/svg+xml": SVG, "text/plain": "<Figure>"})]),
        cell("latex", [output("display_data", data={"text/latex": "$z^2$", "text/plain": "z**2"})]),
        cell("html", [output("display_data", data={"text/html": "<p>lost <b>html</b></p>"})]),
        cell(
            "1/0",
            [
                {
                    "output_type": "error",
                    "ename": "ZeroDivisionError",
                    "evalue": "division by zero",
                    "traceback": ["\x1b[31mZeroDivisionError\x1b[0m: division by zero"],
                }
            ],
        ),
    ],
}


@dataclass
class Built:
    """What a build made."""

    app: Sphinx
    pdf: Path
    reader: pypdf.PdfReader
    text: str
    warnings: str


def write(folder: Path, **changed: str) -> None:
    files = {
        "index.md": INDEX,
        "preface.md": "# Preface\n\nThanks.\n",
        "kinds/index.md": KINDS,
        "kinds/inner.md": INNER,
        "kinds/more.rst": MORE,
        "notebook.ipynb": json.dumps(NOTEBOOK),
        "appendix.md": APPENDIX,
        "references.md": REFERENCES,
        "references.bib": BIB,
        "picture.svg": SVG,
        "kinds/picture.svg": SVG,
        "kinds/broken.png": "no picture",
        "conf.py": CONF,
        "typst_kinds.py": EXTENSION,
    }
    for name, text in {**files, **changed}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def build(source: Path, out: Path, **values: Any) -> Built:
    warning = StringIO()
    with patch_docutils(str(source)), docutils_namespace(), own_imports(source):
        app = Sphinx(str(source), str(source), str(out / "pdf"), str(out / "doctrees"), "pdf", values, None, warning)
        app.build()
    pdf = out / "pdf" / "a-book-of-kinds.pdf"
    reader = pypdf.PdfReader(pdf)
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))
    return Built(app, pdf, reader, text, strip_escape_sequences(warning.getvalue()))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    folder = tmp_path_factory.mktemp("typst-book")
    write(folder / "book")
    return build(folder / "book", folder / "out")


def test_only_what_is_lost_is_warned_of(book: Built) -> None:
    lines = [line for line in book.warnings.splitlines() if "WARNING" in line]
    wanted = ["nowhere.png", "nowhere.png", "picture.png", "broken.png", "HTML only", "todo"]
    left = [line for line in lines if not any(word in line for word in wanted)]
    assert left == []
    assert re.search(r"inner\.md:\d+: WARNING: .*example\.invalid/picture\.png.*another host", book.warnings)
    assert re.search(r"inner\.md:\d+: WARNING: .*broken\.png.*content is not what \.png says", book.warnings)
    assert re.search(
        r"inner\.md:\d+: WARNING: .*nowhere\.png cannot be set in the PDF: there is no such file", book.warnings
    )
    assert re.search(r"notebook\.ipynb:\d+: WARNING: .*HTML only", book.warnings)


WORDS = """
A Book of Kinds|A. Author|© 2026, A. Author|What this book is about.|Contents|Thanks.|Foundations|Practice
[Bishop, 2006] and Bishop [2006]|“quoted” C:\\path #hash [bracket] emphasis strength co_de
MLP (multilayer perceptron)|Cancel|badge|Ctrl
1.1 Inner Section of|Aside|A note in the margin.|Text of the first footnote with|Text of the second footnote.
Fig. 1.1|Table 1.1|Listing 1.1|Theorem 1.1|Exercise 1.1|(1.1)|address|Caption of the figure.|Legend of the figure.
Title of the table|cell one|cell two|cell three|Title of the listing|def listed():|Statement of the theorem.
Proof. Steps of the proof.|Remark|A remark in passing.|Exercise 1.1 (Named exercise)|What is asked.
Solution to Exercise 1.1|What is answered.
1.1.1 Level Three|1.1.1.1 Level Four|Level Five|Level Six|Note|Body of the note.|Own title|Body of the admonition.
First tab|Body of the first tab.|Second tab|Body of the second tab.|Title of the dropdown|Body of the dropdown.
Title of the card|Body of the card.|Term|Its definition.|Quoted words.|3. third|4. fourth|After the break.|remote
1.2 Second Section|train(net, data, *, lr: float = 0.1)|→ float|Trains a net.|the loss|epoch|One pass over the data.
Titled table|head one|stub|value|d both|Wise words.|— Somebody|verse one|verse two|Added in version 1.0|What is new.
Deprecated since version 2.0|-o FILE, --output=FILE|what the option does|Field:|its body|A rubric|b. item b|c. item c
See also|Another place|>>> 1 + 1|expr ::= term "+" term|Centred words|left item|right item|raw typst
Title of the topic|Body of the topic.|Title of the sidebar|Body of the sidebar.|parsed literal|Something to do
The substituted words|File ‣ Open|a bc|file|Made by its own visitor.
2 A Notebook|print('shown')|printed text|hidden = 1|after hidden|rooms|3.5|1 rows|lost html
ZeroDivisionError: division by zero
A Tools|A.1 Of the Trade|(A.1)|Fig. A.1|Another figure.|References|Pattern Recognition
"""


@pytest.mark.parametrize("words", [item for item in re.split(r"[|\n]", WORDS) if item])
def test_it_is_complete(book: Built, words: str) -> None:
    wanted = words.replace("a bc", "abc").replace("\\\\", "\\")
    assert wanted in book.text or wanted.replace("Fig. ", "Figure ") in book.text


@pytest.mark.parametrize(
    "words",
    [
        "html only",
        "Shown in HTML only",
        "plain frame",
        "<Figure>",
        "z**2",
        "removed = 1",
        "a comment",
        "Never Cited",
        "??",
    ],
)
def test_nothing_is_there_that_should_not_be(book: Built, words: str) -> None:
    assert words not in book.text


def test_the_bibliography_is_printed_once(book: Built) -> None:
    assert book.text.count("Pattern Recognition") == 1


def outline(reader: pypdf.PdfReader) -> list[tuple[int, str, int]]:
    found = []

    def walk(items: list[Any], depth: int) -> None:
        for item in items:
            if isinstance(item, list):
                walk(item, depth + 1)
            else:
                found.append((depth, str(item.title), (reader.get_destination_page_number(item) or 0) + 1))

    walk(reader.outline, 0)
    return found


def test_bookmarks_carry_the_numbers(book: Built) -> None:
    titles = [(depth, title) for depth, title, _page in outline(book.reader)]
    assert titles == [
        (0, "Contents"),
        (0, "Preface"),
        (0, "Foundations"),
        (1, "1 All Kinds"),
        (2, "1.1 Inner Section of x2"),
        (3, "1.1.1 Level Three"),
        (4, "1.1.1.1 Level Four"),
        (5, "1.1.1.1.1 Level Five"),
        (6, "1.1.1.1.1.1 Level Six"),
        (2, "1.2 Second Section"),
        (0, "Practice"),
        (1, "2 A Notebook"),
        (0, "A Tools"),
        (1, "A.1 Of the Trade"),
        (0, "References"),
        (0, "Index"),
    ]


def test_chapters_begin_pages_and_pages_have_heads_and_numbers(book: Built) -> None:
    pages = {title: page for _depth, title, page in outline(book.reader)}
    text = book.reader.pages[pages["2 A Notebook"] - 1].extract_text()
    assert text.split()[:3] == ["2", "A", "Notebook"]
    labels = book.reader.page_labels
    assert labels[pages["Preface"] - 1] in ("iv", "v")
    assert labels[pages["Foundations"] - 1] == "1"
    head = book.reader.pages[pages["1.1.1 Level Three"] - 1].extract_text()
    assert "1 All Kinds" in head or "1.1 Inner Section" in head


def test_every_link_leads_somewhere(book: Built) -> None:
    inner, outer = 0, set()
    names = book.reader.named_destinations
    for page in book.reader.pages:
        for reference in page.get("/Annots", []):
            note = reference.get_object()
            if "/A" in note and "/URI" in note["/A"]:
                outer.add(str(note["/A"]["/URI"]))
            else:
                target = note["/A"]["/D"] if "/A" in note else note["/Dest"]
                assert isinstance(target.get_object(), pypdf.generic.ArrayObject) or str(target) in names
                inner += 1
    assert inner > 25
    assert {"https://example.org/x?a=1#b", "https://example.org"} <= outer


def test_destinations_are_told_as_they_are(book: Built) -> None:
    told = Record.of_engine(book.pdf.parents[1] / "doctrees", "typst").destinations
    names = book.reader.named_destinations
    for wanted in (
        "kinds/inner",
        "kinds/inner#sec-inner",
        "kinds/inner#fig-one",
        "kinds/inner#tab-one",
        "kinds/inner#lst-one",
        "kinds/inner#equation-eq-one",
        "kinds/inner#thm-one",
        "kinds/inner#ex-one",
    ):
        assert told[wanted]["destination"] == wanted
        page = (book.reader.get_destination_page_number(names[wanted]) or 0) + 1
        assert told[wanted]["page"] == page
    assert told["index"]["page"] < told["preface"]["page"] < told["kinds/index"]["page"]
    assert told["kinds/more#term-epoch"]["page"] > told["kinds/inner"]["page"]


def test_every_number_is_the_tables(book: Built) -> None:
    for docname, kinds in book.app.env.toc_fignumbers.items():
        for figtype, numbers in kinds.items():
            for number in numbers.values():
                text = ".".join(map(str, number))
                shown = f"({text})" if figtype == "displaymath" else f" {text}"
                assert shown in book.text, (docname, figtype)
    for docname, sections in book.app.env.toc_secnumbers.items():
        for number in sections.values():
            if number:
                assert ".".join(map(str, number)) in book.text, docname


def test_two_builds_give_the_same_bytes(book: Built, tmp_path: Path) -> None:
    write(tmp_path / "book")
    again = build(tmp_path / "book", tmp_path / "out")
    assert again.pdf.read_bytes() == book.pdf.read_bytes()
    assert [path.name for path in again.pdf.parent.iterdir() if path.is_dir()] == []


def small(folder: Path, page: str, extension: str = EXTENSION) -> Path:
    files = {
        "index.rst": "Book\n====\n\n.. toctree::\n\n   page\n",
        "page.rst": page,
        "conf.py": CONF,
        "typst_kinds.py": extension,
    }
    for name, text in files.items():
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_an_unknown_node_is_named_with_its_place(tmp_path: Path) -> None:
    built = build(small(tmp_path / "book", ODD), tmp_path / "out")
    assert re.search(r"page\.rst:6: WARNING: the PDF has no rule for a 'odd' node", built.warnings)
    assert "Text of an odd node." in built.text
    assert re.search(r"page\.rst:8: WARNING: no font of the PDF has U\+65E5", built.warnings)


def test_a_book_has_the_extension_that_lies_beside_it(tmp_path: Path) -> None:
    """And not that of another book in this process, which has the same name."""
    built = build(small(tmp_path / "one", ODD), tmp_path / "out-one")
    assert "Text of an odd node." in built.text
    built = build(small(tmp_path / "two", ODD, EXTENSION.replace("Text of", "Words of")), tmp_path / "out-two")
    assert "Words of an odd node." in built.text


def test_what_the_compiler_refuses_is_named_with_its_page(tmp_path: Path) -> None:
    page = "Page\n====\n\nWords.\n\n.. raw:: typst\n\n   #nothing()\n\nMore words.\n"
    with pytest.raises(Exception, match=r"page\.\w+:\d+: the PDF cannot be set: unknown variable: nothing"):
        build(small(tmp_path / "book", page), tmp_path / "out")


def test_nothing_is_set_again_if_nothing_changed(tmp_path: Path) -> None:
    source = small(tmp_path / "book", "Page\n====\n\nWords.\n")
    first = build(source, tmp_path / "out").pdf.stat().st_mtime_ns
    assert build(source, tmp_path / "out").pdf.stat().st_mtime_ns == first
    (source / "page.rst").write_text("Page\n====\n\nOther words.\n")
    assert "Other words." in build(source, tmp_path / "out").text


def test_an_image_that_stops_the_compiler_is_left_out(tmp_path: Path) -> None:
    """Its first bytes are right, the rest is not."""
    source = small(tmp_path / "book", "Page\n====\n\nBefore.\n\n.. image:: cut.png\n   :alt: a cut\n\nAfter.\n")
    (source / "cut.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    (source / "fine.svg").write_text(SVG)
    built = build(source, tmp_path / "out")
    assert "Before. a cut After." in built.text
    assert re.search(r"page\.rst:\d+: WARNING: cut\.png cannot be set in the PDF: .*decode", built.warnings)


def test_paper_and_language_are_the_books(tmp_path: Path) -> None:
    source = small(tmp_path / "book", "Page\n====\n\nWords.\n\n.. note:: Body.\n")
    built = build(source, tmp_path / "out", d2lbook_pdf_paper="us-letter", language="de")
    assert [float(side) for side in built.reader.pages[0].mediabox[2:]] == [612.0, 792.0]
    assert "Inhalt" in built.text
    assert "Bemerkung Body." in built.text or "Hinweis Body." in built.text
    assert built.reader.trailer["/Root"]["/Lang"] == "de"


def test_a_book_of_one_page(tmp_path: Path) -> None:
    source = small(tmp_path / "book", "unused")
    (source / "page.rst").unlink()
    (source / "index.rst").write_text(
        "Alone\n=====\n\nIntroduction.\n\nFirst\n-----\n\nText, see Second_.\n\nSecond\n------\n"
    )
    built = build(source, tmp_path / "out")
    assert built.warnings == ""
    assert [title for _depth, title, _page in outline(built.reader)] == ["Contents", "First", "Second"]


def test_a_page_outside_the_book_is_linked_where_the_site_has_it(tmp_path: Path) -> None:
    source = small(tmp_path / "book", "Page\n====\n\nSee :doc:`other`.\n")
    (source / "other.rst").write_text(":orphan:\n\nOther\n=====\n")
    built = build(source, tmp_path / "out", html_baseurl="https://example.org/book/")
    notes = [note.get_object() for page in built.reader.pages for note in page.get("/Annots", [])]
    links = [str(note["/A"]["/URI"]) for note in notes if "/A" in note]
    assert "https://example.org/book/other.html" in links
