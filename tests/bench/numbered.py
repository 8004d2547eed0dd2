"""A book of many pages on which much is numbered, for bench_numbering.py. Nothing in it runs.

Chapters of nine sections, a page each, with headings to depth three. Each page has figures, a table, a listing, single
equations, some of several lines, theorems, an exercise, prose, and references to things on its own and on other pages.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = "tools"
SECTIONS = 9
"""Pages in a chapter, beside its first."""
CONF = f"""\
project = "Bench"
extensions = ["sphinxcontrib_d2lbook"]
html_theme = "sphinx_book_theme"
html_baseurl = "https://book.example/"
d2lbook_package = "{PACKAGE}"
nb_execution_mode = "off"
"""
FRONT = (
    "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n  display_name: Python 3\n"
    "language_info:\n  name: python\n  pygments_lexer: python\n---\n"
)
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="80">'
    '<rect width="200" height="80" fill="none" stroke="black"/><path d="M0 80 L60 20 L120 50 L200 0" fill="none" '
    'stroke="black"/></svg>'
)
PROSE = (
    "Gradients point uphill, so we walk the other way, a step of length $\\eta$ at a time, and $\\mathbf{w}$ moves to "
    "where the loss is lower.\nWhether it arrives depends on $\\eta$ and on the curvature of $L$: where "
    "$\\eta \\lambda_{\\max} > 2$, the steps grow.\nWhat is *flat* in one direction may be steep in another, and a "
    "single step has to serve them all; so one scales them, each by what was seen of it.\n"
)
PAGE = """\
(sec_{n})=
# Methods of Kind {n}

{prose}
As {{numref}}`sec_{far}` says, and {{eq}}`eq_{far}`, {{prf:ref}}`thm_{near}` holds. See {{numref}}`fig_{near}`.

(sec_{n}_one)=
## How They Move

{prose}
$$
L_{{{n}}}(\\mathbf{{w}}) = \\frac{{1}}{{n}} \\sum_{{i=1}}^n \\bigl(\\mathbf{{w}}^\\top \\mathbf{{x}}_i - y_i\\bigr)^2
$$ (eq_{n})

{prose}
```{{figure}} picture.svg
:name: fig_{n}
:alt: A line that falls, rises and falls

What {{eq}}`eq_{n}` does, step by step.
```

### By Hand

{prose}
\\begin{{align}}
a_{{{n}}} &= \\exp(-\\lambda t) + c \\label{{eq_{n}_first}} \\\\
b &= \\int_0^1 f(x)\\,dx \\\\
c &= \\begin{{pmatrix}} 1 & 2 \\\\ 3 & 4 \\end{{pmatrix}} \\mathbf{{v}} \\label{{eq_{n}_last}}
\\end{{align}}

From {{eq}}`eq_{n}_first` and {{eq}}`eq_{near}_last` follows what {{numref}}`tab_{n}` has.

```{{table}} Steps and losses
:name: tab_{n}

| step | loss | rate |
| ---- | ---- | ---- |
| 1 | 0.51 | 0.1 |
| 2 | 0.32 | 0.1 |
| 3 | 0.23 | 0.05 |
| 4 | 0.19 | 0.05 |
```

### With a Library

{prose}
```{{code-block}} python
:caption: Five steps.
:name: lst_{n}

for step in range(5):
    w = w - rate * gradient(w)
```

```{{prf:theorem}} Of kind {n}
:label: thm_{n}

Whatever $\\eta < 1 / \\lambda$ is, the steps of {{numref}}`lst_{n}` end, by {{eq}}`eq_{n}`.
```

```{{prf:lemma}}
:label: lem_{n}

It is enough to look at $t = 0$.
```

## When They Fail

{prose}
$$ x_{{t+1}} = x_t - \\eta \\nabla L(x_t) $$ (eq_{n}_step)

{prose}
```{{figure}} picture.svg
:name: fig_{n}_more
:alt: A line that falls, rises and falls

Beside {{numref}}`fig_{far}`.
```

{prose}
```{{exercise}} A task
:label: ex_{n}

Show what {{numref}}`sec_{near}_one` leaves out, with {{prf:ref}}`lem_{far}`.
```

## Summary

{prose}
Next comes {{ref}}`sec_{near}`; more is in {{numref}}`sec_{far}_one` and in [this table](#tab_{far}).
"""
SAVED = '''
```{{code-cell}}
#@save
def rate_{n}(step):
    """How far to go in a step."""
    return 1 / (step + {n})
```
'''


def name(n: int) -> str:
    return f"page-{n:04}"


def text(n: int, pages: int) -> str:
    """The Markdown of page ``n``; the first page of a chapter lists the others."""
    page = PAGE.format(n=n, near=(n + 1) % pages, far=(n * 7 + 31) % pages, prose=PROSE)
    if n % (SECTIONS + 1) == 0:
        inner = "\n".join(name(k) for k in range(n + 1, min(n + SECTIONS + 1, pages)))
        page = FRONT + page + SAVED.format(n=n) + f"\n```{{toctree}}\n{inner}\n```\n"
    return page


def write_book(folder: Path, pages: int) -> None:
    """conf.py and all sources, below ``folder``."""
    source = folder / "book"
    source.mkdir(parents=True)
    (folder / "conf.py").write_text(CONF, "utf-8")
    chapters = "\n".join(name(n) for n in range(0, pages, SECTIONS + 1))
    (source / "index.md").write_text(f"# Bench\n\n```{{toctree}}\n:numbered:\n{chapters}\n```\n", "utf-8")
    (source / "picture.svg").write_text(PICTURE, "utf-8")
    for n in range(pages):
        (source / f"{name(n)}.md").write_text(text(n, pages), "utf-8")


def edit_prose(folder: Path, n: int) -> None:
    """Change the words of one page, and no number."""
    file = folder / "book" / f"{name(n)}.md"
    file.write_text(file.read_text("utf-8").replace("## Summary\n", "## Summary\n\nA sentence more.\n"), "utf-8")


def insert_section(folder: Path, n: int) -> None:
    """Put a section before the others of a page: the numbers behind it change, there and wherever they are shown."""
    file = folder / "book" / f"{name(n)}.md"
    file.write_text(file.read_text("utf-8").replace("## When", "## Another One\n\nText.\n\n## When"), "utf-8")
