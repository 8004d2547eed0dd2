"""Define a domain that stores a value for each page."""

from __future__ import annotations

from collections.abc import Set
from typing import Any, ClassVar, Generic, TypeVar, cast

from docutils import nodes
from sphinx.domains import Domain

Value = TypeVar("Value")


class PerPageDomain(Domain, Generic[Value]):
    """Domain that forgets a page when it is read again, and merges the pages that other processes have read.

    A subclass has a name, a label and a version, and gets its values from the pages, mostly by `process_doc`. `any`
    references never resolve to it.
    """

    initial_data: ClassVar[dict[str, Any]] = {"pages": {}}
    by_page: ClassVar[tuple[str, ...]] = ("pages",)
    """Keys of the data whose values are dictionaries by docname. A subclass may add others to `pages`."""

    @property
    def pages(self) -> dict[str, Value]:
        """Values by docname; pages without a value are missing."""
        return cast("dict[str, Value]", self.data["pages"])

    def clear_doc(self, docname: str) -> None:
        for name in self.by_page:
            self.data[name].pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        for name in self.by_page:
            self.data[name].update({page: value for page, value in otherdata[name].items() if page in docnames})

    def view(self, docname: str) -> str:
        """Return a digest of what a page shows that depends on other pages or files; "" if there is nothing.

        Such a page is written again when the digest differs from the one at its last writing. This is called when all
        numbers are given out.
        """
        return ""

    def resolve_any_xref(self, *_args: Any) -> list[tuple[str, nodes.reference]]:
        """Return no candidates for an `any` reference."""
        return []
