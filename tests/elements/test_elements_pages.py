"""Discussions and codes on the pages of a book, in every format."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import docutils_namespace, patch_docutils

from sphinxcontrib_d2lbook.common.errors import BookError, BookProblems
from sphinxcontrib_d2lbook.common.files import write_if_changed
from sphinxcontrib_d2lbook.elements.discussion import discussion_facts
from sphinxcontrib_d2lbook.elements.discussion.directive import discussion
from sphinxcontrib_d2lbook.elements.qr_svg import smallest_size
from sphinxcontrib_d2lbook.elements.qrcode import qrcode
from tests.conftest import own_imports

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
    from sphinxcontrib_d2lbook.addresses import extension as addresses
    from sphinxcontrib_d2lbook.elements import extension as elements
    from sphinxcontrib_d2lbook.library import extension as library
    from sphinxcontrib_d2lbook.numbering import extension as numbering
    from sphinxcontrib_d2lbook.outputs.notebooks.output import NotebooksOutput

    app.add_builder(Paper)
    for room in (config, library, numbering, addresses, elements):
        room.setup(app)
    NotebooksOutput().add_to(app)
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
(sec_page)=
# Page

## Section

Text.

```{discussion}
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
        write_if_changed(root / name, text.lstrip("\n"))
    warnings, status = io.StringIO(), io.StringIO()
    config = {"html_baseurl": BASE, "d2lbook_forum": FORUM, **overrides}
    with docutils_namespace(), patch_docutils(root), own_imports(root):
        out, doctrees = tmp_path / builder, tmp_path / "doctrees"
        app = Sphinx(root, root, out, doctrees, builder, config, status, warnings, parallel=jobs)
        app.build()
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


@dataclass(frozen=True)
class Embed:
    kind: str = "giscus"
    script: str = "https://giscus.example/client.js"
    attributes: Mapping[str, str] = field(default_factory=lambda: {"data-term": "</script>\"'"})
    settings: Mapping[str, Any] = field(default_factory=dict)
    mount: None = None
    variable: str = ""


@dataclass(frozen=True)
class StubForum:
    """A forum whose answers the test chooses."""

    address: str = "https://forum.example.org/t/7"
    count: int | None = None
    embedding: Embed | None = None

    def thread(self, identifier: str) -> str:
        return self.address

    def replies(self, identifier: str) -> int | None:
        return self.count

    def embed(self, identifier: str, title: str) -> Embed | None:
        return self.embedding


UseForum = Callable[[StubForum], None]


@pytest.fixture
def use_forum(monkeypatch: pytest.MonkeyPatch) -> UseForum:
    def use(forum: StubForum) -> None:
        monkeypatch.setattr(discussion_facts, "configured_forum", lambda app: forum)

    return use


def test_in_html_there_are_a_heading_a_link_and_a_code(tmp_path: Path) -> None:
    built = build(tmp_path, PAGE, "html")
    tags = Tags(built.html()).found
    assert ("a", {"class": "reference external", "href": "https://forum.example.org/t/sec_page?x=1&y=2"}) in tags
    (aside,) = [attrs for tag, attrs in tags if tag == "aside"]
    (heading,) = [attrs for _, attrs in tags if attrs.get("role") == "heading"]
    assert aside["id"] == "discussion"
    assert aside["aria-labelledby"] == heading["id"]
    assert heading["aria-level"] == "2"
    (code,) = [attrs for tag, attrs in tags if tag == "a" and attrs.get("class") == "d2lbook-discussion-code"]
    assert code["href"] == code["title"] == "https://book.example.org/go/sec_page/"
    spoken = "Scan the QR code to discuss: https://book.example.org/go/sec_page/"
    assert [attrs["aria-label"] for tag, attrs in tags if tag == "svg"] == [spoken]
    assert built.warnings == ""


def test_the_heading_is_in_no_table_of_contents(tmp_path: Path) -> None:
    built = build(tmp_path, PAGE, "html")
    assert "Discussion" not in built.app.env.tocs["a/page"].astext()


def test_a_page_has_the_script_only_where_there_is_a_thread_to_load(tmp_path: Path, use_forum: UseForum) -> None:
    use_forum(StubForum())
    assert "discussion.js" not in build(tmp_path / "linked", PAGE, "html").html()
    use_forum(StubForum(embedding=Embed()))
    built = build(tmp_path / "embedded", PAGE, "html")
    assert "discussion.js" in built.html()
    assert "discussion.js" not in (built.out / "index.html").read_text("utf-8")
    (thread,) = [attrs for _, attrs in Tags(built.html()).found if attrs.get("class") == "d2lbook-thread"]
    assert json.loads(thread["data-embed"] or "")["attributes"] == {"data-term": "</script>\"'"}
    assert "giscus.example" not in re.sub(r'data-embed="[^"]*"', "", built.html())


@pytest.mark.parametrize(
    "forum",
    [
        StubForum(embedding=Embed(script="javascript:alert(1)")),
        StubForum(embedding=Embed(script="mailto:a@b")),
        StubForum(address="data:text/html,<script>"),
    ],
)
def test_a_forum_that_gives_odd_addresses_is_refused(tmp_path: Path, use_forum: UseForum, forum: StubForum) -> None:
    use_forum(forum)
    with pytest.raises(BookError, match=r"d2lbook_forum names gives .* for the section 'sec_page'"):
        build(tmp_path, PAGE, "html")


@pytest.mark.parametrize(("count", "shown"), [(None, ' hidden="hidden">Replies: <span'), (12, ">Replies: <span")])
def test_the_number_of_replies_is_that_of_the_last_sync(
    tmp_path: Path, use_forum: UseForum, count: int | None, shown: str
) -> None:
    use_forum(StubForum(count=count))
    html = build(tmp_path, PAGE, "html").html()
    assert f'class="d2lbook-discussion-replies"{shown}' in html
    assert ('d2lbook-discussion-count">12</span>' in html) == (count == 12)


def test_a_section_without_a_thread_says_so_and_has_its_code_all_the_same(tmp_path: Path, use_forum: UseForum) -> None:
    use_forum(StubForum(address=""))
    html = build(tmp_path, PAGE, "html").html()
    assert "Nobody has opened the discussion of this section yet." in html
    assert 'href="https://book.example.org/go/sec_page/"' in html


def test_what_a_sync_changes_is_written_without_reading_a_page(tmp_path: Path, use_forum: UseForum) -> None:
    use_forum(StubForum(count=1))
    build(tmp_path, PAGE, "html")
    use_forum(StubForum(count=2))
    again = build(tmp_path, PAGE, "html")
    assert "0 added, 0 changed, 0 removed" in again.status
    assert 'd2lbook-discussion-count">2</span>' in again.html()


def test_on_paper_there_are_the_code_and_the_permanent_address(tmp_path: Path) -> None:
    document = build(tmp_path, PAGE, "paper").paper()
    (image,) = document.findall(nodes.image)
    (code,) = document.findall(qrcode)
    address = "https://book.example.org/go/sec_page/"
    assert Path(image["uri"]).read_text("utf-8").startswith("<svg ")
    assert image["alt"] == f"Scan the QR code to discuss: {address}"
    assert (code["address"], code["size"]) == (address, 20)
    assert f"Scan the QR code to discuss: {address}" in document.astext()
    assert "forum.example.org" not in document.astext()


def test_a_long_label_has_a_larger_code(tmp_path: Path) -> None:
    page, base = PAGE.replace("sec_page", "sec_" + "long_" * 12), f"{BASE}in/a/deep/folder/"
    (code,) = build(tmp_path, page, "paper", html_baseurl=base).paper().findall(qrcode)
    assert code["size"] == smallest_size(code["address"]) > 20


def test_in_a_notebook_there_is_a_link_that_lasts(tmp_path: Path) -> None:
    link = "**Discussion**\n\n[Discuss this section]"
    assert f"{link}(https://book.example.org/go/sec_page/)" in build(tmp_path / "a", PAGE, "notebooks").notebook()
    alone = build(tmp_path / "b", PAGE, "notebooks", html_baseurl="")
    assert f"{link}(https://forum.example.org/t/sec_page?x=1&amp;y=2)" in alone.notebook()


def test_formats_that_know_nothing_of_codes_print_the_address(tmp_path: Path) -> None:
    built = build(tmp_path, PAGE, "text")
    text = (built.out / "a/page.txt").read_text("utf-8")
    assert "Scan the QR code to discuss: https://book.example.org/go/sec_page/" in text
    assert built.warnings == ""


def test_without_a_forum_there_is_nothing_and_that_is_said_once(tmp_path: Path) -> None:
    two = {"b.md": "# Other\n\n```{discussion}\n```\n", "index.md": INDEX.replace("a/page", "a/page\nb")}
    built = build(tmp_path, PAGE, "html", two, d2lbook_forum=None)
    assert "discussion" not in built.html().lower()
    assert built.status.count("discussions are left out: conf.py sets no d2lbook_forum") == 1
    assert built.warnings == ""


def test_without_a_permanent_address_no_code_is_printed(tmp_path: Path) -> None:
    with pytest.raises(BookProblems, match=r"a/page\.md:\d+: no code can be printed .* Set html_baseurl"):
        build(tmp_path, PAGE, "paper", html_baseurl="")
    assert "d2lbook-discussion" in build(tmp_path, PAGE, "html", html_baseurl="").html()


SECTIONS = """
(sec_page)=
# Page

(sec_first)=
## First

Text.
%s
(sec_last)=
## Last

Text.
%s
"""
HERE = "\n```{discussion}\n%s```\n"


@pytest.mark.parametrize(
    ("first", "last", "labels"),
    [
        ("", HERE % "", ["sec_page"]),
        (HERE % "", "", ["sec_first"]),
        (HERE % "", HERE % "", ["sec_first", "sec_page"]),
        ("", HERE % "" + "\nAn afterword.\n", ["sec_last"]),
        ("", HERE % "" + "\n% a comment\n", ["sec_page"]),
        ("", HERE % "" + "\n```{toctree}\n:hidden:\n\n/b\n```\n", ["sec_page"]),
        ("", HERE % "" + "\n```{toctree}\n/b\n```\n", ["sec_last"]),
        ("", HERE % ":label: sec_last\n", ["sec_last"]),
        ("", HERE % ":label: Sec_Last\n", ["sec_last"]),
    ],
)
def test_a_discussion_is_of_the_largest_section_that_it_ends(
    tmp_path: Path, first: str, last: str, labels: list[str]
) -> None:
    built = build(tmp_path, SECTIONS % (first, last), "dummy", {"b.md": "---\norphan: true\n---\n\n# Other\n"})
    assert [shown.label for shown in built.app.env.domaindata["d2ldiscussion"]["shown"]["a/page"]] == labels


def test_a_discussion_stands_at_the_end_of_its_section(tmp_path: Path) -> None:
    page = SECTIONS % ("", HERE % "")
    (node,) = build(tmp_path, page, "paper").paper().findall(discussion)
    assert "sec-page" in node.parent["ids"]


@pytest.mark.parametrize(
    ("page", "message"),
    [
        (
            "# Page\n" + HERE % "",
            r"a/page\.md:3: this discussion is of a section that has no label.* --write a/page\.md",
        ),
        ("Text\n" + HERE % "", r"a/page\.md:\d: this discussion stands in no section"),
        (SECTIONS % ("", HERE % ":label: sec_nowhere\n"), "'sec_nowhere', which :label: names, is not a section"),
        (SECTIONS % ("", HERE % ":label: sec_book\n"), r"'sec_book'.*\(section on the page 'index'\)"),
        (SECTIONS % ("", HERE % ":label: '\"><script>alert(1)</script> ]( x'\n"), "is not a section"),
        (SECTIONS % ("", HERE % f":label: {'x' * 4000}\n"), "is not a section"),
        (SECTIONS % ("", HERE % ":label: \u202ejavascript:x\n"), "is not a section"),
    ],
)
def test_a_discussion_without_a_lasting_address_is_refused(tmp_path: Path, page: str, message: str) -> None:
    index = {"index.md": "(sec_book)=\n" + INDEX.lstrip()}
    with pytest.raises(BookProblems, match=message) as caught:
        build(tmp_path, page, "html", index)
    assert len(str(caught.value)) < 600


def test_all_discussions_without_a_label_are_refused_in_one_go(tmp_path: Path) -> None:
    two = {"b.md": "# Other\n\n```{discussion}\n```\n", "index.md": INDEX.replace("a/page", "a/page\nb")}
    with pytest.raises(BookProblems) as caught:
        build(tmp_path, "# Page\n" + HERE % "", "html", two)
    assert len(caught.value.problems) == 2


def test_two_discussions_of_one_section_are_reported(tmp_path: Path) -> None:
    built = build(tmp_path, SECTIONS % (HERE % ":label: sec_page\n", HERE % ""), "html")
    assert re.search(
        r"a/page\.md:\d+: WARNING: the section 'sec_page' has a discussion at a/page\.md:\d+", built.warnings
    )


@pytest.mark.parametrize(("depth", "labels"), [(0, []), (1, ["sec_page"]), (2, ["sec_page", "sec_first", "sec_last"])])
def test_numbered_sections_have_discussions_by_configuration(tmp_path: Path, depth: int, labels: list[str]) -> None:
    index = {"index.md": INDEX.replace("{toctree}", "{toctree}\n:numbered:\n")}
    built = build(tmp_path, SECTIONS % ("", ""), "html", index, d2lbook_discussions=depth)
    asides = [attrs["id"] for tag, attrs in Tags(built.html()).found if tag == "aside"]
    assert sorted(asides) == sorted(f"discussion-{label.replace('_', '-')}" for label in labels)
    assert built.warnings == ""


def test_a_numbered_section_that_writes_its_own_has_no_second_one(tmp_path: Path) -> None:
    index = {"index.md": INDEX.replace("{toctree}", "{toctree}\n:numbered:\n")}
    built = build(tmp_path, SECTIONS % ("", HERE % ""), "html", index, d2lbook_discussions=1)
    assert built.html().count("<aside") == 1


def test_a_numbered_section_without_a_label_is_refused_by_its_title(tmp_path: Path) -> None:
    index = {"index.md": INDEX.replace("{toctree}", "{toctree}\n:numbered:\n")}
    with pytest.raises(BookProblems, match="the section 'Page' has a discussion and no label"):
        build(tmp_path, "# Page\n\nText.\n", "html", index, d2lbook_discussions=1)


def test_a_page_that_is_read_again_has_its_new_discussion_only(tmp_path: Path) -> None:
    build(tmp_path, PAGE, "html")
    again = build(tmp_path, PAGE.replace("sec_page", "sec_other"), "html")
    assert "t/sec_other?" in again.html()
    assert "t/sec_page?" not in again.html()


@pytest.mark.parametrize("forum", [{}, {"url": "javascript:x"}, {"url": 3}, {"url": "https://"}])
def test_a_forum_without_a_usable_address_is_refused(tmp_path: Path, forum: dict[str, Any]) -> None:
    with pytest.raises((BookError, ExtensionError), match="d2lbook_forum"):
        build(tmp_path, PAGE, "html", d2lbook_forum=forum)


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
    assert link["title"] == "https://example.org/?a=1&b=2"
    assert [attrs["aria-label"] for tag, attrs in tags if tag == "svg"] == ['The "shop"']
    assert "<p>Caption with <em>emphasis</em>.</p>" in html


def test_a_code_is_an_image_on_paper_and_in_notebooks(tmp_path: Path) -> None:
    (image,) = build(tmp_path, CODES, "paper").paper().findall(nodes.image)
    assert (image["width"], image["alt"]) == ("30mm", 'The "shop"')
    assert image.parent["address"] == "https://example.org/?a=1&b=2"
    notebook = build(tmp_path, CODES, "notebooks").notebook()
    assert 'alt="The &quot;shop&quot;" width="113">](https://example.org/?a=1&amp;b=2)' in notebook


@pytest.mark.parametrize(
    ("directive", "message"),
    [
        ("```{qrcode} javascript:alert(1)\n```", "its scheme is javascript"),
        ("```{qrcode} https://example.org/a b\n```", "no spaces"),
        ("```{qrcode} JaVaScript:alert(1)\n```", "its scheme is javascript"),
        ("```{qrcode} https://example.org/\n:size: 3mm;color:red\n```", "is not a size"),
        ("```{qrcode} https://example.org/\n:size: 8mm\n```", "write `:size: 14mm`"),
    ],
)
def test_what_is_odd_is_refused_with_its_place(tmp_path: Path, directive: str, message: str) -> None:
    built = build(tmp_path, f"# Page\n\n{directive}\n", "html")
    assert re.search(rf"a/page\.md:[34]: WARNING: .*{message}", built.warnings), built.warnings
    assert "javascript" not in built.html()
    assert "color:red" not in built.html()


def test_alternatives_and_captions_are_only_text(tmp_path: Path) -> None:
    odd = '"><script>alert(1)</script>\u202e' + "x" * 4000
    html = build(
        tmp_path, f"# Page\n\n```{{qrcode}} https://example.org/\n:alt: '{odd}'\nA `<b>`.\n```\n", "html"
    ).html()
    (svg,) = [attrs for tag, attrs in Tags(html).found if tag == "svg"]
    assert odd in (svg["aria-label"] or "")
    assert "<script>alert" not in html


def test_reading_in_parallel_gives_the_same_discussions(tmp_path: Path) -> None:
    names = [f"page{number}" for number in range(8)]
    files = {f"{name}.md": f"({name})=\n# {name}\n\n```{{discussion}}\n```\n" for name in names}
    files["index.md"] = INDEX.replace("a/page", "\n".join(["a/page", *names]))
    serial = build(tmp_path / "one", PAGE, "html", files)
    parallel = build(tmp_path / "two", PAGE, "html", files, jobs=2)
    shown = [built.app.env.domaindata["d2ldiscussion"]["shown"] for built in (serial, parallel)]
    assert shown[0] == shown[1]
    assert [items[0].label for _, items in sorted(shown[0].items())] == ["sec_page", *names]
