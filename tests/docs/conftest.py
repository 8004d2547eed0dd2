"""Projects that are filled with what the manual shows."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from ..conftest import own_imports
from .pages import DOCS


@pytest.fixture
def filled(project: Any) -> Iterator[Callable[[Mapping[str, str]], Any]]:
    """Yield a function that writes files, named as in the manual, into a project and returns it."""

    def fill(files: Mapping[str, str]) -> Any:
        for name, text in files.items():
            if name == "conf.py":
                project.conf = text
            else:
                path = project.folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
        for picture in (DOCS / "reference").glob("*.svg"):
            shutil.copy(picture, project.source)
        return project

    with own_imports(project.folder):
        yield fill
