"""The check of numbers refuses a book only for a number that was read and is another; of all else it warns."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.numbering.agreement.compare import PrintedNumber, compare, label_pattern, number_of_heading
from sphinxcontrib_d2lbook.numbering.agreement.expected_numbers import ExpectedEntry, ExpectedNumbers
from sphinxcontrib_d2lbook.numbering.agreement.read_html import BuiltSite, readable_pages
from sphinxcontrib_d2lbook.numbering.agreement.readback import differences
from tests.conftest import Project

ENTRY = ExpectedEntry("page", ("sec",), "section", "1.2", "Python 3.12", "sec", optional=False)
WORDS = {
    "section": ("Section", "Chapter", "Sec."),
    "figure": ("第{number}图",),
    "table": ("{number}. Tab.",),
}
TABLE = ExpectedNumbers({"page": (ENTRY,)}, WORDS, frozenset({"page"}))

PAGES = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\n\n"
    "back\nshares\nteil/привет\nteil/页 一\nteil/Ünï & c#\nwords\n```\n\n```{toctree}\nplain\n```\n",
    # Without numbers, with titles that look like references.
    "plain.md": "# Plain\n\n## Section A\n\n## Chapter 7\n\nText.\n",
    "back.md": "# One\n\n```{contents} On this page\n```\n\n## First\n\nText.\n\n## Second `<b>`\n\nText.\n",
    "shares.md": "# Shares\n\n## First\n\nText.\n\n"
    "## Top shares\n\n```{prf:definition}\n:label: top-shares\n\nOne.\n```\n\n"
    "## My task\n\n```{exercise}\n:label: my-task\n\nDo.\n```\n\n"
    "See {prf:ref}`top-shares`, {ref}`my-task`, [](#top-shares).\n",
    **{
        f"teil/{name}.md": f"# Kapitel\n\n$$ a = b $$ (eq_{count})\n\n## Unter\n\n"
        f"```{{prf:lemma}}\n:label: lem_{count}\n\n{{eq}}`eq_{count}`\n```\n"
        for count, name in enumerate(("привет", "页 一", "Ünï & c#"))
    },
    # Numbers in an author's words, which are not ours.
    "words.md": "(sec_words)=\n# Python 3.12\n\n[Chapter 3](#sec_words), {numref}`see 3.12 <sec_words>`, "
    "[Section 9](back.md), {numref}`Version 3.12, Chapter {number} <sec_words>`.\n",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, str]:
    """A book with all that checks of its kind have stumbled over, and what its build warned of."""
    project = Project(tmp_path_factory.mktemp("unsure"))
    project.write(PAGES)
    project.conf += "d2lbook_outputs = ['html', 'pdf', 'notebooks']\n"
    done = project.run("book")
    assert done.returncode == 0, done.stderr
    return project, done.stderr


def test_a_book_whose_numbers_are_right_is_not_refused(built: tuple[Project, str]) -> None:
    _project, warnings = built
    told = re.findall(
        r"the label '(.*?)' of this (\w+) is also the address that the section '(.*?)' has from its title", warnings
    )
    assert told == [("top-shares", "definition", "Top shares"), ("my-task", "exercise", "My task")]
    assert warnings.count("WARNING") == 2, warnings


def test_a_label_has_the_address_that_the_title_of_its_section_would_have(built: tuple[Project, str]) -> None:
    html = (built[0].build_folder / "book" / "html" / "shares.html").read_text("utf-8")
    assert re.findall(r' id="((?:top-shares|my-task)[\w-]*)"', html) == [
        "top-shares-section",
        "top-shares",
        "my-task-section",
        "my-task",
    ]
    links = re.findall(r'href="#([\w-]*)"><span class="std std-ref">([^<]*)<', html)
    assert links == [
        ("top-shares", "Definition 2.1"),
        ("my-task", "Exercise 2.1"),
        ("top-shares-section", "Top shares"),  # as MyST makes anchors of titles
    ]


def test_all_places_of_pages_in_any_script_are_in_the_pdf(built: tuple[Project, str]) -> None:
    numbers = (built[0].build_folder / "book" / "numbers.json").read_text("utf-8")
    assert all(f'"destination": "teil/{name}#lem_{count}"' in numbers for count, name in enumerate(("привет", "页 一")))


@pytest.mark.parametrize(
    ("text", "rule", "own_words", "expected"),
    [
        ("Chapter 3", "link", {"Chapter 3"}, []),
        ("Chapter 3", "link", set(), [("3", True)]),
        ("", "label", set(), [("", False)]),
        ("Sec.1.2", "label", set(), []),
        ("Sec.1.3", "label", set(), [("1.3", True)]),
        ("Sec.1.2", "numbered", set(), []),
        ("Exercise ??", "label", set(), [("Exercise ??", False)]),
        ("1.3 Python 3.12", "entry", set(), [("1.3", True)]),
        ("§ 1.3 Python 3.12", "entry", set(), [("1.3", True)]),
        ("Python 3", "entry", set(), [("3", False)]),
        ("1.2. Python 3", "entry", set(), []),
        ("1.3", "number", set(), [("1.3", True)]),
    ],
)
def test_only_a_number_that_was_read_is_a_difference(
    text: str, rule: Any, own_words: set[str], expected: list[tuple[str, bool]]
) -> None:
    found = compare(TABLE, [PrintedNumber("it", "page", "sec", text, rule)], Path("page.html"), own_words=own_words)
    assert [(one.found, one.is_sure) for one in found] == expected


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ('<h2><a class="toc-backref" href="#x"><span class="section-number">1.2. </span>Python 3.12</a></h2>', []),
        ('<h2><a class="toc-backref" href="#x"><span class="section-number">1.3. </span>Python 3.12</a></h2>', ["1.3"]),
        ("<h2>1.2. Python 3.12<a>¶</a></h2>", []),
        ("<h2><em>1.3</em> — <b>Python 3.12</b></h2>", ["1.3"]),
        ("<header><h2>§ 1.2 Python 3.12</h2></header>", []),
        ("<h2>Python 3.12</h2>", [""]),
    ],
)
def test_headings_are_read_however_a_theme_decorates_them(tmp_path: Path, heading: str, expected: list[str]) -> None:
    (tmp_path / "page.html").write_text(f'<section id="sec">{heading}<p>9.9 Text</p></section>', "utf-8")
    found = list(differences(TABLE, readable_pages(TABLE, BuiltSite(tmp_path, {"page": "page.html"}), ["page"])))
    assert [one.found for one in found] == expected
    assert [one.is_sure for one in found] == [bool(number) for number in expected]


@pytest.mark.parametrize(
    ("text", "title", "number"),
    [
        ("1. One", "One", "1"),
        ("One", "One", ""),
        ("3.12 Python", "3.12 Python", ""),
        ("2. 3.12 Python", "3.12 Python", "2"),
        ("第2章 开始", "开始", None),
        ("2 开始", "开始", "2"),
        ("Other", "One", None),
    ],
)
def test_the_number_of_a_heading(text: str, title: str, number: str | None) -> None:
    assert number_of_heading(text, title) == number


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        ("figure", "第3.1图", "3.1"),
        ("figure", "图 3.1", None),
        ("table", "3.1. Tab.", "3.1"),
        ("table", "3.1. So", None),
    ],
)
def test_words_may_stand_behind_a_number(kind: str, text: str, number: str | None) -> None:
    found = re.fullmatch(label_pattern(kind, TABLE), text)
    assert (found[1] if found else None) == number


def test_what_cannot_be_read_is_warned_of(project: Project) -> None:
    project.write({"index.md": "# Root\n\n```{toctree}\n:numbered:\n\none\n```\n", "one.md": "# One\n\nText.\n"})
    project.conf += (
        "def spoil(app, error):\n"
        "    page = app.outdir / 'one.html'\n"
        "    page.write_text(page.read_text('utf-8').replace('>1. </span>One', '></span>Eins'), 'utf-8')\n"
        "def setup(app):\n"
        "    app.connect('build-finished', spoil, priority=550)\n"
    )
    assert project.build().statuscode == 0
    said = "the check of numbers cannot tell whether all is right: one: 'one#one' has the number 1 in the table"
    assert project.warnings.count(said) == 1
    assert "[d2lbook.check]" in project.warnings
    assert "-E" not in project.warnings
