"""Try the wheel of `d2l` on each Python that the installation page names, with the oldest and the newest NumPy.

    python .ci/package_matrix.py FOLDER                  all rows
    python .ci/package_matrix.py FOLDER 3.12-1.26        one row

Makes a virtual environment below FOLDER for each row, with the wheel of `_build/book/package`, MXNet and what they
need, and runs a program in it, outside of this repository, that imports `d2l`, trains a model by it and checks a
gradient.
The Pythons are those of this machine and those that uv can fetch; a row whose Python cannot be had is "absent", and one
for which NumPy offers no wheel is "no wheel", with what the installer said in the log. Prints a table and writes it to
FOLDER/package-matrix.json. Ends with 1 if a row failed, or if none could be tried.
"""

import argparse
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from email import message_from_bytes
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(Path(__file__).resolve().parent))

from matrix import interpreters  # noqa: E402

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
NUMPYS = {"1.26": "numpy==1.26.*", "2": "numpy>=2"}
MXNET = ("graphviz", "requests")
"""What MXNet needs but NumPy; its bound on NumPy is the one that `d2l` lifts, so it is installed without asking it."""
PROGRAM = """
import json, random, sys
from d2l import mxnet as d2l
from mxnet import gluon, init, np, npx
from mxnet.gluon import nn
import d2l as package, numpy, platform
assert "site-packages" in package.__file__, package.__file__
npx.random.seed(0)
X_train, y_train, X_test, y_test = d2l.diabetes()
net = nn.HybridSequential()
net.add(nn.Dense(8, activation="relu"), nn.Dense(1))
net.initialize(init.Normal(0.1))
net.hybridize()
trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.01})
scale = y_train.std()
update = d2l.gluon_update(net, gluon.loss.L2Loss(), trainer)
batches = d2l.minibatches(X_train, (y_train - y_train.mean()) / scale, 32, random.Random(0))
losses = d2l.fit(update, batches, 5)["loss"]
assert losses[-1] < losses[0], losses
x = np.array([[0.3, -1.0], [2.0, 0.7]])
assert d2l.check_gradient(lambda x: d2l.cross_entropy(x, np.array([1, 0])), x)
assert not d2l.check_gradient(lambda x: x.var(), x)
print(json.dumps({"python": platform.python_version(), "numpy": numpy.__version__, "losses": [losses[0], losses[-1]]}))
"""
"""Run outside of the repository, so that `d2l` is the installed one."""


def interpreter(version: str, here: dict[int, str], log: Path) -> str | None:
    """Return the path of a Python, of this machine or fetched by uv, or None."""
    minor = int(version.partition(".")[2])
    if minor in here:
        return here[minor]
    uv = [sys.executable, "-m", "uv", "python"]
    with log.open("a", encoding="utf-8") as stream:
        subprocess.run([*uv, "install", version], stdout=stream, stderr=stream, check=False)
    found = subprocess.run([*uv, "find", "--no-project", version], capture_output=True, text=True, check=False)
    return found.stdout.strip() or None


def requirements(wheel: Path) -> list[str]:
    """Return what a wheel requires, as pip takes it."""
    with zipfile.ZipFile(wheel) as opened:
        (name,) = (name for name in opened.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_bytes(opened.read(name)).get_all("Requires-Dist", [])


def try_row(folder: Path, python: str, numpy: str, wheel: Path) -> dict[str, str]:
    """Make the environment of a row and run the program in it; how it ended, with the versions."""
    uv = [sys.executable, "-m", "uv"]
    own = folder / "bin" / "python"
    log = folder.parent / f"{folder.name}.log"
    install = [*uv, "pip", "install", "--quiet", "--python", own, "--only-binary", ":all:"]
    others = [line for line in requirements(wheel) if not line.lower().startswith(("numpy", "mxnet"))]
    variables = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
    steps = {
        "no environment": [*uv, "venv", "--quiet", "--clear", "--python", python, folder],
        "no wheel": [*install, numpy],
        "not installed": [*install, numpy, *MXNET, *others],
        "no d2l": [*install, "--no-deps", "mxnet==1.9.1", wheel],
    }
    with log.open("w", encoding="utf-8") as stream:
        for fault, step in steps.items():
            if subprocess.run(step, stdout=stream, stderr=stream, check=False, env=variables).returncode:
                return {"result": fault}
    done = subprocess.run(
        [own, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=variables | {"OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"},
    )
    with log.open("a", encoding="utf-8") as stream:
        stream.write(done.stdout + done.stderr)
    if done.returncode:
        return {"result": "failed", "error": (done.stderr.strip().splitlines() or [""])[-1]}
    said = json.loads(done.stdout.splitlines()[-1])
    return {"result": "passed", "python": said["python"], "numpy": said["numpy"]}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    names = [f"{python}-{numpy}" for python in PYTHONS for numpy in NUMPYS]
    parser.add_argument("folder", type=Path, help="where environments, logs and package-matrix.json go")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(names)}; all without any")
    parser.add_argument("--book", type=Path, default=ROOT / "_build" / "book", help="what was built")
    options = parser.parse_intermixed_args(arguments)  # rows may stand behind --book
    odd = [row for row in options.rows if row not in names]
    if odd:
        parser.error(f"there is no row {', '.join(odd)}; there are {', '.join(names)}")
    wheels = sorted((options.book / "package").glob("*.whl"))
    if len(wheels) != 1:
        parser.error(f"{options.book / 'package'} has {len(wheels)} wheels; build the book first")
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    here = interpreters()
    table: dict[str, dict[str, str]] = {}
    for row in options.rows or names:
        version, numpy = row.split("-")
        python = interpreter(version, here, folder / "uv.log")
        table[row] = {"result": "absent"} if python is None else try_row(folder / row, python, NUMPYS[numpy], wheels[0])
        print(f"{row}: {' '.join(table[row].values())}", flush=True)
    (folder / "package-matrix.json").write_text(json.dumps(table, indent=1) + "\n", "utf-8")
    results = [row["result"] for row in table.values()]
    return 1 if "passed" not in results or set(results) - {"passed", "absent", "no wheel"} else 0


if __name__ == "__main__":
    raise SystemExit(main())
