"""A migration as a whole: what is read, what is written where, and what is reported."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...common.errors import BookError
from . import config, contents, pages, yamls
from .contents import SUFFIXES, Contents
from .report import Line, show

CONFIG, TOC = "_config.yml", "_toc.yml"
LEFT_BEHIND = frozenset({"_build", ".git", ".ipynb_checkpoints", "__pycache__"})
"""Folders that are not copied."""
FIRST_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Redirect</title>
<meta http-equiv="refresh" content="0; url={0}.html">
<link rel="canonical" href="{0}.html">
<a href="{0}.html">{0}</a>
</html>
"""
EXTRA = "_extra"
"""Folder of what goes into the website as it is."""


@dataclass
class Moved:
    """What a migration writes and takes away, by paths relative to the book's folder."""

    files: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def migrate(source: Path, target: Path | None) -> int:
    """Report what becomes of a book of Jupyter Book 1, and write it to ``target`` unless that is None.

    ``target`` is a new folder, or ``source`` itself if git has nothing to commit there. Returns 0, or 1 if the author
    has to decide something. Raises BookError where there is no such book, it cannot be read, or something is in the
    way; nothing is written then.
    """
    source = source.resolve()
    if (source / "conf.py").is_file() and not (source / CONFIG).is_file():
        print(f"{source} has a conf.py and no {CONFIG}: there is nothing to migrate.")
        return 0
    moved = plan(source)
    print(show(moved.lines))
    if target is not None:
        _write(source, target.resolve(), moved)
        print(f"\nThe book is in {target}. Build it there:\n\n    sphinx-build -M book . _build -c .")
    return 1 if any(line.by_hand for line in moved.lines) else 0


def plan(source: Path) -> Moved:
    """Return what a migration would write. Raises BookError."""
    if not (source / TOC).is_file():
        raise BookError(f"{source}: has no {TOC}; name the folder of a book of Jupyter Book 1, the one with {CONFIG}")
    moved = Moved()
    document = yamls.read(source / CONFIG) if (source / CONFIG).is_file() else yamls.Document(CONFIG, {}, {})
    conf, lines = config.convert(document)
    tree, toc_lines = contents.parse(yamls.read(source / TOC))
    moved.lines += [*lines, *toc_lines]
    sources = dict(_sources(source))
    _put_toctrees(source, tree, sources, moved)
    excluded: list[str] = []
    if conf.only_listed:
        excluded = sorted(str(file) for name, file in sources.items() if not tree.matches(name))
    if tree.root != "index" and "index" not in sources:
        moved.files[f"{EXTRA}/index.html"] = FIRST_PAGE.format(tree.root)
        conf.values["html_extra_path"] = [*conf.values.get("html_extra_path", ()), EXTRA]
    if (source / "_static").is_dir():
        conf.values.setdefault("html_static_path", ["_static"])
    if (source / "conf.py").is_file():
        moved.lines.append(
            Line("conf.py", 1, "a conf.py of its own", "is replaced; take over what it says", by_hand=True)
        )
    moved.files["conf.py"] = config.text(conf, tree.root, excluded)
    moved.gone = [name for name in (CONFIG, TOC) if (source / name).is_file()]
    _requirements(source, conf, moved)
    return moved


def _sources(source: Path) -> Iterator[tuple[str, Path]]:
    """Yield docname and relative path of each page that the folder has."""
    for path in sorted(source.rglob("*")):
        relative = path.relative_to(source)
        if path.suffix in SUFFIXES[:3] and path.is_file() and not LEFT_BEHIND.intersection(relative.parts):
            yield contents.docname(relative.as_posix()), relative


def _put_toctrees(source: Path, tree: Contents, sources: Mapping[str, Path], moved: Moved) -> None:
    missing = sorted(name for name in tree.docnames() if name not in sources)
    if missing:
        raise BookError("\n".join(f"{TOC}: names {name!r}, and there is no such page in {source}" for name in missing))
    for name, relative in sources.items():
        trees = tree.toctrees.get(name, [])
        path = source / relative
        text = path.read_text(encoding="utf-8")
        if not trees and "tableofcontents" not in text:
            continue
        try:
            changed, shown = pages.with_toctrees(text, path.suffix, trees)
        except (ValueError, KeyError, TypeError) as err:
            raise BookError(f"{path}: is not a notebook that can be read: {err}") from err
        for line in shown:
            moved.lines.append(Line(str(relative), line, "{tableofcontents}", "the page's toctrees, shown"))
        if trees and not shown:
            count = sum(len(one.entries) for one in trees)
            last = text.count("\n") + 1
            moved.lines.append(Line(str(relative), last, f"{count} pages below it in {TOC}", "a toctree at its end"))
        if changed != text:
            moved.files[relative.as_posix()] = changed


def _requirements(source: Path, conf: config.Conf, moved: Moved) -> None:
    """Replace Jupyter Book in requirements.txt, and name other files that ask for it."""
    wanted = conf.requirements()
    path = source / "requirements.txt"
    if path.is_file():
        lines = path.read_text(encoding="utf-8").splitlines()
        at = [
            number for number, line in enumerate(lines) if re.match(r"jupyter[-_.]book\b", line.strip(), re.IGNORECASE)
        ]
        if at:
            known = {re.split(r"[^\w.-]", line.strip().lower().replace("_", "-"))[0] for line in lines}
            lines[at[0] : at[0] + 1] = [name for name in wanted if name not in known]
            moved.files["requirements.txt"] = "\n".join(lines) + "\n"
            moved.lines.append(Line("requirements.txt", at[0] + 1, "jupyter-book", ", ".join(wanted)))
            return
    note = f"install {', '.join(wanted)} in place of jupyter-book"
    moved.lines.append(Line("requirements.txt", 1, "what the book needs", note, by_hand=True))


def _write(source: Path, target: Path, moved: Moved) -> None:
    if target == source:
        _check_clean(source)
    elif target.exists() and any(target.iterdir() if target.is_dir() else [target]):
        raise BookError(f"{target}: is there already; name a folder that is empty or not there yet, or {source} itself")
    elif target.is_relative_to(source):
        raise BookError(f"{target}: is inside of {source}; name a folder beside it, or {source} itself")
    else:
        shutil.copytree(
            source, target, ignore=lambda _folder, names: LEFT_BEHIND.intersection(names), dirs_exist_ok=True
        )
    for name, text in moved.files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name in moved.gone:
        (target / name).unlink()


def _check_clean(folder: Path) -> None:
    """Raises BookError unless git could bring back all that is in ``folder``."""
    try:
        done = subprocess.run(
            ["git", "status", "--porcelain", "--", "."], cwd=folder, capture_output=True, text=True, check=False
        )
    except OSError as err:
        raise BookError(
            f"{folder}: cannot be changed in place, since git is not here ({err}); name a new folder"
        ) from err
    if done.returncode:
        raise BookError(f"{folder}: is in no git repository, so that nothing could be taken back; name a new folder")
    if done.stdout.strip():
        raise BookError(f"{folder}: has changes that are not committed; commit them first, or name a new folder")
