"""A book of many notebooks that are alike, for the benchmarks: plain text, readable by all that are compared.

Each page imports MXNet and Matplotlib, trains a small model for about 0.3 seconds, draws a plot, and has prose and
formulas. Every fifth page saves a function, which the four behind it use; each saved function but every fourth calls
the one before. The first page saves, too, what makes MXNet run on a current NumPy.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = "tools"
GROUP = 5
"""Pages for one saved function."""
CHAIN = 4
"""Saved functions that call each other in a row."""
STEPS = 250
"""Of the training: about 0.3 CPU seconds."""

FRONT = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n  display_name: Python 3\n---\n"
PROSE = (
    "Gradients point uphill, so we walk the other way, a step of length $\\eta$ at a time, and $\\mathbf{w}$ moves to "
    "where the loss is lower.\nWhether it arrives depends on $\\eta$ and on the curvature of $L$: where "
    "$\\eta \\lambda_{\\max} > 2$, the steps grow.\n"
)
NAMES = """\
#@save: __init__
import types
import numpy
"""
RESTORE = '''\
#@save: __init__
def restore_names():
    """Put back the names of NumPy that MXNet 1.9.1 looks up in it."""
    gone = dict.fromkeys("mirr npv pmt ppmt pv rate in1d msort trapz".split(), numpy.isnan)
    values = {"bool": numpy.bool_, "NaN": numpy.nan, "NAN": numpy.nan, "Inf": numpy.inf, "PINF": numpy.inf,
              "NINF": -numpy.inf, "PZERO": 0.0, "NZERO": -0.0, "alltrue": numpy.all, "sometrue": numpy.any,
              "product": numpy.prod, "round_": numpy.round, "compat": types.SimpleNamespace(basestring=str), **gone}
    for name, value in values.items():
        if name not in vars(numpy):
            setattr(numpy, name, value)
'''
CALL = "#@save: __init__\nrestore_names()\n"
IMPORTS = f"from {PACKAGE} import mxnet as book\n"
LIBRARIES = """\
import matplotlib.pyplot as plt
import mxnet as mx
from mxnet import autograd, np, npx
npx.set_np()
"""
TRAIN = """\
mx.random.seed({n})
X = np.random.normal(size=(64, 8))
w = np.zeros(8)
w.attach_grad()
target = np.dot(X, np.arange(8) * 0.1)
losses = []
for step in range({steps}):
    with autograd.record():
        loss = ((np.dot(X, w) - target) ** 2).mean()
    loss.backward()
    w[:] = w - book.rate_{group}(step) * w.grad
    losses.append(float(loss))
print(f"loss of page {n}: {{losses[-1]:.3g}}")
"""
PLOT = 'plt.plot(losses)\nplt.xlabel("step")\nplt.ylabel("loss");\n'


def saved(group: int, base: str = "0.05") -> str:
    """The saved function of a group of pages."""
    before = f"rate_{group - 1}(step)" if group % CHAIN else base
    return f'#@save\ndef rate_{group}(step):\n    """How far to go in a step."""\n    return min({before}, {base})\n'


def cells(n: int) -> list[str]:
    """The code cells of page ``n``, in order."""
    found = [IMPORTS]
    if n == 0:
        found += [NAMES, RESTORE, CALL]
    found.append(LIBRARIES)
    if n % GROUP == 0:
        found.append(saved(n // GROUP))
    return [*found, TRAIN.format(n=n, group=n // GROUP, steps=STEPS), PLOT]


def page(n: int) -> str:
    """The Markdown of page ``n``."""
    parts = [f"{FRONT}(sec_{n})=\n# Section {n}\n\n{PROSE}\n"]
    for number, cell in enumerate(cells(n)):
        parts.append(f"```{{code-cell}}\n{cell}```\n\n{PROSE}\n")
        parts.append(
            f"$$\nL_{{{number}}}(\\mathbf{{w}}) = \\frac{{1}}{{n}} \\sum_{{i=1}}^n "
            f"\\bigl(\\mathbf{{w}}^\\top \\mathbf{{x}}_i - y_i\\bigr)^2\n$$ (eq_{n}_{number})\n\n"
        )
    return "".join([*parts, f"## Summary\n\nAs {{eq}}`eq_{n}_0` says. {PROSE}"])


def name(n: int) -> str:
    return f"page-{n:04}"


def dependants(group: int, pages: int) -> set[str]:
    """The pages that use the function of ``group``, directly or not, and the one that saves it."""
    last = (group // CHAIN + 1) * CHAIN
    return {name(n) for n in range(group * GROUP, min(last * GROUP, pages))}


def write_pages(folder: Path, pages: int) -> None:
    """All sources, below ``folder``."""
    folder.mkdir(parents=True)
    names = [name(n) for n in range(pages)]
    (folder / "index.md").write_text("# Bench\n\n```{toctree}\n:numbered:\n" + "\n".join(names) + "\n```\n", "utf-8")
    for n, stem in enumerate(names):
        (folder / f"{stem}.md").write_text(page(n), "utf-8")


def write_package(folder: Path, pages: int) -> None:
    """The package as an author without a tool for that keeps it by hand: the same functions in the same module."""
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(f"{NAMES}\n{RESTORE}\n{CALL}", "utf-8")
    functions = "\n".join(saved(group) for group in range((pages + GROUP - 1) // GROUP))
    (folder / "mxnet.py").write_text(functions, "utf-8")


def edit_prose(folder: Path, n: int) -> None:
    file = folder / f"{name(n)}.md"
    file.write_text(file.read_text("utf-8").replace("## Summary\n", "## Summary\n\nA sentence more.\n"), "utf-8")


def edit_function(folder: Path, group: int) -> None:
    """Change what a saved function does."""
    file = folder / f"{name(group * GROUP)}.md"
    text = file.read_text("utf-8")
    file.write_text(text.replace(saved(group), saved(group, base="0.04")), "utf-8")
