"""Labels are written above the sections that have none, and change nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from myst_parser.config.main import MdParserConfig
from myst_parser.docutils_ import Parser

from sphinxcontrib_d2lbook.commands.main import main
from sphinxcontrib_d2lbook.numbering.labelling.label_names import LabelNamer, labels_in, slug
from sphinxcontrib_d2lbook.numbering.labelling.page_labels import label_sections

EXTENSIONS = {"amsmath", "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath", "fieldlist"}
CONFIG = MdParserConfig(enable_extensions=EXTENSIONS)


def labelled(text: str, suffix: str = ".md", docname: str = "folder/page") -> str:
    return label_sections(docname, text, suffix, CONFIG, LabelNamer(labels_in(text), [docname]))[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Title\n", "(sec_page)=\n# Title\n"),
        (
            "# Title\n\nText.\n\n## Inner One\n",
            "(sec_page)=\n# Title\n\nText.\n\n(sec_page_inner_one)=\n## Inner One\n",
        ),
        ("Title\n=====\n\nTwo\nlines\n---\n", "(sec_page)=\nTitle\n=====\n\n(sec_page_two_lines)=\nTwo\nlines\n---\n"),
        ("---\nkey: 1\n---\n# Title\n", "---\nkey: 1\n---\n(sec_page)=\n# Title\n"),
        ("# Title\r\n\r\n#\tTab\r\n", "(sec_page)=\r\n# Title\r\n\r\n(sec_page_tab)=\r\n#\tTab\r\n"),
        ("\ufeff# Title", "\ufeff(sec_page)=\n# Title"),
        ("{.wide}\n{width=3}\n# Title\n", "(sec_page)=\n{.wide}\n{width=3}\n# Title\n"),
        ("{.c}\n[a]: https://a.example\n# T\n", "(sec_page)=\n{.c}\n[a]: https://a.example\n# T\n"),
        ("Text.\n# Title\n", "Text.\n(sec_page)=\n# Title\n"),
        ("- item\n# Title\n", "- item\n(sec_page)=\n# Title\n"),
        ("# The `code` of $x$ and *more*\n", "(sec_page)=\n# The `code` of $x$ and *more*\n"),
        ("  # Title\u2028end\n", "(sec_page)=\n  # Title\u2028end\n"),
        ("% note\n# Title\n", "% note\n(sec_page)=\n# Title\n"),
        ("(a)=\n\n+++\n# Title\n", "(a)=\n\n+++\n(sec_page)=\n# Title\n"),
    ],
)
def test_a_label_goes_right_above_the_heading(text: str, expected: str) -> None:
    assert labelled(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "(mine)=\n# Title\n",
        "(mine)=\n(other)=\n\n# Title\n",
        "{#mine .wide}\n# Title\n",
        "(mine)=\n{.wide}\n# Title\n",
        "```\n# Code\n```\n\n~~~python\n# Code\n~~~\n\n    # Code\n",
        "<!--\n# Comment\n-->\n\n% # Comment\n",
        "```{note}\n# Inside\n```\n\n:::{note}\n# Inside\n:::\n\n::::{only} html\n## Inside\n::::\n",
        "> # Quoted\n\n- # Item\n",
        "---\ntitle: |\n  # No heading\n---\n",
        "#\n",
        "#hashtag\n\n\\# Escaped\n",
        "Text.\n",
        "",
    ],
)
def test_what_has_a_label_or_is_no_section_is_left_alone(text: str) -> None:
    assert labelled(text) == text


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Least Squares, Again!", "least_squares_again"),
        ("Größe und Maß", "grosse_und_mass"),
        ("Łódź’s Café", "lodzs_cafe"),
        ("L'Hôpital's rule", "lhopitals_rule"),
        ("线性回归", ""),
        ("Линейная регрессия", ""),
        ("MXNet と Gluon", "mxnet_gluon"),
        ("one two three four five six seven eight", "one_two_three_four_five_six"),
        ("$$$", ""),
    ],
)
def test_titles_become_ascii_words(title: str, expected: str) -> None:
    assert slug(title) == expected


def test_titles_in_other_scripts_are_numbered() -> None:
    assert labelled("# 线性\n\n## 回归\n\n## Gluon\n") == (
        "(sec_page)=\n# 线性\n\n(sec_page_1)=\n## 回归\n\n(sec_page_gluon)=\n## Gluon\n"
    )


def test_labels_are_unique_in_the_book_whatever_they_name() -> None:
    taken = "```{figure} a.png\n:name: sec_page\n```\n\n$$ x $$ (sec-page-2)\n\n"
    taken += "```{prf:theorem} T\n:label: sec_page_a\n```\n"
    names = LabelNamer(labels_in(taken), ["one/page", "two/page", "three/index", "index"])
    assert names.name("one/page", 0, "T") == "sec_one_page"
    assert names.name("two/page", 0, "T") == "sec_two_page"
    assert names.name("three/index", 0, "T") == "sec_three"
    assert names.name("index", 0, "T") == "sec_index"
    alone = LabelNamer(labels_in(taken), ["page"])
    assert [alone.name("page", 0, "T"), alone.name("page", 1, "A"), alone.name("page", 2, "A")] == [
        "sec_page_3",
        "sec_page_a_2",
        "sec_page_a_3",
    ]


def notebook(*sources: Any, **more: Any) -> str:
    cells = [{"cell_type": "markdown", "metadata": {}, "source": source} for source in sources]
    code = {"metadata": {"source": "# x"}, "source": ["# not a title\n", "1"], "outputs": []}
    if len(cells) > 1:
        cells.insert(1, {"cell_type": "code", "execution_count": None, **code})
    return json.dumps({"metadata": {"title": "# no"}, "cells": cells, "nbformat": 4, "nbformat_minor": 4}, **more)


@pytest.mark.parametrize("layout", [{"indent": 1}, {"indent": "\t", "ensure_ascii": False}, {"separators": (",", ":")}])
def test_a_notebook_keeps_all_its_other_bytes(layout: dict[str, Any]) -> None:
    before = notebook(["# Größe 😀\n", "\n", "Text."], 'Text "é" 😀.\n\n## Inner\n', ["(mine)=\n", "## Mine"], **layout)
    after = labelled(before, ".ipynb")
    sources = [cell["source"] for cell in json.loads(after)["cells"]]
    assert sources == [
        ["(sec_page)=\n", "# Größe 😀\n", "\n", "Text."],
        ["# not a title\n", "1"],
        'Text "é" 😀.\n\n(sec_page_inner)=\n## Inner\n',
        ["(mine)=\n", "## Mine"],
    ]
    restored = notebook(*[source for index, source in enumerate(sources) if index != 1], **layout)
    assert after == restored
    assert labelled(after, ".ipynb") == after


def test_what_is_no_notebook_is_refused() -> None:
    with pytest.raises(ValueError, match="no cells"):
        labelled("{}", ".ipynb")


# No rules (`***`): docutils moves one that ends a section behind it, unless a label follows. It is shown in one place.
BLOCKS = st.sampled_from(
    [
        "# Heading",
        "## A *second* one",
        "### Third `x`",
        "Setext\n======",
        "Two\nlines\n---",
        "{.c}\n## With class",
        "{#own}\n## With id",
        "(own)=\n## With target",
        "Paragraph\nof lines",
        "- a\n- b\n\n  c",
        "1. x\n   - y",
        "> quote\n> more",
        "```python\n# code\n```",
        "```{note}\n# inside\n```",
        ":::{tip}\ntext\n:::",
        "<div>\n# html\n</div>",
        "<!-- c -->",
        "% comment",
        "+++",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "term\n: definition",
        ":field: value",
        "$$\nx\n$$",
        "\\begin{align}\nx\n\\end{align}",
        "[ref]: https://a.example",
        "[^1]: note",
        "    code",
        "{.lonely}",
    ]
)


def meaning(text: str) -> str:
    """The doctree of a text without labels and what follows from them."""
    overrides = {
        "myst_enable_extensions": sorted(EXTENSIONS),
        "report_level": 5,
        "halt_level": 6,
        "_disable_config": True,
        "myst_suppress_warnings": ["myst"],
    }
    tree = publish_doctree(text, parser=Parser(), settings_overrides=overrides)
    for node in list(tree.findall(nodes.target)) + list(tree.findall(nodes.system_message)):
        if node.parent is not None:
            node.parent.remove(node)
    for line in list(tree.findall(nodes.transition)):
        # Docutils moves one at the end of a section behind it, unless a label of the next section is between them.
        while isinstance(line.parent, nodes.section) and line.parent[-1] is line:
            section = line.parent
            section.remove(line)
            section.parent.insert(section.parent.index(section) + 1, line)
    for element in tree.findall(nodes.Element):
        for key in ("ids", "names", "backrefs", "dupnames"):
            element[key] = []
        for key in ("refid", "label", "xml:space"):
            element.attributes.pop(key, None)
    return tree.pformat()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(BLOCKS, st.sampled_from(["\n", "\n\n"])), max_size=7), st.sampled_from(["\n", "\r\n"]))
@example([("# Heading", "\n"), ("- a\n- b\n\n  c", "\n"), ("Two\nlines\n---", "\n"), ("# Heading", "\n")], "\n")
def test_labels_change_nothing_that_a_page_says(parts: list[tuple[str, str]], end: str) -> None:
    text = "".join(block + gap for block, gap in parts).replace("\n", end)
    after = labelled(text)
    assert meaning(after) == meaning(text)
    assert labelled(after) == after
    kept = [line for line in after.split("\n") if not line.startswith("(sec_")]
    assert [line for line in kept if line.strip()] == [line for line in text.split("\n") if line.strip()]


def command(project: Any, *words: str) -> int:
    project._write_conf()
    return main(["labels", "-c", str(project.folder), *words])


@pytest.fixture
def book(project: Any) -> Any:
    project.write(
        {
            "index.md": "(root)=\n# Root\n\n```{toctree}\n:numbered:\n\none\ntwo\n```\n",
            "one.md": "# One\n\n## Again\n\n## Again\n",
            "two.ipynb": notebook(["# Two"], indent=1),
        }
    )
    return project


def test_the_command_lists_then_writes_then_has_nothing_to_do(book: Any, capsys: pytest.CaptureFixture[str]) -> None:
    before = (book.source / "one.md").read_text("utf-8")
    assert command(book) == 1
    assert capsys.readouterr().out == (
        "book/one.md:1: 'One' would get the label sec_one\n"
        "book/one.md:3: 'Again' would get the label sec_one_again\n"
        "book/one.md:5: 'Again' would get the label sec_one_again_2\n"
        "book/two.ipynb:cell 1, line 1: 'Two' would get the label sec_two\n"
        "4 sections have no label; run `sphinx-d2lbook labels --write`, and look at what it wrote\n"
    )
    assert (book.source / "one.md").read_text("utf-8") == before
    assert command(book, "--write", "one") == 0
    assert "'One' now has the label sec_one" in capsys.readouterr().out
    assert command(book, "--write") == 0
    capsys.readouterr()
    assert command(book) == 0
    assert capsys.readouterr().out == "every section has a label\n"


def test_the_command_keeps_the_mode_of_a_file_and_follows_links(book: Any) -> None:
    page = book.source / "one.md"
    real = book.folder / "real.md"
    page.rename(real)
    real.chmod(0o640)
    page.symlink_to(real)
    assert command(book, "--write") == 0
    assert page.is_symlink()
    assert real.read_text("utf-8").startswith("(sec_one)=\n")
    assert real.stat().st_mode & 0o777 == 0o640


def test_unknown_pages_and_files_that_are_no_notebooks_give_2(book: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(book, "nowhere") == 2
    assert "nowhere: there is no such page" in capsys.readouterr().err
    book.write({"three.rst": "Three\n=====\n"})
    assert command(book, "three") == 2
    assert "book/three.rst: only Markdown and notebooks get labels" in capsys.readouterr().err


def test_a_book_can_require_labels(book: Any) -> None:
    assert book.build().statuscode == 0
    assert book.warnings == ""
    book.conf += "d2lbook_require_labels = True\n"
    book.build(freshenv=True, warningiserror=True)
    assert "one.md:1: WARNING: the section 'One' has no label, and this book requires them" in book.warnings
    assert "one.md:5: WARNING: the section 'Again' has no label" in book.warnings
    assert "'Root'" not in book.warnings
    command(book, "--write")
    book.build()
    assert book.warnings == ""


def test_one_section_alone_gets_a_label(book: Any, capsys: pytest.CaptureFixture[str]) -> None:
    book.write({"one.md": "---\nkey: value\n---\n\n# One\n\n## Again\n\nText.\n\n## Again\n"})
    assert command(book, "one:9") == 1
    assert capsys.readouterr().out == (
        "book/one.md:7: 'Again' would get the label sec_one_again\n"
        "1 section has no label; run `sphinx-d2lbook labels --write one:9`, and look at what it wrote\n"
    )
    assert command(book, "--write", "one:9", "one:11") == 0
    lines = (book.source / "one.md").read_text("utf-8").split("\n")
    assert [line for line in lines if line.startswith(("(", "#"))] == [
        "# One",
        "(sec_one_again_2)=",
        "## Again",
        "(sec_one_again)=",
        "## Again",
    ]
    assert command(book, "one:9") == 0
    assert capsys.readouterr().out.endswith("it has a label already\n")
    assert command(book, "--write", "one:1") == 0  # before all headings: the first
    assert "(sec_one)=\n# One" in (book.source / "one.md").read_text("utf-8")


def test_one_section_of_a_notebook_gets_a_label(book: Any, capsys: pytest.CaptureFixture[str]) -> None:
    book.write({"two.ipynb": notebook("# Two", "text", "## Three\n\n## Four", indent=1)})
    assert command(book, "--write", "two.ipynb:4:2") == 0
    assert capsys.readouterr().out == "book/two.ipynb:cell 4, line 1: 'Three' now has the label sec_two_three\n"
    assert command(book, "--write", "two:4") == 0
    assert "'Four' now has the label" in capsys.readouterr().out
    assert command(book, "--write", "two:2") == 0
    assert "'Two' now has the label sec_two\n" in capsys.readouterr().out


def test_a_build_offers_the_one_section_that_needs_a_label(book: Any) -> None:
    book.conf += "d2lbook_require_labels = True\n"
    book.build()
    assert "run `sphinx-d2lbook labels --write one.md:5`" in book.warnings
    assert "run `sphinx-d2lbook labels --write two.ipynb:1:1`" in book.warnings
