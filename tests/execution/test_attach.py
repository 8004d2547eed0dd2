"""A page that ran is read as MyST-NB reads it, though without its reader."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from myst_nb.core.read import MystMetadataParsingError, read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig

from sphinxcontrib_d2lbook.common.errors import BookProblems
from sphinxcontrib_d2lbook.execution.attached_outputs import as_myst_nb_reads
from sphinxcontrib_d2lbook.notebook import Syntax, read_notebook

BOOK = Path(__file__).parents[2] / "book"
EXTENSIONS = frozenset({"amsmath", "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"})
FRONT = "---\nfile_format: mystnb\nkernelspec: {name: python3}\n---\n"
PARTS = [
    "",
    " ",
    "text",
    "# Title",
    "```{code-cell}\nx\n```",
    "```{code-cell} ipython3\n:tags: [hide-input]\n\ny = 1\n\n```",
    "~~~{code-cell}\n---\nmystnb: {image: {width: 3}}\n---\nz\n~~~",
    "```{code-cell}\n:tags: none\nx\n```",
    "```{raw-cell}\n:format: text/html\n\n<b>\n```",
    "```{code-cell}\n:a: [\n```",
    "````{note}\n```{code-cell}\nno\n```\n````",
    "- item\n  ```{code-cell}\n  no\n  ```",
    '+++ {"tags": ["remove-cell"], "day": 1}',
    "+++",
    "+++ [1]",
    "$$\na\n$$ (eq)",
]


def without_ids(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Theirs are made by chance."""
    for cell in notebook.cells:
        assert cell.pop("id")
    return notebook


def assert_same(text: str, file: Path = Path("a.md"), frameworks: tuple[str, ...] = ()) -> None:
    config = MdParserConfig(enable_extensions=set(EXTENSIONS))
    try:
        theirs = read_myst_markdown_notebook(text, config, add_source_map=True, path=file)
    except (MystMetadataParsingError, nbformat.ValidationError) as err:
        with pytest.raises((BookProblems, type(err))):
            as_myst_nb_reads(read_notebook(text, "", str(file), syntax=Syntax(EXTENSIONS)))
        return
    page = read_notebook(text, "", str(file), syntax=Syntax(EXTENSIONS, frameworks=frameworks), folder=file.parent)
    ours = as_myst_nb_reads(page)
    for cell in reversed([cell for cell in page.cells if cell.nested]):  # MyST-NB knows none of these
        assert "remove-cell" in ours.cells.pop(cell.index).metadata["tags"]
        del ours.metadata["source_map"][cell.index]
    if frameworks:  # an option that MyST-NB does not know, and keeps as metadata
        for cell in theirs.cells:
            assert cell.metadata.pop("framework", None) in (None, *frameworks)
    assert without_ids(ours) == without_ids(theirs)
    assert all(type(one) is type(other) for one, other in zip(ours.cells, theirs.cells, strict=True))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=12))
def test_any_page(parts: list[str]) -> None:
    assert_same(FRONT + "\n".join(parts))


@pytest.mark.parametrize(
    "front",
    [
        "file_format: mystnb",
        "file_format: mystnb\nkernelspec:\n  name: python3\n  display_name: Python 3",
        "file_format: mystnb\nkernelspec:\n  name: python3\n  language: python\nday: 2026-01-02\nmystnb: {a: [{b: 2}]}",
    ],
)
def test_front_matter(front: str) -> None:
    assert_same(f"---\n{front}\n---\n\n\ntext\n```{{code-cell}}\nx\n```\n")


@pytest.mark.parametrize("name", sorted(file.relative_to(BOOK).as_posix() for file in BOOK.rglob("*.md")))
def test_the_pages_of_the_book(name: str) -> None:
    text = (BOOK / name).read_text("utf-8")
    if text.startswith("---\nfile_format: mystnb"):
        assert_same(text, BOOK / name, ("mxnet", "numpy", "pytorch"))


def test_code_that_a_cell_loads(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("a = 1\n", "utf-8")
    assert_same(f"{FRONT}```{{code-cell}}\n:load: code.py\n\nx\n```\n", tmp_path / "a.md")
