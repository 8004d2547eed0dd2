"""References to everything that has a number, or should have one: what they say, where they lead, what is warned of."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup

TOP = "# Root\n\n```{toctree}\n:numbered:\n\none\ntwo\n```\n"
FIGURE = "```{figure} a.svg\n:name: fig_%s\n\nA *square*.\n```\n"
PICTURE = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
ONE = (
    "(sec_one)=\n# One\n\n"
    + FIGURE % "one"
    + "\n$$ x $$ (eq_one)\n\n```{prf:lemma} A name\n:label: lem_one\n\nText.\n```\n\n"
    + "```{prf:remark}\n:label: rem_one\n:nonumber:\n\nText.\n```\n\n"
    + "```{exercise} A $x^2$ task\n:label: ex_one\n\nDo.\n```\n\n"
    + "```{solution} ex_one\n:label: sol_one\n\nDone.\n```\n\n"
    + "(sub_one)=\n## Inside\n"
)


@pytest.fixture
def book(project: Any) -> Any:
    project.conf += "html_theme = 'basic'\nnumfig_format = {'figure': 'Fig. %s'}\n"
    project.write({"index.md": TOP, "one.md": ONE, "two.md": "# Two\n", "a.svg": PICTURE})
    return project


def links(book: Any, text: str, page: str = "two") -> list[tuple[str, str]]:
    """(words, address) of the references in ``text``, written on a page of the book."""
    before = (book.source / f"{page}.md").read_text(encoding="utf-8")
    book.write({f"{page}.md": before + "\nHere: " + text + "\n"})
    book.build()
    html = (book.build_folder / "html" / f"{page}.html").read_text(encoding="utf-8")
    paragraph = next(p for p in BeautifulSoup(html, "html.parser").find_all("p") if p.get_text().startswith("Here:"))
    return [(" ".join(link.get_text().split()), str(link["href"])) for link in paragraph.find_all("a")]


@pytest.mark.parametrize("page", ["one", "two"])
def test_each_role_leads_to_everything_from_the_same_page_and_from_another(book: Any, page: str) -> None:
    place = "" if page == "one" else "one.html"
    found = links(
        book,
        "{numref}`sec_one` {ref}`sec_one` [](#sec_one) {numref}`sub_one` {numref}`fig_one` {ref}`fig_one` [](#fig_one) "
        "{eq}`eq_one` [](#eq_one) {numref}`eq_one` {prf:ref}`lem_one` {numref}`lem_one` {ref}`lem_one` [](#lem_one) "
        "{prf:ref}`rem_one` {numref}`ex_one` {ref}`ex_one` [](#ex_one) {ref}`sol_one` [](#sol_one)",
        page,
    )
    assert book.warnings == ""
    chapter = [("Chapter 1", "sec-one"), ("One", "sec-one"), ("One", "sec-one"), ("Section 1.1", "sub-one")]
    figure = [("Fig. 1.1", "fig-one"), ("A square.", "fig-one"), ("A square.", "fig-one")]
    assert [(words, address.removeprefix(f"{place}#")) for words, address in found] == [
        *chapter,
        *figure,
        *[("(1.1)", "equation-eq-one")] * 3,
        *[("Lemma 1.1", "lem_one")] * 4,
        ("Remark", "rem_one"),
        *[("Exercise 1.1", "ex_one")] * 3,
        *[("Solution to Exercise 1.1 (A x^2 task)", "sol_one")] * 2,
    ]


def test_words_of_the_author_may_hold_number_and_title(book: Any) -> None:
    found = links(
        book,
        "{numref}`picture %s <fig_one>` {numref}`{name} in {number} <fig_one>` [see *{number}*: {name}](#fig_one) "
        "{ref}`that one <fig_one>` {prf:ref}`result {number} <lem_one>` {eq}`eq_one`",
    )
    assert [words for words, _address in found] == [
        "picture 1.1",
        "A square. in 1.1",
        "see 1.1: A square.",
        "that one",
        "result 1.1",
        "(1.1)",
    ]


FAULTS = {
    "{numref}`rem_one`": "the remark at one.md:18, which 'rem_one' stands for, has no number; 'Remark' is printed",
    "{numref}`bare`": "the figure at one.md:41, which 'bare' stands for, has no number; 'bare' is printed (give it a",
    "{prf:ref}`lem_once`": "nothing has the label 'lem_once'; did you mean 'lem_one'",
    "{ref}`fig_nowhere`": "undefined label: 'fig_nowhere'",
    "{numref}`tab_nowhere`": "undefined label: 'tab_nowhere'",
    "{eq}`eq_nowhere`": "equation not found: eq_nowhere",
    "[](#nowhere)": "'myst' cross-reference target not found: 'nowhere'",
    "[{name}](#eq_one)": "the equation at one.md:10 has no title for {name}",
}


def test_what_cannot_be_said_is_warned_of_at_its_place(book: Any) -> None:
    book.write({"one.md": ONE + "\n(bare)=\n```{figure} a.svg\n```\n", "two.md": "# Two\n\n" + "\n\n".join(FAULTS)})
    book.build()
    places = [f"two.md:{2 * count + 3}: " for count in range(len(FAULTS))]
    lines = book.warnings.splitlines()
    for place, fault in zip(places, FAULTS.values(), strict=True):
        assert any(place in line and fault in line for line in lines), (place, fault, book.warnings)
    assert len(lines) == len(FAULTS)


def test_a_page_in_no_toctree_has_no_numbers_and_is_no_fault_until_it_is_referred_to(book: Any) -> None:
    alone = "---\norphan: true\n---\n" + ONE.replace("_one", "_alone")
    book.write({"alone.md": alone})
    book.build()
    assert book.warnings == ""
    found = links(book, "{prf:ref}`lem_alone` {numref}`fig_alone` {eq}`eq_alone` {numref}`ex_alone`")
    assert len(found) == 4
    assert book.warnings.count("(list its page in a toctree)") == 4


def test_a_solution_of_nothing_is_named_with_its_line(book: Any) -> None:
    book.write({"two.md": "# Two\n\n```{solution} ex_none\n\nDone.\n```\n"})
    book.build()
    assert "two.md:3: WARNING: nothing has the label 'ex_none', to which this is a solution" in book.warnings


@pytest.mark.parametrize("processes", [1, 2])
def test_a_label_of_two_pages_is_named_with_both_and_has_one_owner(book: Any, processes: int) -> None:
    more = {f"z{count}.md": f"---\norphan: true\n---\n# Z{count}\n" for count in range(6)}
    book.write({"two.md": ONE.replace("# One", "# Two\n\nWords."), **more})
    book.build(parallel=processes)
    for label in ("fig_one", "eq_one", "lem_one", "sec_one", "ex_one"):
        assert re.search(rf"two\.md:\d+: WARNING: the label '{label}' is in one\.md:\d+ too", book.warnings), label
    assert book.warnings.count("WARNING") == book.warnings.count(" too, where references to it lead")
    html = (book.build_folder / "html" / "two.html").read_text(encoding="utf-8")
    assert html.count("Exercise 2.1") >= 1  # an exercise whose label another page has is still there


def test_the_owner_of_a_label_is_the_same_after_an_edit(book: Any) -> None:
    book.write({"two.md": "(sec_one)=\n# Two\n", "index.md": TOP + "\n{ref}`sec_one`\n"})
    book.build()
    index = (book.build_folder / "html" / "index.html").read_text(encoding="utf-8")
    book.write({"one.md": ONE + "\nMore.\n"})
    book.build()
    book.write({"two.md": "(sec_one)=\n# Two\n\nMore.\n"})
    book.build()
    assert (book.build_folder / "html" / "index.html").read_text(encoding="utf-8") == index
    assert 'href="one.html#sec-one"' in index
