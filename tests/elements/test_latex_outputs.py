"""LaTeX of outputs is told apart: formulas, text with formulas, and what is neither."""

from __future__ import annotations

import pytest

from sphinxcontrib_d2lbook.elements.latex_outputs import latex_nodes


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"$\displaystyle \frac{x}{2}$", [("math_block", r"\displaystyle \frac{x}{2}")]),
        ("$$a$$", [("math_block", "a")]),
        (r"\[a\]", [("math_block", "a")]),
        (r"\alpha^2", [("math_block", r"\alpha^2")]),
        (r"\begin{align}a&=b\\c&=d\end{align}", [("math_block", r"\begin{align}a&=b\\c&=d\end{align}")]),
        (r"\begin{equation*}a\end{equation*}", [("math_block", r"\begin{equation*}a\end{equation*}")]),
        ("plain words", [("paragraph", "plain words")]),
        ("costs \\$5 and 50\\%", [("paragraph", "costs $5 and 50%")]),
        ("a $x$ b", [("paragraph", "a x b")]),
        ("$a$ and $b$", [("paragraph", "a and b")]),
        ("one\n\ntwo $x$", [("paragraph", "one"), ("paragraph", "two x")]),
        ("see $$x$$ here", [("paragraph", "see "), ("math_block", "x"), ("paragraph", " here")]),
        (r"\textbf{bold} and \emph{slanted}", [("paragraph", "bold and slanted")]),
        (r"\begin{tabular}{l}a\end{tabular}", [("literal_block", r"\begin{tabular}{l}a\end{tabular}")]),
    ],
)
def test_blocks(source: str, expected: list[tuple[str, str]]) -> None:
    assert [(node.__class__.__name__, node.astext()) for node in latex_nodes(source, inline=False)] == expected


def test_in_a_line_nothing_is_a_block() -> None:
    made = latex_nodes(r"a $x$ b \(y\) \[z\]", inline=True)
    assert [(node.__class__.__name__, node.astext().strip()) for node in made if node.astext().strip()] == [
        ("Text", "a"),
        ("math", "x"),
        ("Text", "b"),
        ("math", "y"),
        ("math", "z"),
    ]
