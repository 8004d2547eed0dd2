"""The smallest domain: it keeps one value a page, and nothing of it can be referred to."""

from __future__ import annotations

from collections.abc import Set
from typing import Any, ClassVar, Generic, TypeVar, cast

from docutils import nodes
from sphinx.domains import Domain

Value = TypeVar("Value")


class PagewiseDomain(Domain, Generic[Value]):
    """Of a subclass come name, label, version and, mostly by `process_doc`, the values."""

    initial_data: ClassVar[dict[str, Any]] = {"pages": {}}

    @property
    def pages(self) -> dict[str, Value]:
        """docname -> what is kept of it."""
        return cast("dict[str, Value]", self.data["pages"])

    def clear_doc(self, docname: str) -> None:
        self.pages.pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        self.pages.update({name: value for name, value in otherdata["pages"].items() if name in docnames})

    def resolve_any_xref(self, *_args: Any) -> list[tuple[str, nodes.reference]]:
        """Called for every reference of unknown kind."""
        return []
