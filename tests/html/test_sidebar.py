"""The sidebar that is made once a folder is, on every page, what the theme makes for that page."""

from __future__ import annotations

from typing import Any

import pytest

from sphinxcontrib_d2lbook.outputs.html import sidebar
from sphinxcontrib_d2lbook.upstream.theme import FUNCTION

BOOK = {
    "index.md": """\
# A <Book> & "more"

```{toctree}
:caption: Front
preface
```

```{toctree}
:caption: Part I & <so> on
:numbered:
one/index
two/index
Elsewhere <https://example.org/?a=1&b=2>
```

```{toctree}
:hidden:
:caption: Back
self
back
```
""",
    "preface.md": "# Preface\n\n## A section\n",
    "one/index.md": "# One\n\n```{toctree}\na\nb\ndeeper/index\n```\n",
    "one/a.md": '# A: $x < y$ & `code` "quoted"\n\n## Under\n\n### Further\n',
    "one/b.md": "# B\n\nText.\n\n# A second title on one page\n",
    "one/deeper/index.md": "# Deeper\n\n```{toctree}\nc\nd\n```\n",
    "one/deeper/c.md": "# Über C 深\n",
    "one/deeper/d.md": "# D\n",
    "two/index.md": "# Two\n\n## Two point one\n\n```{toctree}\n../one/deeper/e\n```\n",
    "one/deeper/e.md": "# E, of another chapter\n",
    "back.md": "# Back\n",
    "alone.md": "---\norphan: true\n---\n# In no toctree\n",
}
CALLS = [
    {"maxdepth": depth, "collapse": False, "includehidden": hidden, "titles_only": True, "show_nav_level": level}
    for depth, hidden, level in [(4, True, 0), (4, True, 1), (2, False, 3), (1, True, 0)]
]


@pytest.mark.parametrize(
    ("theme", "builder"),
    [("sphinx_book_theme", "html"), ("pydata_sphinx_theme", "html"), ("sphinx_book_theme", "dirhtml")],
)
def test_each_page_has_the_sidebar_of_the_theme(
    project: Any, monkeypatch: pytest.MonkeyPatch, theme: str, builder: str
) -> None:
    project.conf += f"html_theme = {theme!r}\n"
    project.write(BOOK)
    seen: set[str] = set()
    made: list[sidebar.Sidebars] = []
    replace = sidebar.Sidebars.replace

    def compare(self: sidebar.Sidebars, app: Any, pagename: str, template: str, context: Any, doctree: Any) -> None:
        theirs = context[FUNCTION]
        replace(self, app, pagename, template, context, doctree)
        seen.add(pagename)
        made.append(self)
        for call in CALLS:
            named = sidebar.name_toggles(theirs(kind="sidebar", startdepth=0, **call))
            assert str(context[FUNCTION](kind="sidebar", startdepth=0, **call)) == str(named), (pagename, call)

    monkeypatch.setattr(sidebar.Sidebars, "replace", compare)
    project.build(builder)
    assert seen >= {name.removesuffix(".md") for name in BOOK} | {"genindex", "search"}
    kept = made[0]._sidebars.values()
    if builder == "html":
        assert len(kept) == len(CALLS) * len({"", "one", "one/deeper", "two"})
        assert [key for key, one in made[0]._sidebars.items() if not one.is_like_themes] == []
    else:
        assert not kept  # there each page is the only one of its folder


def test_the_theme_is_asked_for_two_pages_of_a_folder(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    project.conf += "html_theme = 'sphinx_book_theme'\n"
    names = [f"p{number}" for number in range(20)]
    project.write({f"{name}.md": f"# Page {name}\n" for name in names})
    project.write({"index.md": "# Book\n\n```{toctree}\n" + "\n".join(names) + "\n```\n"})
    asked = []
    replace = sidebar.Sidebars.replace

    def count(self: sidebar.Sidebars, app: Any, pagename: str, template: str, context: Any, doctree: Any) -> None:
        theirs = context[FUNCTION]

        def theme(**options: Any) -> Any:
            asked.append(pagename)
            return theirs(**options)

        context[FUNCTION] = theme
        replace(self, app, pagename, template, context, doctree)

    monkeypatch.setattr(sidebar.Sidebars, "replace", count)
    project.build()
    # For no page, for one without an entry and for one that has an entry; the theme shows each sidebar twice.
    assert len(asked) <= 4


def test_a_theme_that_marks_otherwise_makes_its_sidebars_itself(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    project.conf += "html_theme = 'sphinx_book_theme'\n"
    project.write(BOOK)
    monkeypatch.setattr(sidebar, "_marked", lambda tag: tag.attrs)
    project.build()
    page = (project.build_folder / "html" / "one" / "a.html").read_text("utf-8")
    assert '<li class="toctree-l2 current active"><a class="current reference internal" href="#">' in page
    assert "the theme makes the sidebar of each page" in project.status.getvalue()
