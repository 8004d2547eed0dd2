"""A book with everything in it, as notebooks."""

from __future__ import annotations

import base64
import io
import json
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from sphinxcontrib_d2lbook.outputs.notebooks.archive import ARCHIVED
from sphinxcontrib_d2lbook.outputs.notebooks.builder import NotebooksBuilder
from sphinxcontrib_d2lbook.testing import myst_left_over, notebook_faults
from tests.conftest import own_imports

EXTENSION = """
from docutils import nodes
from docutils.parsers.rst import Directive

class odd(nodes.General, nodes.Element):
    pass

class known(nodes.General, nodes.Element):
    pass

class Odd(Directive):
    def run(self):
        return [odd("", nodes.paragraph("", "Text of an odd node."))]

class Known(Directive):
    def run(self):
        return [known()]

def visit(self, node):
    self.add_text("a * b")
    self.add_block("**block**")

def depart(self, node):
    pass

def setup(app):
    from sphinxcontrib_d2lbook import config
    from sphinxcontrib_d2lbook.elements import extension as elements
    from sphinxcontrib_d2lbook.library import extension as library
    from sphinxcontrib_d2lbook.numbering import extension as numbering
    from sphinxcontrib_d2lbook.outputs.notebooks.output import NotebooksOutput

    app.add_node(odd)
    app.add_node(known, notebook=(visit, depart))
    app.add_directive("odd", Odd)
    app.add_directive("known", Known)
    for room in (config, library, numbering, elements):
        room.setup(app)
    NotebooksOutput().add_to(app)
"""

CONF = """
import sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).parent))
project = "A $5 Book"
release = "0.1"
extensions = ["myst_nb", "sphinx_design", "sphinx_proof", "sphinx_exercise", "sphinx_book_theme",
              "sphinxcontrib.bibtex", "tinybook_extension"]
bibtex_bibfiles = ["refs.bib"]
bibtex_reference_style = "author_year"
myst_enable_extensions = ["amsmath", "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
nb_execution_mode = "off"
numfig_format = {"figure": "Figure %s"}
suppress_warnings = ["myst-nb.lexer"]
html_baseurl = "https://example.org/book/"
d2lbook_package = "tinybook"
d2lbook_math_macros = {"R": r"\\mathbb{R}"}
d2lbook_forum = {"url": "https://forum.example.org/t/{label}"}
"""

BIB = """
@article{gauss1809, author={Carl Gauss}, title={Theoria motus}, journal={Perthes}, year={1809}}
@book{knuth84, author={Donald Knuth}, title={The {TeX}book}, publisher={AW}, year={1984}}
@book{unused, author={No Body}, title={Nothing}, publisher={AW}, year={1984}}
"""

REFERENCES = """
# References

```{bibliography}
```
"""

INDEX = """
# A book

```{toctree}
:numbered:
:caption: Part one
intro/page
plain
references
```
"""

PLAIN = """
(sec-plain)=
# Plain page

No code here, see {ref}`the other <sec-page>` and {numref}`sec-page`. Costs $5 and \\$6.

- a
- b
  - c

* another list

3. three
4. four

Term
: Definition with $x|y$.

```{discussion}
:label: sec-plain
```
"""

PAGE = r"""
---
file_format: mystnb
kernelspec:
  name: python3
---
(sec-page)=
# Linear *regression*

Intro with **bold**, *emph*, `code`, a footnote[^one], {cite:t}`gauss1809`, {cite:p}`knuth84`,
a [link](https://example.org/?a=1&b=2) and {ref}`sec-plain`; {numref}`fig-drawing`, {numref}`tab-a`, {eq}`eq-loss`,
{prf:ref}`thm-gm`, {ref}`ex-one`, {ref}`the loss <sec-loss>`, H{sub}`2`O.

[^one]: The note with *emphasis*.

```{code-cell} ipython3
:tags: [hide-input]
import json
x = 1
```

```{code-cell} ipython3
:tags: [remove-cell]
secret = 42
```

```{code-cell} ipython3
:tags: [remove-cell, book-check]
assert secret == 42  # stands in the text, and is not the reader's business
```

```{code-cell} ipython3
:tags: [remove-input, own]
print(secret + x)
```

(sec-loss)=
## Loss

```{math}
:label: eq-loss
L(\mathbf{w}) = \frac{1}{n} \sum_i \ell^{(i)} % the mean
```

\begin{align}
a &= b \\
c &= d
\end{align}

```{figure} drawing.svg
:name: fig-drawing
:alt: A black disc "quoted"
:width: 50%
The disc, with $x$ and *emph*.
```

![A dot](dot.png)

```{list-table} Tab *caption*
:name: tab-a
:header-rows: 1
* - A
  - B | C
* - $|x|$
  - `a|b`
```

```{list-table}
* - one

    two
  - - a
    - b
```

```{prf:theorem} Gauss–Markov
:label: thm-gm
The estimator

$$
\hat{\mathbf{w}} =
(\mathbf{X}^\top\mathbf{X})^{-1} \mathbf{X}^\top \mathbf{y}
$$

is best.
```

```{prf:proof}
By $x = y$.
```

```{exercise} First
:label: ex-one
Do it.
```

```{solution} ex-one
:label: sol-one
Done.
```

```{exercise-start}
:label: ex-two
```

Run this:

```{code-cell} ipython3
y = 2
```

and think.

```{exercise-end}
```

:::{note}
A note.
- list in note
:::

:::{admonition} Own *title*
Text.
:::

```{margin}
In the margin.
```

::::{tab-set}
:::{tab-item} pip
`pip install x`
:::
:::{tab-item} conda
conda install x
:::
::::

:::{dropdown} More
Hidden text.
:::

```{code-block} python
:caption: A listing
:name: lst
def f(): pass
```

```{odd}
```

```{known}
```

% comment

+++ {"tags": ["x"]}

(target-left)=
## Summary
"""


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0\0\0")) + chunk(b"IEND", b"")
    )


@dataclass(frozen=True)
class Built:
    folder: Path
    warnings: str

    def notebook(self, docname: str) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.folder / f"{docname}.ipynb").read_text("utf-8"))
        return loaded

    def markdown(self, docname: str) -> str:
        return "\n\n".join(
            "".join(c["source"]) for c in self.notebook(docname)["cells"] if c["cell_type"] == "markdown"
        )

    def code(self, docname: str) -> list[dict[str, Any]]:
        return [cell for cell in self.notebook(docname)["cells"] if cell["cell_type"] == "code"]


def build(root: Path, out: str, **overrides: Any) -> Built:
    warnings = io.StringIO()
    with docutils_namespace(), patch_docutils(root), own_imports(root):
        app = Sphinx(root, root, root.parent / out, root.parent / "doctrees", "notebooks", overrides, None, warnings)
        app.build()
    return Built(root.parent / out, re.sub("\x1b\\[[0-9;]*m", "", warnings.getvalue()))


def write_root(root: Path, **files: str) -> Path:
    pages = {
        "index.md": INDEX,
        "plain.md": PLAIN,
        "intro/page.md": PAGE,
        "refs.bib": BIB,
        "references.md": REFERENCES,
    }
    for name, text in {**pages, "conf.py": CONF, "tinybook_extension.py": EXTENSION, **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.lstrip("\n"), "utf-8")
    (root / "intro/dot.png").write_bytes(png())
    (root / "intro/drawing.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "utf-8")
    return root


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_root(tmp_path_factory.mktemp("book") / "src")


@pytest.fixture(scope="module")
def book(root: Path) -> Built:
    return build(root, "out")


def test_every_page_is_a_valid_notebook_without_myst(book: Built) -> None:
    files = sorted(path.relative_to(book.folder).as_posix() for path in book.folder.rglob("*.ipynb"))
    alone = [name for name in files if not name.startswith(f"{ARCHIVED}/")]
    assert alone == ["index.ipynb", "intro/page.ipynb", "plain.ipynb", "references.ipynb"]
    assert {name.removeprefix(f"{ARCHIVED}/") for name in files} == set(alone)
    for name in files:
        assert notebook_faults(book.folder / name) == []


def test_only_the_odd_node_is_warned_of_and_its_text_is_kept(book: Built) -> None:
    assert [line for line in book.warnings.splitlines() if "WARNING" in line] == [
        line for line in book.warnings.splitlines() if "notebooks have no rule for 'odd'" in line
    ]
    assert "d2lbook.notebook" in book.warnings
    assert "Text of an odd node." in book.markdown("intro/page")


def test_visitors_of_other_extensions_write_through_the_public_methods(book: Built) -> None:
    assert "a \\* b\n\n**block**" in book.markdown("intro/page")


@pytest.mark.parametrize(
    "expected",
    [
        "# 1 Linear *regression*",
        "## 1.1 Loss",
        "**bold**, *emph*, `code`, a footnote<sup>1</sup>",
        "<sup>1</sup> The note with *emphasis*.",
        "[link](https://example.org/?a=1&amp;b=2)",
        "[Plain page](https://example.org/book/plain.html#sec-plain)",
        "[Figure 1.1](https://example.org/book/intro/page.html#fig-drawing)",
        "[Table 1.1](https://example.org/book/intro/page.html#tab-a)",
        "[(1.1)](https://example.org/book/intro/page.html#equation-eq-loss)",
        "[Theorem 1.1](https://example.org/book/intro/page.html#thm-gm)",
        "[Exercise 1.1](https://example.org/book/intro/page.html#ex-one)",
        "[the loss](https://example.org/book/intro/page.html#sec-loss)",
        "H<sub>2</sub>O",
        "Gauss \\[[1809](https://example.org/book/references.html#",
        "**References**\n\nCarl Gauss. Theoria motus. *Perthes*, 1809.\n\nDonald Knuth. *The TeXbook*. AW, 1984.",
        "$$\nL(\\mathbf{w}) = \\frac{1}{n} \\sum_i \\ell^{(i)} \\tag{1.1}\n$$",
        "$$\n\\begin{aligned}\na &= b \\\\\nc &= d\n\\end{aligned} \\tag{1.2}\n$$",
        'alt="A black disc &quot;quoted&quot;" width="50%">',
        "*Figure 1.1: The disc, with $x$ and <em>emph</em>.*",
        "![A dot](attachment:dot.png)",
        "*Table 1.1: Tab <em>caption</em>*",
        "| A | B \\| C |\n| --- | --- |\n| $\\vert x\\vert$ | `a\\|b` |",
        "<td>\n\none\n\ntwo\n\n</td>\n<td>\n\n- a\n- b\n\n</td>",
        "> **Theorem 1.1** (Gauss–Markov). The estimator\n>\n> $$\\hat{\\mathbf{w}} = (",
        "> **Proof.** By $x = y$. ∎",
        "> **Exercise 1.1 (First)**\n>\n> Do it.",
        "> **Solution to [Exercise 1.1 (First)](https://example.org/book/intro/page.html#ex-one)**\n>\n> Done.",
        "> **Exercise 1.2**\n>\n> Run this:",
        "> and think.",
        "> **Note**\n>\n> A note.\n>\n> - list in note",
        "> <strong>Own *title*</strong>\n>\n> Text.",
        "> In the margin.",
        "**pip**\n\n`pip install x`\n\n**conda**\n\nconda install x",
        "> **More**\n>\n> Hidden text.",
        "*Listing 1.1: A listing*\n\n```python\ndef f(): pass\n```",
    ],
)
def test_a_page_with_everything_holds(book: Built, expected: str) -> None:
    assert expected in book.markdown("intro/page")


def test_what_is_not_cited_is_not_listed(book: Built) -> None:
    assert "Nothing" not in book.markdown("intro/page")


def test_a_page_without_code(book: Built) -> None:
    text = book.markdown("plain")
    assert book.code("plain") == []
    assert "[the other](https://example.org/book/intro/page.html#sec-page) and [Section 1](" in text
    assert "Costs <span>\\$</span>5 and <span>\\$</span>6." in text
    assert "- a\n- b\n  - c\n\n* another list\n\n3. three\n4. four\n\n- **Term**\n\n  Definition with $x|y$." in text
    assert "**Discussion**\n\n[Discuss this section](https://example.org/book/go/sec-plain/)" in text


def test_the_contents_page_links_to_the_sections(book: Built) -> None:
    assert "**Part one**\n\n- [1 Linear *regression*](https://example.org/book/intro/page.html)\n" in book.markdown(
        "index"
    )


def test_macros_are_defined_before_they_are_used(book: Built) -> None:
    cells = book.notebook("intro/page")["cells"]
    assert "".join(cells[1]["source"]) == "$\\newcommand{\\R}{\\mathbb{R}}$"


def test_all_code_cells_are_there_in_order_with_their_tags(book: Built) -> None:
    own = [cell for cell in book.code("intro/page") if "book-setup" not in cell["metadata"].get("tags", [])]
    assert ["".join(cell["source"]) for cell in own] == [
        "import json\nx = 1",
        "secret = 42",
        "print(secret + x)",
        "y = 2",
    ]
    assert [cell["metadata"].get("tags") for cell in own] == [
        ["hide-input"],
        ["remove-cell"],
        ["remove-input", "own"],
        None,
    ]
    hidden = [cell["metadata"].get("jupyter", {}).get("source_hidden", False) for cell in own]
    assert hidden == [True, True, True, False]


def test_images_are_in_the_notebook(book: Built) -> None:
    cells = book.notebook("intro/page")["cells"]
    attached = [cell["attachments"] for cell in cells if "attachments" in cell]
    assert attached == [{"dot.png": {"image/png": base64.b64encode(png()).decode()}}]
    assert '<img src="data:image/svg+xml;base64,' in book.markdown("intro/page")


def test_metadata_name_the_kernel(book: Built) -> None:
    assert book.notebook("intro/page")["metadata"]["kernelspec"]["name"] == "python3"
    assert book.notebook("plain")["metadata"]["language_info"]["name"] == "python"


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_two_builds_give_the_same_bytes_and_untouched_files(root: Path, book: Built) -> None:
    before = snapshot(book.folder)
    times = {path: path.stat().st_mtime_ns for path in book.folder.rglob("*.ipynb")}
    build(root, "out")
    assert {path: path.stat().st_mtime_ns for path in book.folder.rglob("*.ipynb")} == times
    assert snapshot(build(root, "again").folder) == before


def test_without_an_address_of_the_site_links_lead_to_neighbouring_notebooks(root: Path, book: Built) -> None:
    other = build(root, "local", html_baseurl="")
    assert "[Plain page](../plain.ipynb)" in other.markdown("intro/page")
    assert "Figure 1.1, Table 1.1, (1.1)" in other.markdown("intro/page")
    assert "[the other](intro/page.ipynb)" in other.markdown("plain")


@pytest.fixture
def fake_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    stored: dict[str, Any] = {}
    monkeypatch.setattr(NotebooksBuilder, "executed", staticmethod(lambda _app, docname: stored.get(docname)))
    return stored


def stored_cell(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "code", "source": source, "outputs": list(outputs), "execution_count": 7}


def test_outputs_come_from_the_executed_notebook(root: Path, fake_store: dict[str, Any], book: Built) -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": "43\n"}
    check = "assert secret == 42  # stands in the text, and is not the reader's business"
    sources = ["import json\nx = 1", "secret = 42", check, "print(secret + x)", "y = 2"]
    fake_store["intro/page"] = {"cells": [stored_cell(s, *([stream] if "print" in s else [])) for s in sources]}
    cells = build(root, "executed").code("intro/page")
    assert [cell["outputs"] for cell in cells if cell["outputs"]] == [[stream]]
    assert next(cell for cell in cells if cell["outputs"])["execution_count"] == 7


def test_a_page_that_failed_keeps_the_outputs_before_the_failure(
    root: Path, fake_store: dict[str, Any], book: Built
) -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": "early\n"}
    fake_store["intro/page"] = {"cells": [stored_cell("import json\nx = 1", stream)]}
    failed = build(root, "failed")
    assert [cell["outputs"] for cell in failed.code("intro/page") if cell["outputs"]] == [[stream]]
    assert "other code cells" not in failed.warnings


def test_outputs_of_other_code_are_refused(root: Path, fake_store: dict[str, Any], book: Built) -> None:
    fake_store["intro/page"] = {"cells": [stored_cell("something = 'else'")]}
    other = build(root, "refused")
    assert "the stored outputs belong to other code cells" in other.warnings
    assert not any(cell["outputs"] for cell in other.code("intro/page"))


def test_a_notebook_of_a_page_that_is_gone_goes_too(root: Path, book: Built) -> None:
    left = book.folder / "gone.ipynb"
    left.write_text("{}", "utf-8")
    build(root, "out")
    assert not left.exists()


def test_files_that_the_code_names_come_along_and_none_from_elsewhere(tmp_path: Path) -> None:
    outside = tmp_path / "secret.txt"
    outside.write_text("secret", "utf-8")
    code = f"open('data/x.csv'), open('../top.csv'), open({str(outside)!r}), open('../../secret.txt')\nimport helper"
    page = f"---\nfile_format: mystnb\n---\n# Page\n\n```{{code-cell}} ipython3\n{code}\n```\n"
    root = write_root(
        tmp_path / "src", **{"intro/page.md": page, "intro/data/x.csv": "1", "top.csv": "2", "intro/helper.py": ""}
    )
    folder = build(root, "out").folder
    files = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.*")
        if path.is_file() and path.suffix not in (".ipynb", ".css")
    }
    assert files == {"environment.yml", "intro/data/x.csv", "intro/helper.py", "requirements.txt", "top.csv"}


def test_a_notebook_runs(book: Built, tmp_path: Path) -> None:
    script = (
        "import nbclient, nbformat, sys\n"
        "notebook = nbformat.read(sys.argv[1], 4)\n"
        "nbclient.NotebookClient(notebook, timeout=60).execute()\n"
        "print([o['text'] for c in notebook.cells if c.cell_type == 'code' for o in c.outputs])\n"
    )
    command = [sys.executable, "-c", script, str(book.folder / "intro/page.ipynb")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.stdout.strip() == r"['43\n']", done.stderr


@pytest.mark.parametrize(
    ("markdown", "kind"),
    [
        ("see {numref}`fig`", "role"),
        ("```{note}\nx\n```", "directive"),
        (":::{note}\nx\n:::", "directive"),
        ("(label)=\ntext", "target"),
        ("% comment", "comment"),
        ("+++", "block break"),
        ("a[^one]", "footnote"),
        ("text {#id}", "attributes"),
        ("{{ name }}", "substitution"),
    ],
)
def test_left_over_myst_is_found(markdown: str, kind: str) -> None:
    assert [fault for fault in myst_left_over(markdown) if fault.startswith(("a " + kind, kind))]


@pytest.mark.parametrize(
    "markdown", ["`{numref}`", "$x_{a}$", "a (b)= c", "```python\n{x}\n```", "50 % of", "**b**", "f{x}"]
)
def test_clean_markdown_is_not_accused(markdown: str) -> None:
    assert myst_left_over(markdown) == []
