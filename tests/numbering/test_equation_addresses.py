"""An equation and a section never have the same address, whoever made it."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

INDEX = "# Root\n\n```{toctree}\n:numbered:\n\npage\n```\n"
SAME_AS_SECTION = """\
# Page

## Speed

$$ v = s/t $$ (speed)

See {eq}`speed` and [](#speed).
"""
MADE = """\
# Page

## Equation energy

$$ e = mc^2 $$ (energy)

See {eq}`energy`.
"""
GIVEN = """\
# Page

(equation-energy)=
## Force

$$ e = mc^2 $$ (energy)

See {eq}`energy` and {numref}`equation-energy`.
"""
AMS = """\
# Page

## Equation energy

\\begin{equation}
e = mc^2 \\label{energy}
\\end{equation}

See {eq}`energy`.
"""
RST = """\
Page
====

Equation energy
---------------

.. math:: e = mc^2
   :label: energy

See :eq:`energy`.
"""


@pytest.mark.long
@pytest.mark.parametrize(
    ("text", "told"),
    [(SAME_AS_SECTION, 0), (MADE, 1), (GIVEN, 1), (AMS, 1), (RST, 1)],
    ids=["label of a section", "made of a title", "given to a section", "amsmath", "reStructuredText"],
)
def test_each_has_an_address_of_its_own(project: Any, text: str, told: int) -> None:
    project.conf += "d2lbook_outputs = ['html', 'pdf', 'notebooks']\n"
    project.write({"index.md": INDEX, f"page.{'rst' if text is RST else 'md'}": text})
    done = project.run("book")
    assert done.returncode == 0
    assert done.stderr.count("WARNING") == done.stderr.count("give one of the two another label") == told, done.stderr
    assert "ERROR" not in done.stderr
    page = (project.build_folder / "book/html/page.html").read_text("utf-8")
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert re.search(r'href="#equation-(energy|speed)"[^>]*><span[^>]*>\(1\.1\)', page)
    rows = json.loads((project.build_folder / "book/numbers.json").read_text("utf-8"))["numbers"]
    destinations = [row["pdf"]["destination"] for row in rows]
    assert len(destinations) == len(set(destinations))
    if text is GIVEN:
        assert re.search(r'href="#(force|equation-energy-section)"[^>]*><span[^>]*>Section 1\.1', page)
