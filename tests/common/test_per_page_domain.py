"""The domain that keeps values by page: what is forgotten, and what is taken from the process that read a page."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from sphinxcontrib_d2lbook.common.per_page_domain import PerPageDomain


class Words(PerPageDomain[str]):
    name = "words"
    label = "words"
    initial_data: ClassVar[dict[str, Any]] = {"pages": {}, "lengths": {}, "longest": ""}
    by_page = ("pages", "lengths")


@pytest.fixture
def words() -> Words:
    domain = Words(SimpleNamespace(domaindata={}))  # type: ignore[arg-type]
    domain.pages.update(a="apple", b="pear")
    domain.data["lengths"].update(a=5, b=4)
    domain.data["longest"] = "apple"
    return domain


def test_a_page_that_is_read_again_is_forgotten(words: Words) -> None:
    words.clear_doc("a")
    words.clear_doc("absent")
    assert words.pages == {"b": "pear"}
    assert words.data["lengths"] == {"b": 4}
    assert words.data["longest"] == "apple"


def test_only_the_pages_that_another_process_read_are_taken_from_it(words: Words) -> None:
    other = {"pages": {"b": "plum", "c": "fig"}, "lengths": {"b": 4, "c": 3}, "longest": "plum"}
    words.merge_domaindata({"c", "d"}, other)
    assert words.pages == {"a": "apple", "b": "pear", "c": "fig"}
    assert words.data["lengths"] == {"a": 5, "b": 4, "c": 3}
    assert words.data["longest"] == "apple"


def test_references_of_unknown_kind_do_not_lead_to_it(words: Words) -> None:
    assert words.resolve_any_xref() == []
