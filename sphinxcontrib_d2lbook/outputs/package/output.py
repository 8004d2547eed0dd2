"""Register the package as an output of the book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.config import Config

from ...common.errors import BookError
from ...common.translations import _
from ...library.extension import collected
from ...library.package_options import wheel_name
from ..base import Download, Output, Written
from .builder import PackageBuilder

if TYPE_CHECKING:
    from ...numbering.agreement.expected_numbers import ExpectedNumbers
    from ...numbering.agreement.readback import ReadableFile


class PackageOutput(Output):
    """Wheel and sdist of what the book saves."""

    name = "package"

    def builder(self) -> type[PackageBuilder]:
        """Return the builder of the wheel and the sdist."""
        return PackageBuilder

    def downloads(self, config: Config) -> Sequence[Download]:
        """Return the wheel, which a book has that saves anything; none for a version that the builder refuses."""
        try:
            name = wheel_name(config)
        except BookError:
            return []
        text = _("Download the package as a wheel")
        return [Download(name, ".whl", text, "fas fa-cube", is_made=lambda app: bool(collected(app).library))]

    def site_files(self, written: Written) -> Mapping[str, Path]:
        """Return the wheel, if the book saves anything."""
        wheel = wheel_of(written)
        return {wheel.name: wheel} if wheel else {}

    def readables(self, written: Written, table: ExpectedNumbers) -> Iterator[ReadableFile]:
        """Yield the modules of the wheel, whose docstrings say where in the book they come from."""
        from ...numbering.agreement.read_docstrings import readable_modules
        from .book_locations import origins

        wheel = wheel_of(written)
        if wheel:
            yield from readable_modules(wheel, origins(written.app))


def wheel_of(written: Written) -> Path | None:
    """Return the wheel that was built; None if there is none."""
    return next(iter(sorted(written.folder.glob("*.whl"))), None)
