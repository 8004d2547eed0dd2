"""The package of a book: its modules, its files, its snapshot for the kernels, what a notebook reaches in it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ..common.errors import BookProblems
from ..common.files import digest, write_if_changed
from ..notebook.cells import Notebook
from ..notebook.code_names import ParsedCode
from ..notebook.save_marks import MarkGrammar
from .checks import CheckContext, check_modules
from .collect import collect_blocks
from .imports import import_lines
from .modules import Module, build_modules
from .object_dependencies import Reach, Symbol, closure, direct_uses, shows_text, symbols_of
from .render import About, Where, by_label, render
from .saved_blocks import INIT, SavedBlock


@dataclass(frozen=True)
class Library:
    """A checked package. False where the book saves nothing."""

    about: About
    blocks: tuple[SavedBlock, ...] = ()
    """In reading order."""
    modules: Mapping[str, Module] = field(default_factory=dict)
    """By name, the package itself (`__init__`) first; empty where the book saves nothing."""

    def __bool__(self) -> bool:
        return bool(self.blocks)

    @property
    def package(self) -> str:
        """Its import name."""
        return self.about.names.package

    @cached_property
    def symbols(self) -> Mapping[str, Symbol]:
        """Qualified name (`d2l.mxnet.train`) -> what it is and uses."""
        return symbols_of(self.modules, self.about.names)

    def prepare(self) -> None:
        """Make now what is made of the trees, so that a pickle of this holds it."""
        if self:
            self.files()
            len(self.symbols)
            len(self.imported)
            len(self.preparation)

    def reached(self, code: Sequence[ParsedCode], *, as_text: bool = False) -> Reach:
        """What the code cells of one notebook reach. Cells need not be valid Python.

        With ``as_text`` comments and docstrings count, as they do where the code shows them.
        """
        if not self.modules:
            return Reach({}, False)
        start, everything = direct_uses(code, self.modules, self.about.names)
        names, more = closure(start, self.symbols)
        everything |= more
        chosen = self.symbols.keys() if everything else names
        through = {name: origin for name, origin in names.items() if name not in start}
        symbols = {name: self.symbols[name] for name in sorted(chosen)}
        if symbols and (as_text or any(one.reads_text for one in symbols.values()) or shows_text(code)):
            return Reach({name: f"text {one.text}" for name, one in symbols.items()}, everything, through)
        return Reach({name: one.digest for name, one in symbols.items()}, everything, through)

    def shown(self, symbol: str) -> str:
        """A qualified name as a page writes it: `d2l.mxnet.train` -> `d2l.train` where `mxnet` is the default."""
        return self._shown.get(symbol, symbol)

    @cached_property
    def _shown(self) -> dict[str, str]:
        names = self.about.names
        default = f"{names.package}.{names.default}."
        own = self.modules[INIT].names if INIT in self.modules else frozenset[str]()
        short = {name: name.removeprefix(default) for name in self.symbols if name.startswith(default)}
        return {name: f"{names.package}.{last}" for name, last in short.items() if "." not in last and last not in own}

    @cached_property
    def imported(self) -> tuple[str, ...]:
        """Dotted names of the modules that the package imports, its own left out; sorted."""
        found = {one.module for module in self.modules.values() for one, _ in module.imports}
        return tuple(sorted(name for name in found if name.partition(".")[0] not in ("", self.package)))

    @cached_property
    def preparation(self) -> str:
        """What importing the package runs before it imports its modules: the code saved into the package itself."""
        module = self.modules.get(INIT)
        if module is None or not module.items:
            return ""
        foreign = [one for one, _ in module.imports if one.module.partition(".")[0] not in ("", self.package)]
        return "\n".join([*import_lines(foreign, self.package), *(item.source for item in module.items)]) + "\n"

    def files(self, where: Where = by_label) -> dict[str, str]:
        """Name in the package's folder -> text. ``where`` says in docstrings where in the book an object is defined."""
        return dict(self._committed) if where is by_label else self._rendered(where)

    @cached_property
    def _committed(self) -> dict[str, str]:
        return self._rendered(by_label)

    def _rendered(self, where: Where) -> dict[str, str]:
        files = {f"{name}.py": render(module, self.modules, self.about, where) for name, module in self.modules.items()}
        return files | {"py.typed": ""} if files else {}

    def origin(self, file: str, names: Sequence[str]) -> str:
        """Where in the book stands what a file defines by one of ``names``; "" where it is not known."""
        module = self.modules.get(file.removesuffix(".py"))
        items = [module.definitions[name] for name in names if name in module.definitions] if module else []
        return items[0].place if items else ""

    def snapshot(self, folder: Path) -> Path:
        """Write the package below ``folder``; the folder to put on the path of the kernels.

        It is named by the digest of the files, appears whole or not at all, and is used again if it is there; a file
        of it that is damaged is written again. Raises OSError.
        """
        files = self.files()
        target = folder / digest(self.package, *(part for item in sorted(files.items()) for part in item))[:32]
        if target.is_dir():
            for name, text in files.items():
                write_if_changed(target / self.package / name, text)
            return target
        folder.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=folder, prefix=".new-"))
        try:
            (temporary / self.package).mkdir()
            for name, text in files.items():
                (temporary / self.package / name).write_bytes(text.encode("utf-8"))
            temporary.chmod(0o755)
            try:
                temporary.rename(target)
            except OSError:
                if not target.is_dir():  # else another build was faster
                    raise
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return target


def build_library(
    pages: Sequence[Notebook], grammar: MarkGrammar, about: About, declared: Collection[str] = ()
) -> Library:
    """Collect and check. ``pages`` are in reading order, ``declared`` are the distributions that conf.py names.

    Raises BookProblems with all faults of marks and blocks.
    """
    blocks, problems, aliases = collect_blocks(pages, grammar, about.names)
    modules, faults = build_modules(blocks, about.names)
    problems += faults
    saving = {block.docname for block in blocks}
    sources = {page.docname: page for page in pages if page.docname in saving}
    problems += check_modules(modules, CheckContext(about.names, aliases, sources, declared))
    if problems:
        raise BookProblems(dict.fromkeys(problems))
    return Library(about, tuple(blocks), {module.name: module for module in modules})
