"""Say which notebooks a page has: one, or one for each framework, in a folder that is named by it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from ...common.errors import BookProblems
from ...notebook.cells import Notebook


def file_of(docname: str, framework: str = "") -> str:
    """Return the notebook of a page, relative to the folder of notebooks: `numpy/linear/scratch.ipynb`."""
    return f"{framework}/{docname}.ipynb" if framework else f"{docname}.ipynb"


def notebook_files(docname: str, frameworks: Sequence[str]) -> dict[str, str]:
    """Return framework -> notebook of a page; one for "" if ``frameworks``, those of the page, are none."""
    return {framework: file_of(docname, framework) for framework in frameworks or ("",)}


def refuse_collisions(docnames: Collection[str], pages: Mapping[str, Notebook]) -> None:
    """Raise BookProblems if the notebook of a framework would be that of another page."""
    problems = [
        f"{page.path}:1: its notebook for {framework} would be that of the page {other!r}; rename one of the pages"
        for docname, page in pages.items()
        for framework in page.frameworks
        if (other := f"{framework}/{docname}") in docnames
    ]
    if problems:
        raise BookProblems(problems)
