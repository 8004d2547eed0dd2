"""The names of directives and roles that docutils registers."""

from __future__ import annotations

import pytest
from docutils.parsers.rst import directives

from sphinxcontrib_d2lbook.upstream import docutils


def test_directives_and_roles_have_names() -> None:
    assert {"note", "figure"} <= set(docutils.directive_names(None))
    assert {"emphasis", "math"} <= set(docutils.role_names(None))


def test_only_hints_are_lost_without_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(directives, "_directive_registry")
    monkeypatch.setattr(directives, "_directives", None)
    assert list(docutils.directive_names(None)) == []
