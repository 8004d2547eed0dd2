"""Read `d2lbook_frameworks`, the frameworks in which pages of a book run, with what holds where it says nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from ..common.errors import BookProblems
from ..common.suggestions import did_you_mean


@dataclass(frozen=True)
class Framework:
    """Framework for which pages may have cells of their own."""

    name: str
    label: str
    """Name for readers."""
    kernel: str
    """Name of the kernelspec that runs its cells; "" for that of the page."""
    module: str
    """Module of the package that gets what its cells save."""


def frameworks(config: Any) -> dict[str, Framework]:
    """Return the frameworks of the book by name, in order."""
    return {
        name: Framework(
            name,
            given.get("label", name),
            given.get("kernel", ""),
            given.get("module", re.sub(r"\W", "_", name)),
        )
        for name, given in config.d2lbook_frameworks.items()
    }


def printed_framework(config: Any, of_page: Sequence[str]) -> str:
    """Return the framework that the PDF prints of a page with several; ``of_page`` are those of the page."""
    wanted: str = config.d2lbook_pdf_framework
    return wanted if wanted in of_page else of_page[0]


def check_printed(app: Sphinx, config: Config) -> None:
    """Refuse frameworks for the PDF or an edition that the book does not have.

    Handle `config-inited`. Raise BookProblems.
    """
    there = list(config.d2lbook_frameworks)
    asked = {f"d2lbook_pdf_framework = {config.d2lbook_pdf_framework!r}": config.d2lbook_pdf_framework}
    for edition, values in config.d2lbook_editions.items():
        name = values.get("framework", "")
        asked[f"d2lbook_editions: {edition!r}: 'framework': {name!r}"] = name
    problems = []
    for place, name in asked.items():
        if name and name not in there:
            question = did_you_mean(name, there) or f"d2lbook_frameworks has: {', '.join(there) or 'none'}"
            problems.append(f"{app.confdir}/conf.py: {place}: no such framework; {question}")
    if problems:
        raise BookProblems(problems)
