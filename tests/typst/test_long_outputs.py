"""Of a long output, paper shows the beginning and the end, and says where the rest is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pypdf
import pytest
from docutils import nodes
from hypothesis import given
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.outputs.paper.long_outputs import WIDTH, short_form, shortened, split_rows


@given(st.text(st.sampled_from("ab\n"), max_size=400), st.integers(1, 9))
def test_what_is_set_is_the_beginning_and_the_end_in_as_many_rows_as_are_allowed(text: str, limit: int) -> None:
    found = shortened(text, limit)
    text = text.removesuffix("\n")
    rows = split_rows(text)
    if found is None:
        assert len(rows) <= limit
        return
    beginning, left_out, end = found
    assert text.startswith(beginning)
    assert text.endswith(end)
    assert left_out == len(rows) - limit
    assert len(split_rows(beginning)) + (len(split_rows(end)) if limit > 2 else 0) == limit


@pytest.mark.parametrize(
    ("text", "rows"),
    [("", [""]), ("a\n\nb", ["a", "", "b"]), ("x" * (WIDTH + 1), ["x" * WIDTH, "x"]), ("x" * WIDTH, ["x" * WIDTH])],
)
def test_a_long_line_takes_several_rows(text: str, rows: list[str]) -> None:
    assert [text[start:end] for start, end in split_rows(text)] == rows


def test_parts_keep_what_they_are() -> None:
    node = nodes.literal_block("", "\n".join(map(str, range(100))), classes=["output", "stderr"], language="none")
    first, middle, last = short_form(node, 30, "https://book.org/page.html")
    assert first["classes"] == last["classes"] == ["output", "stderr"]
    assert first.astext().splitlines()[-1] == "19"
    assert last.astext().splitlines()[0] == "90"
    assert middle.astext() == "… 70 lines of this output are left out; all of it is at https://book.org/page.html"
    assert short_form(node, 0, "") == [node]
    assert short_form(node, 100, "") == [node]


CELLS = """# Long

```{code-cell}
for i in range(50_000): print('step', i)
```

```{code-cell}
print('y' * 1_000_000)
```

```{code-cell}
from IPython.display import HTML
rows = ''.join(f'<tr><td>row {i}</td></tr>' for i in range(300))
HTML(f'<table class="dataframe"><tbody>{rows}</tbody></table>')
```

```{code-cell}
HTML(''.join(f'<p>paragraph {i}</p>' for i in range(300)))
```

```{code-cell}
:tags: [raises-exception]

raise ValueError('\\n'.join(f'reason {i}' for i in range(1000)))
```
"""


def test_the_pdf_of_long_outputs_is_short(project: Any, page: Callable[[str], str]) -> None:
    project.conf += "html_baseurl = 'https://book.org/'\nd2lbook_pdf_output_lines = 30\n"
    project.write({"index.md": page(CELLS)})
    project.build("pdf")
    pdf = pypdf.PdfReader(project.build_folder / "pdf" / "a-book.pdf")
    text = "\n".join(one.extract_text() for one in pdf.pages)
    assert len(pdf.pages) < 12
    for shown in ("step 19\n", "step 49999", "row 29\n", "paragraph 19\n", "paragraph 299", "reason 999"):
        assert shown in text
    for left_out in ("step 20\n", "step 25000", "row 30\n", "paragraph 20\n"):
        assert left_out not in text
    assert "49,970 lines of this output are left out; all of it is at" in text
    assert text.count("https://book.org/index.html") == 5
    assert "index: in the PDF, … 49,970 lines of this output are left out" in project.status.getvalue()


def test_the_latex_pdf_of_long_outputs_is_short(project: Any, page: Callable[[str], str]) -> None:
    project.conf += "html_baseurl = 'https://book.org/'\nd2lbook_pdf_output_lines = 30\n"
    project.conf += "d2lbook_pdf_engine = 'latex'\n"
    project.write({"index.md": page("# Long\n\n```{code-cell}\nfor i in range(5000): print('step', i)\n```\n")})
    project.build("pdf")
    (file,) = (project.build_folder / "pdf").glob("*.pdf")
    printed = "\n".join(one.extract_text() for one in pypdf.PdfReader(file).pages)
    assert "step 4999" in printed
    assert "step 2500" not in printed
    project.build("latex")
    text = (project.build_folder / "latex/a-book.tex").read_text("utf-8")
    assert len(text) < 20_000
    assert r"4,970 lines of this output are left out; all of it is at \href{https://book.org/index.html}" in text
    assert "step 4999" in text
