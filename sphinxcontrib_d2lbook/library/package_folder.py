"""Write the generated package to the book's own folder: only files that changed, and never a file of anyone else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..common.errors import BookProblems
from ..common.files import write_tree
from .file_checksums import FilePart, differing, touched

HEADER = "# Generated from the pages of "

Origin = Callable[[str, Sequence[str]], str]
"""Takes a file's name and names that it defines; returns the place in the book that saves one of them, or ""."""


def write_package(folder: Path, files: Mapping[str, str], place: str, origin: Origin) -> list[str]:
    """Update ``folder`` so that it holds ``files``, and return the names of the files that changed.

    Generated modules that are no longer in ``files`` are removed. ``place`` is the folder's name in messages. Raise
    BookProblems if a file of the folder was not generated, or was changed by hand since, and OSError.
    """
    ours = _generated(folder)
    problems = [*foreign_files(folder, files, place), *hand_edits(folder, files, place, origin)]
    if problems:
        raise BookProblems(problems)
    return write_tree(folder, files, owned=sorted(ours))


def _generated(folder: Path) -> dict[str, str]:
    """Return the text of each file that we generated, by name. Skip files that another build removes meanwhile."""
    texts = {}
    for path in sorted(folder.glob("[!.]*.py")):
        try:
            text = path.read_text("utf-8", "replace")
        except FileNotFoundError:
            continue
        if text.startswith(HEADER):
            texts[path.name] = text
    return texts


def foreign_files(folder: Path, files: Mapping[str, str], place: str) -> list[str]:
    """Return problems with files that were not generated and stand in the way of generated ones."""
    ours = _generated(folder)
    return [
        f"{place}/{name}:1: the package of the book goes here, but this file is not a generated one; "
        "move it away, or give the package another name with d2lbook_package"
        for name in sorted(files)
        if name.endswith(".py") and name not in ours and (folder / name).exists()
    ]


def hand_edits(folder: Path, files: Mapping[str, str], place: str, origin: Origin) -> list[str]:
    """Return problems with generated files that somebody has changed."""
    problems = []
    for name, text in _generated(folder).items():
        wanted = files.get(name, "")
        for part, line in touched(text, wanted) if text != wanted else ():
            problems.append(
                f"{place}/{name}:{line}: this generated file was changed by hand, in {described(part, name, origin)}; "
                f"make the change in the cell of the book, then discard this one: delete {place}/{name} and build again"
            )
    return problems


def described(part: FilePart, file: str, origin: Origin) -> str:
    """Return words for a part: `'train', which book/linear.md:12 saves`."""
    source = origin(file, part.names)
    if source:
        return f"{', '.join(map(repr, part.names[:3]))}, which {source} saves"
    return f"the part {part.title!r}"


def stale_parts(folder: Path, files: Mapping[str, str], place: str, origin: Origin) -> list[str]:
    """Return a line for each file, or part of one, that differs from what the sources give. Write nothing."""
    lines = []
    ours = _generated(folder)
    for name, text in sorted(files.items()):
        if not (folder / name).exists():
            lines.append(f"{place}/{name}: is missing")
        elif name in ours and ours[name] != text:
            parts = differing(ours[name], text)
            lines += [f"{place}/{name}:{part.line}: differs in {described(part, name, origin)}" for part in parts]
            if not parts:
                lines.append(f"{place}/{name}: differs in the order of its parts")
    lines += [f"{place}/{name}: nothing is saved to it any more" for name in sorted(ours.keys() - files.keys())]
    return lines
