"""Make a release of the extension ready: check it, build it, try it where nothing else is installed.

    python .ci/release.py               check, build and try what is checked out
    python .ci/release.py --tag v0.2.0  the same, and the tag must be that of the version
    python .ci/release.py --no-try      without the environment that needs a package index

The files for the package index are in `dist/`, which is emptied first. Nothing is pushed and nothing is uploaded:
`.github/workflows/release.yml` does that with these files, once a tag is pushed. Ends with 1 where something is wrong.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OUTPUTS = ("html", "pdf", "notebooks", "package")


def version_of(root: Path) -> str:
    """Return the version in pyproject.toml."""
    with (root / "pyproject.toml").open("rb") as stream:
        version: str = tomllib.load(stream)["project"]["version"]
    return version


def faults(root: Path, tag: str) -> Iterator[str]:
    """Yield what contradicts the version of pyproject.toml, and what is not committed. "" is no tag."""
    version = version_of(root)
    if tag and tag != f"v{version}":
        yield f"the tag is {tag}, and the version in pyproject.toml is {version}: it takes v{version}"
    citation = (root / "CITATION.cff").read_text("utf-8")
    dates = re.findall(r'^date-released: "?(\d{4}-\d\d-\d\d)"?$', citation, re.MULTILINE)
    if re.findall(r"^version: (\S+)$", citation, re.MULTILINE) != [version] or len(dates) != 1:
        yield f"CITATION.cff does not name version {version} and its date"
    changelog = (root / "CHANGELOG.md").read_text("utf-8")
    if f"## [{version}] - {''.join(dates)}" not in changelog.splitlines():
        yield f"CHANGELOG.md has no heading ## [{version}] - {''.join(dates)}"
    if tag and (unreleased := notes(changelog, "Unreleased")):
        yield f"CHANGELOG.md has {len(unreleased.splitlines())} lines under [Unreleased], which this release would have"
    state = subprocess.run(
        ["git", "status", "--porcelain"], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    if state:
        yield f"files are not committed:\n{state.rstrip()}"


def notes(changelog: str, version: str) -> str:
    """Return the entries of a version in the changelog; "" if there are none."""
    match = re.search(rf"^## \[{re.escape(version)}\].*?\n(.*?)(?=^## \[|\Z)", changelog, re.MULTILINE | re.DOTALL)
    return match[1].strip() if match else ""


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    """Run a command where no variable puts other packages on Python's path, and print it. Raise CalledProcessError."""
    print("+", *command, flush=True)
    others = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if name not in others}
    subprocess.run(command, cwd=cwd, check=True, env=environment | {"PYTHONNOUSERSITE": "1"})


def environment(folder: Path, *requirements: str | Path) -> Path:
    """Make a virtual environment with these requirements, and return the folder of its programs."""
    run(sys.executable, "-m", "venv", folder)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    run(programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements)
    return programs


def build(root: Path, work: Path) -> list[Path]:
    """Build wheel and source distribution into `dist/`, check them as a package index does, and return them."""
    dist = root / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    tools = environment(work / "tools", "build", "twine")
    run(tools / "python", "-m", "build", "--outdir", dist, cwd=root)
    files = sorted(dist.iterdir())
    run(tools / "python", "-m", "twine", "check", "--strict", *files)
    return files


def try_wheel(wheel: Path, work: Path) -> None:
    """Install the wheel alone, and build a new book with it. Raise CalledProcessError or SystemExit if that fails."""
    programs, book = environment(work / "empty", wheel), work / "a-book"
    run(programs / "sphinx-d2lbook", "new", book, "--yes", "--title", "A Book", "--author", "A", cwd=work)
    # The book asks for this version, which is on no package index yet.
    requirements = (book / "requirements.txt").read_text("utf-8").splitlines()
    others = [line for line in requirements if not line.startswith("sphinxcontrib-d2lbook")]
    run(programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *others)
    run(programs / "sphinx-build", "-M", "book", "book", "_build", "-c", ".", "-W", "--keep-going", cwd=book)
    report = json.loads((book / "_build/book/report.json").read_text("utf-8"))
    missing = [name for name in OUTPUTS if report["outputs"].get(name, {}).get("state") != "written"]
    if missing:
        raise SystemExit(f"the new book was built without {', '.join(missing)}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--tag", default="", help="the tag of the release, which must be that of the version")
    parser.add_argument("--no-try", action="store_true", help="do not try the wheel in an empty environment")
    parser.add_argument("--notes", action="store_true", help="only print the notes of the release, from the changelog")
    options = parser.parse_args(arguments)
    if options.notes:
        print(notes((ROOT / "CHANGELOG.md").read_text("utf-8"), version_of(ROOT)))
        return 0
    found = list(faults(ROOT, options.tag))
    if found:
        print(*found, sep="\n", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="release-") as name:
        work = Path(name)
        files = build(ROOT, work)
        if not options.no_try:
            try_wheel(next(file for file in files if file.suffix == ".whl"), work)
    print("ready:", *(file.relative_to(ROOT) for file in files))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
