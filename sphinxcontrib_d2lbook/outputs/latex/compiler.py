"""The only file that runs LaTeX."""

from __future__ import annotations

import os
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
"""Of Debian and Ubuntu, with all that the sources load."""
ADVICE = (
    f"On Debian and Ubuntu: apt-get install --no-install-recommends {PACKAGES}. Or let the engine that needs nothing "
    'set the PDF: d2lbook_pdf_engine = "typst"'
)
MOST_SECONDS = 3600
# Fixed dates, so that the same source gives the same bytes; lines of the log whole; no file outside the folder is
# read or written by what a page has brought into the source.
SURROUNDINGS = {
    "SOURCE_DATE_EPOCH": "0",
    "FORCE_SOURCE_DATE": "1",
    "TZ": "UTC",
    "max_print_line": "100000",
    "error_line": "254",
    "half_error_line": "238",
    "openin_any": "p",
    "openout_any": "p",
    "LATEXOPTS": "",
}


@dataclass(frozen=True)
class Made:
    """What a run gave."""

    done: bool
    log: str
    """XeLaTeX's, of its last run; "" if there is none."""
    said: str
    """By latexmk."""


def require() -> None:
    """Raises BookError where there is no LaTeX."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        raise BookError(
            f'd2lbook_pdf_engine = "latex" needs {", ".join(missing)}, which this machine has not. {ADVICE}'
        )


def version() -> str:
    """Of XeLaTeX, with the date of its distribution. Raises BookError where there is none."""
    require()
    asked = subprocess.run(["xelatex", "--version"], capture_output=True, text=True, check=False)
    return asked.stdout.partition("\n")[0]


def compile_pdf(folder: Path, name: str) -> Made:
    """Set `name.tex` in ``folder``, as many times as its lists and links need. Raises BookError without LaTeX."""
    require()
    log = folder / f"{name}.log"
    log.unlink(missing_ok=True)
    options = ["-xelatex", "-interaction=nonstopmode", "-file-line-error", "-no-shell-escape"]
    command = ["latexmk", "-norc", "-r", "latexmkrc", *options, f"{name}.tex"]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **SURROUNDINGS},
            capture_output=True,
            timeout=MOST_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return Made(False, _text(log), f"it took more than {MOST_SECONDS} seconds")
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    return Made(done.returncode == 0 and (folder / f"{name}.pdf").is_file(), _text(log), said)


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8", "replace") if file.is_file() else ""
