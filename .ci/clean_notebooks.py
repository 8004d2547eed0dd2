"""Run notebooks of the book where nothing else is installed, as a reader would.

    python .ci/clean_notebooks.py FOLDER                      five notebooks of _build/book, chosen at random
    python .ci/clean_notebooks.py FOLDER --seed 7 --count 3   others, fewer
    python .ci/clean_notebooks.py FOLDER --first-cell         what they need is installed by their first cell

Unpacks the archive of the notebooks into FOLDER, which must be empty or absent, makes a virtual environment there, and
installs by pip what the notebooks' requirements.txt lists, the wheel of the package in it. Then it runs the chosen
notebooks, each with a kernel of its own in its own folder. Nothing of this repository, of Debian's packages or of the
user's own site-packages is on the path. The table that it prints has what each notebook took and how it ended. Ends
with 1 if one failed.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RUNNER = """
import sys
import nbformat
from nbclient import NotebookClient
path, folder = sys.argv[1:]
notebook = nbformat.read(path, as_version=4)
NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()
"""
"""Runs a notebook; its first argument is the file, the second the folder in which it runs."""
DRIVER = ("nbclient", "ipykernel")
"""What runs a notebook without a browser."""


def unpacked(archive: Path, folder: Path) -> Path:
    """Unpack the archive and return the one folder in it."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    (root,) = (path for path in folder.iterdir() if path.is_dir())
    return root


def chosen(root: Path, count: int, seed: int) -> list[Path]:
    """Return notebooks with code, chosen at random: the same seed gives the same ones."""
    with_code = [
        path
        for path in sorted(root.rglob("*.ipynb"))
        if any(cell["cell_type"] == "code" for cell in json.loads(path.read_text("utf-8"))["cells"])
    ]
    return random.Random(seed).sample(with_code, min(count, len(with_code)))


def clean(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables without those that put other packages on Python's path."""
    ours = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONSTARTUP", "JUPYTER_PATH", "IPYTHONDIR")
    kept = {name: value for name, value in variables.items() if name not in ours}
    return kept | {"PYTHONNOUSERSITE": "1", "OMP_NUM_THREADS": variables.get("OMP_NUM_THREADS", "1")}


def make_environment(folder: Path, interpreter: str, root: Path, *, first_cell: bool) -> Path:
    """Make a virtual environment with what the notebooks list, and return its Python."""
    python = folder / "venv" / "bin" / "python"
    subprocess.run([interpreter, "-m", "venv", folder / "venv"], check=True, env=clean(os.environ))
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if not first_cell:
        subprocess.run([*pip, "--no-deps", "-r", "requirements.txt"], check=True, cwd=root, env=clean(os.environ))
    subprocess.run([*pip, *DRIVER], check=True, cwd=root, env=clean(os.environ))
    return python


def report(python: Path, root: Path, notebooks: Sequence[Path]) -> int:
    """Run notebooks, print a table of how each ended, and return how many failed."""
    print("| notebook | seconds | result |\n| --- | --- | --- |", flush=True)
    failed = 0
    for notebook in notebooks:
        result, seconds = run(python, notebook)
        failed += result != "passed"
        print(f"| {notebook.relative_to(root)} | {seconds:.0f} | {result} |", flush=True)
    return failed


def run(python: Path, notebook: Path) -> tuple[str, float]:
    """Run a notebook; return "passed", or the last line of its error, and the seconds."""
    start = time.monotonic()
    done = subprocess.run(
        [python, "-c", RUNNER, notebook, notebook.parent],
        capture_output=True,
        text=True,
        check=False,
        cwd=notebook.parent,
        env=clean(os.environ),
    )
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stderr).strip()
    last = (said.splitlines() or ["it ended without a message"])[-1]
    return ("passed" if done.returncode == 0 else last), time.monotonic() - start


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("folder", type=Path, help="empty or absent; notebooks and environment go there")
    parser.add_argument("--book", type=Path, default=ROOT / "_build" / "book", help="what was built")
    parser.add_argument("--count", type=int, default=5, help="how many notebooks")
    parser.add_argument("--seed", type=int, default=0, help="of the choice")
    parser.add_argument("--python", default=sys.executable, help="the interpreter of the environment")
    parser.add_argument("--first-cell", action="store_true", help="leave the installation to the notebooks' first cell")
    options = parser.parse_args(arguments)
    folder = options.folder.resolve()
    archives = sorted((options.book / "notebooks").glob("*-notebooks.zip"))
    if len(archives) != 1:
        parser.error(f"{options.book / 'notebooks'} has {len(archives)} archives of notebooks; build the book first")
    if folder.is_dir() and any(folder.iterdir()):
        parser.error(f"{folder} is not empty; name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    root = unpacked(archives[0], folder)
    notebooks = chosen(root, options.count, options.seed)
    python = make_environment(folder, options.python, root, first_cell=options.first_cell)
    return 1 if report(python, root, notebooks) else 0


if __name__ == "__main__":
    raise SystemExit(main())
