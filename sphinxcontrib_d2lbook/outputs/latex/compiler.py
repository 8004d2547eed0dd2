"""Run LaTeX. No other module runs it."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ...common.errors import BookError

PROGRAMS = ("latexmk", "xelatex", "xdvipdfmx", "makeindex")
PACKAGES = (
    "latexmk texlive-xetex texlive-latex-recommended texlive-latex-extra texlive-fonts-recommended fonts-lmodern "
    "fonts-freefont-otf fonts-dejavu-core"
)
"""Packages of Debian and Ubuntu that contain everything that the sources load."""
ADVICE = (
    f"On Debian and Ubuntu: apt-get install --no-install-recommends {PACKAGES}. Or use the engine that "
    'needs no other program: d2lbook_pdf_engine = "typst"'
)
MOST_SECONDS = 3600


@dataclass(frozen=True)
class LatexRun:
    """Result of a run of latexmk."""

    done: bool
    log: str
    """Log of the last run of XeLaTeX; "" if there is none."""
    said: str
    """Messages of latexmk."""


def require() -> None:
    """Check that the programs of LaTeX are installed. Raise BookError if one is missing."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        raise BookError(
            f'd2lbook_pdf_engine = "latex" needs {", ".join(missing)}, which this machine does not have. {ADVICE}'
        )


def version() -> str:
    """Return the version of XeLaTeX, with the date of its distribution. Raise BookError if there is none."""
    require()
    finished = subprocess.run(["xelatex", "--version"], capture_output=True, text=True, check=False)
    return finished.stdout.partition("\n")[0]


def compile_pdf(folder: Path, name: str) -> LatexRun:
    """Set `name.tex` in ``folder``, as many times as its lists and links need. Raise BookError without LaTeX."""
    require()
    log = folder / f"{name}.log"
    log.unlink(missing_ok=True)
    command = ["latexmk", "-norc", "-r", "latexmkrc", f"{name}.tex"]
    try:
        finished = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            timeout=MOST_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return LatexRun(False, _text(log), f"it took more than {MOST_SECONDS} seconds")
    messages = (finished.stdout + finished.stderr).decode("utf-8", "replace")
    return LatexRun(finished.returncode == 0 and (folder / f"{name}.pdf").is_file(), _text(log), messages)


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8", "replace") if file.is_file() else ""
