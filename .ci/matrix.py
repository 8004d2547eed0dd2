"""Try the plugin with the lowest and the newest versions of everything that it depends on.

    python .ci/matrix.py FOLDER [ROW ...] [--python VERSION]

Makes a virtual environment below FOLDER for each row, runs in it what the suite has for this (`tests/matrix`, a small
book with every directive in all outputs, and `tests/upstream`, what is relied on in others), prints a table and writes
it to FOLDER/matrix.json. A row is a Python and a resolution, such as `3.11-lowest` or `3.13-newest`; without any, all
rows that the Pythons of this machine admit, or those of one VERSION. Ends with 1 if a row failed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OLDEST = 11
"""Minor version of the oldest Python that pyproject.toml admits; the lowest versions are tried on it."""
SHOWN = ("sphinx", "docutils", "myst-nb", "sphinx-book-theme", "ipykernel", "nbclient", "jupyter-client")
TESTS = ("tests/matrix", "tests/upstream")


def interpreters() -> dict[int, str]:
    """Return minor version -> path of each Python 3 on this machine that the plugin admits."""
    found: dict[int, str] = {}
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    for minor in range(OLDEST, 30):
        named = shutil.which(f"python3.{minor}")
        candidates = [sys.executable, *([named] if named else []), *map(str, pyenv.glob(f"3.{minor}.*/bin/python"))]
        for path in candidates:
            command = [path, "-c", "import sys, venv; print(*sys.version_info[:2])"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode == 0 and done.stdout.split() == ["3", str(minor)]:
                found[minor] = path
                break
    return found


def rows(pythons: dict[int, str]) -> dict[str, tuple[str, str]]:
    """Return name -> (interpreter, uv's resolution)."""
    lowest = {f"3.{OLDEST}-lowest": (pythons[OLDEST], "lowest-direct")} if OLDEST in pythons else {}
    return lowest | {f"3.{minor}-newest": (path, "highest") for minor, path in pythons.items()}


def try_row(folder: Path, interpreter: str, resolution: str) -> dict[str, object]:
    """Make the environment of a row and run the tests in it; what was installed and how it ended."""
    start = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    python = str(folder / "bin" / "python")
    uv = [sys.executable, "-m", "uv"]
    log = folder.parent / f"{folder.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    steps = [
        [*uv, "venv", "--quiet", "--python", interpreter, str(folder)],
        [
            *uv,
            "pip",
            "install",
            "--quiet",
            "--python",
            python,
            "--resolution",
            resolution,
            "--editable",
            f"{ROOT}[test]",
        ],
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(test for test in TESTS if (ROOT / test).is_dir())],
    ]
    with log.open("w", encoding="utf-8") as stream:
        failed = any(
            subprocess.run(step, cwd=ROOT, stdout=stream, stderr=stream, check=False).returncode for step in steps
        )
    lines = log.read_text(encoding="utf-8").splitlines()
    row: dict[str, object] = {
        "result": "failed" if failed else "passed",
        "summary": lines[-1].strip("= ") if lines else "",
        "seconds": round(time.monotonic() - start),
        "log": str(log.relative_to(ROOT) if log.is_relative_to(ROOT) else log),
    }
    frozen = subprocess.run(
        [*uv, "pip", "list", "--quiet", "--format", "json", "--python", python],
        capture_output=True,
        text=True,
        check=False,
    )
    installed = {item["name"]: item["version"] for item in json.loads(frozen.stdout or "[]")}
    return row | {name: installed.get(name, "") for name in SHOWN}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Try the lowest and the newest versions of all dependencies.")
    parser.add_argument("folder", type=Path, help="where environments, logs and matrix.json go")
    parser.add_argument("rows", nargs="*", metavar="ROW", help="such as 3.11-lowest or 3.13-newest; all without any")
    parser.add_argument("--python", metavar="VERSION", help="only the rows of this Python, such as 3.13")
    given = parser.parse_args(arguments)
    folder, possible = given.folder.resolve(), rows(interpreters())
    if given.python:
        possible = {name: row for name, row in possible.items() if name.startswith(f"{given.python}-")}
    odd = [name for name in given.rows if name not in possible]
    if odd or not possible:
        wanted = f"row {', '.join(odd)}" if odd else f"Python {given.python}"
        parser.error(f"there is no {wanted} on this machine; there are {', '.join(possible) or 'no rows'}")
    table = {}
    for name in given.rows or possible:
        table[name] = try_row(folder / name, *possible[name])
        print(f"{name}: {table[name]['result']} ({table[name]['summary']}), {table[name]['log']}", flush=True)
    (folder / "matrix.json").write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    columns = ("result", *SHOWN)
    print("\n| " + " | ".join(("row", *columns)) + " |")
    print("|" + " --- |" * (len(columns) + 1))
    for name, row in table.items():
        print("| " + " | ".join([name, *(str(row[column]) for column in columns)]) + " |")
    return 1 if any(row["result"] == "failed" for row in table.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
