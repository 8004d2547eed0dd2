"""Register the package as an output of the book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ..base import Output, Written
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
