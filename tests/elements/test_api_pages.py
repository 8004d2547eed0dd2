"""The reference of the package, and the links between it and the code: in HTML, PDF and notebooks."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import nbformat
import pypdf
import pytest

from sphinxcontrib_d2lbook.elements.code_links import CodeLink, linked_tokens
from sphinxcontrib_d2lbook.outputs.html.code_highlighting import LinkingFormatter
from tests.conftest import Project

Page = Callable[[str], str]
PYTHON = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\nlanguage_info:\n  name: python\n---\n"
INDEX = """# Book

```{toctree}
:matter: main
one
two
```

```{toctree}
:matter: appendix
api
```

```{toctree}
:matter: back
back
```
"""
ONE = '''(sec_one)=
# One

(sec_deep)=
## Deep

```{code-cell} ipython3
#@save
def train(net, *, lr=0.1):
    """Train net.

    net: shape (n, d); `lr` is small.

    >>> train(1)
    2
    """
    return net

#@save
class Net:
    """A net."""
    def fit(self): pass
```

```{code-cell} ipython3
#@save
import os
```
'''
TWO = """# Two

```{code-cell} ipython3
from d2l import mxnet as d2l

# d2l.train in a comment
print("d2l.train", d2l.train(1), d2l.Net)
```

See {d2l}`train`, {saved}`d2l.Net.fit` and {d2l}`the class <Net>`.
"""
API = "(sec_api)=\n# Reference\n\n```{package-api}\n```\n"


@pytest.fixture
def page() -> Page:
    """As the one for all, with the language, which the run of a page would tell."""
    return lambda text: PYTHON + text


def fill(project: Any) -> Any:
    project.conf += "d2lbook_package = 'd2l'\nd2lbook_default_module = 'mxnet'\nnb_execution_mode = 'off'\n"
    pages = {"one.md": PYTHON + ONE, "two.md": PYTHON + TWO, "api.md": API, "back.md": "# Back\n"}
    project.write({"index.md": INDEX, **pages})
    return project


@pytest.fixture
def book(project: Any) -> Any:
    return fill(project)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The book as it is, built once for all that only look at it."""
    project = fill(Project(tmp_path_factory.mktemp("built")))
    project.build()
    return project


def read(book: Any, name: str) -> str:
    text: str = (book.build_folder / "html" / f"{name}.html").read_text(encoding="utf-8")
    return text


def whereabouts(book: Any) -> dict[str, str]:
    """Anchor of each entry -> its line on where it is defined and used."""
    entries = re.split(r'<dt class="sig[^"]*" id="([^"]+)"', read(book, "api"))[1:]
    lines = {}
    for anchor, text in zip(entries[::2], entries[1::2], strict=True):
        line = re.search(r'<p class="d2lbook-whereabouts">(.*?)</p>', text, re.DOTALL)
        lines[anchor] = re.sub(r"<[^>]+>", "", line[1]) if line else ""
    return lines


def links_of(book: Any, name: str) -> list[tuple[str, str]]:
    """(address, text) of each link in a page's code."""
    found = re.findall(r'<a class="d2lbook-object-link" href="([^"]*)"[^>]*>(.*?)</a>', read(book, name))
    return [(address, re.sub(r"<[^>]+>", "", text)) for address, text in found]


def badges(book: Any, name: str) -> list[str]:
    found = re.findall(r'<div class="d2lbook-saved">\s*(.*?)\s*</div>', read(book, name), re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text)) for text in found]


def test_the_reference_lists_what_is_saved(built: Any) -> None:
    assert built.warnings == ""
    api = read(built, "api")
    assert list(whereabouts(built)) == ["d2l.mxnet.Net", "d2l.mxnet.Net.fit", "d2l.mxnet.train"]
    text = html.unescape(re.sub(r"<[^>]+>", "", api))
    assert re.search(r"d2l\.train\(net, \*, lr=0\.1\)", text)
    assert "net: shape (n, d); lr is small." in text
    assert ">>> train(1)" in text
    assert "train (in d2l)" in html.unescape(re.sub(r"<[^>]+>", "", read(built, "genindex")))


def test_entries_name_sections_by_number(book: Any, page: Page) -> None:
    book.build()
    assert whereabouts(book) == {
        "d2l.mxnet.Net": "Defined in Section 1.1. Used in Chapter 2.",
        "d2l.mxnet.Net.fit": "Defined in Section 1.1.",
        "d2l.mxnet.train": "Defined in Section 1.1. Used in Chapter 2.",
    }
    assert 'href="one.html#sec-deep"' in read(book, "api")
    assert 'href="two.html"' in read(book, "api")
    book.write({"back.md": page("# Back\n\n```{code-cell}\nimport d2l\nd2l.Net\n```\n")})
    book.build()
    assert whereabouts(book)["d2l.mxnet.Net"] == "Defined in Section 1.1. Used in Chapter 2 and “Back”."
    book.write({"index.md": INDEX.replace("two\n", "two\nback\n", 1)})
    book.build()
    assert whereabouts(book)["d2l.mxnet.Net"] == "Defined in Section 1.1. Used in Chapters 2 and 3."


def test_several_sections_share_a_word(book: Any, page: Page) -> None:
    use = page("# S\n\n```{code-cell}\nimport d2l\nd2l.Net\n```\n")
    book.write({"two.md": "# Two\n\n```{toctree}\na\nb\nc\n```\n", "a.md": use, "b.md": use, "c.md": use})
    book.build()
    assert whereabouts(book)["d2l.mxnet.Net"] == "Defined in Section 1.1. Used in Sections 2.1, 2.2 and 2.3."


def test_cells_say_what_they_save(built: Any) -> None:
    assert badges(built, "one") == ["saved as d2l.train, d2l.Net", "saved in d2l"]
    assert badges(built, "two") == []
    assert '<a class="reference internal" href="api.html#d2l.mxnet.train">' in read(built, "one")


def test_cells_that_hide_their_code_hide_what_they_save(book: Any, page: Page) -> None:
    cell = "```{{code-cell}}\n:tags: [{}]\n#@save\ndef {}(): pass\n```\n\n"
    book.write({"back.md": page("# Back\n\n" + cell.format("hide-input", "f") + cell.format("remove-input", "g"))})
    book.build()
    assert badges(book, "back") == ["saved as d2l.f"]
    details = re.search(r"<details.*?</details>", read(book, "back"), re.DOTALL)
    assert details
    assert "saved as" in details[0]
    assert "d2l.mxnet.g" in whereabouts(book)


def test_notebook_files_are_linked_too(book: Any) -> None:
    cells = ["\n\nimport d2l\nd2l.train(1)", "#@save\ndef again(): return d2l.train"]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# Back"), *map(nbformat.v4.new_code_cell, cells)],
        metadata={"language_info": {"name": "python"}},
    )
    (book.source / "back.md").unlink()
    book.write({"back.ipynb": nbformat.writes(notebook)})
    book.build()
    assert links_of(book, "back") == [("api.html#d2l.mxnet.train", "d2l.train")] * 2
    assert badges(book, "back") == ["saved as d2l.again"]


def test_code_leads_to_the_reference(built: Any) -> None:
    assert links_of(built, "two") == [("api.html#d2l.mxnet.train", "d2l.train"), ("api.html#d2l.mxnet.Net", "d2l.Net")]
    assert links_of(built, "one") == []


def test_the_role_refers_to_objects(built: Any) -> None:
    found = re.findall(r'<a class="reference internal" href="(api[^"]*)"[^>]*>(.*?)</a>', read(built, "two"))
    assert [(address, re.sub(r"<[^>]+>", "", text)) for address, text in found if "sec" not in address][-3:] == [
        ("api.html#d2l.mxnet.train", "d2l.train"),
        ("api.html#d2l.mxnet.Net.fit", "d2l.Net.fit"),
        ("api.html#d2l.mxnet.Net", "the class"),
    ]


def test_an_unknown_object_is_warned_of_with_what_is_near(book: Any, page: Page) -> None:
    book.write({"two.md": page("# Two\n\nText.\n\nSee {d2l}`trian`, {d2l}`zzz`.\n")})
    book.build()
    assert (
        "book/two.md:13: WARNING: the package d2l has no object 'trian'; did you mean train? [d2lbook.object]"
        in book.warnings
    )
    assert "the package d2l has no object 'zzz'; save it, or correct the name" in book.warnings
    assert len(set(book.warnings.splitlines())) == 2


def test_without_a_reference_the_role_says_so_and_nothing_is_a_link(book: Any) -> None:
    book.write({"api.md": "# Reference\n"})
    book.build()
    assert "book/two.md:17: WARNING: no page has an entry for 'train'; put {package-api} on one" in book.warnings
    assert links_of(book, "two") == []
    assert badges(book, "one") == ["saved as d2l.train, d2l.Net", "saved in d2l"]


def test_a_book_that_saves_nothing_shows_nothing(book: Any, page: Page) -> None:
    book.write({"one.md": page("# One\n\n```{code-cell}\nx = 1\n```\n"), "two.md": "# Two\n", "back.md": API})
    book.build()
    assert book.warnings.count("the book saves nothing, so that {package-api} shows nothing") == 1
    assert badges(book, "one") == links_of(book, "one") == []


def test_one_module_can_be_listed_by_itself(book: Any, page: Page) -> None:
    book.write({"back.md": page("# Back\n\n```{code-cell}\n# Save to the d2l package: data\ndef load(): pass\n```\n")})
    book.write({"api.md": "# R\n\n## M\n\n```{package-api} d2l.mxnet\n```\n\n## D\n\n```{package-api} data\n```\n"})
    book.build()
    assert book.warnings == ""
    assert list(whereabouts(book)) == ["d2l.mxnet.Net", "d2l.mxnet.Net.fit", "d2l.mxnet.train", "d2l.data.load"]
    assert whereabouts(book)["d2l.data.load"] == "Defined in “Back”."
    book.write({"api.md": "# R\n\n```{package-api} nothing\n```\n\n```{package-api}\n```\n"})
    book.build()
    assert (
        "book/api.md:3: WARNING: the package has no module 'nothing'; it has d2l, d2l.data, d2l.mxnet" in book.warnings
    )


def test_a_second_entry_is_warned_of(book: Any) -> None:
    book.write({"back.md": API.replace("sec_api", "sec_again")})
    book.build()
    assert "d2l.mxnet.Net has an entry on api already" in book.warnings


def test_code_in_the_pdf_leads_to_the_reference(book: Any) -> None:
    book.build("pdf")
    assert book.warnings == ""
    reader = pypdf.PdfReader(next((book.build_folder / "pdf").glob("*.pdf")))
    pages = [page.extract_text() for page in reader.pages]
    reference = next(number for number, text in enumerate(pages) if "Defined in Section 1.1" in text)
    code = next(number for number, text in enumerate(pages) if "in a comment" in text)
    places = [annotation.get_object() for annotation in reader.pages[code].get("/Annots", [])]
    targets = [reader.get_page_number(place["/Dest"][0].get_object()) for place in places if "/Dest" in place]
    # Two in the code, three in the text, one of which has two words with a space that does not stretch.
    assert targets.count(reference) == 6
    saved = next(text for text in pages if "saved as" in text)
    assert "saved as d2l.train, d2l.Net" in " ".join(saved.split())


def test_notebooks_keep_the_code_as_it_is(book: Any) -> None:
    book.build("notebooks")
    cells = json.loads((book.build_folder / "notebooks" / "two.ipynb").read_text())["cells"]
    code = "".join(next("".join(cell["source"]) for cell in cells if "in a comment" in "".join(cell["source"])))
    assert code.endswith('# d2l.train in a comment\nprint("d2l.train", d2l.train(1), d2l.Net)')
    text = (book.build_folder / "notebooks" / "one.ipynb").read_text()
    assert "saved as" not in text


def site(book: Any) -> set[str]:
    """Build only what must be, and return the pages that were written."""
    before = {path: path.stat().st_mtime_ns for path in book.build_folder.glob("html/*.html")}
    assert book.build().statuscode == 0
    pages = {path for path in book.build_folder.glob("html/*.html") if before.get(path) != path.stat().st_mtime_ns}
    return {path.stem for path in pages} - {"genindex", "search"}


def test_nothing_is_written_if_nothing_changed(book: Any) -> None:
    assert site(book) == {"index", "one", "two", "api", "back"}
    assert (book.warnings, site(book)) == ("", set())


def test_a_new_use_writes_the_reference_again(book: Any, page: Page) -> None:
    site(book)
    book.write({"back.md": page("# Back\n\n```{code-cell}\nimport d2l\nd2l.train\n```\n")})
    assert site(book) == {"back", "api", "index"}  # the index has the page's title
    assert whereabouts(book)["d2l.mxnet.train"] == "Defined in Section 1.1. Used in Chapter 2 and “Back”."


def test_a_renamed_object_loses_its_links(book: Any, page: Page) -> None:
    site(book)
    book.write({"one.md": page(ONE.replace("train", "teach"))})
    assert {"one", "two", "api"} <= site(book)
    assert "the package d2l has no object 'train'" in book.warnings
    assert list(whereabouts(book)) == ["d2l.mxnet.Net", "d2l.mxnet.Net.fit", "d2l.mxnet.teach"]
    assert links_of(book, "two") == [("api.html#d2l.mxnet.Net", "d2l.Net")]
    assert badges(book, "one") == ["saved as d2l.teach, d2l.Net", "saved in d2l"]


def test_a_reference_that_moves_takes_the_links_with_it(book: Any) -> None:
    site(book)
    book.write({"api.md": "# Reference\n", "back.md": API.replace("sec_api", "sec_moved")})
    assert site(book) >= {"one", "two", "api", "back"}
    assert links_of(book, "two")[0][0] == "back.html#d2l.mxnet.train"
    assert 'href="back.html#d2l.mxnet.train"' in read(book, "one")


def test_a_changed_docstring_is_read_again(book: Any, page: Page) -> None:
    site(book)
    book.write({"one.md": page(ONE.replace("Train net.", "Teach the net."))})
    assert "api" in site(book)
    assert "Teach the net." in read(book, "api")


def test_a_changed_number_is_written_again(book: Any, page: Page) -> None:
    site(book)
    book.write({"index.md": INDEX.replace("one\ntwo", "two\none")})
    assert "api" in site(book)
    assert whereabouts(book)["d2l.mxnet.train"] == "Defined in Section 2.1. Used in Chapter 1."


@pytest.mark.long
def test_two_readers_give_the_same_pages_as_one(book: Any) -> None:
    pages = []
    for jobs in ("1", "2"):
        done = book.run("html", "-E", "-a", "-j", jobs)
        assert (done.returncode, done.stderr) == (0, "")
        texts = (read(book, name) for name in ("one", "two", "api", "back"))
        # Sums of style sheets that other extensions bring are not known to the first build of a folder.
        pages.append([re.sub(r"[?]v=[0-9a-f]+", "", text) for text in texts])
    assert pages[0] == pages[1]


def test_links_change_nothing_else_in_highlighted_code() -> None:
    pygments = pytest.importorskip("pygments")
    lexers = pytest.importorskip("pygments.lexers")
    source = '@d2l.wrap\ndef f(x="""\nd2l.wrap\n"""):\n\n    return d2l . wrap, "<&>"  # d2l.wrap\n'
    links = (
        CodeLink(1, 1, 9, 'a.html#"&', "d2l.wrap"),
        CodeLink(3, 0, 8, "never", ""),
        CodeLink(6, 11, 21, "b.html", ""),
        CodeLink(6, 32, 40, "never", ""),
    )
    lexer = lexers.PythonLexer()
    plain = pygments.highlight(source, lexer, LinkingFormatter())
    linked = pygments.highlight(source, lexer, LinkingFormatter(links=links))
    found = re.findall(r'<a class="d2lbook-object-link" href="([^"]*)"[^>]*>(.*?)</a>', linked)
    assert [(address, re.sub(r"<[^>]+>", "", text)) for address, text in found] == [
        ("a.html#&quot;&amp;", "d2l.wrap"),
        ("b.html", "d2l . wrap"),
    ]
    assert re.sub(r"<[^>]+>", "", linked) == re.sub(r"<[^>]+>", "", plain)
    tokens = list(lexer.get_tokens(source))
    assert "".join(text for _, text, _ in linked_tokens(tokens, links)) == "".join(text for _, text in tokens)
