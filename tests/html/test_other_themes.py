"""A site with another theme has nothing of sphinx-book-theme, which comes with the extension."""

from __future__ import annotations

import re

import pytest

from tests.conftest import Project

CHILD = "[theme]\ninherit = 'sphinx_book_theme'\n"


@pytest.mark.parametrize(
    ("conf", "has_script", "source"),
    [
        ("", True, "index.md"),
        ("html_theme = 'alabaster'\n", False, "index.md.txt"),
        ("html_theme = 'alabaster'\nhtml_sourcelink_suffix = '.src'\n", False, "index.md.src"),
        ("html_theme = 'child'\nhtml_theme_path = ['themes']\n", True, "index.md"),
    ],
    ids=["ours", "another", "suffix", "child"],
)
def test_scripts_are_there_and_sources_are_named_as_the_theme_says(
    project: Project, conf: str, has_script: bool, source: str
) -> None:
    theme = project.folder / "themes" / "child"
    theme.mkdir(parents=True)
    (theme / "theme.toml").write_text(CHILD, encoding="utf-8")
    project.write({"index.md": "# Book\n\n```{margin}\nBeside.\n```\n"})
    project.conf += f"{conf}d2lbook_bundle = False\n"  # else scripts of the theme are joined
    project.build()
    site = project.build_folder / "html"
    page = (site / "index.html").read_text("utf-8")
    assert [path.name for path in (site / "_sources").iterdir()] == [source]
    scripts = re.findall(r'<script[^>]* src="([^"?:]+)', page)
    assert ("_static/scripts/sphinx-book-theme.js" in scripts) == has_script
    assert [name for name in scripts if not (site / name).is_file()] == []
