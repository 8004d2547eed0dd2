"""Figures and tables that do not fit on their page leave it to the text that follows."""

from __future__ import annotations

import json
from pathlib import Path

import pypdfium2
import pytest

from sphinxcontrib_d2lbook.outputs.paper.compilation_record import destinations
from sphinxcontrib_d2lbook.outputs.paper.floats import (
    LARGE,
    ROUNDS,
    ROUNDS_OF_LARGE,
    FloatPlan,
    PlacedThing,
    PlacedThings,
)
from tests.conftest import Project

CONF = """
extensions = ["sphinxcontrib_d2lbook"]
project = "Tales"
myst_enable_extensions = ["colon_fence"]
d2lbook_pdf_paper = "100x150mm"
d2lbook_pdf_page_faults = ["short"]
d2lbook_pdf_notes = "foot"
numfig = True
nb_execution_mode = "off"
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="150"><rect width="200" height="150"/></svg>'
LINE = "Words that make some lines of a paragraph, so that the page is filled with what a reader would read there.\n\n"


def figure(name: str, refer: bool = True) -> str:
    text = f"```{{figure}} a.svg\n:name: {name}\n:width: 50mm\n\nCaption of {name}.\n```\n\n"
    return (f"See {{numref}}`{name}`.\n\n" if refer else "") + text


def build(project: Project, body: str, conf: str = "", **files: str) -> list[str]:
    project.conf = CONF + conf
    project.write({"index.md": f"# Tales\n\n```{{toctree}}\n:numbered:\none\n{chr(10).join(files)}\n```\n"})
    project.write({"one.md": f"# One\n\n{body}", "a.svg": SVG} | {f"{name}.md": text for name, text in files.items()})
    project.build("pdf")
    return pages_of(project.build_folder / "pdf" / "tales.pdf")


def pages_of(pdf: Path) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def page_with(pages: list[str], text: str) -> int:
    (page,) = [number for number, shown in enumerate(pages) if text in shown]
    return page


BEFORE = LINE * 5
AFTER = "Straight after it.\n\n" + LINE * 8


def test_text_fills_the_page_that_a_figure_does_not_fit(project: Project) -> None:
    pages = build(project, BEFORE + figure("fig-a") + AFTER)
    assert project.warnings == ""
    assert page_with(pages, "Straight after") == page_with(pages, "Caption of fig-a") - 1
    row = destinations(project.build("pdf"))["one#fig-a"]
    assert row["page"] == page_with(pages, "Caption of fig-a") + 1, "links lead to where the figure stands"
    assert row["destination"] == "one#fig-a"


@pytest.mark.parametrize(
    ("body", "conf"),
    [
        (BEFORE + figure("fig-a") + AFTER, 'd2lbook_pdf_floats = "never"\n'),
        (BEFORE + figure("fig-a", refer=False) + AFTER, ""),
        (BEFORE + f"::::{{note}}\n{figure('fig-a')}Straight after it.\n::::\n", ""),
        (BEFORE + "- Item\n\n  " + figure("fig-a").replace("\n", "\n  ").rstrip() + "\n\n" + AFTER, ""),
        (figure("fig-a") + AFTER, ""),
    ],
    ids=["never", "without a reference", "in a box", "in a list", "it fits"],
)
def test_other_figures_stay_where_they_are_written(project: Project, body: str, conf: str) -> None:
    pages = build(project, body, conf)
    text = "".join(pages)
    assert text.index("Caption of fig-a") < text.index("Straight after")


def test_a_figure_stays_in_its_chapter(project: Project) -> None:
    pages = build(project, BEFORE + figure("fig-a"), two="# Two\n\nOther chapter.\n")
    assert page_with(pages, "Caption of fig-a") == page_with(pages, "Other chapter") - 1


def test_figures_keep_the_order_of_their_numbers(project: Project) -> None:
    item = figure("fig-b").replace("50mm", "5mm").replace("\n", "\n  ").rstrip()
    for after in (figure("fig-b").replace("50mm", "10mm"), f"- Item\n\n  {item}\n\n"):
        build(project, LINE * 3 + figure("fig-a") + "Between them.\n\n" + after + AFTER)
        first, second = places(project, "Caption of fig-a", "Caption of fig-b")
        assert first < second


def test_the_figure_of_a_cell_leaves_it(project: Project) -> None:
    cell = {
        "cell_type": "code",
        "execution_count": 1,
        "source": "plot()",
        "metadata": {"mystnb": {"figure": {"caption": "Caption of fig-a.", "name": "fig-a"}}},
        "outputs": [
            {"output_type": "stream", "name": "stdout", "text": "printed before"},
            {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": SVG}},
            {"output_type": "stream", "name": "stderr", "text": "printed later"},
        ],
    }
    words = {"cell_type": "markdown", "metadata": {}, "source": f"# Two\n\n{LINE * 3}See {{numref}}`fig-a`."}
    after = {"cell_type": "markdown", "metadata": {}, "source": AFTER}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = {"cells": [words, cell, after], "metadata": kernel, "nbformat": 4, "nbformat_minor": 4}
    project.write({"two.ipynb": json.dumps(notebook)})
    pages = build(project, "Text.\n", "suppress_warnings = ['d2lbook.execution', 'mystnb.stderr']\n")
    project.write({"index.md": "# Tales\n\n```{toctree}\n:numbered:\ntwo\n```\n"})
    project.build("pdf")
    pages = pages_of(project.build_folder / "pdf" / "tales.pdf")
    there = page_with(pages, "Caption of fig-a")
    for text in ("plot()", "printed before", "printed later", "Straight after"):
        assert page_with(pages, text) == there - 1, text


def test_all_figures_float_where_an_author_wants_it(project: Project) -> None:
    body = figure("fig-a") + LINE * 4 + figure("fig-b") + AFTER
    build(project, body, 'd2lbook_pdf_floats = "always"\n')
    title, first, words, second = places(project, "One", "Caption of fig-a", "See Figure 1.2", "Caption of fig-b")
    assert title < first, "nothing stands above the title of a chapter"
    assert second < words, "its place is nearer to the top of the page than to the end"


def places(project: Project, *texts: str) -> list[tuple[int, float]]:
    """Return page and distance from the upper edge of the first place of each text behind the contents."""
    found: dict[str, tuple[int, float]] = {}
    with pypdfium2.PdfDocument(project.build_folder / "pdf" / "tales.pdf") as document:
        for number, page in enumerate(document):
            text = page.get_textpage()
            content = text.get_text_range()
            for wanted in texts:
                if wanted in content and wanted not in found and number > 3:
                    found[wanted] = (number, -text.get_charbox(content.index(wanted))[1])
    return [found[text] for text in texts]


def placed(
    name: str, written: tuple[int, float], place: tuple[int, float], *, height: float = 0.0, movable: bool = True
) -> PlacedThing:
    return PlacedThing(name, "figure", movable, written, place, (place[0], place[1] + height))


def test_one_layout_tells_what_floats_when_text_moves_up() -> None:
    """Where text fills the white above a, b does not fit either; c fits; d may not float; e begins a chapter."""
    plan = FloatPlan(50, 750)
    things = (
        placed("a", (1, 500), (2, 50), height=300),
        placed("b", (2, 500), (2, 500), height=240),
        placed("c", (3, 200), (3, 200), height=40),
        placed("d", (4, 50), (4, 50), height=300, movable=False),
        placed("e", (6, 500), (6, 500), height=240),
    )
    assert plan.improve(PlacedThings(things, opening=frozenset({6})))
    assert plan.floating == {"a", "b"}


def test_what_was_best_in_each_chapter_is_taken() -> None:
    plan = FloatPlan(50, 750)
    opening = frozenset({5})
    at_first = placed("c", (2, 100), (2, 100), movable=False)
    at_second = placed("c", (2, 100), (3, 50), movable=False)
    others = placed("a", (1, 500), (2, 50)), placed("b", (5, 500), (6, 50))
    assert plan.improve(PlacedThings((others[0], at_first, others[1]), opening=opening))
    assert plan.floating == {"a", "b"}
    assert plan.improve(PlacedThings((others[0], at_second, others[1]), opening=opening))
    assert plan.floating == {"b"}, "with a, c went to the next page and left more white"
    assert not plan.improve(PlacedThings((others[0], at_first, others[1]), opening=opening))


def test_a_plan_is_made_better_until_nothing_changes() -> None:
    plan = FloatPlan(50, 750)
    assert plan.improve(
        PlacedThings(
            (
                placed("a", (1, 500), (2, 50)),
                placed("b", (2, 600), (2, 600)),
            )
        )
    )
    assert plan.floating == {"a"}
    assert plan.improve(
        PlacedThings(
            (
                placed("a", (1, 500), (2, 50)),
                placed("b", (2, 600), (3, 50)),
            )
        )
    )
    assert plan.floating == {"a", "b"}
    assert not plan.improve(
        PlacedThings(
            (
                placed("a", (1, 500), (2, 50)),
                placed("b", (2, 600), (3, 50)),
            )
        )
    )


def test_what_fits_where_it_is_written_stands_there() -> None:
    plan = FloatPlan(50, 750)
    plan.improve(
        PlacedThings(
            (
                placed("a", (1, 500), (2, 50)),
                placed("b", (2, 600), (3, 50)),
            )
        )
    )
    assert plan.floating == {"a", "b"}
    assert plan.improve(
        PlacedThings(
            (
                placed("a", (1, 500), (2, 50)),
                placed("b", (2, 300), (2, 50)),
            )
        )
    )
    assert plan.floating == {"a"}


def test_little_white_above_notes_or_the_end_of_a_page_is_no_reason() -> None:
    thing = placed("a", (1, 500), (2, 50))
    assert not FloatPlan(50, 750).improve(PlacedThings((placed("a", (1, 720), (2, 50)),)))
    assert not FloatPlan(50, 750).improve(PlacedThings((thing,), {1: 520.0}))
    assert FloatPlan(50, 750).improve(PlacedThings((thing,), {2: 520.0}))


@pytest.mark.parametrize("others", [0, LARGE])
def test_a_plan_ends_with_the_best_that_was_seen(others: int) -> None:
    """Layouts that never settle are given up, and one in which order is lost is never taken."""
    plan = FloatPlan(50, 750)
    whites = [300, 100, 200, 250, 260, 270]
    layouts = 0
    while True:
        floating = len(plan.floating)  # Whatever floats, the next thing does not fit.
        things = [
            PlacedThing(name, name, True, (1, y), (page, y), (page, y))
            for index, name in enumerate("abcdef")
            for page, y in [(1 + (index <= floating), 750 - whites[index] if index == floating else 60)]
        ]
        layouts += 1
        things += [placed(str(number), (9, 60), (9, 60)) for number in range(others)]
        if not plan.improve(PlacedThings(tuple(things))):
            break
    assert layouts <= (ROUNDS_OF_LARGE if others else ROUNDS) + 1
    assert plan.floating == {"a"}, "100 points were the least"
    lost = FloatPlan(50, 750, floating=frozenset("a"))
    assert lost.improve(
        PlacedThings(
            (
                placed("a", (1, 700), (2, 50)),
                placed("b", (1, 720), (1, 730), movable=False),
            )
        )
    )
    assert lost.floating == frozenset()
