"""Plan the migration of a Sphinx project with nbsphinx or MyST-NB."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ....common.errors import BookError
from ..migration_plan import LEFT_BEHIND, MigrationPlan, requirements
from ..migration_report import Line
from ..page_notes import PageNotes
from ..source_texts import read_text
from . import conf_file, notebook_cells, rst_pages
from .known_settings import OURS

CONFIG = "conf.py"
OLD = r"nbsphinx(?![-_]link)\b"
"""Distribution that read the notebooks so far."""


def plan(source: Path) -> MigrationPlan:
    """Return what a migration would write; nothing for a project that has no use of one. Raises BookError."""
    moved = MigrationPlan()
    file = conf_file.read(source / CONFIG)
    notes = PageNotes(CONFIG)
    is_nbsphinx = conf_file.change(file, notes)
    listed = {item.value for item in file.extensions()}
    if not is_nbsphinx and not file.edits:
        return moved  # MyST-NB with this plugin, or a project without notebooks
    moved.files[CONFIG] = file.changed(conf_file.added(file, is_nbsphinx=is_nbsphinx))
    moved.lines += notes.lines()
    if is_nbsphinx:
        _pages(source, moved)
        requirements(source, ["sphinxcontrib-d2lbook"], moved, old=OLD, name="nbsphinx")
    elif OURS not in listed:
        moved.lines.append(
            Line("requirements.txt", 1, "what the project needs", "install sphinxcontrib-d2lbook as well")
        )
    return moved


def _pages(source: Path, moved: MigrationPlan) -> None:
    for path in _sources(source):
        name = path.relative_to(source).as_posix()
        notes = PageNotes(name)
        if path.suffix == ".nblink":
            _linked(path, name, moved, notes)
        else:
            text = read_text(path)
            changed = _notebook(text, path, notes) if path.suffix == ".ipynb" else rst_pages.convert(text, notes)
            if changed != text:
                moved.files[name] = changed
        moved.lines += notes.lines()


def _sources(source: Path) -> Iterator[Path]:
    for path in sorted(source.rglob("*")):
        parts = path.relative_to(source).parts
        if path.suffix in (".ipynb", ".rst", ".nblink") and path.is_file() and not LEFT_BEHIND.intersection(parts):
            yield path


def _notebook(text: str, path: Path, notes: PageNotes) -> str:
    try:
        return notebook_cells.convert(text, notes)
    except (ValueError, KeyError, TypeError) as err:
        raise BookError(f"{path}: is not a notebook that can be read: {err}") from err


def _linked(path: Path, name: str, moved: MigrationPlan, notes: PageNotes) -> None:
    """Put a copy of a notebook in place of the file that links to it."""
    try:
        target, media = next(notebook_cells.linked(path.read_text(encoding="utf-8")))
        notebook = path.parent / target
        text = notebook.read_text(encoding="utf-8")
    except (ValueError, OSError) as err:
        raise BookError(f"{path}:1: is not a link to a notebook that can be read: {err}") from err
    moved.files[f"{name.removesuffix('.nblink')}.ipynb"] = _notebook(text, notebook, notes)
    moved.gone.append(name)
    notes.ask(1, target, "a copy of it stands in place of this file; later changes there do not reach it")
    if media:
        notes.ask(1, "extra-media", f"copy what the notebook shows beside it: {media}")
