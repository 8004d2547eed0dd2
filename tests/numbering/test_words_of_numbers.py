"""What is put before a number: one rule for captions, references and links into other books."""

from __future__ import annotations

import pytest

from sphinxcontrib_d2lbook.numbering.table import formatted
from tests.conftest import Project

MYST_NB = "extensions = ['myst_nb', 'sphinxcontrib_d2lbook']\n"
PARTS = "numfig_format = {'section': 'Part %s'}\n"


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("Fig. %s", "Fig. 3.1"),
        ("Fig. {number}", "Fig. 3.1"),
        ("{name} ({number})", "A Loop (3.1)"),
        ("%s: {name}", "3.1: A Loop"),
        ("{name}", "A Loop"),
        ("%s", "3.1"),
        ("Abb.", "Abb. 3.1"),
        ("", "3.1"),
    ],
)
def test_a_number_is_put_into_its_words(pattern: str, shown: str) -> None:
    assert formatted(pattern, "3.1", "A Loop") == shown


def test_a_pattern_without_a_title_needs_none() -> None:
    assert formatted("Fig. %s", "A.2") == "Fig. A.2"


@pytest.mark.parametrize(
    ("conf", "shown"),
    [
        ("", "Chapter 1"),
        (PARTS, "Part 1"),
        (PARTS + "numfig_format['chapter'] = 'Book %s'\n", "Book 1"),
        (MYST_NB + PARTS, "Part 1"),
    ],
)
def test_chapters_are_called_what_the_project_calls_sections(project: Project, conf: str, shown: str) -> None:
    project.write(
        {
            "index.md": "# Book\n\n```{toctree}\n:numbered:\none\n```\n",
            "one.md": "(one)=\n# One\n\nIn {numref}`one`.\n",
        }
    )
    project.conf += conf
    project.build()
    page = (project.build_folder / "html" / "one.html").read_text("utf-8")
    assert f">{shown}</span>" in page
