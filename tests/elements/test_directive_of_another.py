"""A directive of another distribution, the example of the manual, in all outputs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from tests.conftest import Project, own_imports

TEXTBOOK = Path(__file__).parent / "textbook-directive" / "textbook_directive.py"
PAGE = """# Root

```{keyidea}
:name: idea_one

One idea & *no more*: 50 % of #3, with $x_1 < 2$.

* An item.
```

After it, see [that idea](#idea_one).
"""


@pytest.fixture
def book(project: Project) -> Iterator[Project]:
    project.write({"index.md": PAGE})
    shutil.copy(TEXTBOOK, project.folder)
    project.conf = (
        "import sys\nfrom pathlib import Path\nsys.path.insert(0, str(Path(__file__).parent))\n"
        "extensions = ['sphinxcontrib_d2lbook', 'textbook_directive']\nproject = 'Ideas'\n"
    )
    with own_imports(project.folder):
        yield project


def test_all_outputs_of_one_build_have_it(book: Any) -> None:
    done = book.run("book", "-W", "--keep-going")
    assert (done.returncode, done.stderr) == (0, "")
    out = book.build_folder / "book"
    page = (out / "html" / "index.html").read_text("utf-8")
    assert '<aside class="keyidea admonition" id="idea-one">' in page
    assert 'href="#idea-one"' in page
    page = page[page.index("<article") :]
    box = page[page.index("keyidea admonition") : page.index("After it")]
    assert box.index("Key idea") < box.index("no more") < box.index("An item.") < box.index("</aside>")
    document = pypdfium2.PdfDocument(out / "pdf" / "ideas.pdf")
    text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
    assert "Key idea" in text
    assert "50 % of #3" in text
    cells = json.loads((out / "notebooks" / "index.ipynb").read_text("utf-8"))["cells"]
    (cell,) = (text for text in map("".join, (cell["source"] for cell in cells)) if "Key idea" in text)
    assert "> **Key idea**\n>\n> One idea & *no more*" in cell
    assert "\nAfter it" in cell


def test_latex_sets_it_as_a_box(book: Any) -> None:
    book.build("latex")
    source = "".join(path.read_text("utf-8") for path in (book.build_folder / "latex").rglob("*.tex"))
    assert r"\begin{bookadmonition}{booktip}{\bookplace{index:idea-one}Key idea}" in source
    assert r"50 \% of \#3" in source
    assert book.warnings == ""


def test_other_formats_have_what_is_in_it(book: Any) -> None:
    book.build("text")
    text = (book.build_folder / "text" / "index.txt").read_text("utf-8")
    assert text.index("Key idea") < text.index("One idea") < text.index("After it")
    assert book.warnings == ""
