"""Take parts of the template from a folder of the book, and check that they keep the contract of the manual.

The compiler reads a copy of the folder, `own/` in its workspace. The parts are called with examples of what the
template gives them before the book is set, so that a mistake is told at its line and not as a fault of some page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

from ...common.errors import BookError
from ...common.files import write_if_changed
from ...common.suggestions import did_you_mean
from ...common.warning_types import Warn, warn
from ...lifecycle.unchanged_build import note_dependencies
from ..paper import compiler
from ..paper.editions import Edition, editions
from . import markup
from .template_contract import CONTRACT, PARTS, VALUES

OWN_FOLDER = "own"
PROBE = "probe.typ"
THEME, VALUES_FILE = "theme.typ", "values.typ"
_PLACE = re.compile(rf"{OWN_FOLDER}/([^\s:]+):(\d+):\d+")


@dataclass(frozen=True)
class OwnTemplate:
    """What a book defines of the template; nothing if it has no folder for that."""

    folder: Path | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Content of each file of the folder, by its path in it."""

    def place_of(self, fault: compiler.TypstFault) -> str:
        """Return the place in these files at which the compiler stopped, "file:line"; "" if it was elsewhere."""
        match = _PLACE.search(fault.diagnostic)
        return f"{self._file(match[1])}:{match[2]}" if match and self.folder else ""

    def check(self, workspace: Path, fonts: Path) -> None:
        """Check the copy of the files in a workspace. Raise BookError for what does not keep the contract."""
        if self.folder is None:
            return
        probe = _Probe(self, workspace, fonts)
        if VALUES_FILE in self.files:
            self._check_values(probe)
        self._check_parts(probe)

    def _check_values(self, probe: _Probe) -> None:
        """Check the types of the values."""
        imports = f'#import "/{OWN_FOLDER}/{VALUES_FILE}" as own\n#import "/template/probing-values.typ": kinds-of\n'
        for name, found in probe.ask(imports, "[#metadata(kinds-of(own))<d2l-probe>]", "it cannot be read"):
            if name not in VALUES:
                self._warn_of_name(VALUES_FILE, name, VALUES)
                continue
            kind, _meaning = VALUES[name]
            if not kind.takes(found):
                raise BookError(f"{self._file(VALUES_FILE)}: {name!r} must be {kind.words}")

    def _check_parts(self, probe: _Probe) -> None:
        """Check that there are parts of the contract, which take what they are given and return content."""
        file = self._file(THEME)
        names = dict(
            probe.ask(
                f'#import "/{OWN_FOLDER}/{THEME}" as own\n#import "/template/probing.typ": names-of\n',
                "[#metadata(names-of(own))<d2l-probe>]",
                "it cannot be read",
            )
        )
        if names.get("contract") != CONTRACT:
            raise BookError(
                f"{file}: it does not say which contract its parts keep. This version has contract {CONTRACT}: write "
                f"`#let contract = {CONTRACT}`"
            )
        for name, kind in names.items():
            if name in PARTS and kind != "function":
                raise BookError(
                    f"{file}: {name!r} must be a function of one dictionary, which has {_listed(PARTS[name].fields)}"
                )
            if name not in PARTS:
                self._warn_of_name(THEME, name, PARTS)
        for name in PARTS:
            if name in names:
                self._check_part(probe, name)

    def _check_part(self, probe: _Probe, name: str) -> None:
        part = PARTS[name]
        fields = _listed(part.fields)
        returned = probe.ask(
            f'#import "/{OWN_FOLDER}/{THEME}" as own\n#import "/template/probing.typ": *\n',
            f"context results-of(own.{name}, {markup.value(part.examples)})",
            f"{name!r} cannot be called with its one dictionary, which has {fields}",
        )
        wrong = [kind for kind in returned if kind != "content" and not (kind == "none" and part.may_be_empty)]
        if wrong:
            raise BookError(f"{self._file(THEME)}: {name!r} must return content, and returns {wrong[0]}")

    def _warn_of_name(self, file: str, name: str, known: Mapping[str, Any]) -> None:
        question = did_you_mean(name, known, cutoff=0.8)
        if question:
            warn(
                Warn.OPTION,
                "the contract of the template has no %r; %s",
                name,
                question,
                location=f"{self._file(file)}:1",
            )

    def _file(self, name: str) -> str:
        return str(self.folder / name) if self.folder else name


@dataclass(frozen=True)
class _Probe:
    """Small document that is set to see what the files define."""

    own: OwnTemplate
    workspace: Path
    fonts: Path

    def ask(self, head: str, expression: str, wrong: str) -> Iterator[Any]:
        """Yield the items of the array that the content of a Typst expression has as metadata.

        Raise BookError, which says what is ``wrong``.
        """
        source = self.workspace / PROBE
        write_if_changed(source, f"{head}#{expression}\n")
        try:
            made = compiler.compile_pdf(source, root=self.workspace, labels=["<d2l-probe>"], fonts=self.fonts)
        except compiler.TypstFault as fault:
            place = self.own.place_of(fault) or str(self.own.folder)
            raise BookError(f"{place}: {wrong}: {fault.message}") from fault
        finally:
            source.unlink(missing_ok=True)
        yield from next(iter(made.answers["<d2l-probe>"]), [])


def own_template(config: Config, confdir: Path, srcdir: Path) -> OwnTemplate:
    """Return what `d2lbook_pdf_template` names. Raise BookError if it is no folder with the files of a template."""
    name = config.d2lbook_pdf_template
    if not name:
        return OwnTemplate()
    folder = _folder(name, confdir, srcdir)
    if folder is None:
        raise BookError(
            f"{confdir}/conf.py: d2lbook_pdf_template: there is no folder {name!r} beside conf.py or in {srcdir}"
        )
    if not (folder / THEME).is_file():
        raise BookError(
            f"{folder}: a folder that d2lbook_pdf_template names has a file {THEME}, which says which contract it "
            f"keeps: `#let contract = {CONTRACT}`"
        )
    return OwnTemplate(folder, {path.relative_to(folder).as_posix(): path.read_bytes() for path in _files(folder)})


def template_files(app: Sphinx) -> list[Path]:
    """Return the files of the folders that the book and its editions name, and note that the PDF depends on them."""
    names = {_template_of(app.config, edition) for edition in editions(app.config)} - {""}
    folders = [_folder(name, Path(app.confdir), Path(app.srcdir)) for name in sorted(names)]
    files = [path for folder in folders if folder for path in _files(folder)]
    note_dependencies(app, [*(folder for folder in folders if folder), *files])
    return files


def _template_of(config: Config, edition: Edition) -> str:
    with edition.applied(config):
        return str(config.d2lbook_pdf_template)


def _folder(name: str, confdir: Path, srcdir: Path) -> Path | None:
    return next((place for place in (confdir / name, srcdir / name) if place.is_dir()), None)


def _files(folder: Path) -> list[Path]:
    """Return the files of a folder but for hidden ones, which editors and version control leave."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]


def _listed(fields: Mapping[str, str]) -> str:
    return ", ".join(fields)
