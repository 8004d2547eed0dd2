"""Run notebooks of a published branch where nothing else is installed, as Binder would.

    python .ci/published_notebooks.py FOLDER                     publish the book of _build to a repository in FOLDER
    python .ci/published_notebooks.py FOLDER --repository URL    take a branch that is published already
    python .ci/published_notebooks.py FOLDER --count 5 --seed 7  more notebooks, and others

FOLDER must be empty or absent. The branch is cloned into it as Binder clones it. As Binder does, this takes the folder
`binder` or `.binder`, makes an environment with a Python of the version that `environment.yml` names, and runs
`postBuild` there, from the root of the clone. Then it runs notebooks, as `clean_notebooks.py` does. Packages of
`apt.txt` are named, not installed. Ends with 1 if a notebook failed.
"""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from clean_notebooks import DRIVER, ROOT, chosen, clean, report  # noqa: E402 (a program beside this one)

BINDERS = ("binder", ".binder")
"""Folders in which Binder looks, in its order."""


def publish(bare: Path, branch: str, book: Path) -> None:
    """Publish the notebooks of a book that is built to a new repository. Raise SystemExit if they are refused."""
    subprocess.run(["git", "init", "--quiet", "--bare", bare], check=True)
    command = [sys.executable, "-c", "from sphinxcontrib_d2lbook.commands.main import main; raise SystemExit(main())"]
    words = ["publish", "notebooks", "--repository", str(bare), "--branch", branch, "-c", str(book)]
    if subprocess.run([*command, *words], check=False).returncode:
        raise SystemExit(f"the notebooks of {book} were not published, for the reason above")


def binder_folder(clone: Path) -> Path:
    """Return the folder of the environment. Raise SystemExit if there is none."""
    folder = next((clone / name for name in BINDERS if (clone / name).is_dir()), None)
    if folder is None:
        raise SystemExit(f"{clone}: there is neither {' nor '.join(BINDERS)}; this is no branch of notebooks")
    return folder


def wanted_python(binder: Path) -> str:
    """Return the version of Python that the environment names, as "3.11". Raise SystemExit if it names none."""
    match = re.search(r"^  - python=(\d+\.\d+)$", (binder / "environment.yml").read_text("utf-8"), re.MULTILINE)
    if match is None:
        raise SystemExit(f"{binder / 'environment.yml'} names no version of Python")
    return match[1]


def make_environment(clone: Path, binder: Path, folder: Path, interpreter: str) -> Path:
    """Make an environment as Binder would, and return its Python. Raise SystemExit for another version of Python."""
    wanted = wanted_python(binder)
    has = f"{sys.version_info[0]}.{sys.version_info[1]}" if interpreter == sys.executable else wanted
    if has != wanted:
        raise SystemExit(f"the notebooks want Python {wanted}, and this is {has}; name another by --python")
    if (binder / "apt.txt").is_file():
        print("not installed, Debian packages:", *(binder / "apt.txt").read_text("utf-8").split())
    subprocess.run([interpreter, "-m", "venv", folder / "venv"], check=True, env=clean(os.environ))
    programs = folder / "venv" / "bin"
    variables = clean(os.environ) | {"PATH": f"{programs}:{os.environ['PATH']}"}
    if (binder / "postBuild").is_file():
        subprocess.run([str(binder / "postBuild")], check=True, cwd=clone, env=variables)
    pip = [programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *DRIVER], check=True, env=variables)  # Binder has a Jupyter of its own
    return programs / "python"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("folder", type=Path, help="empty or absent; clone and environment go there")
    parser.add_argument("--repository", default="", help="where the branch is; none: publish the book of _build first")
    parser.add_argument("--branch", default="notebooks", help="the branch")
    parser.add_argument("--book", type=Path, default=ROOT, help="the folder of the book to publish, with its _build")
    parser.add_argument("--count", type=int, default=3, help="how many notebooks")
    parser.add_argument("--seed", type=int, default=0, help="of the choice")
    parser.add_argument("--python", default=sys.executable, help="the interpreter of the environment")
    options = parser.parse_args(arguments)
    folder = options.folder.resolve()
    if folder.is_dir() and any(folder.iterdir()):
        parser.error(f"{folder} is not empty; name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    repository = options.repository
    if not repository:
        repository = (folder / "published.git").as_uri()  # git takes the last commit alone only from an address
        publish(folder / "published.git", options.branch, options.book.resolve())
    clone = folder / "clone"
    subprocess.run(
        ["git", "clone", "--quiet", "--depth=1", "--branch", options.branch, "--", repository, clone], check=True
    )
    python = make_environment(clone, binder_folder(clone), folder, options.python)
    return 1 if report(python, clone, chosen(clone, options.count, options.seed)) else 0


if __name__ == "__main__":
    raise SystemExit(main())
