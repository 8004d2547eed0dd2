"""`sphinx-d2lbook migrate` of a project of d2lbook: what each construct becomes, and that none is lost."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.commands.main import main
from sphinxcontrib_d2lbook.commands.migrate import conf_writer
from sphinxcontrib_d2lbook.commands.migrate.d2lbook import (
    config_ini,
    config_keys,
    d2lbook_project,
    page_conversion,
    saved_code,
)
from sphinxcontrib_d2lbook.commands.migrate.d2lbook.aliases import Aliases
from sphinxcontrib_d2lbook.commands.migrate.d2lbook.all_frameworks import books
from sphinxcontrib_d2lbook.commands.migrate.d2lbook.config_ini import Ini
from sphinxcontrib_d2lbook.commands.migrate.d2lbook.fences import Book
from sphinxcontrib_d2lbook.commands.migrate.d2lbook.frameworks import Frameworks, resolve
from sphinxcontrib_d2lbook.commands.migrate.d2lbook.saved_code import SavedLibrary
from sphinxcontrib_d2lbook.common.errors import BookError
from sphinxcontrib_d2lbook.notebook import Syntax, read_notebook
from sphinxcontrib_d2lbook.numbering.labelling.label_names import LabelNamer
from tests.commands.d2lbook_book import FILES
from tests.commands.migrations import assert_nothing_left, dry_run, snapshot, write
from tests.warm_builds import sphinx_build


def book(*frameworks: str, chosen: str = "", package: str = "") -> Book:
    return Book(
        Frameworks(frameworks, chosen or "".join(frameworks[:1])), SavedLibrary(package, "grid" if package else "")
    )


def convert(text: str, of: Book | None = None) -> page_conversion.Converted:
    of = of or book()
    of.docnames = frozenset({"a/page", "a/other", "index"})
    return page_conversion.convert(text, "a/page", "a/page.md", of, LabelNamer((), of.docnames))


def body(text: str, of: Book | None = None) -> str:
    return convert(text, of).text.removeprefix(page_conversion.FRONT).strip("\n")


def asked(page: page_conversion.Converted) -> list[tuple[int, str]]:
    return [(line.line, line.found) for line in page.lines if line.by_hand]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# T\n:label:`sec_a`\n\nW", "(sec_a)=\n# T\n\nW"),
        ("# T\n\n:label:`sec_a`\n\nW", "(sec_a)=\n# T\n\n\nW"),
        ("T\n=\n:label:`sec_a`", "(sec_a)=\nT\n="),
        ("# T {#old}", "(old)=\n# T"),
        ("See :numref:`a`, :ref:`b`, :eqref:`c`.", "See {numref}`a`, {ref}`b`, {eq}`c`."),
        (":citet:`a` and :cite:`b,c`", "{cite:t}`a` and {cite:p}`b,c`"),
        (":class:`a.B`, :func:`c`", "{py:class}`a.B`, {py:func}`c`"),
        ("`x`:numref:`a` ``:numref:`b` `` `f(**k)` (**g**)", "`x`:numref:`a` ``:numref:`b` `` `f(**k)` g"),
        ("![A $x$](../b.svg)\n:width:`9px`\n:label:`f`", "```{figure} ../b.svg\n:name: f\n:width: 9px\n\nA $x$\n```"),
        ("![A [b]\nc](b.svg)", "```{figure} b.svg\n\nA [b]\nc\n```"),
        ("![](b.svg)", "![](b.svg)"),
        ("![](b.svg)\n:width:`9px`", "```{image} b.svg\n:width: 9px\n```"),
        ("Text ![A](b.svg) text", "Text ![A](b.svg) text"),
        ("$$a$$\n:eqlabel:`e`", "$$a$$ (e)"),
        ("So\n$$\na\n$$\n\n:eqlabel:`e`\n\nW", "So\n$$\na\n$$ (e)\n\n\nW"),
        (": C\n:label:`t`\n\n|a|b|\n|--|--|\n|1|2|", ":::{table} C\n:name: t\n\n|a|b|\n|--|--|\n|1|2|\n:::"),
        ("|a|b|\n|--+--|\n|1|2|\n\nTable: C `d`\n", ":::{table} C `d`\n\n|a|b|\n|--|--|\n|1|2|\n:::"),
        ("|a|b|\n|--|--|\n|1|:ref:`x`|", "|a|b|\n|--|--|\n|1|{ref}`x`|"),
        ("Term\n: meaning", "Term\n: meaning"),
        ("```toc\n:numbered:\n\nother\n```", "```{toctree}\n:numbered:\n\nother\n```"),
        ("```eval_rst\n.. note:: N\n```", "```{eval-rst}\n.. note:: N\n```"),
        ("```{.python}\nx\n```", "```python\nx\n```"),
        ("```bash\n:numref:`x`\n```", "```bash\n:numref:`x`\n```"),
        (":bibliography:`../r.bib`", "```{bibliography} ../r.bib\n```"),
        ("<!--\n# T\n:label:`x`\n```\n-->\nW", "<!--\n# T\n:label:`x`\n```\n-->\nW"),
        ("[a](other.ipynb#x) [b](gone.ipynb)", "[a](other.md#x) [b](gone.ipynb)"),
        ("## [**A**] b\n\n(**c\nd**) (~~e~~)\nf [**g**](h)", "## A b\n\nc\nd \nf [**g**](h)"),
        ("(~~gone~~)\nstays", "stays"),
        ("[**a** b](c) (**d** e) [**f**] (**g**)", "[**a** b](c) (**d** e) f g"),
        ("(((A\nb.\n)))", "A\nb.\n"),
        ("From $20 to $30, $5$ and $x_{1}$, \\$7", "From \\$20 to \\$30, $5$ and $x_{1}$, \\$7"),
        ("A $ b $c$\n`$d` $$e$$ $f$2", "A \\$ b $c$\n`$d` $$e$$ \\$f\\$2"),
        ("```eval_rst\n\n.. only:: html\n\n   Refs\n   ====\n```", "# Refs"),
        ("```eval_rst\n.. automodule:: os\n   :members:\n```", "```{eval-rst}\n.. automodule:: os\n   :members:\n```"),
    ],
)
def test_text(text: str, expected: str) -> None:
    assert body(text).strip() == expected.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```{.python .input  n=3}\nx\n```", "```{code-cell} ipython3\nx\n```"),
        ("````{.python .input}\n'```'\n````", "````{code-cell} ipython3\n'```'\n````"),
        ("```{.python .input #c key=v}\nx\n```", "(c)=\n\n```{code-cell} ipython3\n:key: v\n\nx\n```"),
        ("```{.python .input}\n# hide outputs\nx\n```", "```{code-cell} ipython3\n:tags: [remove-output]\n\nx\n```"),
        ("```{.json .output n=3}\n[]\n```", ""),
        ("```{.python .input}\n%load_ext d2lbook.tab\ntab.interact_select(['a'])\n```", ""),
        ("```{.python .input}\n%load_ext d2lbook.tab\ntab.interact_select(['a',\n  'b'])\n```", ""),
        ("```{.python .input}\n%load_ext d2lbook.tab\nx\n```", "```{code-cell} ipython3\nx\n```"),
        ("1. A\n\n   ```{.python .input}\n   x\n   ```", "1. A\n\n   ```python\n   x\n   ```"),
    ],
)
def test_cells(text: str, expected: str) -> None:
    assert body(text) == expected


def test_the_list_of_the_librarys_members() -> None:
    text = "```eval_rst\n\n.. automodule:: pkg{}\n   :members:\n   :imported-members:\n\n```"
    assert body(text.format(".grid"), book(package="pkg")) == "```{package-api} grid\n```"
    assert body(text.format(""), book(package="pkg")) == "```{package-api}\n```"


def test_front_matter_that_is_there_stays() -> None:
    text = convert("---\ntitle: x\n---\n# T\n\n```{.python .input}\nx\n```\n").text
    assert text.startswith("---\nfile_format: mystnb\n")
    assert "  language: python\ntitle: x\n---\n# T\n" in text


def test_pages_with_cells_name_their_kernel_and_its_language() -> None:
    text = convert("# T\n\n```{.python .input}\nx\n```\n").text
    assert text.startswith("---\nfile_format: mystnb\nkernelspec:\n  name: python3\n")
    assert "  language: python\n---\n\n# T\n" in text
    assert convert("# T\n").text == "# T\n"


class TestFrameworks:
    TEXT = ":begin_tab:`one`\nOne.\n:end_tab:\n\n:begin_tab:`two, three`\nOthers.\n:end_tab:\n\n" + "".join(
        f"```{{.python .input}}\n{mark}{code}\n```\n\n"
        for mark, code in [("", "1"), ("#@tab two\n", "2"), ("%%tab all\n", "3"), ("# @tab one, two\n", "4")]
    )

    @pytest.mark.parametrize(
        ("chosen", "words", "numbers"), [("one", "One.", "134"), ("two", "Others.", "234"), ("three", "Others.", "3")]
    )
    def test_one_is_kept(self, chosen: str, words: str, numbers: str) -> None:
        page = convert(self.TEXT, book("one", "two", "three", chosen=chosen))
        assert re.findall(r"^(\w+\.)$", page.text, re.MULTILINE) == [words]
        assert "".join(re.findall(r"^(\d)$", page.text, re.MULTILINE)) == numbers
        assert "tab" not in page.text

    def test_what_is_left_out_is_counted(self) -> None:
        page = convert(self.TEXT, book("one", "two", "three"))
        told = [(line.line, line.becomes) for line in page.lines if line.found == "other frameworks"]
        assert told == [(5, "2 cells and texts of three, two are left out")]

    def test_with_all_frameworks_each_thing_names_its_own(self) -> None:
        each = [book("one", "two", "three", chosen=name) for name in ("one", "two", "three")]
        of = books(each[0], ("one", "two", "three"), each)
        text = body(self.TEXT, of)
        cells = re.findall(r"```\{code-cell\} ipython3\n(?::framework: (.*)\n)?\n?(\d)\n```", text)
        assert cells == [("one", "1"), ("two", "2"), ("", "3"), ("one, two", "4")]
        assert "```{framework} one\nOne.\n```" in text
        assert "```{framework} two, three\nOthers.\n```" in text

    def test_a_cell_that_asks_for_its_framework_becomes_several(self) -> None:
        each = [book("one", "two", "three", chosen=name) for name in ("one", "two", "three")]
        of = books(each[0], ("one", "two", "three"), each)
        cell = "```{.python .input}\n#@tab all\nif tab.selected('two'):\n    x = 2\nelse:\n    x = 1\n```\n"
        text = body(cell, of)
        found = re.findall(r":framework: (.*)\n\n(.*)\n```", text)
        assert found == [("one, three", "x = 1"), ("two", "x = 2")]

    def test_a_page_without_any_cell_of_the_framework_is_asked_about(self) -> None:
        cell = "```{.python .input}\n#@tab one\n1\n```\n"
        assert asked(convert(cell, book("one", "two", chosen="two"))) == [(1, "other frameworks")]

    def test_a_page_that_names_none_keeps_its_cells(self) -> None:
        page = convert("```{.python .input}\n1\n```\n", book("one", "two", chosen="two"))
        assert "\n1\n" in page.text
        assert asked(page) == [(1, "1 cells")]

    def test_a_fence_in_a_tab_may_show_how_tabs_are_written(self) -> None:
        text = ":begin_tab:`one`\n```\n:end_tab:\n```\nOne.\n:end_tab:\nAll."
        assert body(text, book("one", "two")) == "```\n:end_tab:\n```\nOne.\n\nAll."

    def test_a_tab_without_an_end_is_kept_and_told(self) -> None:
        page = convert("# T\n\n:begin_tab:`two`\nWords.\n", book("one", "two"))
        assert "Words." in page.text
        assert asked(page) == [(3, ":begin_tab:")]

    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("if tab.selected('a'):\n    x\n    y\nz", "x\ny\nz"),
            ("if tab.selected('b'):\n    x\nz", "z"),
            ("if tab.selected('b', 'a'):\n    x", "x"),
            ("if tab.selected(['b']):\n    x\nelse:\n    # why\n    y", "# why\ny"),
            ("if tab.selected('b'):\n    x\nelif tab.selected('a'):\n    y\nelse:\n    z", "y"),
            ("if tab.selected('b'): x\nelse: y", "y"),
            ("if not tab.selected('b') and tab.selected('a'): x", "x"),
            ("def f():\n    if tab.selected('b'):\n        return 1", "def f():\n    pass"),
            ("if q:\n    x\nelif tab.selected('a'):\n    y", "if q:\n    x\nelse:\n    y"),
            ("if tab.selected('a'):\n    s = '''p\n      q'''\n    t", "s = '''p\n      q'''\nt"),
            (
                "class A:\n    def f(self):\n        if tab.selected('a'):\n            if q:\n                x\n",
                "class A:\n    def f(self):\n        if q:\n            x\n",
            ),
        ],
    )
    def test_code_that_asks_becomes_what_is_taken(self, source: str, expected: str) -> None:
        assert resolve(source, "a") == (expected, [])

    def test_a_choice_inside_an_expression_is_told(self) -> None:
        assert resolve("x = 1\ny = 2 if tab.selected('b') else 3", "a") == ("x = 1\ny = 2 if False else 3", [2])


class TestAliases:
    ALIASES = Aliases(
        simple={"ones": "np.ones", "cat": "np.concatenate"},
        fluent={"reshape": "reshape", "numpy": "detach().numpy", "sum": "sum"},
        defined={"size": "lambda a: a.size", "Block": "nn.Block", "both": "lambda a, b: a + b * a"},
        patterns=((r"d2l\.t\((\w+)\)", r"\1.T"),),
    )

    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("d2l.ones((2, 3))", "np.ones((2, 3))"),
            ("d2l.ones_like(x)", "d2l.ones_like(x)"),
            ("d2l.reshape(X, (2, -1))", "X.reshape((2, -1))"),
            ("d2l.reshape(a + b, (2,))", "(a + b).reshape((2,))"),
            ("d2l.sum(d2l.reshape(X, 2), axis=0)", "X.reshape(2).sum(axis=0)"),
            ("d2l.numpy(f(x, y))", "f(x, y).detach().numpy()"),
            ("d2l.size(X[1])", "X[1].size"),
            ("d2l.both(x, y - 1)", "x + (y - 1) * x"),
            ("class A(d2l.Block):\n    pass", "class A(nn.Block):\n    pass"),
            ("d2l.t(X) + 'd2l.ones'", "X.T + 'd2l.ones'"),
            ("s = 'größe'; d2l.ones(1)", "s = 'größe'; np.ones(1)"),
            ("%time d2l.ones(1)\nd2l.ones(2)", "%time d2l.ones(1)\nnp.ones(2)"),
            ("d2l.ones = 3", "d2l.ones = 3"),
        ],
    )
    def test_they_become_what_they_stand_for(self, source: str, expected: str) -> None:
        assert self.ALIASES.resolved(source, {"d2l"})[0] == expected

    def test_one_that_stands_by_itself_is_told(self) -> None:
        source, count, left = self.ALIASES.resolved("x\nmap(d2l.reshape, xs)", {"d2l"})
        assert (source, count, left) == ("x\nmap(d2l.reshape, xs)", 0, [(2, "d2l.reshape")])


class TestSaving:
    @pytest.mark.parametrize(
        "source",
        [
            "#@save\ndef f():\n    x\n\n    y\nf()",
            "class A:  #@save\n    x = 1",
            "#@save\nimport a\nimport b\n\nx = 1",
            "@d2l.add_to_class(A)  #@save\ndef f(self):\n    pass",
            "# Save to the pkg package.\ndef f():\n    pass",
        ],
    )
    def test_marks_that_save_the_same_stay(self, source: str) -> None:
        found = saved_code.bring_over(source, SavedLibrary("pkg"), "a:1")
        assert (found.source, found.rewritten) == (source, False)

    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("#@save\nx = 1\ndef f():\n    pass\ny", "#@save\nx = 1\n\n#@save\ndef f():\n    pass\n\ny"),
            ("x = 1  #@save\ny = 2\n\nz = 3", "#@save\nx = 1\ny = 2\n\nz = 3"),
            ("#@save\nimport a\n@b\nclass A:\n    pass", "#@save\nimport a\n\n#@save\n@b\nclass A:\n    pass"),
        ],
    )
    def test_others_are_written_anew(self, source: str, expected: str) -> None:
        found = saved_code.bring_over(source, SavedLibrary("pkg"), "a:1")
        assert (found.source, found.rewritten) == (expected, True)

    def test_a_later_block_takes_the_place_of_an_earlier_one(self) -> None:
        library = SavedLibrary("pkg")
        saved_code.bring_over("#@save\ndef f():\n    pass\n\n#@save\ndef g():\n    pass", library, "a:1")
        again = saved_code.bring_over("def f():  #@save\n    return 1\n\ndef h():  #@save\n    pass", library, "b:1")
        assert again.source.startswith("#@save replaces\ndef f():\n    return 1\n")
        assert "#@save\ndef h():" in again.source
        assert again.replaces == ("f",)
        method = "@d2l.add_to_class(d2l.A)  #@save\ndef f(self):\n    pass"
        assert saved_code.bring_over(method, library, "c:1").replaces == ()
        assert saved_code.bring_over(method, library, "c:9").replaces == ("A.f",)

    @pytest.mark.parametrize("source", ["#@save_all\nx = 1", "#@save\nx ="])
    def test_what_cannot_be_told_is_asked(self, source: str) -> None:
        found = saved_code.bring_over(source, SavedLibrary("pkg"), "a:1")
        assert found.source == source
        assert [line for line, _, _ in found.faults] == [1]

    def test_the_librarys_own_name(self) -> None:
        source = "import sys\nd2l = sys.modules[__name__]"
        assert (
            saved_code.itself_imported(source, SavedLibrary("d2l", "mxnet"))
            == "import sys\nfrom d2l import mxnet as d2l"
        )


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("W\n\n:label:`x`\n", 3, ":label:`x`"),
        ("W :label:`x` w\n", 1, ":label:`x`"),
        ("\nW :what:`x`\n", 2, ":what:`x`"),
        ("W\n:eqlabel:`x`\n", 2, ":eqlabel:`x`"),
        ("# T {.unnumbered}\n", 1, "# T {.unnumbered}"),
        ("\n+---+\n| a |\n+---+\n", 2, "grid table"),
        ("```{.r .input}\nx\n```\n", 1, "a cell of r"),
        ("```toc\ngone\n```\n", 1, "a/gone"),
        ("```eval_rst\n\n.. raw:: latex\n\n   x\n```\n", 3, ".. raw:: latex"),
        ('![A](b.svg "title")\n', 1, '"title"'),
    ],
)
def test_what_has_no_equivalent_is_told_and_kept(text: str, line: int, found: str) -> None:
    page = convert(text)
    assert asked(page) == [(line, found)]
    words = set(re.findall(r"\w+", text)) - {"input", "r", "toc", "eval_rst", "unnumbered", "title"}
    assert words <= set(re.findall(r"\w+", page.text))


WORDS = st.integers(min_value=100_000, max_value=999_999).map(lambda number: f"w{number}")
"""Words that no syntax has."""


@st.composite
def constructs(draw: st.DrawFn) -> str:
    """A construct of a page, with words at each place that has text."""
    one, two, three = draw(WORDS), draw(WORDS), draw(WORDS)
    return draw(
        st.sampled_from(
            [
                f"## {one}\n:label:`sec_{two}`\n\n{three}",
                f"## [**{one}**] {two}\n",
                f"(**{one}**) {two}, :numref:`sec_{three}`",
                f"`{one}` and ``:ref:`{two}` `` {three}",
                f":citet:`{one}` (see :cite:`{two},{three}`)",
                f"![{one} [{two}]](img/{three}.svg)\n:width:`20%`\n:label:`fig_{one}`",
                f"$$\n{one}\n$$\n:eqlabel:`eq_{two}`",
                f"{one}\n$$ {two} $$\n{three}",
                f": {one}\n\n|{two}|b|\n|--|--|\n|1|{three}|\n:label:`tab_{one}`",
                f"|{one}|b|\n|:-:|--|\n|{two}|2|\n\n:{three}",
                f"```{{.python .input  n=7}}\n{one} = {two}\nprint('{three}')\n```",
                f"```{{.python .input}}\n{one} = 1  #@save\n{two} = 2\ndef {three}():\n    pass\n```",
                f"```{{.python .input}}\nif tab.selected('one'):\n    {one} = d2l.ones({two})\n```",
                f"```bash\n{one} `{two}`\n```",
                f":begin_tab:`one`\n{one}\n\n```{{.python .input}}\n{two}\n```\n{three}\n:end_tab:",
                f"* {one}\n* {two}\n    1. {three} `x`",
                f"> {one} (**{two}**)\n\n<!-- {three} -->",
                f"{one}\n: {two}\n\n[{three}](https://example.org/{three})",
                f"```eval_rst\n.. note:: {one}\n   {two}\n```",
                f"{one} :what:`{two}`\n:label:`{three}`",
                f"1. ![{one}]({two}.png)\n\n   {three}\n",
                f"{one} $x_{{{two}}}$ \\$ (a [**{three}**](b))",
                f"${one} and $2 {two} $ $x$ {three}",
            ]
        )
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(constructs(), min_size=1, max_size=8))
@example(["|w100000|b|\n|--|--|\n|1|2|", ":w100001", "|w100002|b|\n|--|--|\n|1|2|", ":w100003\n:label:`w100004`"])
def test_a_page_keeps_all_its_words(parts: list[str]) -> None:
    text = "# Page\n\n" + "\n\n".join(parts) + "\n"
    of = book("one", "two", package="pkg")
    of.aliases = Aliases(simple={"ones": "np.ones"})
    of.called = {"d2l"}
    page = convert(text, of)
    pattern = re.compile(r"w\d{6}")
    assert sorted(pattern.findall(page.text)) == sorted(pattern.findall(text))


class TestProject:
    @pytest.fixture
    def source(self, tmp_path: Path) -> Path:
        write(tmp_path / "old", FILES)
        return tmp_path / "old"

    def test_only_a_config_of_d2lbook_counts(self, tmp_path: Path) -> None:
        (tmp_path / "config.ini").write_text("[other]\nname = x\n")
        with pytest.raises(BookError, match=r"config\.ini of d2lbook"):
            main_plan(tmp_path)

    def test_without_a_target_nothing_is_written(self, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
        said = dry_run(source, 1, capsys)
        assert "config.ini:17: [html] header_links: BY HAND: a script puts the address of PDF in" in said
        assert "frameworks: the book keeps numpy; of plain nothing is kept (`--framework all` keeps all)" in said
        assert "waves/sound.md:11: frequency saved again: the mark says `replaces`" in said
        assert "waves/pluck.md:4: mark of slides (2 times): is left out, its text stays" in said

    def test_conf_and_topics(self, source: Path, tmp_path: Path) -> None:
        target = tmp_path / "new"
        assert main(["migrate", str(source), "--write", str(target)]) == 1
        conf = runpy.run_path(str(target / "conf.py"))
        assert conf["extensions"] == ["sphinxcontrib_d2lbook"]
        assert (conf["d2lbook_package"], conf["d2lbook_default_module"]) == ("tones", "grid")
        assert (conf["html_baseurl"], conf["release"]) == ("https://strings.example/", "0.3.1")
        assert conf["exclude_patterns"][-2:] == ["README.md", "drafts/later.md"]
        topics = json.loads((target / "forum-topics.json").read_text())["topics"]
        assert topics["sec_pluck"] == {"id": 17, "title": "Plucking a String", "replies": 0}
        assert topics["sec_sound"]["id"] == 19
        there = snapshot(target).keys()
        assert not {"config.ini", "tones/grid.py", "tones/plain.py", "tones/__init__.py"} & there
        assert {name for name in there if name.endswith(".md")} == {name for name in FILES if name.endswith(".md")}
        assert (target / "requirements.txt").read_text() == "sphinxcontrib-d2lbook\nnumpy\n"

    def test_a_second_migration_changes_nothing(
        self, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        target = tmp_path / "new"
        main(["migrate", str(source), "--write", str(target)])
        assert_nothing_left(target, capsys)

    def test_a_framework_that_cannot_be(self, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["migrate", str(source), "--framework", "jax"]) == 2
        assert "has no framework 'jax'" in capsys.readouterr().err

    def test_all_frameworks(self, source: Path, tmp_path: Path) -> None:
        target = tmp_path / "new"
        assert main(["migrate", str(source), "--write", str(target), "--framework", "all"]) == 1
        conf = runpy.run_path(str(target / "conf.py"))
        assert conf["d2lbook_default_module"] == "grid"
        assert conf["d2lbook_frameworks"] == {
            "numpy": {"label": "numpy", "module": "grid"},
            "plain": {"label": "plain"},
        }
        text = (target / "waves" / "pluck.md").read_text()
        assert ":framework: plain\n\nfrom tones import plain as d2l\n" in text
        assert text.count("def mode(order, points):") == 2
        assert "return [math.sin" in text
        assert "return np.sin" in text
        preface = (target / "preface.md").read_text()
        assert "```{framework} plain\nThis edition needs nothing.\n```" in preface
        assert ":framework: numpy\n:tags: [hide-input]\n\n#@save\nimport numpy as np\n" in preface
        known = Syntax(frameworks=("numpy", "plain"))
        for name in (name for name in snapshot(target) if name.endswith(".md")):
            page = read_notebook((target / name).read_text(), name, name, syntax=known)
            assert page.frameworks in ((), ("numpy", "plain")), name

    def test_the_other_framework(self, source: Path, tmp_path: Path) -> None:
        main(["migrate", str(source), "--write", str(tmp_path / "new"), "--framework", "plain"])
        text = (tmp_path / "new" / "waves" / "pluck.md").read_text()
        assert "from tones import plain as d2l" in text
        assert "return [math.sin" in text
        assert "numpy" not in text

    def test_the_head_of_the_library_is_a_marked_cell(self, source: Path, tmp_path: Path) -> None:
        main(["migrate", str(source), "--write", str(tmp_path / "new")])
        text = (tmp_path / "new" / "preface.md").read_text()
        assert ":tags: [hide-input]\n\n#@save\nimport numpy as np\n" in text
        assert "#@save\ndef semitone(count):\n" in text
        assert "def mode" not in text

    def test_every_page_ends_where_its_toc_says(self, source: Path) -> None:
        (source / "waves" / "index.md").write_text("# W\n\n```toc\ngone\n```\n")
        moved = d2lbook_project.plan(source, "")
        assert any(line.found == "waves/gone" and line.by_hand for line in moved.lines)

    @pytest.mark.parametrize("text", ["[project]\nname\n", "[project]\nname = a\nname = b\n", "name = x\n"])
    def test_a_file_that_is_no_ini_is_refused_at_its_line(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "config.ini").write_text(text)
        with pytest.raises(BookError, match=r"config\.ini:\d"):
            main_plan(tmp_path)


def main_plan(folder: Path) -> None:
    from sphinxcontrib_d2lbook.commands.migrate import migration

    migration.plan(folder)


def test_settings_of_sphinx_have_their_percent_signs_once(tmp_path: Path) -> None:
    """d2lbook reads them with `configparser`, for which a sign alone begins the name of another value."""
    file = tmp_path / "config.ini"
    file.write_text("[build]\nsphinx_configs = numfig_format = {'figure': 'Figure %%s'}\n")
    conf, _ = config_keys.convert(config_ini.read(file))
    assert conf.values["numfig_format"] == {"figure": "Figure %s"}


def test_an_alias_that_defines_nothing_is_asked_about(tmp_path: Path) -> None:
    file = tmp_path / "config.ini"
    file.write_text("[library-a]\nalias = size = lambda a: a.size\n    ones -> np.ones\n")
    _, (line,) = config_keys.convert(config_ini.read(file))
    assert line.by_hand
    assert line.becomes.endswith("say what these mean: ones -> np.ones")


@pytest.mark.parametrize("key", config_keys.KEYS, ids=lambda key: key.shown)
def test_every_key_gives_a_conf_that_python_reads(key: config_keys.D2lbookKey) -> None:
    section = key.section.replace("…", "a")
    conf, lines = config_keys.convert(Ini("config.ini", {section: {key.name: "True, x, y"}}, {(section, key.name): 7}))
    assert [(line.line, line.found) for line in lines] == [(7, f"[{section}] {key.name}")]
    compile(conf_writer.text(conf, "index", []), "conf.py", "exec")


@pytest.mark.slow
def test_the_migrated_book_builds_in_all_outputs_with_its_numbers_and_references(tmp_path: Path) -> None:
    write(tmp_path / "old", FILES)
    target = tmp_path / "new"
    main(["migrate", str(tmp_path / "old"), "--write", str(target)])
    done = sphinx_build(["-M", "book", ".", "_build", "-c", ".", "-W", "--keep-going"], target)
    assert done.returncode == 0, done.stderr
    made = target / "_build" / "book"
    numbers = {row["label"]: row["number"] for row in json.loads((made / "numbers.json").read_text())["numbers"]}
    expected = {
        "chap_waves": "1",
        "sec_pluck": "1.1",
        "sec_sound": "1.2",
        "subsec_modes": "1.1.1",
        "fig_string": "1.1.1",
        "tab_modes": "1.1.1",
        "tab_above": "1.1.2",
        "eq_mode": "1.1.1",
    }
    assert {label: numbers[label] for label in expected} == expected
    page = BeautifulSoup((made / "html" / "waves" / "pluck.html").read_text("utf-8"), "lxml")
    words = " ".join(page.select_one("article").get_text(" ").split())  # type: ignore[union-attr]
    assert "Look at Fig. 1.1.1 , Table 1.1.1 , (1.1.1) and Section 1.2 ; Sound has the tones." in words
    assert "others after him [ Hooke, 1678 , Taylor, 1713 ]" in words
    assert "(6, (3,), (2, 3))" in words
    assert {path.name for path in made.iterdir()} >= {"html", "pdf", "notebooks", "package"}
    there = {path.relative_to(made / "html").as_posix() for path in (made / "html").rglob("*.html")}
    assert {"index.html", "preface.html", "waves/index.html", "waves/pluck.html", "waves/sound.html"} <= there
    library = (target / "tones" / "grid.py").read_text()
    assert "return 220.0 * order" in library
    assert "order / (2 * LENGTH)" not in library
    (wheel,) = (made / "package").rglob("*.whl")
    use = "import tones.grid as g; print(g.frequency(2), g.mode(1, 3).shape, g.__file__.startswith(sys.path[0]))"
    used = [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(wheel)!r}); {use}"]
    done = subprocess.run(used, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "440.0 (3,) True\n", "")
