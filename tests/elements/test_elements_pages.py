"""Discussions and codes on the pages of a book, in every format."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import docutils_namespace, patch_docutils

from sphinxcontrib_d2lbook.errors import BookError

EXTENSION = """
from sphinx.builders.dummy import DummyBuilder

class Paper(DummyBuilder):
    name = "paper"
    format = "typst"
    supported_image_types = ["image/svg+xml"]
    def write_doc(self, docname, doctree):
        self._app.written = {**getattr(self._app, "written", {}), docname: doctree}

def setup(app):
    from sphinxcontrib_d2lbook import config
    from sphinxcontrib_d2lbook.elements import extension as elements
    from sphinxcontrib_d2lbook.library import extension as library
    from sphinxcontrib_d2lbook.numbering import extension as numbering
    from sphinxcontrib_d2lbook.outputs.notebooks import extension as notebooks

    app.add_builder(Paper)
    for room in (config, library, numbering, elements, notebooks):
        room.setup_extension(app)
"""
CONF = """
import sys
from pathlib import Path
sys.path.insert(0, str(Path(__file__).parent))
project = "Book"
extensions = ["myst_nb", "elements_extension"]
html_theme = "basic"
nb_execution_mode = "off"
myst_enable_extensions = ["colon_fence"]
"""
INDEX = """
# Book

```{toctree}
a/page
```
"""
PAGE = """
# Page

## Section

Text.

```{discussion}
:label: sec-page
```
"""
FORUM = {"url": "https://forum.example.org/t/{label}?x=1&y=2"}
BASE = "https://book.example.org/"


@dataclass(frozen=True)
class Built:
    app: Any
    out: Path
    warnings: str
    status: str

    def html(self) -> str:
        return (self.out / "a/page.html").read_text("utf-8")

    def paper(self) -> nodes.document:
        document: nodes.document = self.app.written["a/page"]
        return document

    def notebook(self) -> str:
        cells = json.loads((self.out / "a/page.ipynb").read_text("utf-8"))["cells"]
        return "\n\n".join("".join(cell["source"]) for cell in cells)


def build(
    tmp_path: Path, page: str, builder: str, files: Mapping[str, str] | None = None, jobs: int = 0, **overrides: Any
) -> Built:
    root = tmp_path / "src"
    given = {"conf.py": CONF, "elements_extension.py": EXTENSION, "index.md": INDEX, "a/page.md": page, **(files or {})}
    for name, text in given.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text.lstrip("\n"), "utf-8")
    warnings, status, path = io.StringIO(), io.StringIO(), list(sys.path)
    config = {"html_baseurl": BASE, "d2lbook_forum": FORUM, **overrides}
    try:
        with docutils_namespace(), patch_docutils(root):
            out, doctrees = tmp_path / builder, tmp_path / "doctrees"
            app = Sphinx(root, root, out, doctrees, builder, config, status, warnings, parallel=jobs)
            app.build()
    finally:
        sys.path[:] = path
        sys.modules.pop("elements_extension", None)
    plain = re.compile("\x1b\\[[0-9;]*m")
    return Built(app, tmp_path / builder, plain.sub("", warnings.getvalue()), plain.sub("", status.getvalue()))


class Tags(HTMLParser):
    """All start tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_in_html_there_are_a_heading_a_link_and_a_code(tmp_path: Path) -> None:
    built = build(tmp_path, PAGE, "html")
    tags = Tags(built.html()).found
    assert ("a", {"class": "reference external", "href": "https://forum.example.org/t/sec-page?x=1&y=2"}) in tags
    assert any(tag == "aside" and attrs.get("id") == "discussion" for tag, attrs in tags)
    assert any(attrs.get("role") == "heading" and attrs.get("aria-level") == "3" for _, attrs in tags)
    code = "Scan the QR code to discuss: https://book.example.org/a/page.html#discussion"
    assert [attrs["aria-label"] for tag, attrs in tags if tag == "svg"] == [code]
    assert built.warnings == ""


def test_the_heading_is_in_no_table_of_contents(tmp_path: Path) -> None:
    built = build(tmp_path, PAGE, "html")
    assert "Discussion" not in built.app.env.tocs["a/page"].astext()


def test_on_paper_there_are_the_code_and_the_permanent_address(tmp_path: Path) -> None:
    document = build(tmp_path, PAGE, "paper").paper()
    (image,) = document.findall(nodes.image)
    address = "https://book.example.org/a/page.html#discussion"
    assert Path(image["uri"]).read_text("utf-8").startswith("<svg ")
    assert image["alt"] == f"Scan the QR code to discuss: {address}"
    assert f"Scan the QR code to discuss: {address}" in document.astext()
    assert "forum.example.org" not in document.astext()


def test_in_a_notebook_there_is_a_link(tmp_path: Path) -> None:
    built = build(tmp_path, PAGE, "notebooks")
    assert (
        "**Discussion**\n\n[Discuss this section](https://forum.example.org/t/sec-page?x=1&amp;y=2)" in built.notebook()
    )


def test_without_a_forum_there_is_nothing_and_that_is_said_once(tmp_path: Path) -> None:
    two = {"b.md": "# Other\n\n```{discussion}\n```\n", "index.md": INDEX.replace("a/page", "a/page\nb")}
    built = build(tmp_path, PAGE, "html", two, d2lbook_forum=None)
    assert "discussion" not in built.html().lower()
    assert built.status.count("discussions are left out: conf.py sets no d2lbook_forum") == 1
    assert built.warnings == ""


def test_without_a_permanent_address_nothing_is_printed_as_a_code(tmp_path: Path) -> None:
    built = build(tmp_path, PAGE, "paper", html_baseurl="")
    assert list(built.paper().findall(nodes.image)) == []
    assert "https://forum.example.org/t/sec-page" in built.paper().astext()
    (line,) = [line for line in built.warnings.splitlines() if "WARNING" in line]
    assert re.search(r"a/page\.md:\d+: WARNING: no QR code is printed for the discussion 'sec-page'", line)
    assert line.endswith("[d2lbook.discussion]")


def test_two_threads_of_one_name_are_reported(tmp_path: Path) -> None:
    twice = {
        "b.md": "# Other\n\n```{discussion}\n:label: sec-page\n```\n",
        "index.md": INDEX.replace("a/page", "a/page\nb"),
    }
    built = build(tmp_path, PAGE, "html", twice)
    assert "the discussion 'sec-page' is on a/page too" in built.warnings


def test_a_page_that_is_read_again_has_its_new_thread_only(tmp_path: Path) -> None:
    build(tmp_path, PAGE, "html")
    again = build(tmp_path, PAGE.replace("sec-page", "sec-other"), "html")
    assert again.app.env.domaindata["d2ldiscussion"]["labels"] == {"a/page": ["sec-other"]}


@pytest.mark.parametrize("forum", [{}, {"url": "javascript:x"}, {"url": 3}, {"url": "https://"}])
def test_a_forum_without_a_usable_address_is_refused(tmp_path: Path, forum: dict[str, Any]) -> None:
    with pytest.raises((BookError, ExtensionError), match="d2lbook_forum"):
        build(tmp_path, PAGE, "html", d2lbook_forum=forum)


def test_a_label_cannot_leave_its_place(tmp_path: Path) -> None:
    label = 'a"><script>alert(1)</script> ]( x'
    built = build(tmp_path, PAGE.replace("sec-page", f"'{label}'"), "html")
    assert "<script>alert" not in built.html()
    assert "https://forum.example.org/t/" in built.html()


CODES = """
# Codes

```{qrcode} https://example.org/?a=1&b=2
:size: 30mm
:alt: The "shop"
Caption with *emphasis*.
```
"""


def test_a_code_has_its_size_its_name_and_its_caption(tmp_path: Path) -> None:
    html = build(tmp_path, CODES, "html").html()
    tags = Tags(html).found
    (link,) = [attrs for tag, attrs in tags if tag == "a" and attrs.get("href", "").startswith("https://example.org/?")]
    assert link["href"] == "https://example.org/?a=1&b=2"
    assert "width:30mm" in (link["style"] or "")
    assert [attrs["aria-label"] for tag, attrs in tags if tag == "svg"] == ['The "shop"']
    assert "<p>Caption with <em>emphasis</em>.</p>" in html


def test_a_code_is_an_image_on_paper_and_in_notebooks(tmp_path: Path) -> None:
    (image,) = build(tmp_path, CODES, "paper").paper().findall(nodes.image)
    assert (image["width"], image["alt"]) == ("30mm", 'The "shop"')
    assert image.parent["refuri"] == "https://example.org/?a=1&b=2"
    notebook = build(tmp_path, CODES, "notebooks").notebook()
    assert 'alt="The &quot;shop&quot;" width="113">](https://example.org/?a=1&amp;b=2)' in notebook


@pytest.mark.parametrize(
    ("directive", "message"),
    [
        ("```{qrcode} javascript:alert(1)\n```", "its scheme is javascript"),
        ("```{qrcode} https://example.org/a b\n```", "no spaces"),
        ("```{qrcode} https://example.org/\n:size: 3mm;color:red\n```", "is no size"),
    ],
)
def test_what_is_odd_is_refused_with_its_place(tmp_path: Path, directive: str, message: str) -> None:
    built = build(tmp_path, f"# Page\n\n{directive}\n", "html")
    assert re.search(rf"a/page\.md:[34]: WARNING: .*{message}", built.warnings), built.warnings
    assert "javascript" not in built.html()
    assert "color:red" not in built.html()


def test_reading_in_parallel_gives_the_same_threads(tmp_path: Path) -> None:
    names = [f"page{number}" for number in range(8)]
    files = {f"{name}.md": f"# {name}\n\n```{{discussion}}\n```\n" for name in names}
    files["index.md"] = INDEX.replace("a/page", "\n".join(["a/page", *names]))
    serial = build(tmp_path / "one", PAGE, "html", files)
    parallel = build(tmp_path / "two", PAGE, "html", files, jobs=2)
    labels = [built.app.env.domaindata["d2ldiscussion"]["labels"] for built in (serial, parallel)]
    assert labels[0] == labels[1] == {"a/page": ["sec-page"], **{name: [name] for name in names}}
