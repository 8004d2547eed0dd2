"""Build the package's wheel and sdist."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Set
from pathlib import Path
from typing import ClassVar

from sphinx.builders import Builder
from sphinx.util import logging

from ...common.build_state import StateEntry, StateKind
from ...common.errors import BookError
from ...common.files import digest, file_digest, json_text, write_if_changed
from ...config import author_of
from ...execution.extension import work_folder
from ...library import Library, package_options
from ...library.distribution_closure import closure
from ...library.extension import collected
from ...library.requirements import declared_distributions, imported_distributions, missing_modules
from ...upstream.sphinx.application import app_of
from . import wheel_check, wheel_environment
from .book_locations import BookLocations
from .metadata import DistributionMetadata, licenses_in, staged_files
from .wheel_building import build_archives

logger = logging.getLogger(__name__)

CHECKED = StateKind(
    "package/checked",
    of="a folder with the wheel and the sdist: their digests, after the wheel was imported in a clean environment",
    stale="another text of the package or its metadata, another version of Python or of what it requires, another "
    "way of checking, another content of the archives",
)


class PackageBuilder(Builder):
    """Builder of the wheel and the sdist of the saved blocks; it writes nothing for a book that saves none."""

    name = "package"
    format = "package"
    epilog = "The package is in %(outdir)s."
    versioning_method = "none"
    allow_parallel = True
    supported_image_types: ClassVar[list[str]] = []

    def get_outdated_docs(self) -> list[str]:
        """Return no pages: the package is made of the library, not of pages."""
        return []

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        return docname

    def prepare_writing(self, docnames: Set[str]) -> None:
        """Do nothing: nothing is written for single pages."""

    def write_documents(self, docnames: Set[str]) -> None:
        """Do nothing: `finish` writes the archives."""

    def finish(self) -> None:
        library = collected(app_of(self)).library
        if not library:
            logger.info("no block of the book is saved: no package")
            self._write({})
            return
        modules = library.files(BookLocations(self.env).defined_in)
        distribution = self._distribution(library, modules)
        files = staged_files(distribution, modules)
        pins = closure(requirement.name for requirement in distribution.requirements)
        examples = self.config.d2lbook_package_doctests
        inputs = {
            "python": platform.python_version(),
            "installed": [str(pin) for pin in pins],
            "examples": examples,
            "checks": [
                file_digest(Path(path))
                for path in (wheel_check.__file__, wheel_environment.__file__, wheel_check.PROBE)
            ],
        }
        state = digest(json_text(inputs), *(part for name in sorted(files) for part in (name, files[name])))
        if self._settled(state):
            logger.info("the package is up to date")
            return
        archives = build_archives(files)
        wheel = next(content for name, content in archives.items() if name.endswith(".whl"))
        wheel_check.check_wheel(wheel, library, modules, pins, examples=examples)
        self._write(archives)
        self._entry.save(state, {name: file_digest(Path(self.outdir) / name) for name in archives})

    def _distribution(self, library: Library, modules: Mapping[str, str]) -> DistributionMetadata:
        config = self.config
        own = {library.package}
        missing = missing_modules(modules.values(), own=own)
        if missing:
            raise BookError(
                f"the package imports {', '.join(missing)}, which no installed distribution provides, so that its "
                "requirements cannot be named; install what the book needs, or catch the ImportError in the block"
            )
        return DistributionMetadata(
            name=package_options.distribution_name(config),
            version=package_options.package_version(config),
            package=library.package,
            default_module=library.about.names.default_module,
            title=config.project,
            site=config.html_baseurl,
            author=author_of(config),
            requirements=tuple(
                declared_distributions(config.d2lbook_requirements)
                if config.d2lbook_requirements
                else imported_distributions(modules.values(), own=own)
            ),
            licenses=licenses_in(Path(app_of(self).confdir)),
        )

    @property
    def _entry(self) -> StateEntry:
        return StateEntry(work_folder(app_of(self)), CHECKED, digest(str(self.outdir))[:8])

    def _settled(self, state: str) -> bool:
        """Check whether the output folder holds the archives that these sources give."""
        last = self._entry.load(state)
        try:
            return last is not None and all(file_digest(Path(self.outdir) / name) == last[name] for name in last)
        except OSError:
            return False

    def _write(self, archives: Mapping[str, bytes]) -> None:
        folder = Path(self.outdir)
        for path in [*folder.glob("*.whl"), *folder.glob("*.tar.gz")]:
            if path.name not in archives:
                path.unlink()
        for name, content in archives.items():
            write_if_changed(folder / name, content)
