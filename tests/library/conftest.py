"""Books made of code cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from sphinxcontrib_d2lbook.common.errors import BookProblems
from sphinxcontrib_d2lbook.library import About, Library, PackageNames, build_library
from sphinxcontrib_d2lbook.notebook import read_notebook
from sphinxcontrib_d2lbook.notebook.save_marks import MarkGrammar, default_patterns

MATTER = "---\nfile_format: mystnb\n---\n"

Make = Callable[..., Library]


def make_library(
    *pages: str | list[str],
    package: str = "d2l",
    default: str = "mxnet",
    version: str = "1.0",
    declared: Sequence[str] = (),
) -> Library:
    """Each page is Markdown, or a list of code cells below a heading with the label `sec_0`, `sec_1`, …"""
    notebooks = []
    for number, page in enumerate(pages):
        if isinstance(page, list):
            page = f"(sec_{number})=\n# Title\n\n" + "".join(f"```{{code-cell}}\n{cell}\n```\n\n" for cell in page)
        notebooks.append(read_notebook(MATTER + page, f"p{number}", f"book/p{number}.md"))
    names = PackageNames(package, default)
    return build_library(notebooks, MarkGrammar(default_patterns(package)), About("A Book", version, names), declared)


@pytest.fixture(scope="session")
def library() -> Make:
    return make_library


@pytest.fixture
def refused() -> Callable[..., list[str]]:
    """What is said of a book that is refused."""

    def problems(*pages: str | list[str], **names: Any) -> list[str]:
        with pytest.raises(BookProblems) as err:
            make_library(*pages, **names)
        return list(err.value.problems)

    return problems
