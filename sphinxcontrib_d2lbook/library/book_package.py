"""Build the package of a book: its modules and files, a snapshot for kernels, and the objects a notebook reaches."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ..common.errors import BookProblems
from ..common.files import digest, write_if_changed
from ..notebook.cells import Notebook
from ..notebook.code_names import ParsedCode
from ..notebook.save_marks import MarkGrammar
from .collect import collect_blocks
from .framework_modules import is_lazy, tab_problems
from .imports import import_lines
from .modules import Module, build_modules
from .object_dependencies import ReachedObjects, Symbol, closure, direct_uses, full_name, shows_text, symbols_of
from .package_checks import CheckContext, check_modules
from .render import About, Where, by_label, render, render_tab
from .saved_blocks import INIT, SavedBlock


@dataclass(frozen=True)
class Library:
    """Checked package of a book. It is false if the book saves nothing."""

    about: About
    blocks: tuple[SavedBlock, ...] = ()
    """All saved blocks, in reading order."""
    modules: Mapping[str, Module] = field(default_factory=dict)
    """Modules by name, the package itself (`__init__`) first; empty if the book saves nothing."""

    def __bool__(self) -> bool:
        return bool(self.blocks)

    @property
    def package(self) -> str:
        """Import name of the package."""
        return self.about.names.package

    @cached_property
    def symbols(self) -> Mapping[str, Symbol]:
        """Symbols by qualified name (`d2l.mxnet.train`)."""
        return symbols_of(self.modules, self.about.names)

    def prepare(self) -> None:
        """Compute everything that needs the syntax trees, so that a pickle of this object holds it."""
        if self:
            self.files()
            len(self.symbols)
            len(self.imported)
            len(self.preparation)

    def reached(self, code: Sequence[ParsedCode], *, as_text: bool = False, framework: str = "") -> ReachedObjects:
        """Return the objects of the package that the code cells of one notebook reach.

        Cells need not be valid Python. With ``as_text``, comments and docstrings count too, as they do for code that
        shows them. ``framework`` is that of the notebook, if its page has several: it need not reach the default one.
        """
        if not self.modules:
            return ReachedObjects({}, False)
        lazy = bool(framework) and is_lazy(self.modules, self.about.names)
        start, everything = direct_uses(code, self.modules, self.about.names, lazy=lazy)
        names, more = closure(start, self.symbols)
        everything |= more
        chosen = self.symbols.keys() if everything else names
        through = {name: origin for name, origin in names.items() if name not in start}
        symbols = {name: self.symbols[name] for name in sorted(chosen)}
        if symbols and (as_text or any(symbol.reads_text for symbol in symbols.values()) or shows_text(code)):
            return ReachedObjects(
                {name: f"text {symbol.text}" for name, symbol in symbols.items()}, everything, through
            )
        return ReachedObjects({name: symbol.digest for name, symbol in symbols.items()}, everything, through)

    def shown(self, symbol: str) -> str:
        """Return a qualified name as pages write it: `d2l.train` for `d2l.mxnet.train` in the default module."""
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
        """Dotted names of the modules that the package imports, without its own; sorted."""
        return imported_by(self.modules.values(), self.package)

    def imported_through(self, reach: ReachedObjects, framework: str = "") -> tuple[str, ...]:
        """Return the modules, by dotted names, that the package imports for code that reaches some of its objects.

        Importing one of its modules imports all, unless the book has modules of several frameworks and the code is that
        of a page in several, with this ``framework``. Then these are the imports of the modules that it reaches.
        """
        if not (reach.symbols or reach.everything):
            return ()
        if not framework or reach.everything or not is_lazy(self.modules, self.about.names):
            return self.imported
        full = {full_name(self.about.names, name): name for name in self.modules}
        names = {self.about.names.package, *reach.symbols}
        todo = [full[name] for name in {*names, *(one.rpartition(".")[0] for one in names)} if name in full]
        reached: set[str] = set()
        while todo:
            name = todo.pop()
            if name not in reached:
                reached.add(name)
                items = (item for item, _ in self.modules[name].imports)
                todo += [full[one] for item in items for one in (item.module, item.means) if one in full]
        return imported_by((self.modules[name] for name in sorted(reached)), self.package)

    @cached_property
    def preparation(self) -> str:
        """Code that importing the package runs before it imports its modules: blocks saved to the package itself."""
        module = self.modules.get(INIT)
        if module is None or not module.items:
            return ""
        foreign = [item for item, _ in module.imports if item.module.partition(".")[0] not in ("", self.package)]
        return "\n".join([*import_lines(foreign, self.package), *(item.source for item in module.items)]) + "\n"

    def files(self, where: Where = by_label) -> dict[str, str]:
        """Return the text of each file by its name in the package's folder.

        ``where`` returns the sentence that a docstring gets about the place in the book that defines an object.
        """
        return dict(self._committed) if where is by_label else self._rendered(where)

    @cached_property
    def _committed(self) -> dict[str, str]:
        return self._rendered(by_label)

    def _rendered(self, where: Where) -> dict[str, str]:
        files = {f"{name}.py": render(module, self.modules, self.about, where) for name, module in self.modules.items()}
        return {**files, **render_tab(self.modules, self.about), "py.typed": ""} if files else {}

    def origin(self, file: str, names: Sequence[str]) -> str:
        """Return the place in the book that defines one of ``names`` in a file; "" if it is not known."""
        module = self.modules.get(file.removesuffix(".py"))
        items = [module.definitions[name] for name in names if name in module.definitions] if module else []
        return items[0].place if items else ""

    def snapshot(self, folder: Path) -> Path:
        """Write the package below ``folder`` and return the folder that kernels put on their path.

        The folder is named by the digest of the files. It appears complete or not at all, and is used again if it
        exists; a damaged file in it is written again. Raise OSError if it cannot be written.
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
                if not target.is_dir():  # otherwise another build was faster
                    raise
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return target


def imported_by(modules: Iterable[Module], package: str) -> tuple[str, ...]:
    """Return the dotted names of what modules of a package import from elsewhere, sorted."""
    names = {item.module for module in modules for item, _ in module.imports}
    return tuple(sorted(name for name in names if name.partition(".")[0] not in ("", package)))


def build_library(
    pages: Sequence[Notebook], grammar: MarkGrammar, about: About, declared: Collection[str] = ()
) -> Library:
    """Collect the saved blocks of ``pages``, which are in reading order, and check the package.

    ``declared`` are the distributions that conf.py names. Raise BookProblems with all faults of marks and blocks.
    """
    blocks, problems, aliases = collect_blocks(pages, grammar, about.names)
    modules, faults = build_modules(blocks, about.names)
    problems += faults
    saving = {block.docname for block in blocks}
    sources = {page.docname: page for page in pages if page.docname in saving}
    problems += tab_problems({module.name: module for module in modules}, about.names)
    problems += check_modules(modules, CheckContext(about.names, aliases, sources, declared))
    if problems:
        raise BookProblems(dict.fromkeys(problems))
    return Library(about, tuple(blocks), {module.name: module for module in modules})
