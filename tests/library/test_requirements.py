"""Requirements are the distributions that code imports, bounded by what is installed."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from sphinxcontrib_d2lbook.library.requirements import imported_distributions, imported_modules, missing_modules


def test_each_distribution_once_with_bounds() -> None:
    found = imported_distributions(
        ["import yaml, os\nfrom yaml.nodes import Node", "def f():\n    import docutils.nodes"]
    )
    major = version("PyYAML").partition(".")[0]
    assert [item.name for item in found] == ["docutils", "PyYAML"]
    assert str(found[1]) == f"PyYAML>={version('PyYAML')},<{int(major) + 1}"


def test_conf_py_goes_over_the_bounds() -> None:
    assert [str(item) for item in imported_distributions(["import yaml"], {"pyyaml": "==6"})] == ["PyYAML==6"]
    assert [str(item) for item in imported_distributions(["import yaml"], {"PyYAML": ""})] == ["PyYAML"]


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
