"""Text and structure as Typst source, tried with the real compiler."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.elements.html_reading import read_table, table_node, text_of
from sphinxcontrib_d2lbook.outputs.paper import compiler
from sphinxcontrib_d2lbook.outputs.typst import escape, markup
from sphinxcontrib_d2lbook.outputs.typst.font_coverage import covered
from sphinxcontrib_d2lbook.outputs.typst.translator.code import split_lines
from sphinxcontrib_d2lbook.outputs.typst.translator.figures import length
from sphinxcontrib_d2lbook.outputs.typst.translator.lists import FORMATS

HARD = [
    '"',
    "\\",
    '\\"',
    "\\u{41}",
    "#panic()",
    "]",
    "[",
    "$x$",
    "//",
    "/*",
    "*/",
    "`",
    "@a",
    "<a>",
    "\0",
    "\x1b[0m",
    "\r\n",
    "\u2028",
    "\u202e",
    "\ufeff",
    "\U0001f600",
    "\U0010ffff",
    "= head",
    "- item",
    "~",
    "...",
    "--",
    "\t",
]
texts = st.lists(st.one_of(st.sampled_from(HARD), st.text(max_size=12)).map(str), min_size=1, max_size=40)


def compiled(tmp_path: Path, source: str) -> compiler.CompiledPdf:
    file = tmp_path / "book.typ"
    file.write_text(source, encoding="utf-8")
    return compiler.compile_pdf(file, root=tmp_path, labels=["<answer>"])


@given(texts)
@settings(deadline=None, max_examples=30)
def test_text_means_itself(tmp_path_factory: pytest.TempPathFactory, items: list[str]) -> None:
    """Also beside other text, in content, and joined."""
    wanted = [*items, "".join(items)]
    values = markup.value(wanted)
    shown = "".join(escape.markup(item) for item in wanted)
    source = f"#[{shown}]\n{shown}\n\n#metadata({values})<answer>"
    answer = compiled(tmp_path_factory.mktemp("typst"), source).answers["<answer>"][0]
    assert answer == [item.encode("utf-8", "replace").decode() for item in wanted]


def test_lone_surrogates_are_replaced(tmp_path: Path) -> None:
    answer = compiled(tmp_path, f"#metadata({markup.value('a' + chr(0xD800) + 'b')})<answer>").answers["<answer>"][0]
    assert answer == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize(
    ("item", "wanted"),
    [
        ((), []),
        (("one",), ["one"]),
        ([1, 2.5, None, True, False], [1, 2.5, None, True, False]),
        ({}, {}),
        ({"a b": [["x"]], 'q"': 1}, {"a b": [["x"]], 'q"': 1}),
        (markup.TypstExpression("1 + 1"), 2),
    ],
)
def test_values_arrive_as_they_are(tmp_path: Path, item: markup.Value, wanted: object) -> None:
    assert compiled(tmp_path, f"#metadata({markup.value(item)})<answer>").answers["<answer>"][0] == wanted


def test_a_fault_tells_its_line(tmp_path: Path) -> None:
    with pytest.raises(compiler.TypstFault) as caught:
        compiled(tmp_path, "one\n\n#let f(x) = nothing(x)\n#f(1)\n")
    assert "nothing" in caught.value.message
    assert caught.value.line == 3


def test_files_outside_the_folder_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    inner = tmp_path / "inner"
    inner.mkdir()
    with pytest.raises(compiler.TypstFault):
        compiled(inner, '#read("../secret.txt")')


@pytest.mark.parametrize("char", "aZäßЖα→∑𝐱𝔼■↪“\u00ad\n")
def test_the_embedded_fonts_have(char: str) -> None:
    assert covered(char)


@pytest.mark.parametrize("char", "日本한🙂\x00\x1b\U0010ffff")
def test_the_embedded_fonts_lack(char: str) -> None:
    assert not covered(char)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("10px", "7.5pt"), ("50%", "50%"), ("3 cm", "3cm"), ("2ex", "1em"), ("40", "30pt"), ("calc(1px)", None)],
)
def test_lengths(text: str, wanted: str | None) -> None:
    assert length(text) == wanted


def test_marks_of_lists() -> None:
    assert [FORMATS["upperroman"](n) for n in (1, 4, 9, 1994)] == ["I", "IV", "IX", "MCMXCIV"]
    assert [FORMATS["loweralpha"](n) for n in (1, 26, 27, 703)] == ["a", "z", "aa", "aaa"]


def test_code_is_split_into_lines_without_tabs() -> None:
    from pygments.lexers import PythonLexer

    tokens = PythonLexer().get_tokens("if x:\n\treturn 'a\tb'  # why\n\n\ny")
    lines = split_lines((kind, text, None) for kind, text in tokens)
    text = ["".join(piece for _, piece, _ in line) for line in lines]
    assert text == ["if x:", "        return 'a       b'  # why", "", "", "y"]
    assert ("k", "if ", None) in lines[0]


FRAME = """<div><style scoped>td {color: red}</style><table border="1" class="dataframe">
<thead><tr><th></th><th>a</th><th colspan="2">b &amp; c</th></tr></thead>
<tbody><tr><th>0</th><td>1</td><td>2</td><td>x &lt; y</td></tr></tbody></table><p>1 rows × 3 columns</p></div>"""


def test_a_data_frame_is_read_as_a_table() -> None:
    table = read_table(FRAME)
    assert table is not None
    node = table_node(table)
    assert json.dumps([entry.astext() for entry in node.findall() if entry.tagname == "entry"]) == json.dumps(
        ["", "a", "b & c", "0", "1", "2", "x < y"]
    )
    assert [spec.get("stub", 0) for spec in node.findall() if spec.tagname == "colspec"] == [1, 0, 0, 0]
    assert table.after.strip() == "1 rows × 3 columns"


@pytest.mark.parametrize(
    "html", ["<p>text</p>", "<table></table>", FRAME + FRAME, "<table><tr><td><img src='x'></td></tr></table>"]
)
def test_other_html_is_no_table(html: str) -> None:
    assert read_table(html) is None


def test_the_text_of_html() -> None:
    assert text_of("<h1>A</h1><script>no()</script><p>b <b>c</b></p>&lt;") == "A\nb c\n<"
