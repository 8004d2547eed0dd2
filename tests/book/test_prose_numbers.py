"""The tool that finds numbers in the text which nothing holds to the cells, and the pages of the book by it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.ci_programs import load

ROOT = Path(__file__).parents[2]
TOOL = ROOT / ".ci" / "prose_numbers.py"


tool = load("prose_numbers")

PAGE = """---
file_format: mystnb
kernelspec:
  name: python3
---

# Page

It costs {opening} francs.

## First

```{{code-cell}} ipython3
x = 12.5
```

```{{code-cell}} ipython3
:tags: [remove-cell, book-check]
{check}
```

{text}

## Second

{other}

## Exercises

```{{exercise}}
Take 77 of them.
```

```{{solution}} ex
{solution}
```
"""


def test_the_code_of_a_cell_in_a_block_is_no_text(tmp_path: Path) -> None:
    text = ":::{note}\nIt is 12.5 and 33.\n\n```{code-cell}\n# Not a heading\ny = x + 44\n```\n:::\n\nAlso 12.5."
    assert shown(page(tmp_path, text)) == ["33"]


def page(folder: Path, text: str = "", check: str = "pass", **parts: str) -> Path:
    parts = {"opening": "no", "other": "", "solution": "", **parts}
    path = folder / "page.md"
    path.write_text(PAGE.format(text=text, check=check, **parts), "utf-8")
    return path


def shown(path: Path) -> list[str]:
    return [number.text for number in tool.unchecked(path)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("The error is 0.31 now.", ["0.31"]),
        ("It has 1,797 rows and −4.5 degrees.", ["1,797", "−4.5"]),
        ("It is twice as fast, a third of them, one half.", ["twice", "a third", "half"]),
        ("It has seventeen, twenty-two or forty legs.", ["seventeen", "twenty-two", "forty"]),
        ("A loss of $L = 2.303$ from $n = 812$ and $x_2 + 3$.", ["2.303", "812"]),
        ("Layers of $784 \\times 100 + 100$ weights.", ["784", "100", "100"]),
        ("```{note}\nIt has 17.\n```", ["17"]),
        ("| a | 17 |\n| --- | --- |", ["17"]),
    ],
)
def test_a_number_that_nothing_checks_is_listed(tmp_path: Path, text: str, numbers: list[str]) -> None:
    assert shown(page(tmp_path, text)) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "We start with 12.5, which stands in the code.",
        "As {cite:t}`Someone.1999` found, there are 17.",
        "The [source](https://example.org) says 17.",
        "It is {glue:text}`error:.2f`.",
        "See {numref}`sec_17` and `x = 17`.",
        "```python\nx = 17\n```",
        "1. The first step.\n2. The second step.",
        "The three steps, and these two.",
        "$$\nx = 17.5\n$$",
        "A shape of $8 \\times 8$.",
        "Carbon dioxide is given in parts per million.",
    ],
)
def test_inputs_code_sources_and_the_parts_of_the_text_are_not(tmp_path: Path, text: str) -> None:
    assert shown(page(tmp_path, text)) == []


def test_an_assertion_checks_the_numbers_of_its_section(tmp_path: Path) -> None:
    path = page(tmp_path, "It is 17 or 0.50.", 'assert f"{x:.1f}" and (17, "0.5")', other="It is 17.")
    (number,) = tool.unchecked(path)
    assert path.read_text("utf-8").splitlines()[number.line - 1] == "It is 17."
    assert number.section == 3


def test_the_opening_and_the_solutions_may_rely_on_any_assertion(tmp_path: Path) -> None:
    assert shown(page(tmp_path, check="assert x != 17", opening="17", solution="It is 17.")) == []


def test_a_solution_may_use_the_numbers_of_its_exercise(tmp_path: Path) -> None:
    assert shown(page(tmp_path, solution="Of the 77, it is 78.")) == ["78"]


def test_how_an_assertion_prints_checks_nothing(tmp_path: Path) -> None:
    assert shown(page(tmp_path, "It is 17.", 'assert f"{x:17.1f}"')) == ["17"]


def test_words_that_compare_are_no_inputs(tmp_path: Path) -> None:
    path = page(tmp_path, "It is twice as fast.")
    path.write_text(path.read_text("utf-8").replace("x = 12.5", "x = 2"), "utf-8")
    assert shown(path) == ["twice"]


def test_captions_and_alternative_texts_are_text(tmp_path: Path) -> None:
    path = page(tmp_path)
    figure = "---\nmystnb:\n  figure:\n    caption: It ends at 17.\n  image:\n    alt: It starts at 16.\n---\nx = 12.5"
    path.write_text(path.read_text("utf-8").replace("x = 12.5", figure), "utf-8")
    assert shown(path) == ["17", "16"]


@pytest.mark.parametrize(
    ("check", "value", "noticed"),
    [
        ('assert f"{x:.1f}" == "12.5"', "12.5", True),
        ("assert 12.4 < x < 12.6 and 12.5", "12.5", False),  # the number stands there and does nothing
        ("assert x < 12.6", "12.6", True),
        ("assert x < 20.6", "20.6", False),
        ("assert round(80 * x) == 1_000", "1000", True),
        ("assert [10, 12.5][1] == x", "1", True),  # whatever error the change brings
    ],
)
def test_a_changed_number_must_make_an_assertion_fail(check: str, value: str, noticed: bool) -> None:
    assert value in tool.asserted_numbers(check)
    assert any(tool._fails(mutant, {"x": 12.5}) for mutant in tool.mutants(check, value)) is noticed


def test_the_program_is_content_with_a_page_without_numbers() -> None:
    done = subprocess.run(
        [sys.executable, TOOL, ROOT / "book" / "references.md"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


HELD = [
    "index",
    "preface",
    "notation",
    "installation",
    "references",
    "introduction/*",
    "preliminaries/*",
    "appendix",
    "appendix-mathematics/*",
    "appendix-tools/*",
    "linear-networks/*",
    "multilayer-perceptrons/*",
    "library/*",
    "convolutional-networks/*",
    "modern-convolutional-networks/*",
    "recurrent-networks/*",
    "attention/*",
]
"""The pages whose text is held to their cells."""
PAGES = sorted(path.relative_to(ROOT).as_posix() for name in HELD for path in (ROOT / "book").glob(f"{name}.md"))


@pytest.mark.parametrize("name", PAGES)
def test_each_number_in_the_text_of_the_book_is_checked(name: str) -> None:
    assert [f"{name}:{number.line}: {number.text}" for number in tool.unchecked(ROOT / name)] == []


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in PAGES if "{code-cell}" in (ROOT / name).read_text("utf-8")])
def test_no_asserted_number_of_the_book_may_be_changed_unnoticed(name: str) -> None:
    done = subprocess.run(
        [sys.executable, TOOL, "--mutate", ROOT / name], capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
