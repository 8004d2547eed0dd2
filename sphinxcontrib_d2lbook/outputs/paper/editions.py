"""Name the editions of the PDF, and apply the options in which each differs from the book's own PDF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sphinx.config import Config

from ...config import book_name
from .themes import themed_options


@dataclass(frozen=True)
class Edition:
    """PDF of the book, as one set of options gives it."""

    name: str = ""
    """Name in `d2lbook_editions`; "" for the book's own PDF."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Options in which it differs, without their prefix `d2lbook_pdf_`."""

    def file_name(self, config: Config) -> str:
        """Return the name of its file."""
        return f"{book_name(config)}-{self.name}.pdf" if self.name else f"{book_name(config)}.pdf"

    def engine(self, config: Config) -> str:
        """Return the name under which the work of the engine on this edition is kept and recorded."""
        engine = str(config.d2lbook_pdf_engine)
        return f"{engine}-{self.name}" if self.name else engine

    @contextmanager
    def applied(self, config: Config) -> Iterator[None]:
        """Give ``config`` the options of the edition, and those of its design, inside the `with` block."""
        names = {f"d2lbook_pdf_{name}": value for name, value in themed_options(config, self.values).items()}
        before = {name: config[name] for name in names}
        try:
            for name, value in names.items():
                config[name] = value
            yield
        finally:
            for name, value in before.items():
                config[name] = value


OWN = Edition()
"""The book's own PDF."""


def editions(config: Config) -> list[Edition]:
    """Return all editions, the book's own PDF first. LaTeX sets that alone."""
    if config.d2lbook_pdf_engine != "typst":
        return [OWN]
    return [OWN, *(Edition(name, values) for name, values in config.d2lbook_editions.items())]
