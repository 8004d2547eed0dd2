"""The scanner of lines and MyST's parser find the same cells, or the scanner leaves the page to the parser."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.notebook import Syntax
from sphinxcontrib_d2lbook.notebook.fast_scanner import scan
from sphinxcontrib_d2lbook.notebook.myst_reader import FENCES, Block, parsed_blocks

MATTER = "---\nfile_format: mystnb\n---\n"
EVERY = Syntax(frozenset({"amsmath", "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"}))
BOOK = Path(__file__).parents[2] / "book"


def bounds(blocks: list[Block]) -> list[Block]:
    """What matters to cells: the front matter only by its lines, other fences not at all."""
    kept = [block for block in blocks if block.kind != "fence" or block.info.startswith(tuple(FENCES))]
    return [
        Block(
            b.kind,
            b.info,
            "" if b.kind == "front matter" else b.content.strip("\n") if b.kind == "break" else b.content,
            b.first,
            b.end,
        )
        for b in kept
    ]


def agree(text: str, syntax: Syntax = EVERY) -> bool:
    found = scan(MATTER + text, syntax.extensions)
    if found is None:
        return False
    assert bounds(found) == bounds(parsed_blocks(MATTER + text, syntax))
    return True


@pytest.mark.parametrize(
    "text",
    [
        '# T\n\ntext\n```{code-cell}\nx\n```\n+++\nmore\n+++ {"tags": []}\n',
        "- a\n\n  b\n```{code-cell}\n\n    x\n```\n| a |\n| - |\n| b |\n```{raw-cell}\nr\n```\n",
        "$$\nx\n$$ (eq)\n\n```{code-cell}\n```\n\n$$x$$\n\n\\begin{align}\nx\n\\end{align}\n",
        ":::{note}\n```{code-cell}\nno\n```\n:::\n~~~{code-cell}\nyes\n  ~~~\n",
        "````{note}\n```{code-cell}\nno\n```\n````\n> quoted\n```{code-cell} python\nyes\n```",
    ],
)
def test_plain_pages_are_scanned(text: str) -> None:
    assert agree(text)


@pytest.mark.parametrize(
    "text",
    [
        "<!--\n```{code-cell}\nx\n```\n-->",
        "- a\n  ```{code-cell}\n  x\n  ```\n",
        "$$\nx\n```{code-cell}\ny\n```\n$$",
        "text\n$$\nx\n\ny\n$$\n```{code-cell}\n```\n",
        "```{code-cell}\nnever closed",
        "+ item\n",
        "a\r```{code-cell}\n```",
    ],
)
def test_pages_that_are_not_plain_are_left_to_the_parser(text: str) -> None:
    assert not agree(text)


@pytest.mark.parametrize("file", sorted(BOOK.rglob("*.md")), ids=lambda file: file.relative_to(BOOK).as_posix())
def test_the_pages_of_the_book(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    if text.startswith(MATTER):
        agree(text.removeprefix(MATTER))


LINES = """\
text
# T
Title
---
===
```{code-cell}
```
````
~~~
``` x `y`
:::{note}
:::
::::
+++
+++ {"a": 1}
- item
  - inner
1. one
> quote
>```
- ```{code-cell}
  ```{code-cell}
    code
\tcode
$$
$$ (eq)
$$x$$
text $$
\\begin{align}
\\end{align}
<div>
</div>
text <b>
<!--
-->
| a | b |
| - | - |
term
: definition
[^1]: note
[ref]: http://a
[ref]: a 'title
(label)=
{.class}
% comment
x\x20\x20
***

"""


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(LINES.split("\n")), max_size=14))
@example(["text", "$$", "\\begin{align}", "\\end{align}", "$$", "```{code-cell}", "```", "$$"])
@example(["term", ": definition", "+++", ": definition"])
@example(["[ref]: a 'title", "```{code-cell}", "```"])
def test_no_page_is_read_in_two_ways(lines: list[str]) -> None:
    agree("\n".join(lines))
    agree("\n".join(lines) + "\n", Syntax(frozenset({"dollarmath"})))
