"""Ask for private attributes of other projects: with the name, the kind, and the feature that needs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:  # the processes that hold kernels do without Sphinx, which the errors import
    from .changed import UpstreamChanged

Value = TypeVar("Value")


@dataclass(frozen=True)
class Upstream:
    """Distribution whose private interface is used."""

    name: str
    """Name on package indexes."""
    holds: str
    """Releases with which the tests were run or whose source was read, as pip takes them: ">=9.0,<9.3"."""
    _told: set[str] = field(default_factory=set, compare=False, repr=False)

    @property
    def version(self) -> str:
        """Installed version; "" if it is unknown."""
        try:
            return metadata.version(self.name)
        except metadata.PackageNotFoundError:  # used from a source tree
            return ""

    def attribute(self, owner: object, name: str, kind: type[Value] | tuple[type[Value], ...], use: str) -> Value:
        """Return an attribute of another project's object. ``use`` completes "…, with which ".

        Raise UpstreamChanged if it is missing or of another kind.
        """
        missing = object()
        value = getattr(owner, name, missing)
        if value is missing or not isinstance(value, kind):
            raise self.changed(f"{_name(owner)}.{name}", use, is_there=value is not missing)
        return value

    def method(self, owner: object, name: str, use: str) -> None:
        """Check that a class or object has a method that is called or overridden. Raise UpstreamChanged."""
        method = getattr(owner, name, None)
        if not callable(method):
            raise self.changed(f"{_name(owner)}.{name}", use, is_there=method is not None)

    @contextmanager
    def imports(self, use: str) -> Iterator[None]:
        """Turn an ImportError in the block into `UpstreamChanged`."""
        try:
            yield
        except ImportError as err:
            raise self.changed(f"{err.name or 'module'} as before ({err.msg})", use) from err

    def changed(self, what: str, use: str, *, is_there: bool = False) -> UpstreamChanged:
        """Return the error for an attribute or module that has changed."""
        from .changed import UpstreamChanged

        return UpstreamChanged(self.name, self.version, self.holds, what, use, is_there)

    def do_without(self, what: str, loss: str) -> None:
        """Log, once in a process, that something is missing and what is lost: speed or comfort, nothing else."""
        from sphinx.util import logging

        if what not in self._told:
            self._told.add(what)
            head = f"{self.name} {self.version}".rstrip()
            logging.getLogger(__name__).info("%s has no %s (known from %s): %s", head, what, self.holds, loss)


def _name(owner: object) -> str:
    return owner.__name__ if isinstance(owner, type) or hasattr(owner, "__name__") else type(owner).__name__
