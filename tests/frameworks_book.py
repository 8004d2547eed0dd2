"""A small book in three cheap frameworks, and an independent way to write the page that one of them has."""

from __future__ import annotations

import re

from tests.conftest import NOTEBOOK

FRAMEWORKS = ("lists", "fractions", "numpy")
CONF = """extensions = ['sphinxcontrib_d2lbook', 'sphinx_design']
project = 'Three'
d2lbook_package = 'pk'
myst_enable_extensions = ['colon_fence', 'deflist', 'dollarmath']
"""
SEVERAL = (
    CONF
    + """d2lbook_default_module = 'lists'
d2lbook_frameworks = {
    'lists': {'label': 'Lists'},
    'fractions': {'label': 'Fractions', 'module': 'exact'},
    'numpy': {'label': 'NumPy', 'module': 'arrays'},
}
"""
)
MODULES = {"lists": "lists", "fractions": "exact", "numpy": "arrays"}
DOT = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><rect width="30" height="20" fill="teal"/></svg>\n'
)
INDEX = "# Book\n\n```{toctree}\n:numbered:\n\nmeans\nplain\n```\n"
PLAIN = NOTEBOOK + "# Plain\n\n```{code-cell}\nprint('plain')\n```\n\nSee {numref}`fig_mean` and {numref}`fig_last`.\n"
MEANS = (
    NOTEBOOK
    + '''# Means

Text for all, before {numref}`fig_mean`.

```{code-cell}
print("shared")
```

```{code-cell}
:framework: lists
values = [1, 2, 4]
```

```{code-cell}
:framework: fractions
:tags: [hide-input]
from fractions import Fraction
values = [Fraction(1), Fraction(2), Fraction(4)]
```

```{code-cell}
#@tab numpy
import numpy as np
values = np.array([1, 2, 4])
```

The same cell in all, with other outputs:

```{code-cell}
values
```

````{framework} lists, fractions
Prose for two, with a cell:

```{code-cell}
print("one of", len(values))
```
````

````{framework} numpy
Prose for arrays.

```{code-cell}
print(values.shape)
```

```{figure} dot.svg
:name: fig_mean

A mean.
```

$$ m = \\mathtt{mean}(x) $$ (eq_mean)
````

````{framework} lists
```{figure} dot.svg
:name: fig_mean

A mean.
```

$$ m = \\frac{1}{n} \\sum_i x_i $$ (eq_mean)
````

````{framework} fractions
```{figure} dot.svg
:name: fig_mean

A mean.
```

```{math}
:label: eq_mean

m = \\frac{x_1 + \\dots + x_n}{n}
```
````

```{code-cell}
%%tab lists, fractions
#@save
def mean(values):
    """Return the mean."""
    return sum(values) / len(values)
```

```{code-cell}
%%tab numpy
#@save
def mean(values):
    """Return the mean."""
    return values.mean()
```

```{code-cell}
#@save
def twice(value):
    """Return twice a value."""
    return 2 * value
```

::::{note}
```{code-cell}
:framework: numpy
print("in a note", mean(values))
```

```{code-cell}
:framework: lists, fractions
print("in a note", mean(values), len(values))
```

```{code-cell}
#@tab all
print("for all", float(twice(mean(values))))
```
::::

- a list

  ```{code-cell}
  #@tab fractions
  print(values[0].denominator)
  ```

  with an end

```{code-cell}
from myst_nb import glue
glue("mean_value", float(mean(values)) + len(type(values).__name__), display=False)
kind = type(values).__name__
size = len(values)
```

By {eq}`eq_mean` and {eq}`eq_end`:

Here it is {glue:text}`mean_value:.1f`, of the kind {eval}`kind`, for all of {eval}`size`.

````{framework} numpy
For arrays alone {eval}`kind` and {glue:text}`mean_value:.2f`.
````

$$ x = 1 $$ (eq_end)

```{figure} dot.svg
:name: fig_last

The last.
```
'''
)
PAGES = {"index.md": INDEX, "means.md": MEANS, "plain.md": PLAIN, "dot.svg": DOT}

FENCE = re.compile(r"(?P<indent>\s*)(?P<mark>`{3,}|:{3,})(?P<info>.*)")
MARKED = re.compile(r"\s*(?::framework:|#@tab|%%tab) *(?P<names>.*)")
BLOCK = re.compile(r"\{framework\} *(?P<names>.*)")


def names_of(text: str) -> set[str]:
    names = {name.strip() for name in text.split(",")}
    return set(FRAMEWORKS) if "all" in names else names


def alone(text: str, framework: str) -> str:
    """Return the page that one framework has, line by line: nothing of this is the code that is tested."""
    lines, out, at = text.split("\n"), [], 0
    while at < len(lines):
        fence = FENCE.fullmatch(lines[at])
        block = BLOCK.fullmatch(fence["info"]) if fence else None
        is_cell = bool(fence) and fence["info"].startswith("{code-cell}")
        if not fence or not (block or is_cell):
            out.append(lines[at])
            at += 1
            continue
        end = next(line for line in range(at + 1, len(lines)) if lines[line].strip() == fence["mark"])
        inside = lines[at + 1 : end]
        if block:
            if framework in names_of(block["names"]):
                out += alone("\n".join(inside), framework).split("\n")
        else:
            marks = [line for line in inside if MARKED.fullmatch(line)]
            if all(framework in names_of(MARKED.fullmatch(line)["names"]) for line in marks):
                out += [lines[at], *(line for line in inside if line not in marks), lines[end]]
        at = end + 1
    return "\n".join(out)
