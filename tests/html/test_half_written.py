"""What a full disk left of a site does not stop the next build."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
import sphinx_proof
from sphinx.errors import ExtensionError


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


def test_a_style_sheet_that_is_copied_in_part(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if it were the author's own file, which no build writes over; what lies beside it stays."""
    project.conf += "html_theme = 'basic'\n"
    project.write({"index.md": "# Book\n"})
    project.build()
    folder = project.build_folder / "html" / "_static"
    whole = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}

    def copy_in_part(source: str, destination: str) -> None:
        (Path(destination) / Path(source).name).write_bytes(Path(source).read_bytes()[:40])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(sphinx_proof, "copy_asset", copy_in_part)
        with pytest.raises(ExtensionError, match="No space left"):
            project.build()
    assert {path for path in whole if not path.exists()} == {folder / "proof.css"}
    project.build()
    assert project.warning.getvalue() == ""
    assert {path: path.read_bytes() for path in whole} == whole
