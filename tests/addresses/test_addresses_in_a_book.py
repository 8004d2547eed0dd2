"""Small books whose pages are renamed, moved and taken apart: what was published still leads where it should."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from sphinxcontrib_d2lbook.common.errors import BookProblems
from tests.conftest import Project

CONF = (
    "extensions = ['sphinxcontrib_d2lbook']\nproject = 'A Book'\n"
    "html_baseurl = 'https://book.example.org/x/'\nd2lbook_outputs = ['html']\n"
    "d2lbook_forum = {'url': 'https://forum.example.org/t/{label}'}\n"
)
INDEX = "# Root\n\n```{toctree}\n:numbered:\n\n%s\n```\n"
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="15"/></svg>'
EVERYTHING = """
(sec_everything)=
# Everything

$$ a = b $$ (eq_A)

\\begin{equation}
e = f
\\end{equation}

```{figure} drawing.svg
:name: fig_drawing
A drawing.
```

```{table} Some
:name: tab_some

| a | b |
| - | - |
| 1 | 2 |
```

```{code-block} python
:name: lst_some
:caption: Some

x = 1
```

```{prf:theorem} Great
:label: thm_great
True.
```

```{prf:theorem} Nameless
True.
```

```{prf:lemma} Small
:label: lem_small
True.
```

:::{subfigure} AB
:name: fig_parts

![Left](drawing.svg){#fig_left}
![Right](drawing.svg){#fig_right}

Two.
:::

```{exercise} Easy
:label: Ex_Easy
Do it.
```

```{exercise} Nameless
Do it.
```

(just_a_place)=
A paragraph.

## Nameless

Text.

(sec_inner)=
## Inner

Text.

```{discussion}
```
"""


@pytest.fixture
def book(project: Project) -> Project:
    project.conf = CONF
    project.write({"index.md": INDEX % "everything", "everything.md": EVERYTHING, "drawing.svg": DRAWING})
    return project


def goals(project: Project, builder: str = "html") -> dict[str, str]:
    """Folder below go/ -> the address that its page leads to at once."""
    found = {}
    for file in sorted((project.build_folder / builder / "go").glob("*/index.html")):
        match = re.search(r"content=\"0; url='([^']*)'\"", file.read_text("utf-8"))
        found[file.parent.name] = match[1] if match else ""
    return found


def is_there(project: Project, goal: str, builder: str = "html") -> bool:
    """Whether a relative address leads to an anchor of a page, seen from a page two folders down."""
    parts = urlsplit(urljoin("https://x/go/label/", goal))
    page = project.build_folder / builder / unquote(parts.path).lstrip("/")
    return f'id="{parts.fragment}"' in page.read_text("utf-8")


def test_whatever_has_a_label_and_may_have_a_number_has_an_address(book: Project) -> None:
    # A list that knows a label from another page is content.
    (book.folder / "book-addresses.json").write_text('{"published": {"sec_inner": "elsewhere"}}', "utf-8")
    book.conf += "prf_realtyp_to_countertyp = {'lemma': 'theorem'}\n"
    book.build()
    found = goals(book)
    assert found.pop("sec_everything") == "https://forum.example.org/t/sec_everything"
    names = {"eq_~41", "fig_drawing", "lst_some", "sec_inner", "tab_some", "thm_great", "ex_easy"}
    names |= {"lem_small", "fig_parts", "fig_left", "fig_right"}
    assert set(found) == names
    assert all(is_there(book, goal) for goal in found.values())
    assert len(set(found.values())) == len(found)
    assert book.warnings == ""
    # Each names the thing, with its number, and leads to the page too where it leads to the forum.
    page = (book.build_folder / "html/go/eq_~41/index.html").read_text("utf-8")
    assert "<title>Equation (1.1) – A Book</title>" in page
    assert '<link rel="canonical" href="https://book.example.org/x/everything.html#equation-eq-a">' in page
    for label, name in (
        ("lem_small", "Lemma 1.3: Small"),
        ("fig_right", "Figure 1.2b"),
        ("fig_parts", "Figure 1.2: Two."),
    ):
        page = (book.build_folder / "html/go" / label / "index.html").read_text("utf-8")
        assert f"<title>{name} – A Book</title>" in page
    page = (book.build_folder / "html/go/sec_everything/index.html").read_text("utf-8")
    assert '<p><a href="../../everything.html#sec-everything">Chapter 1: Everything – A Book</a></p>' in page


def test_what_loses_its_number_keeps_its_address(book: Project) -> None:
    (book.folder / "book-addresses.json").write_text(
        json.dumps({"published": {"thm_great": "everything", "ex_easy": "everything"}}), "utf-8"
    )
    book.build()
    with_number = goals(book)
    text = EVERYTHING
    for label in ("thm_great", "Ex_Easy"):
        text = text.replace(f":label: {label}\n", f":label: {label}\n:nonumber:\n")
    solution = "```{solution} Ex_Easy\n:label: sol_easy\nIt is done.\n```\n\n"
    text = text.replace("(just_a_place)=", f"{solution}(just_a_place)=")
    book.write({"everything.md": text})
    book.build()
    assert book.warnings == ""
    assert goals(book) == with_number
    assert all(is_there(book, goal) for goal in goals(book).values() if not goal.startswith("https"))
    for label, name in (("thm_great", "Theorem: Great"), ("ex_easy", "Exercise: Easy")):
        page = (book.build_folder / "html/go" / label / "index.html").read_text("utf-8")
        assert f"<title>{name} – A Book</title>" in page


def test_a_section_that_is_renamed_and_moved_keeps_its_address(book: Project) -> None:
    conf = book.conf
    book.conf = conf.replace("d2lbook_forum", "# d2lbook_forum")
    book.build()
    assert goals(book)["sec_inner"] == "../../everything.html#sec-inner"
    start = EVERYTHING.index("(sec_inner)=")
    inner = EVERYTHING[start:].replace("## Inner", "## Quite Another Title")
    book.write(
        {
            "everything.md": EVERYTHING[:start],
            "far/away.md": "# Away\n\n" + inner.replace("{discussion}", "{discussion}\n:label: sec_inner"),
            "index.md": INDEX % "everything\nfar/away",
        }
    )
    book.build()
    assert goals(book)["sec_inner"] == "../../far/away.html#sec-inner"
    assert is_there(book, goals(book)["sec_inner"])
    book.conf = conf
    book.build()
    assert goals(book)["sec_inner"] == "https://forum.example.org/t/sec_inner"


def test_the_page_of_a_label_that_is_gone_goes_too(book: Project) -> None:
    book.build()
    foreign = book.build_folder / "html/go/by-hand/index.html"
    foreign.parent.mkdir()
    foreign.write_text("mine", "utf-8")
    book.write({"everything.md": EVERYTHING.replace(":name: fig_drawing\n", "")})
    book.build()
    assert "fig_drawing" not in goals(book)
    assert not (book.build_folder / "html/go/fig_drawing").exists()
    assert foreign.read_text("utf-8") == "mine"


def test_what_was_published_and_is_gone_stops_every_build_until_it_is_retired(book: Project) -> None:
    file = book.folder / "book-addresses.json"
    file.write_text(json.dumps({"published": {"sec_inner": "everything", "sec_everything": "everything"}}), "utf-8")
    book.build()
    book.write({"everything.md": EVERYTHING.replace("(sec_inner)=\n", "")})
    for _ in range(2):
        with pytest.raises(BookProblems, match="'sec_inner' was published, on the page 'everything'"):
            book.build()
    file.write_text(
        json.dumps({"published": {"sec_everything": "everything"}, "retired": {"sec_inner": "thm_great"}}), "utf-8"
    )
    book.build()
    found = goals(book)
    assert found["sec_inner"] == found["thm_great"] == "../../everything.html#thm_great"


def test_an_empty_name_switches_the_list_off(book: Project) -> None:
    book.conf += "d2lbook_addresses = ''\n"
    (book.folder / "book-addresses.json").write_text('{"published": {"sec_gone": "elsewhere"}}', "utf-8")
    book.build()


def test_labels_of_two_kinds_that_are_alike_are_reported(book: Project) -> None:
    book.write({"everything.md": EVERYTHING.replace("(eq_A)", "(sec_inner)")})
    book.build()
    assert re.search(r"WARNING: the label 'sec_inner' is on the page 'everything' too, for an item", book.warnings)
    assert "[d2lbook.address]" in book.warnings


def test_a_page_in_the_place_of_an_address_is_refused(book: Project) -> None:
    book.write({"go/sec_inner/index.md": "# Mine\n", "index.md": INDEX % "everything\ngo/sec_inner/index"})
    with pytest.raises(BookProblems, match="at the permanent address of 'sec_inner'"):
        book.build()


HOSTILE = ["../up", "a/b\\c", "quote'\"", "x" * 300, "\u202ertl", "<script>alert(1)", "con", "%2e%2e"]


def test_hostile_labels_have_addresses_that_stay_in_their_folder(book: Project) -> None:
    equations = "\n\n".join(f"```{{math}}\n:label: {label}\nx\n```" for label in HOSTILE)
    book.write({"everything.md": f"# Hostile\n\n{equations}\n"})
    book.build()
    site = book.build_folder / "html"
    assert len(goals(book)) == len(HOSTILE)
    assert all(is_there(book, goal) for goal in goals(book).values())
    assert not list(book.folder.parent.rglob("up"))
    assert all(path.resolve().is_relative_to(site) for path in site.rglob("go/*/index.html"))


@pytest.mark.long
def test_the_site_of_a_whole_book_has_them_and_follows_the_list(book: Project) -> None:
    first = book.run("book")
    assert (first.returncode, first.stderr) == (0, "")
    assert "sec_inner" in goals(book, "book/html")
    # Only the list changes: no page is read, and the site is written all the same.
    (book.folder / "book-addresses.json").write_text('{"retired": {"sec_was": "sec_inner"}}', "utf-8")
    second = book.run("book")
    assert (second.returncode, second.stderr) == (0, "")
    assert goals(book, "book/html")["sec_was"] == "../../everything.html#sec-inner"


def test_folders_of_pages_lead_to_folders(book: Project) -> None:
    book.build("dirhtml")
    assert goals(book, "dirhtml")["thm_great"] == "../../everything/#thm_great"
    assert Path(book.build_folder, "dirhtml/everything/index.html").is_file()
