"""What it costs to collect, check and write the package of a large book. Run by `make bench`, not by the tests.

A book of 1,000 pages with 1,000 saved blocks is generated in a temporary folder; each build has its own process.
Rows go to `_build/bench/library.json`: a figure in CPU seconds, what it is compared with, and the ratio. What it is
compared with is measured in the same process, so that a busy machine slows both.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

PAGES = 1000
CONF = "extensions = ['sphinxcontrib_d2lbook']\nproject = 'Bench'\nd2lbook_package = 'pkg'\n"
PROSE = "Gradients point uphill, so we walk the other way, a step of length $\\eta$ at a time.\n" * 4
PAGE = """\
---
file_format: mystnb
kernelspec:
  name: python3
---

(sec_{n})=
# Page {n}

{prose}
$$
L(\\mathbf{{w}}, b) = \\frac{{1}}{{n}} \\sum_i \\ell^{{(i)}}
$$ (eq_{n})

```{{code-cell}}
import pkg
import numpy as np
```

{prose}
## How it is done

* first, {prose}
* then the rest

| a | b |
| - | - |
| 1 | 2 |

```{{code-cell}}
:tags: [hide-input]

#@save
def function_{n}(X, y, rate=0.1, *, steps={n}):
    \"\"\"Take some steps.

    X: shape (n, d). Returns the weights.
    \"\"\"
    w = [0.0] * len(X)
    for step in range(steps):
        for i, (a, b) in enumerate(zip(X, y)):
            w[i] -= rate * (a - b) * {uses}
    return w
```

{prose}
:::{{note}}
{prose}:::

```{{code-cell}}
function_{n}([1.0], [2.0])
```

## Summary

{prose}
"""


def generate(root: Path, chain: int = PAGES) -> None:
    """Write the book; each function calls the one before, but for the first of every ``chain``."""
    (root / "book").mkdir()
    (root / "conf.py").write_text(CONF)
    names = [f"page-{n:04}" for n in range(PAGES)]
    (root / "book" / "index.md").write_text("# Bench\n\n```{toctree}\n" + "\n".join(names) + "\n```\n")
    for n, name in enumerate(names):
        uses = f"len(pkg.function_{n - 1}([1.0], [1.0]))" if n % chain else "1"
        (root / "book" / f"{name}.md").write_text(PAGE.format(n=n, uses=uses, prose=PROSE))


def measure(root: Path) -> None:
    """In a process of its own: CPU seconds of the collection of one build, and of two things to compare it with."""
    from sphinx.application import Sphinx

    from sphinxcontrib_d2lbook.library import extension

    files = sorted((root / "book").glob("*.md"))
    seconds: dict[str, float] = {}

    def clocked(name: str, work: Callable[[], object]) -> None:
        start = time.process_time()
        work()
        seconds[name] = time.process_time() - start

    def parse() -> None:
        for file in files:
            for cell in file.read_text().split("```{code-cell}\n")[1:]:
                ast.parse(cell.partition("```")[0].replace(":tags: [hide-input]", ""))

    collect = extension.collect

    def timed(app: Sphinx) -> None:
        clocked("reading", lambda: [file.read_text() for file in files])
        clocked("collect", lambda: collect(app))
        clocked("parsing", parse)

    extension.collect = timed
    Sphinx(root / "book", root, root / "_build/out", root / "_build/doctrees", "dummy", status=None)
    print(json.dumps(seconds))


def run(root: Path, program: str = __file__) -> dict[str, float]:
    """What a program, started anew on a folder, prints as JSON in its last line."""
    done = subprocess.run([sys.executable, program, str(root)], capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="d2lbook-bench-") as name:
        root = Path(name)
        generate(root)
        cold = run(root)
        same = min((run(root) for _ in range(3)), key=lambda found: found["collect"])
        page = root / "book" / "page-0500.md"
        page.write_text(page.read_text().replace("return w\n", "return w[:]\n"))
        edited = run(root)
    rows = []
    for figure, found, other in (
        (f"collect, check and write {PAGES} pages, cold", cold, "parsing"),
        (f"collect, check and write {PAGES} pages, nothing changed", same, "reading"),
        (f"collect, check and write {PAGES} pages, one block edited", edited, "parsing"),
    ):
        compared = {"parsing": "reading the files and ast.parse of their cells", "reading": "reading the files"}[other]
        rows.append(
            {
                "figure": figure,
                "value": round(found["collect"], 3),
                "unit": "CPU s",
                "compared": {"with": compared, "value": round(found[other], 3)},
                "ratio": round(found["collect"] / found[other], 2),
            }
        )
    target = Path("_build/bench/library.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(rows, indent=1, sort_keys=True) + "\n")
    for row in rows:
        other = row["compared"]
        print(f"{row['value']:8.3f} {row['unit']}  {row['figure']}")
        print(f"{row['ratio']:8.2f} times  {other['with']} ({other['value']})")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]))
    else:
        main()
