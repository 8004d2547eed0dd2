"""Code in lines of text, and lines of code that are too wide: where they are broken, and where not."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest

from sphinxcontrib_d2lbook.outputs.typst.escape import LONGEST_WHOLE, code_words, is_breakable
from tests.conftest import Project

CONF = """
extensions = ["sphinxcontrib_d2lbook"]
project = "Tales"
d2lbook_pdf_paper = "100x150mm"
d2lbook_pdf_notes = "foot"
d2lbook_pdf_page_faults = ["code", "wide"]
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x -= 1", [["x"], ["-="], ["1"]]),
        ("np.dot", [["np.dot"]]),
        ("np.linalg.norm(x)", [["np.", "linalg.", "norm(x)"]]),
        ("d2lbook_pdf_page_faults", [["d2lbook_", "pdf_", "page_", "faults"]]),
        ("__init_subclass__", [["__init_", "subclass__"]]),
        ("1.23456789012345", [["1.23456789012345"]]),
        ("learning-rate=0.01", [["learning-rate=0.01"]]),
        (" a\n b ", [["a"], ["b"]]),
        ("", []),
    ],
)
def test_words_of_code_are_broken_in_their_names_alone(text: str, words: list[list[str]]) -> None:
    assert code_words(text) == words


@pytest.mark.parametrize(
    "word", ["https://example.org/a/long-address/with?x=1&y=2-3", "f(first,second,third,[fourth],{fifth})", "x" * 99]
)
def test_long_words_are_broken_elsewhere_and_nothing_is_lost(word: str) -> None:
    pieces = code_words(word)[0]
    assert "".join(pieces) == word
    assert max(map(len, pieces)) <= LONGEST_WHOLE
    assert len(pieces) > 1


def test_what_has_operators_or_hyphens_is_kept_whole() -> None:
    assert [piece for piece in ("abc", "a.b_c", "-=", "a-b", "a/b", "f(x)") if is_breakable(piece)] == [
        "-=", "a-b", "a/b", "f(x)",
    ]  # fmt: skip


def printed_lines(pdf: Path) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document).splitlines()


def build(project: Project, text: str) -> Path:
    project.conf = CONF
    project.write({"index.md": f"# Tales\n\n{text}\n"})
    project.build("pdf")
    return project.build_folder / "pdf" / "tales.pdf"


def test_no_line_ends_at_an_operator_or_a_hyphen_of_code(project: Project) -> None:
    words = ("w -= lr", "fig-one", "a/b", "--output-dir", "x|y", "n+1")
    text = "\n\n".join(f"{'Word ' * 8}{'x' * count} `{word}`, and so on." for count in range(1, 16) for word in words)
    lines = printed_lines(build(project, text))
    assert project.warnings == ""
    torn = [line for line in lines if re.search(r"(?:fig-|w -|a/|--output-|--|x\||n\+|\B-)$", line.strip())]
    assert torn == []
    assert not any(re.match(r"\s*(?:=|,)", line) for line in lines)


def test_names_go_on_behind_an_underscore_without_a_sign(project: Project) -> None:
    names = "\n\n".join(
        f"{'x' * count} `some_name_of_an_option_of_the_book` `numpy.linalg.norm`" for count in range(5, 45)
    )
    lines = printed_lines(build(project, names))
    assert any(line.strip().endswith("_") for line in lines)
    assert any(line.strip().endswith("linalg.") for line in lines)
    joined = "".join(lines).replace(" ", "")
    assert joined.count("some_name_of_an_option_of_the_book") == 40


def test_spaces_in_code_have_one_width_in_lines_that_are_justified(project: Project) -> None:
    text = " ".join(f"{'word' * (count % 4 + 1)} `f(61, 12)`" for count in range(60))
    widths = set()
    with pypdfium2.PdfDocument(build(project, text)) as document:
        for page in document:
            shown = page.get_textpage()
            content = shown.get_text_range()
            for match in re.finditer(r"61, ?12", content):
                before, after = shown.get_charbox(match.start() + 2), shown.get_charbox(match.end() - 2)
                if abs(before[1] - after[1]) < 4:  # both stand in the same line
                    widths.add(round(after[0] - before[2]))
    assert len(widths) == 1


def test_wide_code_goes_on_between_words_and_is_told(project: Project) -> None:
    words = " ".join(f"name_{number}=value_{number}," for number in range(20))
    call = "call(" + ",".join(f"argument_{number}" for number in range(20)) + ")"
    pdf = build(project, f"```python\nf({words})\n{call}\nshort()\n```")
    lines = printed_lines(pdf)
    wrapped = [line for line in lines if "↪" in line]
    assert len(wrapped) >= 4
    for line in lines:
        assert not re.search(r"(?:name|value|argument)(?:_?|_\d+=?|)$", line.strip(" ")) or line.endswith(")"), line
    assert re.search(
        r"index\.md:3: WARNING: tales\.pdf, page \d+: lines of this code that have more than the \d\d char.*: 2 ",
        project.warnings,
    )
