"""The program that runs a page of the book as a machine would that rounds otherwise."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

TOOL = Path(__file__).parents[2] / ".ci" / "other_rounding.py"

PAGE = """---
file_format: mystnb
kernelspec:
  name: python3
---

# Page

```{{code-cell}} ipython3
{code}
```

```{{code-cell}} ipython3
:tags: [remove-cell, book-check]

assert {claim}
```
"""

DRAW = """from mxnet import np, npx
npx.set_np()
npx.random.seed(0)
x = np.random.uniform(1, 2, size=1000)
largest = x.max().item()"""

WEIGHTS = """import mxnet
from mxnet import npx
from mxnet.gluon import nn
npx.set_np()
npx.random.seed(0)
net = nn.Dense(1000, in_units=1)
net.initialize(mxnet.init.Xavier())
largest = abs(net.weight.data()).max().item()"""


def other_roundings(folder: Path, code: str, claim: str) -> subprocess.CompletedProcess[str]:
    page = folder / "page.md"
    page.write_text(PAGE.format(code=code, claim=claim), "utf-8")
    return subprocess.run([sys.executable, TOOL, "--roundings", "2", page], capture_output=True, text=True, check=False)


def value_here(code: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", f"import d2l\n{code}\nprint(repr(largest))"], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


@pytest.mark.parametrize("code", [DRAW, WEIGHTS], ids=["a draw", "initial weights"])
def test_a_statement_that_holds_by_a_hair_fails(tmp_path: Path, code: str) -> None:
    claim = f"largest > {value_here(code)!r} - 1e-9"
    done = other_roundings(tmp_path, code, claim)
    page = tmp_path / "page.md"
    line = page.read_text("utf-8").splitlines().index(f"assert {claim}") + 1
    assert done.returncode == 1, done.stdout + done.stderr
    for factor in (1 - 2e-7, 1 - 5e-7):
        assert f"{page} x {factor}: fails" in done.stdout
        assert f"{page}:{line}: fails with numbers scaled by {factor}" in done.stdout


@pytest.mark.parametrize("code", [DRAW, WEIGHTS], ids=["a draw", "initial weights"])
def test_a_statement_with_room_passes(tmp_path: Path, code: str) -> None:
    done = other_roundings(tmp_path, code, f"abs(largest - {value_here(code)!r}) < 0.001")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("passes") == 2


def test_a_page_that_draws_no_numbers_runs_as_it_is(tmp_path: Path) -> None:
    done = other_roundings(tmp_path, "import math\nlargest = math.exp(1)", "largest == math.e")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("passes") == 2
