"""What is small stays together on a page, and code breaks between its statements."""

from __future__ import annotations

import ctypes
import re
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pytest

from tests.conftest import Project

CONF = """
extensions = ["sphinxcontrib_d2lbook"]
project = "Tales"
myst_enable_extensions = ["colon_fence"]
d2lbook_pdf_paper = "100x150mm"
d2lbook_pdf_page_faults = []
d2lbook_pdf_notes = "foot"
"""
BOX = "```{{raw}} typst\n#block(height: {}mm, width: 10mm, fill: gray)\n#pagebreak(weak: true)\n```\n\n"


def pages_of(pdf: Path) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def build(project: Project, blocks: list[str], front: str = "", conf: str = "") -> list[str]:
    """Set each block at another height of a page."""
    project.conf = CONF + conf
    filled = "".join(f"{BOX.format(1)}{BOX.replace('#pagebreak(weak: true)', '').format(70 + n)}{block}\n\n"
                     for n, block in enumerate(blocks))  # fmt: skip
    project.write({"index.md": f"{front}# Tales\n\n{filled}"})
    project.build("pdf")
    return pages_of(project.build_folder / "pdf" / "tales.pdf")


@pytest.mark.parametrize(
    "opening",
    ["```{note}", "```{warning}", "```{prf:theorem} Title", "```{dropdown} Title"],
    ids=lambda text: text[3:11],
)
def test_a_small_box_stays_on_one_page(project: Project, opening: str) -> None:
    lines = [
        f"{opening}\nBegin{n}x words and more words that fill the line\n\nMiddle.\n\nEnd{n}x\n```" for n in range(45)
    ]
    pages = build(project, lines)
    assert project.warnings == ""
    for n in range(45):
        begin, end = (next(k for k, page in enumerate(pages) if f"{word}{n}x" in page) for word in ("Begin", "End"))
        assert begin == end, n


CODE = """# comment{n}
@decorator
def first{n}(x):
    a = 1

    return first_end{n}

second = [
    2,
    3,
]  # second_end{n}
if x:
    third
else:
    third_end{n}
"""


def test_code_breaks_between_statements(project: Project) -> None:
    blocks = [f"```python\n{CODE.replace('{n}', f'{n}x')}```" for n in range(45)]
    pages = build(project, blocks)
    assert project.warnings == ""
    where = {}
    for k, page in enumerate(pages):
        for name in re.findall(r"(?:comment|first|first_end|second_end|third_end)\d+x", page):
            where[name] = k
    torn = 0
    for n in range(45):
        assert where[f"comment{n}x"] == where[f"first{n}x"] == where[f"first_end{n}x"], n
        torn += where[f"first{n}x"] != where[f"third_end{n}x"]
    assert torn, "long code does break"


def test_saved_code_breaks_between_statements_with_its_note(project: Project) -> None:
    """A long block leaves no white behind, and the note on it stands on the page where it ends."""
    body = CODE.replace("@decorator\n", "").replace("# comment{n}", "#@save").replace("first_end{n}", "1")
    cells = [f"```{{code-cell}}\n{body.replace('{n}', f'{n}x')}```" for n in range(45)]
    front = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n"
    pages = build(project, cells, front, "nb_execution_mode = 'off'\nd2lbook_package = 'tales'\n")
    assert project.warnings == ""
    torn = 0
    for n in range(45):
        first, last = (
            next(k for k, page in enumerate(pages) if f"{word}{n}x" in page) for word in ("def first", "third_end")
        )
        torn += first != last
        assert pages[last].count(f"tales.first{n}x") == 1, n
    assert torn


def test_blank_lines_of_code_are_as_high_as_others(project: Project) -> None:
    code = "\n".join(f"a{n} = {n}" for n in range(4)) + "\n\n" + "\n".join(f"b{n} = {n}" for n in range(5))
    project.conf = CONF
    project.write({"index.md": f"# Tales\n\n```python\n{code}\n```\n"})
    project.build("pdf")
    with pypdfium2.PdfDocument(project.build_folder / "pdf" / "tales.pdf") as document:
        for page in document:
            text = page.get_textpage()
            content = text.get_text_range()
            if "a0 = 0" not in content:
                continue
            lower = [text.get_charbox(content.index(f"{name} ") + 3)[1] for name in ("a1", "a2", "a3", "b0", "b1")]
            steps = [above - below for above, below in pairwise(lower)]
            assert steps[0] == pytest.approx(steps[1], abs=0.05)
            assert steps[2] == pytest.approx(2 * steps[0], abs=0.1)
            assert steps[3] == pytest.approx(steps[0], abs=0.05)


def signs(page: pypdfium2.PdfPage) -> list[tuple[float, float, set[str]]]:
    """Return right edge, lower edge and marks of each sign of five by three points on a page."""
    found = []
    for item in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = item.get_bounds()
        if (right - left, top - bottom) == (pytest.approx(5, abs=0.1), pytest.approx(3, abs=0.1)):
            found.append((right, bottom, marks_of(item)))
    return found


def marks_of(item: pypdfium2.PdfObject) -> set[str]:
    """Return the names of the marks around an object, such as "Artifact"."""
    names = set()
    for number in range(pypdfium2.raw.FPDFPageObj_CountMarks(item)):
        mark = pypdfium2.raw.FPDFPageObj_GetMark(item, number)
        buffer, length = (ctypes.c_ushort * 64)(), ctypes.c_ulong()
        pypdfium2.raw.FPDFPageObjMark_GetName(mark, buffer, 128, length)
        names.add(bytes(buffer)[: length.value - 2].decode("utf-16-le"))
    return names


LINES = "\n".join(f"    a{n}x = {n}" for n in range(90))
STATEMENTS = "\n\n".join(f"def f{n}(x):\n    a = 1\n    return a{n}x" for n in range(30))


@pytest.mark.parametrize(
    ("block", "last"),
    [
        (f"```python\ndef g(x):\n{LINES}\n```", "a89x"),
        (f"```python\n{STATEMENTS}\n```", "a29x"),
        (f"```{{code-block}} python\n:linenos:\n\n{STATEMENTS}\n```", "a29x"),
        (f"```{{code-block}} text\n{LINES}\n```", "a89x"),
        (f"````{{note}}\n```python\n{STATEMENTS}\n```\n````", "a29x"),
    ],
    ids=["a long statement", "statements", "numbered lines", "text", "in a box"],
)
def test_code_that_goes_on_has_a_sign_that_is_no_text(project: Project, block: str, last: str) -> None:
    project.conf = CONF + 'd2lbook_pdf_standards = ["ua-1"]\n'
    index = "# Tales\n\nText.\n\n```{toctree}\n:numbered:\none\n```\n"
    project.write({"index.md": index, "one.md": f"# One\n\n{block}\n\nBehind.\n\n```python\nshort = 1\n```\n"})
    project.build("pdf")
    assert project.warnings == ""
    with pypdfium2.PdfDocument(project.build_folder / "pdf" / "tales.pdf") as document:
        texts = [page.get_textpage().get_text_range() for page in document]
        found = [signs(page) for page in document]
        lowest = [
            min(
                (item.get_bounds()[1] for item in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT])), default=0
            )
            for page in document
        ]
    goes_on = [bool(re.search(r"\ba\d+x", text)) and last not in text for text in texts]
    assert sum(goes_on) >= 2
    assert [len(there) for there in found] == list(map(int, goes_on))
    for number, there in enumerate(found):
        for _right, bottom, marks in there:
            assert marks == {"Artifact"}
            # Below the last line, unless that is the number of the page.
            assert bottom < lowest[number] or "1" in texts[number].split()[-1:]


def test_code_that_fits_has_no_sign(project: Project) -> None:
    pages = build(project, [f"```python\n{CODE.replace('{n}', f'{n}x')}```" for n in range(3)])
    assert pages
    with pypdfium2.PdfDocument(project.build_folder / "pdf" / "tales.pdf") as document:
        assert not any(signs(page) for page in document if "third_end" in page.get_textpage().get_text_range())
