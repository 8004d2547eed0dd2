"""Plan the migration of a book of Jupyter Book 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from ...common.errors import BookError
from . import conf_writer, config_file, page_toctrees, toc_file, yaml_lines
from .conf_writer import Conf
from .migration_plan import EXTRA, FIRST_PAGE, LEFT_BEHIND, MigrationPlan, requirements
from .migration_report import Line
from .source_texts import read_text
from .toc_file import SUFFIXES, Contents

CONFIG, TOC = "_config.yml", "_toc.yml"
OLD = r"jupyter[-_.]book\b"
"""Distribution that built the book so far."""


def plan(source: Path) -> MigrationPlan:
    """Return what a migration would write. Raises BookError."""
    moved = MigrationPlan()
    document = yaml_lines.read(source / CONFIG) if (source / CONFIG).is_file() else yaml_lines.Document(CONFIG, {}, {})
    conf, lines = config_file.convert(document)
    tree, toc_lines = toc_file.parse(yaml_lines.read(source / TOC))
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
        conf.values["html_static_path"] = list(dict.fromkeys([*conf.values.get("html_static_path", ()), "_static"]))
    moved.lines += _load_static(source, conf)
    if (source / "conf.py").is_file():
        moved.lines.append(
            Line("conf.py", 1, "a conf.py of its own", "is replaced; take over what it says", by_hand=True)
        )
    moved.files["conf.py"] = conf_writer.text(conf, tree.root, excluded)
    moved.gone = [name for name in (CONFIG, TOC) if (source / name).is_file()]
    requirements(source, conf.requirements(), moved, old=OLD, name="jupyter-book")
    return moved


def _load_static(source: Path, conf: Conf) -> Iterator[Line]:
    """List each style sheet and script of the folders of static files in conf.py: Jupyter Book loads them unasked."""
    for name, suffix, found in (("html_css_files", ".css", "style sheet"), ("html_js_files", ".js", "script")):
        for folder in conf.values.get("html_static_path", ()):
            for path in sorted((source / folder).rglob(f"*{suffix}")):
                loaded = path.relative_to(source / folder).as_posix()
                if loaded not in (files := conf.values.setdefault(name, [])):
                    files.append(loaded)
                    yield Line(path.relative_to(source).as_posix(), 1, found, f"`{name}`")


def _sources(source: Path) -> Iterator[tuple[str, Path]]:
    """Yield docname and relative path of each page that the folder has."""
    for path in sorted(source.rglob("*")):
        relative = path.relative_to(source)
        if path.suffix in SUFFIXES[:3] and path.is_file() and not LEFT_BEHIND.intersection(relative.parts):
            yield toc_file.docname(relative.as_posix()), relative


def _put_toctrees(source: Path, tree: Contents, sources: Mapping[str, Path], moved: MigrationPlan) -> None:
    missing = sorted(name for name in tree.docnames() if name not in sources)
    if missing:
        raise BookError("\n".join(f"{TOC}: names {name!r}, and there is no such page in {source}" for name in missing))
    for name, relative in sources.items():
        trees = tree.toctrees.get(name, [])
        path = source / relative
        text = read_text(path)
        if not trees and "tableofcontents" not in text:
            continue
        try:
            changed, shown = page_toctrees.with_toctrees(text, path.suffix, trees)
        except (ValueError, KeyError, TypeError) as err:
            raise BookError(f"{path}: is not a notebook that can be read: {err}") from err
        for line in shown:
            moved.lines.append(Line(str(relative), line, "{tableofcontents}", "the page's toctrees, shown"))
        if trees and not shown:
            count = sum(len(one.entries) for one in trees)
            last = text.count("\n") + 1
            below = "1 page" if count == 1 else f"{count} pages"
            moved.lines.append(Line(str(relative), last, f"{below} below it in {TOC}", "a toctree at its end"))
        if changed != text:
            moved.files[relative.as_posix()] = changed
