"""Requirements are the distributions that code imports, bounded by what is installed."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from sphinxcontrib_d2lbook.common.errors import BookError
from sphinxcontrib_d2lbook.library.requirements import (
    declared_distributions,
    imported_distributions,
    imported_modules,
    missing_modules,
)


def test_each_distribution_once_with_bounds() -> None:
    found = imported_distributions(
        ["import yaml, os\nfrom yaml.nodes import Node", "def f():\n    import docutils.nodes"]
    )
    major = version("PyYAML").partition(".")[0]
    assert [item.name for item in found] == ["docutils", "PyYAML"]
    assert str(found[1]) == f"PyYAML>={version('PyYAML')},<{int(major) + 1}"


def test_what_conf_py_declares_is_required_with_its_specifier_or_bounds() -> None:
    found = declared_distributions({"pyyaml": "", "docutils": "==1", "not-here": ">=2"})
    major = int(version("PyYAML").partition(".")[0])
    assert [str(item) for item in found] == [
        "docutils==1",
        "not-here>=2",
        f"PyYAML>={version('PyYAML')},<{major + 1}",
    ]


@pytest.mark.parametrize(
    ("declared", "words"),
    [({"not-here": ""}, "'not-here', which is not installed"), ({"PyYAML": "=6"}, "'PyYAML=6' is no requirement")],
)
def test_declarations_that_say_nothing_are_refused(declared: dict[str, str], words: str) -> None:
    with pytest.raises(BookError, match=words):
        declared_distributions(declared)


@pytest.mark.parametrize(
    ("source", "modules"),
    [
        ("import os.path, a.b as c\nfrom d.e import f", {"a", "d"}),
        ("from . import a\nfrom .b import c", set()),
        ("try:\n    import a\nexcept ImportError:\n    import b\nelse:\n    import c", {"c"}),
        ("try:\n    import a\nexcept (KeyError, ModuleNotFoundError):\n    pass", set()),
        ("try:\n    import a\nexcept ValueError:\n    pass", {"a"}),
        ("if TYPE_CHECKING:\n    import a\nelse:\n    import b", {"b"}),
        ("%matplotlib inline\nimport a\n!ls", {"a"}),
        ("import (", set()),
        ("import own, a", {"a"}),
    ],
)
def test_imported_modules(source: str, modules: set[str]) -> None:
    assert imported_modules([source], own=["own"]) == modules


def test_what_is_not_installed_is_named() -> None:
    assert missing_modules(["import yaml, surely_not_there"]) == ["surely_not_there"]
    assert imported_distributions(["import surely_not_there"]) == []
