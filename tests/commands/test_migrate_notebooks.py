"""`sphinx-d2lbook migrate` of a project of Sphinx with nbsphinx or MyST-NB."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.commands.main import main
from sphinxcontrib_d2lbook.commands.migrate import migration
from sphinxcontrib_d2lbook.commands.migrate.notebooks import conf_file, notebook_cells, rst_pages
from sphinxcontrib_d2lbook.commands.migrate.notebooks.known_settings import MYST_NB, NBSPHINX, Setting
from sphinxcontrib_d2lbook.commands.migrate.page_notes import PageNotes
from sphinxcontrib_d2lbook.common.errors import BookError
from tests.commands.migrations import assert_nothing_left, dry_run, snapshot, write
from tests.commands.nbsphinx_book import FILES, code, notebook, raw, text
from tests.warm_builds import sphinx_build

LISTED = 'extensions = ["myst_nb", "sphinxcontrib_d2lbook"]\n'


def changed(tmp_path: Path, content: str) -> tuple[str, PageNotes]:
    """A conf.py as it is afterwards, without what is added at its end."""
    (tmp_path / "conf.py").write_text(content, encoding="utf-8")
    file, notes = conf_file.read(tmp_path / "conf.py"), PageNotes("conf.py")
    conf_file.change(file, notes)
    return file.changed({}), notes


class TestConf:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ('extensions = ["nbsphinx"]\n', LISTED),
            (
                "extensions = ['a', 'nbsphinx', 'b']\n",
                "extensions = ['a', \"myst_nb\", \"sphinxcontrib_d2lbook\", 'b']\n",
            ),
            ('extensions = ["myst_nb"]\n', LISTED),
            ('extensions = ["myst_nb", "myst_parser"]\n', 'extensions = ["myst_nb", "sphinxcontrib_d2lbook", ]\n'),
            (
                'extensions = ["sphinxcontrib_d2lbook", "nbsphinx"]\n',
                'extensions = ["sphinxcontrib_d2lbook", "myst_nb"]\n',
            ),
            ('extensions = []\nextensions.append("nbsphinx")\n', None),
            ('extensions = ["a"]\nextensions += ["nbsphinx"]\n', None),
        ],
    )
    def test_extensions(self, tmp_path: Path, before: str, after: str | None) -> None:
        found, _ = changed(tmp_path, before)
        assert found == (after or before.replace('"nbsphinx"', '"myst_nb", "sphinxcontrib_d2lbook"'))

    def test_an_extension_that_goes_takes_its_line_with_it(self, tmp_path: Path) -> None:
        before = 'extensions = [\n    "a",\n    "myst_nb",\n    "myst_parser",  # reads Markdown\n    "b",\n]\n'
        after = 'extensions = [\n    "a",\n    "myst_nb", "sphinxcontrib_d2lbook",\n    "b",\n]\n'
        assert changed(tmp_path, before)[0] == after

    @pytest.mark.parametrize("content", [LISTED, 'extensions = ["sphinx.ext.todo"]\n', "nb_execution_mode = 'off'\n"])
    def test_others_stay_as_they_are(self, tmp_path: Path, content: str) -> None:
        (tmp_path / "conf.py").write_text(content)
        moved = migration.plan(tmp_path)
        assert (moved.files, moved.lines) == ({}, [])

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("nbsphinx_execute = 'never'\n", 'nb_execution_mode = "off"\n'),
            ("nbsphinx_timeout = 90  # seconds\n", "nb_execution_timeout = 90  # seconds\n"),
            ("nbsphinx_timeout = None\n", "nb_execution_timeout = -1\n"),
            ("nbsphinx_kernel_name = 'r'\n", 'nb_kernel_rgx_aliases = {".*": "r"}\n'),
            ("x = 1\nnbsphinx_prompt_width = (\n    '0'\n)  # none\ny = 2\n", "x = 1\ny = 2\n"),
            ("jupyter_execute_notebooks = 'off'\n", "nb_execution_mode = 'off'\n"),
            ("execution_timeout: int = 3\n", "nb_execution_timeout: int = 3\n"),
            (
                "source_suffix = {'.ipynb': 'jupyter_notebook', '.nblink': 'linked_jupyter_notebook'}\n",
                "source_suffix = {'.ipynb': \"myst-nb\", }\n",
            ),
        ],
    )
    def test_values(self, tmp_path: Path, before: str, after: str) -> None:
        found, notes = changed(tmp_path, LISTED + before)
        assert found == LISTED + after
        assert not notes.decisions

    @pytest.mark.parametrize(
        ("before", "line"),
        [
            ("nbsphinx_prolog = 'x'\n", 2),
            ("nbsphinx_execute = os.environ['MODE']\n", 2),
            ("nbsphinx_custom_formats = {'.py': lambda s: s}\n", 2),
            ("nb_execution_timeout = 2\nexecution_timeout = 3\n", 3),
            ("if x:\n    nbsphinx_timeout = 3\n", 3),
        ],
    )
    def test_what_has_no_equivalent_is_told_and_stays_as_a_comment(
        self, tmp_path: Path, before: str, line: int
    ) -> None:
        found, notes = changed(tmp_path, LISTED + before)
        assert [one.line for one in notes.decisions] == [line]
        assert before.splitlines()[-1].strip() in found
        compile(found, "conf.py", "exec")

    @pytest.mark.parametrize("one", [*NBSPHINX, *MYST_NB], ids=lambda one: one.name)
    def test_every_setting_leaves_a_conf_that_python_reads(self, tmp_path: Path, one: Setting) -> None:
        found, notes = changed(tmp_path, f"{LISTED}{one.name} = (\n    None\n)\n")
        assert [line.found for line in notes.lines()] == [one.name]
        assert one.name not in runpy.run_path(str(_written(tmp_path, found)))

    def test_a_second_look_finds_nothing(self, tmp_path: Path) -> None:
        found, _ = changed(tmp_path, FILES["conf.py"])
        assert changed(tmp_path, found)[0] == found

    def test_a_file_that_is_no_python_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "conf.py").write_text("x = 1\ny =\n")
        with pytest.raises(BookError, match=r"conf\.py:2: is not Python"):
            migration.plan(tmp_path)


def _written(folder: Path, content: str) -> Path:
    (folder / "after.py").write_text(content)
    return folder / "after.py"


def converted(*given_cells: dict[str, Any], **metadata: Any) -> tuple[dict[str, Any], PageNotes]:
    notes = PageNotes("a.ipynb")
    return json.loads(notebook_cells.convert(notebook(*given_cells, **metadata), notes)), notes


class TestNotebooks:
    def test_one_without_anything_of_nbsphinx_keeps_its_bytes(self) -> None:
        plain = notebook(text("# T\n\n[a](https://x.example/#Big) `<cite>`"), code("1", tags=["remove-input"]))
        assert notebook_cells.convert(plain.replace("\n ", "\n    "), PageNotes("a")) == plain.replace("\n ", "\n    ")

    @pytest.mark.parametrize(
        ("cell", "kind", "source"),
        [
            (raw(".. note:: a", raw_mimetype="text/restructuredtext"), "markdown", "```{eval-rst}\n.. note:: a\n```"),
            (raw("*a*"), "markdown", "```{eval-rst}\n*a*\n```"),
            (raw("---\njupytext: 1\n---"), "raw", "---\njupytext: 1\n---"),
            (raw("```\nb\n```", format="text/x-rst"), "markdown", "````{eval-rst}\n```\nb\n```\n````"),
            (raw("*a*", raw_mimetype="text/markdown"), "markdown", "*a*"),
            (raw("<b>", raw_mimetype="text/html"), "markdown", "```{raw} html\n<b>\n```"),
            (text("hidden", nbsphinx="hidden"), "raw", "hidden"),
            (text("[a](#Big-One's) [b](c.ipynb#D-E)"), "markdown", "[a](#big-ones) [b](c.ipynb#d-e)"),
            (text('<cite data-cite-t="k">K.</cite>'), "markdown", "{cite:t}`k`"),
            (text('<div class="alert alert-danger">\n\n**x**\n</div>'), "markdown", ":::{danger}\n**x**\n:::"),
            (
                text("* [A](b/c.ipynb)\n* [D](https://e.example)", tags=["nbsphinx-toctree"]),
                "markdown",
                "```{toctree}\n\nb/c\nD <https://e.example>\n```",
            ),
            (
                text("# C\n[A](b.rst)", **{"nbsphinx-toctree": {"numbered": True, "maxdepth": 2}}),
                "markdown",
                "```{toctree}\n:caption: C\n:numbered:\n:maxdepth: 2\n\nb\n```",
            ),
        ],
    )
    def test_cells(self, cell: dict[str, Any], kind: str, source: str) -> None:
        found, notes = converted(cell)
        assert (found["cells"][0]["cell_type"], "".join(found["cells"][0]["source"])) == (kind, source)
        assert not notes.decisions
        assert "nbsphinx" not in json.dumps(found)

    @pytest.mark.parametrize(
        "cell",
        [
            code("1", tags=["nbsphinx-thumbnail"]),
            text("[a](b.ipynb)", tags=["nbsphinx-gallery"]),
            text("[a](b.ipynb)", **{"nbsphinx-linkgallery": {}}),
            text("Words\n\n[a](b.ipynb)", tags=["nbsphinx-toctree"]),
            raw("x", raw_mimetype="text/x-python"),
        ],
    )
    def test_what_has_no_equivalent_is_told(self, cell: dict[str, Any]) -> None:
        found, notes = converted(text("# T"), cell)
        assert [one.line for one in notes.decisions] == [2]
        assert "nbsphinx" not in json.dumps(found)

    def test_metadata_of_the_notebook(self) -> None:
        found, _ = converted(nbsphinx={"execute": "never", "timeout": 5, "allow_errors": True, "orphan": True})
        assert found["metadata"]["mystnb"] == {
            "execution_mode": "off",
            "execution_timeout": 5,
            "execution_allow_errors": True,
        }
        assert found["metadata"]["orphan"] is True

    @given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="<[]"), max_size=40), max_size=5))
    def test_all_other_text_stays(self, parts: list[str]) -> None:
        before = notebook(*map(text, parts))
        assert json.loads(notebook_cells.convert(before, PageNotes("a"))) == json.loads(before)


class TestRestructured:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (".. nbinput:: python\n   :no-output:\n\n   x\n\nEnd", ".. code-block:: python\n\n   x\n\nEnd"),
            (".. nboutput::\n   x", ".. code-block:: none\n\n   x"),
            ("  .. nboutput:: rst\n\n     *x*\n\n  y", "  .. container:: output\n\n     *x*\n\n  y"),
            (".. nbwarning:: Mind\n\n   x", ".. warning:: Mind\n\n   x"),
            (":ref:`/a/b.ipynb` :ref:`t u </a.ipynb>`", ":doc:`/a/b` :doc:`t u </a>`"),
            (
                "`t <a/b.ipynb>`_ and `u <https://x.example/b.ipynb>`_",
                ":doc:`t <a/b>` and `u <https://x.example/b.ipynb>`_",
            ),
            (".. note::\n\n   :ref:`label`", ".. note::\n\n   :ref:`label`"),
        ],
    )
    def test_directives_and_links(self, before: str, after: str) -> None:
        notes = PageNotes("a.rst")
        assert rst_pages.convert(before, notes) == after
        assert not notes.decisions

    @pytest.mark.parametrize(
        "before",
        [
            ".. nblinkgallery::\n\n   a",
            ".. nbgallery::\n\n   a",
            ":ref:`t </a.ipynb#B-C>`",
            ".. _link: a.ipynb",
        ],
    )
    def test_what_has_no_equivalent_is_told(self, before: str) -> None:
        notes = PageNotes("a.rst")
        rst_pages.convert(f"T\n=\n\n{before}\n", notes)
        assert [one.line for one in notes.decisions] == [4]


class TestProject:
    @pytest.fixture
    def source(self, tmp_path: Path) -> Path:
        write(tmp_path / "books" / "old", FILES)
        return tmp_path / "books" / "old"

    def test_without_a_target_nothing_is_written(self, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
        said = dry_run(source, 1, capsys)
        assert "conf.py:19: nbsphinx_execute: `nb_execution_mode`" in said
        assert "conf.py:27: nbsphinx_prolog: BY HAND: `rst_prolog`" in said
        assert "more.ipynb:2: nbsphinx-toctree: a `toctree` directive" in said

    def test_a_second_migration_changes_nothing(
        self, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        target = tmp_path / "new"
        assert main(["migrate", str(source), "--write", str(target)]) == 1
        assert "sub/hand.nblink" not in snapshot(target)
        assert (target / "requirements.txt").read_text() == "sphinxcontrib-d2lbook\nnumpy\n"
        assert_nothing_left(target, capsys)

    def test_a_project_of_myst_nb_gets_the_line(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        content = 'extensions = ["myst_nb"]\njupyter_execute_notebooks = "off"\nnb_execution_show_tb = True\n'
        write(tmp_path / "old", {"conf.py": content, "index.md": "# T\n"})
        assert main(["migrate", str(tmp_path / "old"), "--write", str(tmp_path / "new")]) == 0
        assert "conf.py:3: nb_execution_show_tb: stays, and is not used" in capsys.readouterr().out
        assert (tmp_path / "new" / "conf.py").read_text() == (
            f'{LISTED}nb_execution_mode = "off"\nnb_execution_show_tb = True\n'
        )

    def test_a_link_to_nothing_is_refused(self, source: Path) -> None:
        (source / "sub" / "hand.nblink").write_text('{"path": "gone.ipynb"}')
        with pytest.raises(BookError, match=r"hand\.nblink:1: is not a link"):
            migration.plan(source)

    def test_a_framework_belongs_to_d2lbook(self, source: Path) -> None:
        assert main(["migrate", str(source), "--framework", "x"]) == 2

    @pytest.mark.slow
    def test_the_migrated_project_builds_in_all_outputs(self, source: Path, tmp_path: Path) -> None:
        target = tmp_path / "new"
        main(["migrate", str(source), "--write", str(target)])
        done = sphinx_build(["-M", "book", ".", "_build", "-c", ".", "-W", "--keep-going"], target)
        assert done.returncode == 0, done.stderr
        site = target / "_build" / "book" / "html"
        page = BeautifulSoup((site / "bells.html").read_text("utf-8"), "lxml")
        words = " ".join(page.select_one("div.body").get_text(" ").split())  # type: ignore[union-attr]
        assert "'ding ding '" in words
        assert "rings = 2" not in words
        assert "for editors" not in words
        assert page.select_one(".admonition.note") is not None
        assert page.find("b", string="loud") is not None
        report = json.loads((target / "_build" / "book" / "report.json").read_text())
        assert report["pages"]["casting"]["execution"] == "none"
        assert (site / "sub" / "hand.html").is_file()
