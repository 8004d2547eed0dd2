"""The errors that stop a build because of what an author wrote."""

from __future__ import annotations

from collections.abc import Iterable

from sphinx.errors import SphinxError


class BookError(SphinxError):
    """An author's mistake that no output can be made of; `sphinx-build` prints it without a traceback.

    The message names the file and line, what is wrong, the other place if there is one, and the remedy.
    """

    category = "Book error"


class BookProblems(BookError):
    """Several mistakes, found in one go and reported together."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))

    def __reduce__(self) -> tuple[type[BookProblems], tuple[tuple[str, ...]]]:
        return type(self), (self.problems,)
