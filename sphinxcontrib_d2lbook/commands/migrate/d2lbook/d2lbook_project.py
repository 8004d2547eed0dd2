"""Plan the migration of a project of d2lbook."""

from __future__ import annotations

import configparser
import re
import sys
from collections.abc import Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from ....common.errors import BookError
from ....forum.interfaces import Topic
from ....forum.topic_map import topics_text
from ....numbering.labelling.label_names import LabelNamer
from .. import conf_writer
from ..conf_writer import Conf
from ..migration_plan import EXTRA, FIRST_PAGE, LEFT_BEHIND, MigrationPlan, requirements
from ..migration_report import Line
from ..source_texts import read_text
from . import all_frameworks, config_keys
from .aliases import Aliases
from .config_ini import Ini, pairs, read, words
from .fences import Book
from .frameworks import ALL, Frameworks
from .page_conversion import Converted, convert, toc_entries
from .saved_code import SavedLibrary

CONFIG = "config.ini"
OLD = r"(?:git\+\S*/)?d2l-?book\b"
"""Distribution that built the book so far."""
LABEL = re.compile(r":(?:eq)?label:`([^`]+)`")
BANNER = re.compile(
    r"^#.*(?:WARNING|This file is generated|is generated from|is generated automatically)", re.MULTILINE
)
"""Line of a library below which d2lbook writes its part."""
OWN = re.compile(r"^(?:__version__[ \t]*=.*|#.*|)$")
"""Lines of a package's `__init__.py` that can be dropped without a loss."""
TOPICS = "forum-topics.json"


def is_project(folder: Path) -> bool:
    """Return whether a folder has a config.ini of d2lbook."""
    path = folder / CONFIG
    try:
        parser = configparser.RawConfigParser()
        return path.is_file() and bool(parser.read(path, encoding="utf-8-sig")) and parser.has_section("project")
    except (configparser.Error, UnicodeDecodeError):
        return path.is_file() and not (folder / "conf.py").is_file()


def plan(source: Path, framework: str) -> MigrationPlan:
    """Return what a migration would write. Raises BookError."""
    ini = read(source / CONFIG)
    frameworks = _frameworks(ini, framework)
    conf, lines = config_keys.convert(ini, "" if frameworks.chosen == ALL else frameworks.chosen)
    moved = MigrationPlan(lines=lines, gone=[CONFIG])
    moved.pages = (ini.get("build", "source_dir") or ".").strip("/") or "."
    root = ini.get("build", "index") or "index"
    folder = source / moved.pages
    named, others = _sources(folder, ini)
    if root not in named:
        raise BookError(f"{source / CONFIG}:{ini.line('build', 'index')}: names no root page; there is no {root}.md")
    texts = {name: read_text(folder / path) for name, path in named.items() if path.suffix == ".md"}
    book = _book(ini, frameworks, texts, moved) if frameworks.chosen != ALL else _all(ini, frameworks, texts, moved)
    book.docnames = frozenset(named)
    order = _order(root, texts, moved)
    head = "" if book.each else _head(source, book, moved)
    own = {one.library.module for one in book.each}
    heads: Mapping[str, str] = {one.frameworks.chosen: _head(source, one, moved, own) for one in book.each}
    names = LabelNamer((label for text in texts.values() for label in LABEL.findall(text)), named)
    found = []
    for docname in order:
        page = convert(
            texts[docname], docname, _shown(moved.pages, named[docname]), book, names, head=head, heads=heads
        )
        heads = page.heads
        head = "" if page.has_head else head
        moved.files[page.file] = page.text
        moved.lines += page.lines
        found.append(page)
    if head or any(heads.values()):
        moved.lines.append(Line(book.library.package, 1, "code above the library's banner", "save it", by_hand=True))
    _finish(source, ini, conf, book, moved, found, sorted(str(path) for path in others), root)
    return moved


def _shown(pages: str, path: Path) -> str:
    return str(PurePosixPath(pages) / path.as_posix())


def _sources(folder: Path, ini: Ini) -> tuple[dict[str, Path], list[Path]]:
    """Return the pages by docname, and the files that look like pages and are none."""
    wanted = (ini.get("build", "notebooks") or "**/*.md").split() + ini.get("build", "rsts").split()
    unwanted = ini.get("build", "exclusions").split() + ini.get("build", "non-notebooks").split()
    named: dict[str, Path] = {}
    others: list[Path] = []
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.suffix not in (".md", ".rst", ".ipynb") or not path.is_file():
            continue
        if LEFT_BEHIND.intersection(relative.parts) or any(part.startswith(".") for part in relative.parts):
            continue
        name = relative.as_posix()
        if _matches(name, wanted) and not _matches(name, unwanted):
            named[str(relative.with_suffix(""))] = relative
        else:
            others.append(relative)
    return named, others


def _matches(name: str, patterns: Sequence[str]) -> bool:
    """Return whether a file matches a pattern as `glob` reads it, in which `*` stays in a folder."""
    return any(
        _expression(pattern).fullmatch(name) or (fnmatchcase(name, pattern) and "/" not in name) for pattern in patterns
    )


def _expression(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*|\?)", pattern.removeprefix("./"))
    signs = {"**/": r"(?:[^/]+/)*", "*": r"[^/]*", "?": r"[^/]"}
    return re.compile("".join(signs.get(part, re.escape(part)) for part in parts))


def _frameworks(ini: Ini, wanted: str) -> Frameworks:
    names = tuple(name.lower() for name in words(ini.get("build", "tabs")))
    chosen = wanted.lower() or (names[0] if names else "")
    if chosen == ALL and names:
        return Frameworks(names, ALL)
    if wanted and chosen not in names:
        has = f"there are {', '.join(names)}" if names else "the book has none"
        raise BookError(f"{ini.file}:{ini.line('build', 'tabs')}: has no framework {wanted!r}; {has}")
    return Frameworks(names, chosen)


def _book(
    ini: Ini, frameworks: Frameworks, texts: Mapping[str, str], moved: MigrationPlan, *, keeps_all: bool = False
) -> Book:
    chosen = frameworks.chosen
    if len(frameworks.names) > 1 and not keeps_all:
        others = ", ".join(name for name in frameworks.names if name != chosen)
        told = f"the book keeps {chosen}; of {others} nothing is kept (`--framework all` keeps all)"
        moved.lines.append(Line(ini.file, ini.line("build", "tabs"), "frameworks", told))
    section = f"library-{chosen}"
    file = ini.get(section, "lib_file") or ini.get("library", "save_filename")
    path = PurePosixPath(file)
    library = SavedLibrary("")
    if file and len(path.parts) > 1:
        module = "" if path.stem == "__init__" else path.stem
        library = SavedLibrary(path.parts[-2], module, ini.get("library", "save_mark"))
        if module in sys.stdlib_module_names:
            todo = f"Python has a module {module} of its own; choose another name for d2lbook_default_module"
            moved.lines.append(Line(ini.file, ini.line(section, "lib_file"), file, todo, by_hand=True))
    elif file:
        moved.lines.append(Line(ini.file, ini.line(section, "lib_file"), file, "name a file in a folder", by_hand=True))
    imported = re.compile(rf"^(?:from|import)[ \t]+{re.escape(library.package)}\b.*\bas[ \t]+(\w+)", re.MULTILINE)
    called = {match[1] for text in texts.values() for match in imported.finditer(text) if library.package}
    return Book(frameworks, library, _aliases(ini, section), called)


def _all(ini: Ini, frameworks: Frameworks, texts: Mapping[str, str], moved: MigrationPlan) -> Book:
    """Return the book with all frameworks."""
    names = frameworks.names
    each = [_book(ini, Frameworks(names, name), texts, moved, keeps_all=True) for name in names]
    return all_frameworks.books(each[0], names, each)


def _aliases(ini: Ini, section: str) -> Aliases:
    library = ini.get(section, "lib_name")
    given = (line.partition("=") for line in ini.get(section, "alias").splitlines())
    defined = {name.strip(): value.strip() for name, sign, value in given if sign}
    return Aliases(
        simple={name: f"{library}.{target}" for name, target in pairs(ini.get(section, "simple_alias")).items()},
        fluent=pairs(ini.get(section, "fluent_alias")),
        defined=defined,
        patterns=tuple(
            (line.partition("->")[0].strip(), line.partition("->")[2].strip())
            for line in ini.get(section, "reverse_alias").splitlines()
            if "->" in line
        ),
    )


def _order(root: str, texts: Mapping[str, str], moved: MigrationPlan) -> list[str]:
    """Return the pages in the order in which the toc blocks name them, then the others."""
    order: dict[str, None] = {}

    def visit(name: str) -> None:
        if name not in texts or name in order:
            return
        order[name] = None
        for entry in toc_entries(texts[name], name):
            visit(entry)

    visit(root)
    return [*order, *(name for name in sorted(texts) if name not in order)]


def _head(source: Path, book: Book, moved: MigrationPlan, own: Collection[str] = ()) -> str:
    """Return the code that authors have written above what d2lbook generates into the library.

    ``own`` are the modules of all frameworks that the book keeps.
    """
    library = book.library
    path = source / library.package / f"{library.module or '__init__'}.py"
    if not library.package or not path.is_file():
        return ""
    text = read_text(path)
    banner = BANNER.search(text)
    head = text[: banner.start()].strip() if banner else ""
    moved.gone.append(path.relative_to(source).as_posix())
    moved.lines.append(Line(moved.gone[-1], 1, "library", "is removed: the build writes it from the marked blocks"))
    for other in sorted(path.parent.glob("*.py")):
        name = other.relative_to(source).as_posix()
        if other == path or name in moved.gone or other.stem in own:
            continue
        code = read_text(other)
        if other.name == "__init__.py":
            kept = [line for line in re.sub(r'"""[\s\S]*?"""', "", code).splitlines() if not OWN.match(line)]
            moved.gone.append(name)
            told = "save it in a cell of the book; the build writes this file: " if kept else "the build writes it anew"
            moved.lines.append(Line(name, 1, "package", told + "; ".join(kept[:3]), by_hand=bool(kept)))
        elif BANNER.search(code):
            moved.gone.append(name)
            moved.lines.append(Line(name, 1, "library of another framework", "is removed"))
    return head


def _module_of(book: Book) -> dict[str, str]:
    name, module = book.frameworks.chosen, book.library.module
    return {"module": module} if module and module != name else {}


def _finish(
    source: Path,
    ini: Ini,
    conf: Conf,
    book: Book,
    moved: MigrationPlan,
    found: Sequence[Converted],
    others: list[str],
    root: str,
) -> None:
    """Write conf.py, the map of topics and the requirements."""
    library = book.library
    if library.package:
        conf.values["d2lbook_package"] = library.package
        if library.module:
            conf.values["d2lbook_default_module"] = library.module
        if book.each:
            conf.values["d2lbook_frameworks"] = {
                one.frameworks.chosen: {"label": one.frameworks.chosen} | _module_of(one) for one in book.each
            }
        if library.patterns:
            from_default = [r"#+\s*@save(?![\w-])"]
            conf.values["d2lbook_save_marks"] = [*from_default, *library.patterns]
    topics = {page.label: Topic(page.topic[1], page.title, 0) for page in found if page.topic and page.label}
    hosts = dict.fromkeys(page.topic[0] for page in found if page.topic)
    if topics:
        conf.values["d2lbook_forum"] = {"provider": "discourse", "url": next(iter(hosts))}
        moved.files[TOPICS] = topics_text(topics)
        for host in list(hosts)[1:]:
            moved.lines.append(
                Line(TOPICS, 1, host, "a book has one forum; see which topics are elsewhere", by_hand=True)
            )
        if "html_baseurl" not in conf.values:
            todo = "set html_baseurl, the address of the site, to which the printed codes of discussions lead"
            moved.lines.append(Line("conf.py", 1, "address of the site", todo, by_hand=True))
    if root != "index" and "index" not in book.docnames:
        moved.files[f"{EXTRA}/index.html"] = FIRST_PAGE.format(root)
        conf.values["html_extra_path"] = [EXTRA]
    if (source / "setup.py").is_file() and library.package:
        todo = "the build makes the package's wheel (d2lbook_distribution, d2lbook_requirements); remove it"
        moved.lines.append(Line("setup.py", 1, "how the package was built", todo, by_hand=True))
    conf.values["exclude_patterns"] = ["_build", "Thumbs.db", ".DS_Store"]
    moved.files["conf.py"] = conf_writer.text(conf, root, others)
    requirements(source, conf.requirements(), moved, old=OLD, name="d2lbook")
