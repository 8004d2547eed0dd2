"""Citations of another process are the same citations: a build after which nothing changed writes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

BIBLIOGRAPHY = """@article{gauss1809,
  author = {Gauss, Carl Friedrich},
  title = {On the Motion of the Planets},
  journal = {Annals},
  year = {1809}
}
@book{legendre1805,
  author = {Legendre, Adrien-Marie},
  title = {On the Orbits of Comets},
  publisher = {Didot},
  year = {1805}
}
"""
OUTPUTS = ["html", "pdf", "notebooks", "package"]


def moments(folder: Path) -> dict[str, int]:
    """When each file was written, but for the report, which is of the last build."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "report.json")
    return {path.relative_to(folder).as_posix(): path.stat().st_mtime_ns for path in files}


def test_a_book_with_citations_is_not_written_again(project: Any) -> None:
    project.write(
        {
            "index.md": "# A Book\n\n```{toctree}\n:numbered:\n\none\nreferences\n```\n",
            "one.md": "# One\n\n{cite:t}`gauss1809` and later {cite:p}`legendre1805,gauss1809`.\n",
            "references.md": "# References\n\n```{bibliography}\n```\n",
            "book.bib": BIBLIOGRAPHY,
        }
    )
    project.conf += "bibtex_bibfiles = ['book/book.bib']\nd2lbook_package = 'tiny'\n"
    first = project.run("book")
    assert (first.returncode, first.stderr) == (0, "")
    out = project.build_folder / "book"
    before = moments(out)
    # With other options it is another command, which goes through all that a build does.
    again = project.run("book", "-v")
    assert (again.returncode, again.stderr) == (0, "")
    assert f"nothing new for {', '.join(OUTPUTS)}" in again.stdout
    assert moments(out) == before
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert {name: output["state"] for name, output in report["outputs"].items()} == dict.fromkeys(OUTPUTS, "unchanged")
