"""What is made once for many pages (titles, tags of style sheets, formatters of code) is what Sphinx makes for each."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from docutils import nodes
from pygments.lexers import PythonLexer
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.builders.html._assets import _file_checksum_inner
from sphinx.highlighting import lexer_classes

from sphinxcontrib_d2lbook.outputs.html import assets, code, titles
from sphinxcontrib_d2lbook.outputs.html.code import Formatters, LinkingFormatter

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
    "in/c.md": f"# A *title* of $x$, `code` and [a link](../a)\n\n{BLOCKS}",
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
        without.delitem(lexer_classes, code.KERNEL_LANGUAGE, raising=False)
        without.setattr(titles, "remember_titles", lambda app: None)
        without.setattr(assets, "remember_tags", lambda app: None)
        without.setattr(code, "use_formatter", lambda app: None)
        project.build(builder, freshenv=True)
        wanted = _site(project, builder)
        assert code.KERNEL_LANGUAGE not in lexer_classes
    project.build(builder, freshenv=True)
    assert _site(project, builder) == wanted
    assert code.KERNEL_LANGUAGE in lexer_classes


def test_plain_titles_are_rendered_once(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: Counter[str] = Counter()
    original = StandaloneHTMLBuilder.render_partial

    def render_partial(self: StandaloneHTMLBuilder, node: nodes.Node | None) -> dict[str, str]:
        if isinstance(node, nodes.title):
            rendered[f"{node.astext()} {node.get('secnumber')}"] += 1
        return original(self, node)

    monkeypatch.setattr(StandaloneHTMLBuilder, "render_partial", render_partial)
    project.write(PAGES)
    project.build()
    [*plain] = (count for text, count in rendered.items() if not text.startswith("Raw"))
    assert plain == [1] * len(plain)
    assert sum(rendered.values()) > len(rendered), "what is not plain may look otherwise on another page"
    assert {"Same [1]", "Same [2]", "Same [5]"} <= rendered.keys()


def test_another_title_and_style_sheet_are_seen_by_the_next_build(project: Any) -> None:
    project.conf += "html_theme = 'basic'\nhtml_static_path = ['static']\nhtml_css_files = ['own.css']\n"
    style = Path(project.folder) / "static" / "own.css"
    style.parent.mkdir()
    style.write_text("p {color: red}", "utf-8")
    project.write(PAGES)
    project.build()
    before = _site(project)
    project.write({"in/d.md": "# Another\n"})
    style.write_text("p {color: blue}", "utf-8")
    _file_checksum_inner.cache_clear()  # Sphinx keeps it for as long as the process lives
    with project.app() as app:
        app.build(force_all=True)
    after = _site(project)
    assert "Plain &amp; d" in before["in/c.html"]
    assert "Another" in after["in/c.html"]
    assert "Plain &amp; d" not in after["in/c.html"]
    sums = {text.partition("own.css?v=")[2][:8] for text in (before["a.html"], after["a.html"], after["in/e.html"])}
    assert len(sums) == 2
    assert "" not in sums


def test_formatters_are_kept_by_their_options() -> None:
    make = Formatters()
    assert make(linenos="inline", linenostart=3) is make(linenostart=3, linenos="inline")
    assert make(linenostart=3) is not make(linenostart=4)
    assert make(hl_lines=[1]) is not make(hl_lines=[1]), "lists can change"
    lines = {make(linenostart=n) for n in range(3 * code.MOST_FORMATTERS)}
    assert len(lines) == 3 * code.MOST_FORMATTERS
    assert len(make._kept) <= code.MOST_FORMATTERS
    assert isinstance(make(), LinkingFormatter)


def test_a_lexer_that_someone_else_names_stays(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(lexer_classes, code.KERNEL_LANGUAGE, PythonLexer)
    project.write(PAGES)
    project.build()
    assert lexer_classes[code.KERNEL_LANGUAGE] is PythonLexer
