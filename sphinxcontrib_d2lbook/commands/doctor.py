"""Provide `sphinx-d2lbook doctor`: report what is installed, what a book lacks, and contradictory settings."""

from __future__ import annotations

import json
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from jupyter_client.kernelspec import KernelSpecManager
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import SphinxError

from ..common.errors import BookError
from ..execution.extension import decide
from ..execution.kernels.tracer_process import SUPPORTED
from ..lifecycle.error_printing import fault_of_root
from ..outputs.latex.compiler import ADVICE, PROGRAMS
from ..outputs.paper import fonts
from ..outputs.paper.missing_glyphs import SCRIPTS_OF_LANGUAGES, remedy
from .book_loading import book

DISTRIBUTIONS = (
    "sphinxcontrib-d2lbook",
    "sphinx",
    "docutils",
    "myst-nb",
    "myst-parser",
    "sphinx-book-theme",
    "sphinxcontrib-bibtex",
    "sphinx-proof",
    "sphinx-exercise",
    "typst",
    "ipykernel",
    "nbclient",
    "jupyter-client",
    "distributed",
)
"""Distributions whose versions a bug report should name; the last is for clusters only."""


@dataclass(frozen=True)
class Finding:
    """Line of the report."""

    state: Literal["ok", "absent", "wrong"]
    """State: "absent" means not there, and not needed by this book."""
    name: str
    note: str


def doctor(folder: Path, source: Path, *, as_json: bool) -> int:
    """Print a report on this installation and, if there is a conf.py in ``folder``, on the book.

    Return 1 if something that the book needs is missing, settings contradict each other or the book is refused, else 0.
    """
    versions = dict(_versions())
    config: Config | None = None
    kernels: dict[str, str] = {}
    findings: list[Finding] = []
    if (folder / "conf.py").is_file():
        try:
            with book(folder, source) as app:
                config = app.config
                kernels = _kernels_of_pages(app)
                findings += [*_root(app), *_fonts(app.config, folder), *_outputs_elsewhere(app)]
                findings += [Finding("wrong", name, note) for name, note in contradictions(app)]
        except SphinxError as err:
            findings.append(Finding("wrong", "the book", f"is refused: {err}"))
    findings = [*_system(), *_programs(config), *_kernels(kernels), *findings]
    faults = [finding for finding in findings if finding.state == "wrong"]
    if as_json:
        print(json.dumps({"versions": versions, "findings": [asdict(finding) for finding in findings]}, indent=2))
        return 1 if faults else 0
    width = max(map(len, versions))
    for name, version in versions.items():
        print(f"{name:{width}}  {version}")
    print()
    for finding in findings:
        print(f"{finding.state:6}  {finding.name}: {finding.note}")
    print()
    if config is None and not faults:
        print(f"There is no conf.py in {folder}, so no book was looked at; `sphinx-d2lbook new FOLDER` begins one.")
    elif faults:
        print(f"{len(faults)} of {len(findings)} need attention.")
    else:
        print("Nothing that the book needs is missing.")
    return 1 if faults else 0


def _versions() -> Iterator[tuple[str, str]]:
    yield "python", f"{platform.python_version()} ({sys.executable})"
    yield "system", platform.platform()
    for name in DISTRIBUTIONS:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            yield name, "not installed"


def _system() -> Iterator[Finding]:
    if SUPPORTED:
        yield Finding("ok", "files that programs read", "are noticed, so that their pages run again")
    else:
        note = "are not noticed on this system: a page that starts programs has to declare what they read"
        yield Finding("absent", "files that programs read", note)


def _programs(config: Config | None) -> Iterator[Finding]:
    """Yield findings on the programs that a book may need besides Python's packages."""
    wants_latex = config is not None and (
        config.d2lbook_pdf_engine == "latex" or "latex" in (config.d2lbook_outputs or ())
    )
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        remedy = ADVICE if wants_latex else 'only d2lbook_pdf_engine = "latex" needs it'
        yield Finding("wrong" if wants_latex else "absent", "LaTeX", f"{', '.join(missing)} not found; {remedy}")
    else:
        yield Finding("ok", "LaTeX", ", ".join(PROGRAMS))
    wants_dot = config is not None and "sphinx.ext.graphviz" in config.extensions
    if path := shutil.which(config.graphviz_dot if wants_dot and config is not None else "dot"):
        yield Finding("ok", "Graphviz", path)
    else:
        remedy = "on Debian and Ubuntu: apt-get install graphviz" if wants_dot else "only sphinx.ext.graphviz needs it"
        yield Finding("wrong" if wants_dot else "absent", "Graphviz", f"dot not found; {remedy}")


def _root(app: Sphinx) -> Iterator[Finding]:
    """Yield a finding if the book has no root page, which a build refuses."""
    app.env.find_files(app.config, app.builder)
    if fault := fault_of_root(app, app.env):
        yield Finding("wrong", "the root page", fault)


def _fonts(config: Config, folder: Path) -> Iterator[Finding]:
    """Yield findings on the fonts that conf.py names, and on those that the language of the book needs."""
    script = SCRIPTS_OF_LANGUAGES.get((config.language or "").partition("_")[0])
    if config.d2lbook_pdf_fonts:
        try:
            named = fonts.resolve(config.d2lbook_pdf_fonts, folder)
        except BookError as err:
            yield Finding("wrong", "fonts of the PDF", str(err))
        else:
            yield Finding("ok", "fonts of the PDF", ", ".join(dict.fromkeys(face.family for face in named.faces)))
    elif script and _writes(config, "pdf"):
        note = f"the language is {config.language!r}, and the PDF has no font for it; {remedy(script, config.language)}"
        yield Finding("wrong", "fonts of the PDF", note)


def _kernels_of_pages(app: Sphinx) -> dict[str, str]:
    """Return the kernels that the pages need, each with the path of one such page."""
    return {planned.task.kernel: planned.task.path for planned in reversed(decide(app).session.plans.values())}


def _outputs_elsewhere(app: Sphinx) -> Iterator[Finding]:
    """Yield findings on committed outputs: those that this machine shows, and those that it cannot make again."""
    session = decide(app).session
    for name in session.plans:
        run, lacking = session.decisions[name].run, session.lacking(name)
        if run is not None and run.imported:
            yield Finding("ok", f"outputs of {name}", f"are shown from {session.kept_in(name)}, as it ran elsewhere")
        elif lacking:
            kept = session.kept_in(name)
            note = (
                f"in {kept} no longer fit ({session.stale[name]}), and this machine lacks {', '.join(lacking)}; build "
                f"where that is and commit {kept}, or undo the change"
            )
            yield Finding("wrong", f"outputs of {name}", note)


def _kernels(wanted: dict[str, str]) -> Iterator[Finding]:
    installed = KernelSpecManager().find_kernel_specs()
    yield Finding(
        "ok" if installed else "wrong", "kernels", ", ".join(sorted(installed)) or "none; pip install ipykernel"
    )
    for name, path in sorted(wanted.items()):
        if name not in installed:
            note = f"is not installed; name another in the page's front matter, or install its kernelspec as {name!r}"
            yield Finding("wrong", f"kernel {name!r} of {path}", note)


def contradictions(app: Sphinx) -> Iterator[tuple[str, str]]:
    """Yield an option and the fault for settings that are valid alone, but not together."""
    for name, applies, note in CONTRADICTIONS:
        if applies(app.config):
            yield name, note


def _writes(config: Config, output: str) -> bool:
    return not config.d2lbook_outputs or output in config.d2lbook_outputs


CONTRADICTIONS: tuple[tuple[str, Callable[[Config], bool], str], ...] = (
    (
        "html_baseurl",
        lambda config: bool(config.d2lbook_forum) and not config.html_baseurl,
        "is not set, but there is a forum: printed codes and the forum's posts lead to the book's permanent address",
    ),
    (
        "d2lbook_pdf_engine",
        lambda config: config.d2lbook_pdf_engine != "typst" and not _writes(config, "pdf"),
        "is set, but d2lbook_outputs has no PDF",
    ),
    (
        "d2lbook_dask",
        lambda config: bool(config.d2lbook_dask) and config.d2lbook_executor == "local",
        'is given, but the pages run on this machine; d2lbook_executor = "dask" runs them on a cluster',
    ),
)
