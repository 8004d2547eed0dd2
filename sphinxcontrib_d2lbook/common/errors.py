"""Define the errors by which an author's mistake stops a build."""

from __future__ import annotations

from collections.abc import Iterable

from sphinx.errors import SphinxError

from .notebook_positions import readable


class BookError(SphinxError):
    """A mistake of the author leaves nothing that could be built. `sphinx-build` prints it without a traceback.

    The message names the file and line, the fault, the other place if there is one, and the remedy.
    """

    category = "Book error"

    def __str__(self) -> str:
        return readable(super().__str__())


class BookProblems(BookError):
    """Several mistakes, found together and reported in the order of files and lines, each once."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(sorted(dict.fromkeys(problems), key=_place))
        super().__init__("\n".join(self.problems))

    def __reduce__(self) -> tuple[type[BookProblems], tuple[tuple[str, ...]]]:
        return type(self), (self.problems,)


def _place(problem: str) -> tuple[str, int, str]:
    """Return the sort key of a message such as "book/page.md:12: …": file, line, rest."""
    path, _, rest = problem.partition(":")
    line, _, fault = rest.partition(":")
    return (path, int(line), fault) if line.isdecimal() else (path, 0, rest)
