"""Run pages of the book as a machine that rounds otherwise would, and name the cells that fail there.

    python .ci/other_rounding.py book/attention/*.md                  three other roundings of each page
    python .ci/other_rounding.py --roundings 8 book/attention/*.md    eight

Processors differ in how they sum: by the width of their registers, by whether they fuse products. After some hundred
steps of training the weights of two machines agree in one or two digits, and a statement about a network holds on the
machine of its author alone if it holds by a hair. Here each random number that a page draws, its initial weights
included, is multiplied by a constant next to one, a few units in the last place. It is the smallest change that there
is, the same for equal draws, and it grows in training as another processor's does.

The exit code is the number of pages with a cell that fails, at most 100.
"""

import argparse
import importlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def scale_draws(factor):
    """Multiply by a factor what MXNet draws: normal and uniform numbers, and random initial weights."""
    importlib.import_module("d2l")  # which makes MXNet importable beside a newer NumPy
    mx = importlib.import_module("mxnet")

    def scaled(draw):
        def drawn(*arguments, **named):
            numbers = draw(*arguments, **named)
            return numbers if numbers is None else numbers * factor

        return drawn

    for name in ("normal", "uniform", "randn", "rand"):
        if hasattr(mx.np.random, name):
            setattr(mx.np.random, name, scaled(getattr(mx.np.random, name)))
    method = "_init_weight"  # which MXNet asks its own initializers to override

    def scaled_weights(draw):
        def initialize(self, name, weights):
            draw(self, name, weights)
            weights[:] = weights * factor

        return initialize

    for kind in (mx.init.Uniform, mx.init.Normal, mx.init.Xavier):
        setattr(kind, method, scaled_weights(vars(kind)[method]))


def shown(path):
    """Return a path as messages name it: from the root of the project, if it lies below."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def run_rounded(path, factor):
    """Run a page's cells with scaled random numbers; raise SystemExit with the place of a cell that fails."""
    sys.path.insert(0, str(ROOT / ".ci"))
    from prose_numbers import CellError, Page, executed_cells

    notebook = Page.of(path).notebook
    if any("mxnet" in cell.source or "d2l" in cell.source for cell in notebook.code_cells):
        scale_draws(factor)
    try:
        for _ in executed_cells(path, notebook):
            pass
    except CellError as error:
        raise SystemExit(f"{shown(path)}:{error.line}: fails with numbers scaled by {factor!r}") from error


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--roundings", type=int, default=3, metavar="N", help="how many other roundings (default: 3)")
    parser.add_argument("pages", nargs="+", type=Path)
    parser.add_argument("--factor", type=float, help="run one page in this process, with this constant")
    options = parser.parse_args(arguments)
    if options.factor is not None:
        (page,) = options.pages
        run_rounded(page.resolve(), options.factor)
        return 0
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}  # as the build's kernels have it
    faulty = set()
    for path in (page.resolve() for page in options.pages):
        for k in range(options.roundings):
            factor, start = 1 - (2 + 3 * k) * 1e-7, time.monotonic()
            done = subprocess.run(
                [sys.executable, __file__, "--factor", repr(factor), str(path)],
                env=environment, cwd=ROOT, capture_output=True, text=True, check=False,
            )  # fmt: skip
            print(
                f"{shown(path)} x {factor}: {'fails' if done.returncode else 'passes'},"
                f" {time.monotonic() - start:.0f} s",
                flush=True,
            )
            if done.returncode:
                faulty.add(path)
                print(done.stdout[-2500:], done.stderr[-1500:], sep="\n", flush=True)
    return min(len(faulty), 100)


if __name__ == "__main__":
    raise SystemExit(main())
