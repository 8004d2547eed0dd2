"""`sphinx-d2lbook migrate`: a book of Jupyter Book 1 becomes one of this plugin, and nothing is lost in silence."""

from __future__ import annotations

import json
import runpy
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup

from sphinxcontrib_d2lbook.commands.main import main
from sphinxcontrib_d2lbook.commands.migrate import (
    conf_writer,
    config_file,
    migration,
    page_toctrees,
    toc_file,
    yaml_lines,
)
from sphinxcontrib_d2lbook.commands.migrate.toc_file import TocEntry, TocSubtree
from sphinxcontrib_d2lbook.common.errors import BookError
from tests.commands.migrations import assert_nothing_left, dry_run, snapshot, write
from tests.warm_builds import sphinx_build

TOC = """\
format: jb-book
root: intro
parts:
  - caption: Waves
    numbered: true
    chapters:
      - file: part1/strings
        sections:
          - file: part1/more.md
      - file: part1/water
  - caption: Rest
    chapters:
      - file: part2/electric
        title: Electricity
      - url: https://example.org
        title: Elsewhere
"""
CONFIG = """\
title: Waves and "Fields"
author: Ada B.
copyright: "2024"
only_build_toc_files: true
execute:
  execute_notebooks: cache
  timeout: 90
html:
  use_issues_button: true
  home_page_in_navbar: false
repository:
  url: https://github.com/ada/waves
launch_buttons:
  notebook_interface: jupyterlab
parse:
  myst_enable_extensions: [colon_fence, dollarmath, substitution]
  myst_substitutions:
    who: Ada
sphinx:
  extra_extensions: [sphinx.ext.todo, sphinx_design]
  config:
    todo_include_todos: true
"""
STRINGS = """\
---
kernelspec:
  name: python3
file_format: mystnb
---
(strings)=
# Strings

```{code-cell}
print(6 * 7)
```

```{tableofcontents}
```

## Standing

Text.
"""
ELECTRIC = {
    "cells": [{"cell_type": "markdown", "metadata": {}, "source": ["# Electric\n", "\n", "A field."]}],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    "nbformat": 4,
    "nbformat_minor": 4,
}
FILES = {
    "_config.yml": CONFIG,
    "_toc.yml": TOC,
    "intro.md": "# Welcome\n\n{{ who }} writes about {ref}`strings`.\n",
    "part1/strings.md": STRINGS,
    "part1/more.md": "# More\n\nText.\n",
    "part1/water.md": "# Water\n\n$$ a = b $$ (eq1)\n\nsee {eq}`eq1`\n",
    "part2/electric.ipynb": json.dumps(ELECTRIC, indent=1),
    "unlisted.md": "# Unlisted\n",
    "requirements.txt": "# for the book\njupyter-book>=1,<2\nmatplotlib\n",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "old"
    write(folder, FILES)
    return folder


class TestContents:
    def parse(self, tmp_path: Path, text: str) -> toc_file.Contents:
        (tmp_path / "_toc.yml").write_text(text, encoding="utf-8")
        return toc_file.parse(yaml_lines.read(tmp_path / "_toc.yml"))[0]

    def test_parts_and_sections(self, tmp_path: Path) -> None:
        tree = self.parse(tmp_path, TOC)
        assert tree.root == "intro"
        waves, rest = tree.toctrees["intro"]
        assert (waves.caption, waves.numbered, waves.titlesonly, waves.hidden) == ("Waves", 0, True, True)
        assert [entry.target for entry in waves.entries] == ["part1/strings", "part1/water"]
        assert (rest.numbered, rest.entries[0]) == (None, TocEntry("part2/electric", "file", "Electricity"))
        assert rest.entries[1] == TocEntry("https://example.org", "url", "Elsewhere")
        assert tree.toctrees["part1/strings"] == [TocSubtree([TocEntry("part1/more", "file")], titlesonly=True)]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (
                "root: a\nformat: jb-article\nsections:\n- file: b\n",
                TocSubtree([TocEntry("b", "file")], titlesonly=True),
            ),
            (
                "root: a\noptions: {numbered: 2, maxdepth: 3}\nentries:\n- file: b.ipynb\n",
                TocSubtree([TocEntry("b", "file")], numbered=2, maxdepth=3),
            ),
            (
                "root: a\ndefaults: {titlesonly: true, hidden: false}\nentries:\n- glob: x/*\n",
                TocSubtree([TocEntry("x/*", "glob")], titlesonly=True, hidden=False),
            ),
            (
                "root: a\nsubtrees:\n- caption: C\n  reversed: true\n  entries:\n  - file: b\n",
                TocSubtree([TocEntry("b", "file")], caption="C", reversed=True),
            ),
            (
                "- file: a\n  numbered: true\n- file: b\n",
                TocSubtree([TocEntry("b", "file")], numbered=0, titlesonly=True),
            ),
            (
                "- file: a\n- part: P\n  chapters:\n  - file: b\n",
                TocSubtree([TocEntry("b", "file")], caption="P", titlesonly=True),
            ),
        ],
        ids=["article", "options", "defaults", "subtrees", "old", "old-parts"],
    )
    def test_other_formats(self, tmp_path: Path, text: str, expected: TocSubtree) -> None:
        tree = self.parse(tmp_path, text)
        assert (tree.root, tree.toctrees["a"]) == ("a", [expected])

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("chapters: []\n", "_toc.yml:1: has no `root`"),
            ("root: a\nchapters:\n- file: b\n- name: c\n", "_toc.yml:4: chapters.1: must have one of `file`"),
            ("root: a\nchapters: []\nparts: []\n", "stands beside"),
            ("root: a\nparts:\n- caption: C\n", "_toc.yml:3: parts.0: must have one of"),
            ("root: a\nchapters:\n  file: b\n", "chapters: must be a list"),
            ("root: [a\n", "is not YAML"),
        ],
    )
    def test_a_file_that_says_no_tree_is_refused_at_its_line(self, tmp_path: Path, text: str, said: str) -> None:
        with pytest.raises(BookError) as caught:
            self.parse(tmp_path, text)
        assert said in str(caught.value)


class TestConfig:
    def convert(self, tmp_path: Path, text: str) -> tuple[conf_writer.Conf, list[Any]]:
        (tmp_path / "_config.yml").write_text(text, encoding="utf-8")
        return config_file.convert(yaml_lines.read(tmp_path / "_config.yml"))

    def test_an_empty_file_is_what_jupyter_book_takes_it_for(self, tmp_path: Path) -> None:
        conf, lines = self.convert(tmp_path, "")
        assert lines == []
        assert conf.values["myst_enable_extensions"] == config_file.SYNTAX
        assert conf.theme == {"home_page_in_toc": True}
        assert "linkify-it-py" in conf.requirements()

    def test_off_is_a_word(self, tmp_path: Path) -> None:
        conf, _ = self.convert(tmp_path, "execute:\n  execute_notebooks: off\n")
        assert conf.values["nb_execution_mode"] == "off"

    def test_settings_of_sphinx_go_last_and_join_those_of_the_theme(self, tmp_path: Path) -> None:
        text = "sphinx:\n  config:\n    html_title: Mine\n    html_theme_options: {show_toc_level: 2}\ntitle: Other\n"
        conf, _ = self.convert(tmp_path, text)
        assert conf.values["html_title"] == "Mine"
        assert conf.theme["show_toc_level"] == 2

    def test_what_is_not_known_is_reported_at_its_line(self, tmp_path: Path) -> None:
        _, lines = self.convert(tmp_path, "title: T\nhtml:\n  favicon: f.ico\n  colour: red\n")
        assert [(line.line, line.found) for line in lines if line.by_hand] == [(4, "html.colour")]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("html: true\n", "is not known here; it must be a mapping of keys to values"),
            ("execute:\n  execute_notebook: off\n", "did you mean 'execute.execute_notebooks'?"),
            ("launch_button:\n  colab_url: https://c\n", "did you mean 'launch_buttons'?"),
            ("sphinx:\n  local_extensions: [cites]\n", "must be a mapping of keys to values, and is ['cites']"),
            ("latex:\n  latex_documents: book.tex\n", "must be a mapping of keys to values, and is 'book.tex'"),
        ],
    )
    def test_a_mistake_is_asked_about(self, tmp_path: Path, text: str, said: str) -> None:
        _, (line,) = self.convert(tmp_path, text)
        assert line.by_hand
        assert said in line.becomes

    def test_a_list_may_be_its_only_item(self, tmp_path: Path) -> None:
        conf, _ = self.convert(tmp_path, "exclude_patterns: drafts\nsphinx:\n  extra_extensions: sphinx.ext.todo\n")
        assert {"drafts", "d"} & set(conf.values["exclude_patterns"]) == {"drafts"}
        assert conf.extensions[-1] == "sphinx.ext.todo"

    def test_an_extension_is_listed_once(self, tmp_path: Path) -> None:
        text = "sphinx:\n  extra_extensions: [sphinx.ext.intersphinx]\n  config:\n    intersphinx_mapping: {}\n"
        conf, _ = self.convert(tmp_path, text)
        assert conf.extensions.count("sphinx.ext.intersphinx") == 1

    def test_comments_need_a_decision(self, tmp_path: Path) -> None:
        conf, lines = self.convert(tmp_path, "html:\n  comments:\n    utterances:\n      repo: ada/waves\n")
        assert conf.values["d2lbook_forum"] == {"provider": "utterances", "repo": "ada/waves"}
        assert lines[0].by_hand

    @pytest.mark.parametrize("key", config_file.KEYS, ids=lambda key: key.name)
    def test_every_key_takes_what_the_default_file_has(self, tmp_path: Path, key: config_file.JupyterBookKey) -> None:
        value: Any = ""
        for name in reversed(key.name.split(".")):
            value = {name: value}
        conf, lines = self.convert(tmp_path, yaml.safe_dump(value))
        assert lines or key.name == "sphinx.config"
        compile(conf_writer.text(conf, "index", []), "conf.py", "exec")


class TestPages:
    def test_a_list_of_children_is_where_the_page_asks_for_it(self) -> None:
        tree = TocSubtree([TocEntry("a/b", "file", "B")], caption="C", numbered=2)
        text, lines = page_toctrees.with_toctrees("# T\n\n```{tableofcontents}\n```\n\nEnd.\n", ".md", [tree])
        assert lines == [3]
        assert text == "# T\n\n```{toctree}\n:caption: C\n:numbered: 2\n\nB </a/b>\n```\n\nEnd.\n"

    def test_else_it_is_hidden_at_the_end(self) -> None:
        text, lines = page_toctrees.with_toctrees(
            "# T\n", ".md", [TocSubtree([TocEntry("x/*", "glob")], titlesonly=True)]
        )
        assert (text, lines) == ("# T\n\n```{toctree}\n:hidden:\n:titlesonly:\n:glob:\n\n/x/*\n```\n", [])

    def test_a_page_without_children_loses_the_directive_alone(self) -> None:
        text, lines = page_toctrees.with_toctrees("# T\n\n:::{tableofcontents}\n:::\nEnd.\n", ".md", [])
        assert (text, lines) == ("# T\n\n\nEnd.\n", [3])

    def test_restructured_text(self) -> None:
        text, _ = page_toctrees.with_toctrees("T\n=\n", ".rst", [TocSubtree([TocEntry("a", "file")])])
        assert text == "T\n=\n\n.. toctree::\n   :hidden:\n\n   /a\n"

    def test_a_notebook_gets_a_cell_and_keeps_its_form(self) -> None:
        before = json.dumps(ELECTRIC, indent=2, ensure_ascii=False)
        text, _ = page_toctrees.with_toctrees(before, ".ipynb", [TocSubtree([TocEntry("a", "file")])])
        after = json.loads(text)
        assert after["cells"][:-1] == ELECTRIC["cells"]
        assert "".join(after["cells"][-1]["source"]).startswith("```{toctree}\n:hidden:\n\n/a")
        assert text.startswith('{\n  "cells"')

    def test_a_cell_of_a_notebook_asks_for_the_list(self) -> None:
        cell = {"cell_type": "markdown", "metadata": {}, "source": ["# T\n", "```{tableofcontents}\n", "```"]}
        text, found = page_toctrees.with_toctrees(
            json.dumps({**ELECTRIC, "cells": [cell]}), ".ipynb", [TocSubtree([TocEntry("a", "file")])]
        )
        assert found == [1]
        assert len(json.loads(text)["cells"]) == 1
        assert ":hidden:" not in text


class TestMoving:
    def test_without_a_target_nothing_is_written(self, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
        said = dry_run(source, 0, capsys)
        assert "_config.yml:6: execute.execute_notebooks: `nb_execution_mode`" in said
        assert "part1/strings.md:13: {tableofcontents}: the page's toctrees, shown" in said

    def test_the_new_folder_has_the_whole_book(self, source: Path, tmp_path: Path) -> None:
        target = tmp_path / "new"
        assert main(["migrate", str(source), "--write", str(target)]) == 0
        assert {"_config.yml", "_toc.yml"}.isdisjoint(snapshot(target))
        conf = runpy.run_path(str(target / "conf.py"))
        assert conf["extensions"] == ["myst_nb", "sphinxcontrib_d2lbook", "sphinx.ext.todo"]
        assert (conf["root_doc"], conf["project"], conf["nb_execution_timeout"]) == ("intro", 'Waves and "Fields"', 90)
        assert "unlisted.md" in conf["exclude_patterns"]
        assert conf["html_theme_options"]["launch_buttons"] == {"notebook_interface": "jupyterlab"}
        wanted = "# for the book\nsphinxcontrib-d2lbook\nmatplotlib\n"
        assert (target / "requirements.txt").read_text("utf-8") == wanted
        assert 'url=intro.html"' in (target / "_extra" / "index.html").read_text("utf-8")

    def test_it_says_how_to_build_from_where_the_author_is(
        self, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert main(["migrate", str(source), "--write", "my waves"]) == 0
        steps = ["cd 'my waves'", "pip install -r requirements.txt", "sphinx-build -M book . _build -c ."]
        assert capsys.readouterr().out.endswith("\n\n" + "".join(f"    {step}\n" for step in steps))

    def test_a_second_migration_changes_nothing(
        self, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        target = tmp_path / "new"
        main(["migrate", str(source), "--write", str(target)])
        assert_nothing_left(target, capsys)

    def test_in_place_only_what_git_can_bring_back(self, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
        def git(*words: str) -> None:
            names = ["-c", "user.name=A", "-c", "user.email=a@b.example"]
            subprocess.run(["git", *names, *words], cwd=source, check=True, capture_output=True)

        before = snapshot(source)
        assert main(["migrate", str(source), "--write", str(source)]) == 2
        git("init")
        git("add", ".")
        assert main(["migrate", str(source), "--write", str(source)]) == 2
        assert "not committed" in capsys.readouterr().err
        assert snapshot(source) == before
        git("commit", "-m", "before")
        assert main(["migrate", str(source), "--write", str(source)]) == 0
        assert "conf.py" in snapshot(source)

    @pytest.mark.parametrize("target", ["there", "old/inside"])
    def test_a_target_in_the_way_is_refused(self, source: Path, tmp_path: Path, target: str) -> None:
        write(tmp_path, {"there/file": "mine"})
        before = snapshot(tmp_path)
        assert main(["migrate", str(source), "--write", str(tmp_path / target)]) == 2
        assert snapshot(tmp_path) == before

    def test_a_page_that_is_not_there_is_named(self, source: Path) -> None:
        (source / "part1" / "water.md").unlink()
        with pytest.raises(BookError, match="names 'part1/water', and there is no such page"):
            migration.plan(source)

    def test_style_sheets_and_scripts_are_loaded_as_before(self, source: Path) -> None:
        write(source, {"_static/a.css": "p {}", "_static/deep/b.js": "", "_static/c.txt": ""})
        moved = migration.plan(source)
        assert 'html_css_files = ["a.css"]' in moved.files["conf.py"]
        assert 'html_js_files = ["deep/b.js"]' in moved.files["conf.py"]
        assert {"_static/a.css", "_static/deep/b.js"} <= {line.file for line in moved.lines}

    def test_a_page_in_another_encoding_is_named_with_its_line(self, source: Path) -> None:
        (source / "part1" / "water.md").write_bytes("# Wasser\n\nTröpfchen\n".encode("latin-1"))
        with pytest.raises(BookError, match=r"water\.md:3: is not UTF-8"):
            migration.plan(source)

    @pytest.mark.parametrize(("name", "said"), [("gone", "is not there"), ("file", "is a file")])
    def test_what_is_no_folder_is_told(self, tmp_path: Path, name: str, said: str) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(BookError, match=said):
            migration.plan(tmp_path / name)

    def test_a_folder_without_contents_is_no_such_book(self, tmp_path: Path) -> None:
        with pytest.raises(BookError, match=r"has no _toc\.yml"):
            migration.plan(tmp_path)

    def test_the_migrated_book_builds_with_its_parts_and_addresses(self, source: Path, tmp_path: Path) -> None:
        target = tmp_path / "new"
        main(["migrate", str(source), "--write", str(target)])
        done = sphinx_build(["-M", "html", ".", "_build", "-c", ".", "-W", "--keep-going"], target)
        assert done.returncode == 0, done.stderr
        site = target / "_build" / "html"
        there = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
        expected = {"index", "intro", "part1/strings", "part1/more", "part1/water", "part2/electric"}
        assert {f"{name}.html" for name in expected} <= there
        assert "unlisted.html" not in there
        page = BeautifulSoup((site / "part1" / "more.html").read_text("utf-8"), "lxml")
        assert "Waves" in page.select_one("nav.bd-links").get_text()  # type: ignore[union-attr]
        assert page.select_one("article h1").get_text().startswith("1.1. More")  # type: ignore[union-attr]
