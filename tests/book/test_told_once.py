"""Each warning is told once a build, with what was probably meant."""

from __future__ import annotations

import re

import pytest

from sphinxcontrib_d2lbook.common.suggestions import did_you_mean
from sphinxcontrib_d2lbook.outputs.book.warn_once import CUTOFF, MOST
from tests.conftest import Project

BIB = "@book{knuth84,\n title={The TeXbook}, author={Knuth, D.}, year=1984, publisher={A}}\n"
PAGES = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\none\n```\n",
    "refs.bib": BIB,
    "one.md": """(sec-one)=
# One

{ref}`sec-onee` {numref}`sec-onne` {eq}`eq-onne` [x](#sec-oone) {prf:ref}`thm-onne` {doc}`onee`

{term}`epok` {cite}`knuth85` {ref}`nothing-like-it`

$$ a $$ (eq-one)

```{prf:theorem}
:label: thm-one

T
```

![x](nopic.png)

```{figur} x.png
```

```{note}
:clas: x
hi
```

{reff}`x`

```{solution} ex-onne
:label: sol
S
```

```{exercise}
:label: ex-one
E
```

```{glossary}
epoch
  One pass.
```

```{bibliography}
```
""",
}
EXPECTED = [
    "undefined label: 'sec-onee'; did you mean 'sec-one'",
    "undefined label: 'sec-onne'; did you mean 'sec-one'",
    "equation not found: eq-onne; did you mean 'eq-one'?",
    "'myst' cross-reference target not found: 'sec-oone'; did you mean 'sec-one'",
    "nothing has the label 'thm-onne'; did you mean 'thm-one'",
    "unknown document: 'onee'; did you mean 'one'?",
    "term not in glossary: 'epok'",
    "could not find bibtex key \"knuth85\"; did you mean 'knuth84'?",
    "undefined label: 'nothing-like-it' [",
    "image file not readable: nopic.png",
    "Unknown directive type: 'figur'; did you mean 'figure'",
    "did you mean 'class'?",
    "Unknown interpreted text role \"reff\"; did you mean 'ref'?",
    "nothing has the label 'ex-onne', to which this is a solution",
]


@pytest.mark.parametrize("builder", ["html", "book"])
def test_a_warning_is_told_once_with_a_near_name(project: Project, builder: str) -> None:
    project.write(PAGES)
    project.conf += "d2lbook_outputs = ['html', 'notebooks', 'pdf']\n"
    done = project.run(builder)
    told = [line for line in done.stderr.splitlines() if "WARNING" in line or "ERROR" in line]
    assert len(told) == len(EXPECTED), "\n".join(told)
    for message in EXPECTED:
        assert len([line for line in told if message in line]) == 1, message
    assert re.search(rf"{len(EXPECTED)} warnings", done.stdout)


@pytest.mark.parametrize(
    ("bib", "place"),
    [
        (BIB + "@book{broken, title={The, author={X}}\n", "book/refs.bib:4:"),
        ("@book{a,\n title=}\n", "book/refs.bib:2:"),
    ],
)
def test_a_broken_bibliography_is_named_with_its_line(project: Project, bib: str, place: str) -> None:
    project.write(
        {
            "index.md": "# Root\n\n{cite}`a`\n\n```{bibliography}\n```\n",
            "refs.bib": bib,
            "fine.bib": BIB.replace("knuth", "other"),
        }
    )
    done = project.run("html")
    assert done.returncode == 2
    assert place in done.stderr
    assert "fine.bib" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "there", "hint"),
    [
        ("fig_onee", ["fig_one", "tab_two"], "did you mean 'fig_one'?"),
        ("same", ["same", "other"], ""),
        ("x", [], ""),
        ("eq_ab1", ["eq_ab2", "eq_ab3", "no"], "did you mean 'eq_ab3' or 'eq_ab2'?"),
    ],
)
def test_only_near_names_are_named(name: str, there: list[str], hint: str) -> None:
    found = did_you_mean(name, there, MOST, CUTOFF)
    assert sorted(re.findall(r"'\w+'", found)) == sorted(re.findall(r"'\w+'", hint))
    assert bool(found) == bool(hint)
