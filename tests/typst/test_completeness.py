"""The build says what the doctree has and the PDF lacks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from docutils import nodes

from sphinxcontrib_d2lbook.outputs.paper.completeness import (
    MOST_TOLD,
    TEXT,
    LaidOutBook,
    PrintedThing,
    letters,
    missing_things,
)
from sphinxcontrib_d2lbook.outputs.typst.translator import TypstTranslator
from tests.conftest import Project

CONF = """
extensions = ["sphinxcontrib_d2lbook"]
project = "Tales"
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
d2lbook_pdf_paper = "100x150mm"
nb_execution_mode = "off"
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="15"><rect width="20" height="15"/></svg>'
PAGE = """# Winds over {n} seas

A paragraph with `inline_code{n}`, *emphasised words{n}*, a formula $a_{n} + b$ and [a link](https://example.org/{n}).
Words are hyphenated incomprehensibly{n} and interdisciplinarily{n}, affluent offices fill{n}.[^one]

[^one]: The note at the foot {n}.

```{{index}} single: mistral{n}; northern
```

```python
def compute_something{n}(x):
    return x  # comment{n}
```

$$
x_{n} = 1
$$

| Head{n} | Other |
| --- | --- |
| cellular{n} | second |

```{{figure}} a{n}.svg
:alt: Alternative

Caption of the figure{n}
```

Term{n}
: Definition of it{n}

:::{{note}}
Noteworthy{n} words
:::

- Item of a list{n}
"""


def write(project: Project, pages: int = 1) -> None:
    project.conf = CONF
    names = [f"page{n}" for n in range(1, pages + 1)]
    project.write({"index.md": "# Tales\n\nFront.\n\n```{toctree}\n:numbered:\n" + "\n".join(names) + "\n```\n"})
    project.write({f"page{n}.md": PAGE.replace("{n}", str(n)).replace("{{", "{").replace("}}", "}")
                   for n in range(1, pages + 1)})  # fmt: skip
    project.write({f"a{n}.svg": SVG.replace('"20"', f'"{20 + n}"') for n in range(1, pages + 1)})


def test_of_a_whole_book_nothing_is_missing(project: Project) -> None:
    """Pages end at many places of the text, so that each of them is torn somewhere."""
    write(project, 12)
    project.build("pdf")
    assert project.warnings == ""


def skip(self: Any, node: nodes.Element) -> None:
    raise nodes.SkipNode


@pytest.mark.parametrize(
    ("visitor", "line", "words"),
    [
        ("visit_paragraph", 3, "text 'A paragraph with'"),
        ("visit_literal", 3, "text 'inline_code1'"),
        ("visit_emphasis", 3, "text 'emphasised words1'"),
        ("visit_math", 3, "formula 'a_1 + b'"),
        ("visit_footnote_reference", 6, "text 'The note at the foot 1.'"),
        ("visit_literal_block", 11, "text 'def compute_something1(x):'"),
        ("visit_math_block", 16, "formula 'x_1 = 1'"),
        ("visit_table", 20, "text 'Head1'"),
        ("visit_figure", 24, "image 'a1.svg'"),
        ("visit_image", 24, "image 'a1.svg'"),
        ("visit_definition_list", 30, "text 'Term1'"),
        ("visit_note", 34, "text 'Noteworthy1 words'"),
        ("visit_bullet_list", 37, "text 'Item of a list1'"),
    ],
)
def test_what_a_visitor_forgets_is_told(
    visitor: str, line: int, words: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project)
    monkeypatch.setattr(TypstTranslator, visitor, skip)
    project.build("pdf")
    assert f"page1.md:{line}: WARNING: tales.pdf lacks what the page has, at or behind its page" in project.warnings
    assert f"the {words}" in project.warnings


def test_a_forgotten_index_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project)
    forget: Callable[[Any], None] = lambda self: None  # noqa: E731
    monkeypatch.setattr(TypstTranslator, "close_book", forget)
    project.build("pdf")
    assert "the entry of the index 'mistral1; northern'" in project.warnings


def test_a_link_that_is_lost_is_told(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def only_text(self: Any, node: nodes.Element) -> None:
        self.emit(self.rendered(node.children))
        raise nodes.SkipNode

    write(project)
    monkeypatch.setattr(TypstTranslator, "visit_reference", only_text)
    project.build("pdf")
    assert "the link 'https://example.org/1'" in project.warnings


def test_only_the_first_of_many_losses_are_named(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project)
    project.write(
        {"page1.md": "# One\n\n" + "".join(f"Paragraph numbered {n} times.\n\n" for n in range(MOST_TOLD + 7))}
    )
    monkeypatch.setattr(TypstTranslator, "visit_paragraph", skip)
    project.build("pdf")
    assert project.warnings.count("tales.pdf lacks what") == MOST_TOLD
    assert project.warnings.count("tales.pdf lacks 8 more things") == 1


def test_what_stands_behind_the_pages_that_a_page_lists_is_found(project: Project) -> None:
    project.conf = CONF
    listed = "# Part\n\n```{toctree}\none\ntwo\n```\n\n## Behind\n\nWords of the part behind its pages.\n"
    long = "\n\n".join(f"Paragraph numbered {n} of many." for n in range(40))
    project.write({"index.md": "# Book\n\n```{toctree}\npart\n```\n", "part.md": listed})
    project.write({f"{name}.md": f"# {name}\n\n{long}\n" for name in ("one", "two")})
    project.build("pdf")
    assert project.warnings == ""


def wanted(text: str, docname: str = "one", block: int = 1) -> PrintedThing:
    return PrintedThing(TEXT, docname, 1, block, text, letters(text))


def test_text_is_found_in_the_pages_of_its_own_page() -> None:
    pages = ["Contents", "One Some words are hy-\r\nphenated or ﬁlled", "and go on 7 One", "Two Other words"]
    laid = LaidOutBook(pages, {"one": (2, 4), "two": (4, len(pages))})
    for text in ("words are hyphenated", "or filled and go on", "hyphenated", "?!", "né"):
        assert not list(missing_things([wanted(text)], laid)), text
    assert [page for _thing, page in missing_things([wanted("Contents")], laid)] == [2]
    assert list(missing_things([wanted("Some words", "two")], laid))
    lost = [wanted("never printed", block=1), wanted("neither this", block=1), wanted("and this", block=2)]
    assert [thing.shown for thing, _page in missing_things(lost, laid)] == ["never printed", "and this"]
