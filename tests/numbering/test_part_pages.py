"""Parts may have pages of their own, and a toctree may say at which number it begins."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from sphinxcontrib_d2lbook.common.errors import BookProblems
from sphinxcontrib_d2lbook.numbering.collector import count_of, letter
from tests.conftest import Project


def listing(*names: str, options: str = "") -> str:
    return f"```{{toctree}}\n{options}\n{chr(10).join(names)}\n```\n"


def chapter(name: str) -> str:
    return (
        f"(sec_{name})=\n# Chapter {name}\n\n$$ x = 1 $$ (eq_{name})\n\n## Inner\n\n```{{prf:theorem}}\n"
        f":label: thm_{name}\n\nText.\n```\n\n{{numref}}`sec_a`, {{numref}}`sec_d`, {{eq}}`eq_c`, {{prf:ref}}`thm_e`.\n"
    )


PARTS = {
    "index.md": "# Book\n\n" + listing("p1/index", "p2", "back"),
    "p1/index.md": "# Part 1\n\n$$ y = 1 $$ (eq_part)\n\n" + listing("a", "b", options=":numbered:\n"),
    "p2.md": "# Part 2\n\n" + listing("p2/deep") + listing("e", options=":numbered: 1\n"),
    "p2/deep.md": "# Deep\n\n" + listing("/c", "/d", options=":numbered:\n"),
    "back.md": "# Back\n\n" + listing("f", options=":matter: appendix\n"),
    **{f"p1/{name}.md": chapter(name) for name in "ab"},
    **{f"{name}.md": chapter(name) for name in "cdef"},
}


def chapters(env: Any) -> dict[str, str]:
    numbers = {name: env.toc_secnumbers.get(name, {}).get("") for name in sorted(env.found_docs)}
    return {name: ".".join(map(str, number)) for name, number in numbers.items() if number}


def test_chapters_run_on_across_part_pages_in_all_outputs(project: Project) -> None:
    project.write(PARTS)
    project.conf += "d2lbook_outputs = ['html', 'pdf', 'notebooks']\n"
    done = project.run("book")
    assert (done.returncode, done.stderr) == (0, "")
    rows = json.loads((project.build_folder / "book" / "numbers.json").read_text("utf-8"))["numbers"]
    found = {row["label"]: row["number"] for row in rows if row["label"]}
    assert {name: found[f"sec_{name}"] for name in "abcdef"} == dict(zip("abcdef", "12345A", strict=True))
    assert {name: found[f"eq_{name}"] for name in "abcdef"} == {
        name: f"{number}.1" for name, number in zip("abcdef", "12345A", strict=True)
    }
    assert (found["thm_e"], found["thm_f"], found["eq_part"]) == ("5.1", "A.1", "1")
    shown = (project.build_folder / "book" / "html" / "f.html").read_text("utf-8")
    for text in ("Chapter 1<", "Chapter 4<", ">(3.1)<", "Theorem 5.1<"):
        assert text in shown


def test_a_second_build_gives_the_same_numbers(project: Project) -> None:
    project.write(PARTS)
    first = chapters(project.build("dummy").env)
    assert first == {"p1/a": "1", "p1/b": "2", "c": "3", "d": "4", "e": "5", "f": "A"}
    project.write({"p1/index.md": "# Part 1\n\n" + listing("b", "a", options=":numbered:\n")})
    assert chapters(project.build("dummy").env) == {**first, "p1/b": "1", "p1/a": "2"}
    assert project.warnings == ""


NUMBERED = ":numbered:\n"
MAIN = listing("a", options=":matter: main\n")


def one_page(title: str) -> str:
    return f"# {title}\n\n## First\n\n## Second\n"


@pytest.mark.parametrize(
    ("conf", "pages", "expected"),
    [
        (
            "",
            {"index.md": listing("a", "b", options=":numbered:\n:numbers-from: 3\n") + listing("c", options=NUMBERED)},
            {"a": "3", "b": "4", "c": "5"},
        ),
        (
            "",
            {"index.md": MAIN + listing("b", "c", options=":matter: appendix\n:numbers-from: C\n")},
            {"a": "1", "b": "C", "c": "D"},
        ),
        (
            "d2lbook_appendices = 'numbers'\n",
            {"index.md": MAIN + listing("b", "c", options=":matter: appendix\n:numbers-from: 15\n")},
            {"a": "1", "b": "15", "c": "16"},
        ),
        # Inside of a chapter: its sections.
        (
            "",
            {
                "index.md": listing("a", options=NUMBERED),
                "a.md": "# A\n\n" + listing("b") + listing("c", options=":numbers-from: 7\n"),
            },
            {"a": "1", "b": "1.1", "c": "1.7"},
        ),
        # On the page of a part.
        (
            "",
            {
                "index.md": listing("a"),
                "a.md": "# Part\n\n" + listing("b", "c", options=":numbered:\n:numbers-from: 9\n"),
            },
            {"b": "9", "c": "10"},
        ),
    ],
)
def test_a_toctree_says_at_which_number_it_begins(
    project: Project, conf: str, pages: Mapping[str, str], expected: Mapping[str, str]
) -> None:
    project.conf += conf
    project.write({f"{name}.md": one_page(name) for name in "abc"} | dict(pages))
    project.write({"index.md": f"# Root\n\n{pages['index.md']}"})
    assert chapters(project.build("dummy").env) == expected
    assert "WARNING" not in project.warnings


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (listing("a", options=":numbers-from: 3\n"), "index.md:3: `:numbers-from: 3`: nothing numbers this toctree"),
        (
            listing("a", options=":matter: front\n:numbers-from: 3\n") + listing("b", options=":numbered:\n"),
            "nothing numbers this toctree; add `:numbered:`, or take it off",
        ),
        (
            listing("a", "b", options=":numbered:\n") + listing("c", options=":numbered:\n:numbers-from: 2\n"),
            "2 was given to an entry before it; it can begin at 3 or later",
        ),
        (listing("a", options=":numbered:\n:numbers-from: B\n"), "its entries have numbers; write one, such as 1"),
        (
            listing("a", options=":numbered:\n") + listing("b", options=":matter: appendix\n:numbers-from: 2\n"),
            "its entries have letters; write one, such as A",
        ),
    ],
)
def test_an_impossible_beginning_is_refused_at_its_line(project: Project, index: str, message: str) -> None:
    project.write({f"{name}.md": one_page(name) for name in "abc"} | {"index.md": "# R\n\n" + index})
    with pytest.raises(BookProblems) as refused:
        project.build("dummy")
    assert message in str(refused.value)


@pytest.mark.parametrize("value", ["0", "-1", "b", "3.1", "A1", "", "٣"])
def test_what_is_no_number_is_refused_where_it_is_read(project: Project, value: str) -> None:
    project.write(
        {"index.md": "# R\n\n" + listing("a", options=f":numbered:\n:numbers-from: {value}\n"), "a.md": "# A\n"}
    )
    project.build("dummy")
    assert "is not the number of a chapter; write one above 0, or the letter of an appendix" in project.warnings


@pytest.mark.parametrize("count", [1, 26, 27, 702, 703])
def test_letters_count(count: int) -> None:
    assert count_of(letter(count)) == count
