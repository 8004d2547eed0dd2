"""Find the installed outputs by their entry points, ours like those of other distributions.

A distribution that cannot be used stops no build that does not ask for its output. If `d2lbook_outputs` lists the
output, or its builder is run, the error names the distribution and what is wrong.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.config import Config

from ..common.errors import BookError
from ..common.files import digest
from ..common.suggestions import did_you_mean
from .base import Output, address_fault

GROUP = "sphinxcontrib_d2lbook.outputs"
"""Group of entry points; each names a subclass of `Output`."""
NUMBERS = "numbers"
"""Name of the check of numbers, in which every output takes part by its `readables`; `Output.checks` names all others.
"""
RESERVED = frozenset({"book"})
"""Names of builders that no output can have."""
NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")
FIELDS_OF_ROWS = frozenset({"docname", "id", "kind", "label", "number", "title"})
"""Keys of numbers.json that say what a thing is, not where."""


class OutputError(BookError):
    """Output that cannot be used. The message names it, the distribution that provides it, and the remedy."""


@dataclass(frozen=True)
class Origin:
    """Entry point and distribution that an output comes from."""

    point: EntryPoint

    @property
    def distribution(self) -> str:
        """Name and version of the distribution."""
        return f"{self.point.dist.name} {self.point.dist.version}" if self.point.dist else self.point.value

    def is_own(self) -> bool:
        """Check whether the output is one of this distribution."""
        return self._package == __name__.partition(".")[0]

    def stamp(self) -> str:
        """Return a digest of the code of the output; "" for ours, on which every output depends."""
        if self.is_own():
            return ""
        module = sys.modules[self._package]
        folders = getattr(module, "__path__", None)
        if folders is None:
            files = [Path(module.__file__)] if module.__file__ else []
        else:
            files = [Path(top, file) for folder in folders for top, _, names in os.walk(folder) for file in names]
        statuses = [(file, file.stat()) for file in files if file.suffix != ".pyc" and file.is_file()]
        return digest(
            self.distribution, *sorted(f"{file} {stat.st_mtime_ns} {stat.st_size}" for file, stat in statuses)
        )

    @property
    def _package(self) -> str:
        return self.point.module.partition(".")[0]


class InstalledOutputs:
    """Entry points of all outputs, as they were installed when the object was made."""

    def __init__(self) -> None:
        self._points: dict[str, list[EntryPoint]] = {}
        for point in entry_points(group=GROUP):
            self._points.setdefault(point.name, []).append(point)

    @property
    def names(self) -> list[str]:
        """Names of all outputs, sorted."""
        return sorted(self._points)

    def origin(self, name: str) -> Origin:
        """Return the origin of an output. Raise OutputError if no distribution provides it, or several do."""
        points = self._points.get(name, [])
        if not points:
            raise OutputError(self._unknown(name))
        if len(points) > 1:
            owners = " and ".join(sorted(Origin(point).distribution for point in points))
            raise OutputError(f"two distributions provide an output {name!r}, {owners}; uninstall one of them")
        return Origin(points[0])

    def load(self, name: str) -> Output:
        """Import an output. Raise OutputError if it cannot be used."""
        origin = self.origin(name)
        value = origin.point.value
        description = f"the output {name!r} of {origin.distribution}"
        try:
            output_class = origin.point.load()
            output = output_class() if isinstance(output_class, type) and issubclass(output_class, Output) else None
            fault = _fault(name, output, value)
        except Exception as err:  # Importing a module of another distribution may raise anything.
            raise OutputError(
                f"{description} cannot be loaded from {value}: {type(err).__name__}: {err}; install what it needs, or "
                "another version of it"
            ) from err
        if output is None or fault:
            raise OutputError(f"{description} cannot be used: {fault}")
        return output

    def usable(self) -> Iterator[Output]:
        """Yield all outputs that can be loaded; faults of others are reported where they are asked for."""
        for name in self.names:
            try:
                yield self.load(name)
            except OutputError:
                continue

    def _unknown(self, name: str) -> str:
        if not self._points:
            return (
                f"no output {name!r} is installed, nor any other: the metadata of sphinxcontrib-d2lbook are older than "
                "its code. Install it again"
            )
        question = did_you_mean(name, self.names)
        advice = question and f"{question} "
        return f"no output {name!r} is installed; {advice}there are {', '.join(map(repr, self.names))}"


def _fault(name: str, output: Output | None, value: str) -> str:
    """Return what is wrong with a class that could be imported; "" if nothing is."""
    if output is None:
        return f"{value} is not a class derived from {Output.__module__}.{Output.__qualname__}"
    own = getattr(output, "name", None)
    if own != name:
        return f"the class has the name {own!r}, and its entry point {name!r}"
    if not NAME.fullmatch(name):
        return "a name has lowercase letters, digits, _ and -, and begins with a letter"
    if name in RESERVED:
        return f"the builder {name!r} writes all outputs"
    if output.field in FIELDS_OF_ROWS:
        return f"rows of numbers.json have a key {output.field!r} already"
    builder: Any = output.builder()
    if builder is not None and not (isinstance(builder, type) and issubclass(builder, Builder)):
        return "its builder() does not return the class of a Sphinx builder"
    if builder is not None and builder.name != name:
        return f"its builder has the name {builder.name!r}"
    return ""


@dataclass(frozen=True)
class _Known:
    """Outputs that a build can use."""

    installed: InstalledOutputs
    outputs: Mapping[str, Output]
    """Outputs that can be used, by name."""


_known: WeakKeyDictionary[Sphinx, _Known] = WeakKeyDictionary()


def chosen_outputs(app: Sphinx) -> Mapping[str, Output]:
    """Return the outputs that `d2lbook_outputs` lists, in its order."""
    return {name: _known[app].outputs[name] for name in app.config.d2lbook_outputs}


def written_by_builder(app: Sphinx) -> list[Output]:
    """Return the outputs that the build's own builder writes."""
    return [output for output in _known[app].outputs.values() if output.is_written_by(app.builder)]


def stamp_of(app: Sphinx, output: Output) -> str:
    """Return a digest of the code of an output of another distribution; "" for ours."""
    return _known[app].installed.origin(output.name).stamp()


def in_order_of_needs(outputs: Mapping[str, Output]) -> list[Output]:
    """Return the outputs so that each comes after those whose files it takes. Raise OutputError for a circle."""
    needs = {name: [other for other in output.needs if other in outputs] for name, output in outputs.items()}
    try:
        return [outputs[name] for name in TopologicalSorter(needs).static_order()]
    except CycleError as err:
        circle = " -> ".join(err.args[1])
        raise OutputError(f"outputs need each other's files: {circle}; leave one of them out") from err


def output_names() -> list[str]:
    """Return the names of all installed outputs, sorted, without importing any."""
    return InstalledOutputs().names


def check_names() -> list[str]:
    """Return the names that `d2lbook_checks` takes: those of all outputs that can be used."""
    return list(dict.fromkeys([NUMBERS, *(name for output in InstalledOutputs().usable() for name in output.checks())]))


def explain_invalid_outputs(names: Iterable[object]) -> str | None:
    """Return what is wrong with a value of `d2lbook_outputs`; None if nothing is."""
    installed = InstalledOutputs()
    try:
        outputs = {name: installed.load(name) if isinstance(name, str) else None for name in names}
    except OutputError as err:
        return str(err)
    odd = [name for name, output in outputs.items() if output is None]
    return f"takes names of outputs, not {odd[0]!r}" if odd else None


def setup(app: Sphinx) -> None:
    """Set up every output that can be used. Raise OutputError for one whose own set-up fails."""
    installed = InstalledOutputs()
    outputs: dict[str, Output] = {}
    for name in installed.names:
        try:
            outputs[name] = installed.load(name)
        except OutputError as err:
            app.add_builder(_refusing(name, err), override=True)
    _known[app] = _Known(installed, outputs)
    # Run after the handler that refuses outputs which are not installed (500).
    app.connect("config-inited", check_downloads, priority=510)
    for name, output in outputs.items():
        try:
            output.add_to(app)
        except BookError:
            raise
        except Exception as err:
            raise OutputError(
                f"the output {name!r} of {installed.origin(name).distribution} cannot be set up: "
                f"{type(err).__name__}: {err}"
            ) from err


def check_downloads(app: Sphinx, config: Config) -> None:
    """Refuse downloads whose addresses another output could have, too. Handle `config-inited`. Raise OutputError."""
    for output in chosen_outputs(app).values():
        for download in output.downloads(config):
            refuse_address(app, output, download.address)


def refuse_address(app: Sphinx, output: Output, address: str) -> None:
    """Raise OutputError for an address at which the website cannot carry a file of an output."""
    fault = address_fault(output.name, address)
    if fault:
        distribution = _known[app].installed.origin(output.name).distribution
        raise OutputError(f"the output {output.name!r} of {distribution} cannot be used: {fault}")


def _refusing(name: str, fault: OutputError) -> type[Builder]:
    """Return a builder in the place of one that cannot be loaded, so that a user who runs it is told why."""

    def init(_self: Builder) -> None:
        raise fault

    return type("RefusingBuilder", (Builder,), {"name": name, "init": init})
