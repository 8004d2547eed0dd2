"""A book can require an alternative text of every image."""

from __future__ import annotations

import json

from tests.conftest import Project

CONF = 'extensions = ["sphinxcontrib_d2lbook"]\nproject = "Tales"\nnb_execution_mode = "off"\n'
REQUIRED = CONF + "d2lbook_require_alt = True\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="15"><rect width="20" height="15"/></svg>'
PAGE = "# Tales\n\n![](a.svg)\n\n```{figure} a.svg\nCaption.\n```\n\n![A box](a.svg)\n\n```{toctree}\ntwo\n```\n"
TEXT = "has no alternative text, and this book requires them (d2lbook_require_alt)"


def notebook(alt: str = "") -> str:
    options = {"mystnb": {"image": {"alt": alt}}} if alt else {}
    forms = {"image/svg+xml": SVG, "text/plain": "<Figure>"}
    cell = {
        "cell_type": "code",
        "execution_count": 1,
        "source": "plot()",
        "metadata": options,
        "outputs": [{"output_type": "display_data", "metadata": {}, "data": forms}],
    }
    title = {"cell_type": "markdown", "metadata": {}, "source": "# Two"}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": [title, cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 4})


def warnings(project: Project, conf: str, two: str) -> list[str]:
    project.conf = conf
    project.write({"index.md": PAGE, "a.svg": SVG, "two.ipynb": two})
    project.build("html", freshenv=True)
    return [line for line in project.warnings.splitlines() if TEXT in line]


def test_images_and_outputs_without_a_text_are_warned_of(project: Project) -> None:
    first, second, output = warnings(project, REQUIRED, notebook())
    assert "index.md:3: WARNING: the image a.svg" in first
    assert "index.md:5: WARNING: the image a.svg" in second
    assert "two.ipynb" in output
    assert "an image that this cell shows" in output
    assert len(warnings(project, REQUIRED, notebook("A box."))) == 2


def test_other_books_are_not_warned(project: Project) -> None:
    assert warnings(project, CONF, notebook()) == []


def test_a_build_without_that_page_warns_of_it_again(project: Project) -> None:
    warnings(project, REQUIRED, notebook())
    project.write({"index.md": PAGE.replace("![]", "![Box]")})
    project.build("html")
    assert project.warnings.count(TEXT) == 2
