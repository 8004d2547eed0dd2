"""Notes of `sphinx.ext.todo` are in every output or in none, as conf.py says."""

from __future__ import annotations

import json
import re
from typing import Any

import pypdf
import pytest

PAGES = {
    "index.md": "# Book\n\n```{todo} Buy nails.\n```\n\n```{todolist}\n```\n\nText.\n",
}


def texts(project: Any) -> dict[str, str]:
    """Output -> its text."""
    book = project.build_folder / "book"
    notebook = json.loads((book / "notebooks" / "index.ipynb").read_text("utf-8"))
    return {
        "html": re.sub("<[^>]+>", "", (book / "html" / "index.html").read_text("utf-8")),
        "pdf": "".join(page.extract_text() for page in pypdf.PdfReader(book / "pdf" / "a-book.pdf").pages),
        "notebooks": "".join("".join(cell["source"]) for cell in notebook["cells"]),
    }


@pytest.mark.parametrize("shown", [True, False])
def test_todos_are_shown_everywhere_or_nowhere(project: Any, shown: bool) -> None:
    project.write(PAGES)
    project.conf += f"extensions.append('sphinx.ext.todo')\ntodo_include_todos = {shown}\n"
    project.conf += "d2lbook_outputs = ['html', 'pdf', 'notebooks']\n"
    done = project.run("book")
    assert done.returncode == 0, done.stderr
    assert {name: "Buy nails." in text for name, text in texts(project).items()} == dict.fromkeys(texts(project), shown)
    assert "WARNING" not in done.stderr
