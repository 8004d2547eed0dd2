"""What the tests of every migration do alike: folders written and compared, a dry run, and a second migration."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinxcontrib_d2lbook.commands.main import main


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files, by names relative to a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return the content of each file below a folder, without what git keeps there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }


def dry_run(source: Path, code: int, capsys: pytest.CaptureFixture[str]) -> str:
    """Migrate without a target, which writes nothing and ends with ``code``; return the report."""
    before = snapshot(source)
    assert main(["migrate", str(source)]) == code
    assert snapshot(source) == before
    return capsys.readouterr().out


def assert_nothing_left(target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Migrate a book that is migrated already: nothing changes."""
    before = snapshot(target)
    assert main(["migrate", str(target), "--write", str(target)]) == 0
    assert "there is nothing to migrate" in capsys.readouterr().out
    assert snapshot(target) == before
