"""Our defaults are for books that list this extension alone; one that lists MyST-NB keeps its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Project

PAGE = """# Prices of Tea

A cup costs $2 here and $3 there. A scholar wrote this {cite}`smith2001`. See {numref}`fig-a`.

```{figure} a.svg
:name: fig-a
A cup.
```

```{bibliography}
```
"""
BIB = "@book{smith2001, author = {Smith, Ann}, title = {Tea}, year = 2001, publisher = {P}}\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>\n'


NOTEBOOK = json.dumps(
    {
        "cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# The Book of Tea\n"]}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)


def site(project: Project) -> str:
    project.write({"index.md": PAGE, "a.svg": SVG, "refs.bib": BIB})
    project.build()
    return Path(project.build_folder, "html", "index.html").read_text("utf-8")


def test_a_project_on_myst_nb_keeps_its_syntax_and_words(project: Project) -> None:
    project.conf = "extensions = ['myst_nb', 'sphinxcontrib.bibtex', 'sphinxcontrib_d2lbook']\n"
    project.conf += "bibtex_bibfiles = ['book/refs.bib']\n"
    project.conf += "numfig = True\n"
    page = site(project)
    assert "costs $2 here and $3 there" in page
    assert "Fig. 1" in page
    assert "Figure 1" not in page
    assert "Smi01" in page.partition("wrote this")[2][:200]
    assert "<title>Prices of Tea &#8212; Prices of Tea  documentation</title>" in page
    assert "alabaster.css" in page


def test_a_project_that_lists_an_extension_keeps_the_values_of_that(project: Project) -> None:
    project.conf = "extensions = ['myst_parser', 'sphinxcontrib.bibtex', 'sphinxcontrib_d2lbook']\n"
    page = site(project)
    assert "costs $2 here and $3 there" in page
    assert "Smi01" in page.partition("wrote this")[2][:200]
    assert "Figure 1" in page


def test_a_book_that_lists_us_alone_has_ours(project: Project) -> None:
    project.conf = "extensions = ['sphinxcontrib_d2lbook']\n"
    page = site(project)
    assert "costs $2" not in page
    assert "Figure 1" in page
    assert "Smith" in page.partition("wrote this")[2][:200]
    assert "documentation</title>" not in page
    assert "alabaster.css" not in page


@pytest.mark.parametrize(("listed", "is_kept"), [("'myst_nb', ", True), ("", False)])
def test_only_a_project_on_myst_nb_keeps_the_second_search_field_of_the_theme(
    project: Project, listed: str, is_kept: bool
) -> None:
    project.conf = f"extensions = [{listed}'sphinxcontrib_d2lbook']\nhtml_theme = 'sphinx_book_theme'\n"
    project.write({"index.md": "# Prices\n"})
    with project.app() as app:
        assert bool(app.config.html_theme_options["navbar_persistent"]) == is_kept


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("index.md", "---\ntitle: x\n---\n(label)=\n# The *Book* of `Tea`\n\nText.\n"),
        ("index.rst", ".. _label:\n\nThe Book of Tea\n===============\n\nText.\n"),
        (
            "index.ipynb",
            NOTEBOOK,
        ),
    ],
)
def test_a_book_without_a_name_is_named_by_its_title(project: Project, name: str, text: str) -> None:
    project.conf = "extensions = ['sphinxcontrib_d2lbook']\n"
    project.write({name: text})
    assert project.build("dummy").config.project == "The Book of Tea"
