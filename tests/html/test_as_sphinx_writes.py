"""Code without links is highlighted as Sphinx does it, by our formatter too."""

from __future__ import annotations

from typing import Any

import pytest

from sphinxcontrib_d2lbook.outputs.html import code_highlighting

BLOCKS = """\
```{code-block} ipython3
%time x = 1
```

```{code-block} python
:lineno-start: 5
:emphasize-lines: 2

x = 1
y = "<&>"
```

```{code-block} python
:linenos:

x = 2
```

```{code-block} none
x < 3
```
"""
PAGES = {
    "index.md": f"# Book & more\n\n```{{toctree}}\n:numbered:\na\nb\nin/c\nin/d\nin/e\nin/f\n```\n\n{BLOCKS}",
    "a.md": f"# Same\n\n{BLOCKS}",
    "b.md": "# Same\n\n## Below\n\nText.\n",
    "in/c.md": f"# A *title* of $x$, `code_highlighting` and [a link](../a)\n\n{BLOCKS}",
    "in/d.md": "# Plain & d\n\nText.\n",
    "in/e.md": "# Same\n\nText.\n",
    "in/f.md": "# Raw <b>f</b>\n\nText.\n",
}


def _site(project: Any, builder: str = "html") -> dict[str, str]:
    folder = project.build_folder / builder
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.html")}


@pytest.mark.parametrize("builder", ["html", "dirhtml"])
@pytest.mark.parametrize("theme", ["basic", "sphinx_book_theme"])
def test_pages_are_those_of_sphinx(project: Any, monkeypatch: pytest.MonkeyPatch, theme: str, builder: str) -> None:
    project.conf += f"html_theme = {theme!r}\n"
    project.write(PAGES)
    with monkeypatch.context() as without:
        without.setattr(code_highlighting, "use_formatter", lambda app: None)
        project.build(builder, freshenv=True)
        wanted = _site(project, builder)
    project.build(builder, freshenv=True)
    assert _site(project, builder) == wanted
