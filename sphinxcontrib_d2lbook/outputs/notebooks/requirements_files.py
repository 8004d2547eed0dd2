"""Find the distributions that each notebook needs from the imports in its code, and write the files that list them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from sphinx.config import Config

from ...addresses.permanent_addresses import site
from ...library.distribution_closure import Pin, closure
from ...library.package_options import distribution_name, package_name, wheel_name
from ...library.requirements import imported_distributions, imported_modules, providers, providers_of
from ...notebook.cells import Notebook
from .notebook_assembly import CHECK_TAG
from .setup_cell import Needs

KERNEL = "ipykernel"
"""Distribution that runs a notebook, whatever is in it."""


@dataclass(frozen=True)
class BookNeeds:
    """Needs of all notebooks of a book."""

    all_pins: list[Pin]
    """Pins of all notebooks and the package together, with the kernel that runs them."""
    package: str
    distribution: str
    wheel: str
    """File name of the package's wheel; "" if no page uses the book's package."""
    site: str
    pages: Mapping[str, tuple[list[Pin], bool]] = field(default_factory=dict)
    """Pins of each page, and whether it uses the book's package, by docname."""

    @cached_property
    def kernel(self) -> list[str]:
        """Names of the distributions that run a notebook."""
        return [pin.name for pin in closure([KERNEL])]

    @classmethod
    def from_pages(
        cls,
        pages: Mapping[str, Notebook],
        config: Config,
        *,
        package: bool,
        imported: Mapping[str, Sequence[str]] = MappingProxyType({}),
        elsewhere: Mapping[str, Mapping[str, Mapping[str, str]]] = MappingProxyType({}),
    ) -> BookNeeds:
        """Return the needs of all pages; ``package`` says whether the book saves anything into a package.

        ``imported`` are the modules, by dotted names, that the package imports for a page of one framework. For all
        others it imports everything. ``elsewhere`` maps pages that are shown as they ran elsewhere, and modules that
        they import, to distributions and versions there; they count for modules that are not installed here.
        """
        name = package_name(config) if package else ""
        python = {docname: _readers_sources(p) for docname, p in pages.items() if p.language == "python"}
        everything = [source for sources in python.values() for source in sources]
        declared = list(config.d2lbook_requirements) if package else []
        whole = [*_distributions(everything, name), *declared] if everything else []
        needs_by_page = {}
        all_elsewhere: list[Pin] = []
        for docname, sources in python.items():
            uses = name in imported_modules(sources)
            own = _distributions(sources, name)
            if uses:
                own = [*own, *providers_of(imported[docname])] if docname in imported else whole
            modules = {*imported_modules(sources), *(item.partition(".")[0] for item in imported.get(docname, ()))}
            there = _pins_elsewhere(elsewhere.get(docname, {}), modules)
            needs_by_page[docname] = (_together(closure(own), there), uses)
            all_elsewhere += there
        used = any(uses for _, uses in needs_by_page.values())
        return cls(
            all_pins=_together(closure([*whole, KERNEL]), all_elsewhere) if everything else [],
            package=name,
            distribution=distribution_name(config) if used else "",
            wheel=wheel_name(config) if used else "",
            site=site(config),
            pages=needs_by_page,
        )

    def of_page(self, docname: str) -> Needs | None:
        """Return the needs of a page; None for a page without code, or whose code needs nothing but Python."""
        if docname not in self.pages:
            return None
        pins, uses = self.pages[docname]
        if not pins and not uses:
            return None
        if not uses:
            return Needs(pins, python_version(), kernel=self.kernel)
        return Needs(pins, python_version(), self.package, self.distribution, self.wheel, self.site, self.kernel)


def _readers_sources(page: Notebook) -> list[str]:
    """Return the source of each cell that the reader's notebook has; checks of the text are not among them."""
    return [cell.source for cell in page.code_cells if CHECK_TAG not in cell.tags]


def _distributions(sources: list[str], package: str) -> list[str]:
    return [distribution.name for distribution in imported_distributions(sources, own=[package] if package else [])]


def _pins_elsewhere(needs: Mapping[str, Mapping[str, str]], modules: Iterable[str]) -> list[Pin]:
    """Return the pins of those of ``modules`` that nothing here provides, from the ``needs`` of a run elsewhere."""
    return [
        Pin(name, version)
        for module in modules
        if not providers(module)
        for name, version in needs.get(module, {}).items()
    ]


def _together(here: list[Pin], elsewhere: Iterable[Pin]) -> list[Pin]:
    """Return pins, one for each distribution, sorted; those that are installed ``here`` count first."""
    pins = {pin.name: pin for pin in [*closure(pin.name for pin in elsewhere), *here]}
    return sorted({**{pin.name: pin for pin in elsewhere}, **pins}.values())


def python_version() -> str:
    """Return the version of the Python that builds the book, as "3.11"."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def requirements_text(book: str, pins: Iterable[Pin], wheel: str | None) -> str:
    """Return a requirements.txt: the same versions on the same Python, these or newer ones on another Python.

    It lists every distribution, so that pip resolves nothing. Left out are those of which other machines have other
    builds, with other requirements: the first cells of the notebooks install them.
    """
    python = python_version()
    pins = list(pins)
    builds = ", ".join(str(pin) for pin in pins if pin.is_own_build)
    lines = [
        f"# What the notebooks of {book} need, complete; made with Python {python}.",
        "# Run in this folder:  python -m pip install --no-deps -r requirements.txt",
    ]
    if builds:
        lines.append(f"# Without {builds}, which the notebooks that need it install by their first cell.")
    if wheel:
        lines.append(f"./{wheel}")
    for pin in pins:
        if pin.is_own_build:
            continue
        lines.append(f'{pin} ; python_version == "{python}"')
        lines.append(f'{pin.name}>={pin.public} ; python_version != "{python}"')
    return "\n".join(lines) + "\n"


def environment_text(name: str) -> str:
    """Return an environment.yml for conda, which refers to the requirements.txt beside it."""
    return "\n".join(
        [
            f"name: {name}",
            "channels:",
            "  - conda-forge",
            "dependencies:",
            f"  - python={python_version()}",
            "  - pip",
            "  - pip:",
            "      - -r requirements.txt",
            "",
        ]
    )
