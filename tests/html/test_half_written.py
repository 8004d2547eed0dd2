"""What a full disk left of a site does not stop the next build."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    "left", ["", "# Sphinx build info version 1\n", "# Sphinx build info version 1\n# This\nconfig: 1"]
)
def test_a_build_info_that_was_cut_short(project: Any, left: str) -> None:
    project.conf += "html_theme = 'basic'\n"
    project.write({"index.md": "# Book\n"})
    project.build()
    file = project.build_folder / "html" / ".buildinfo"
    whole = file.read_text("utf-8")
    file.write_text(left, "utf-8")
    project.build()
    assert file.read_text("utf-8") == whole
    assert project.warning.getvalue() == ""
