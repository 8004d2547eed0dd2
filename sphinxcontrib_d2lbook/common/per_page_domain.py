"""A domain that keeps what was read of each page."""

from __future__ import annotations

from collections.abc import Set
from typing import Any, ClassVar, Generic, TypeVar, cast

from docutils import nodes
from sphinx.domains import Domain

Value = TypeVar("Value")


class PerPageDomain(Domain, Generic[Value]):
    """Forgets a page that is read again, and takes the pages that another process has read.

    A subclass has a name, a label and a version, and says where the values come from, mostly by `process_doc`. No
    reference of unknown kind leads to it.
    """

    initial_data: ClassVar[dict[str, Any]] = {"pages": {}}
    by_page: ClassVar[tuple[str, ...]] = ("pages",)
    """Those of the data that are values by docname: a subclass may keep others beside `pages`."""

    @property
    def pages(self) -> dict[str, Value]:
        """docname -> what is kept of it; pages of which nothing is kept are not in it."""
        return cast("dict[str, Value]", self.data["pages"])

    def clear_doc(self, docname: str) -> None:
        for name in self.by_page:
            self.data[name].pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        for name in self.by_page:
            self.data[name].update({page: value for page, value in otherdata[name].items() if page in docnames})

    def resolve_any_xref(self, *_args: Any) -> list[tuple[str, nodes.reference]]:
        """Called for every reference of unknown kind."""
        return []
