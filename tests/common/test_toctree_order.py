"""Pages in the order of their toctrees."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sphinxcontrib_d2lbook.common.toctree_order import pages_from

TOCTREES = SimpleNamespace(
    toctree_includes={"index": ["a/index", "b"], "a/index": ["a/one", "a/two"], "a/two": ["b", "index"], "lost": ["b"]}
)


@pytest.mark.parametrize(
    ("start", "pages"),
    [
        (["index"], ["index", "a/index", "a/one", "a/two", "b"]),
        (["a/two"], ["a/two", "b", "index", "a/index", "a/one"]),
        (["b", "lost"], ["b", "lost"]),
        (["lost", "b"], ["lost", "b"]),
        ([], []),
    ],
)
def test_each_page_comes_once_where_the_first_toctree_has_it(start: list[str], pages: list[str]) -> None:
    assert list(pages_from(TOCTREES, *start)) == pages  # type: ignore[arg-type]
