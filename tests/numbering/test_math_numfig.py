"""`math_numfig = False`: equations have the numbers that Sphinx gives them, in every output."""

from __future__ import annotations

import json
import re
from typing import Any

PAGE = """\
(sec-{name})=
# {name}

$$ a = b $$ (eq-{name}-a)

$$ c = d \\tag{{T}} $$ (eq-{name}-t)

$$ e = f $$ (eq-{name}-b)

```{{figure}} dot.svg
:name: fig-{name}

Figure.
```

See {{eq}}`eq-one-b`, {{eq}}`eq-two-a` and {{numref}}`fig-two`.
"""
DOT = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><circle cx="20" cy="20" r="15"/></svg>'


def test_equations_are_numbered_page_by_page(project: Any) -> None:
    project.conf += "math_numfig = False\nd2lbook_outputs = ['html', 'pdf', 'notebooks']\n"
    project.write(
        {
            "index.md": "# Root\n\n```{toctree}\n:numbered:\n\none\ntwo\n```\n",
            "one.md": PAGE.format(name="one"),
            "two.md": PAGE.format(name="two"),
            "dot.svg": DOT,
        }
    )
    done = project.run("book", "-W", "--keep-going")
    assert (done.returncode, done.stderr) == (0, "")
    rows = json.loads((project.build_folder / "book/numbers.json").read_text("utf-8"))["numbers"]
    numbers = {row["label"]: row["number"] for row in rows}
    for name, chapter in (("one", "1"), ("two", "2")):
        found = [numbers[f"{kind}-{name}{end}"] for kind, end in (("eq", "-a"), ("eq", "-b"), ("fig", ""))]
        assert found == ["1", "2", f"{chapter}.1"]
        page = (project.build_folder / f"book/html/{name}.html").read_text("utf-8")
        assert re.findall(r'eqno">\(([^)]*)\)', page) == ["1", "T", "2"]
        assert re.search(r"See .*\(2\).*\(1\).*Figure 2\.1", page.replace("\n", " "))

    project.conf = project.conf.replace("math_numfig = False", "math_numfig = True")
    assert project.run("book").returncode == 0
    assert "(1.2)" in (project.build_folder / "book/html/one.html").read_text("utf-8")
