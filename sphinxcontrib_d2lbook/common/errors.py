"""The errors that stop a build because of what an author wrote."""

from __future__ import annotations

from collections.abc import Iterable

from sphinx.errors import SphinxError

from .notebook_positions import readable


class BookError(SphinxError):
    """An author's mistake that no output can be made of; `sphinx-build` prints it without a traceback.

    The message names the file and line, what is wrong, the other place if there is one, and the remedy.
    """

    category = "Book error"

    def __str__(self) -> str:
        return readable(super().__str__())


class BookProblems(BookError):
    """Several mistakes, found in one go and reported together, in the order of files and lines."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(sorted(problems, key=_place))
        super().__init__("\n".join(self.problems))

    def __reduce__(self) -> tuple[type[BookProblems], tuple[tuple[str, ...]]]:
        return type(self), (self.problems,)


def _place(problem: str) -> tuple[str, int, str]:
    """What "book/page.md:12: …" sorts by."""
    path, _, rest = problem.partition(":")
    line, _, fault = rest.partition(":")
    return (path, int(line), fault) if line.isdecimal() else (path, 0, rest)
