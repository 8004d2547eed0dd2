"""`{book-download}` leads to the book's files: relative to the page on the site that has them, elsewhere by address."""

from __future__ import annotations

import re
from pathlib import Path

import pypdf

from tests.conftest import NOTEBOOK, Project

LINKS = "{book-download}`The book <pdf>`\n\n```{button-link} download:notebooks\nAll\n```\n"
PAGES = {"index.md": f"# Root\n\n{LINKS}\n```{{toctree}}\na/b\n```\n", "a/b.md": f"# B\n\n{LINKS}"}
BASE = "html_baseurl = 'https://book.example/x/'\n"


def addresses(page: Path) -> list[str]:
    """The addresses of the links to files, below the menus."""
    text = page.read_text("utf-8").partition("<article")[2]
    return re.findall(r'href="([^"]*a-book[^"]*)"', text)


def test_links_of_the_whole_book_are_relative_and_lead_to_files(project: Project) -> None:
    project.conf += BASE + "d2lbook_outputs = ['html', 'pdf', 'notebooks']\n"
    project.write(PAGES)
    done = project.run("book", "-W")
    assert (done.returncode, done.stderr) == (0, "")
    book = project.build_folder / "book"
    assert addresses(book / "html/index.html") == ["_downloads/a-book.pdf", "_downloads/a-book-notebooks.zip"]
    assert addresses(book / "html/a/b.html") == ["../_downloads/a-book.pdf", "../_downloads/a-book-notebooks.zip"]
    assert all((book / "html/a" / address).is_file() for address in addresses(book / "html/a/b.html"))
    pages = pypdf.PdfReader(book / "pdf/a-book.pdf").pages
    linked = {str(link.get_object().get("/A", {}).get("/URI")) for page in pages for link in page.get("/Annots", ())}
    assert "https://book.example/x/_downloads/a-book.pdf" in linked
    assert "https://book.example/x/_downloads/a-book.pdf" in (book / "notebooks/index.ipynb").read_text("utf-8")


def test_a_site_alone_leads_to_the_published_files(project: Project) -> None:
    project.conf += BASE
    project.write(PAGES)
    project.build(confoverrides={"d2lbook_outputs": ["html", "pdf", "notebooks"], "templates_path": []})
    names = ["a-book.pdf", "a-book-notebooks.zip"]
    found = addresses(project.build_folder / "html/a/b.html")
    assert found == [f"https://book.example/x/_downloads/{name}" for name in names]


def test_links_to_nothing_are_told(project: Project) -> None:
    project.write({"index.md": "# Root\n\n{book-download}`The book <pdff>`\n\n{book-download}`The book <pdf>`\n"})
    project.build(confoverrides={"d2lbook_outputs": ["html", "pdf"], "templates_path": []})
    first, second = project.warnings.splitlines()
    assert "index.md:3: WARNING: there is no file of the whole book called 'pdff'; did you mean 'pdf'?" in first
    assert "index.md:5: WARNING: the link to 'pdf' leads nowhere: set `html_baseurl` in conf.py" in second
    assert "The book" in (project.build_folder / "html/index.html").read_text("utf-8")


SAVED = NOTEBOOK + "# B\n\n```{code-cell}\n#@save\ndef double(x):\n    return 2 * x\n```\n"


def test_the_wheel_is_in_the_menu_and_under_a_role_once_the_book_saves_something(project: Project) -> None:
    project.conf += BASE + "release = '1.2'\nd2lbook_outputs = ['html', 'package']\nd2lbook_checks = []\n"
    link = "# Root\n\n{book-download}`Its wheel <package>`\n\n```{toctree}\nb\n```\n"
    project.write({"index.md": "# Root\n\n```{toctree}\nb\n```\n", "b.md": NOTEBOOK + "# B\n"})
    done = project.run("book", "-W")
    assert (done.returncode, done.stderr) == (0, "")
    site = project.build_folder / "book" / "html"
    assert ".whl" not in (site / "index.html").read_text("utf-8")
    project.write({"b.md": SAVED})
    done = project.run("book", "-W")
    assert (done.returncode, done.stderr) == (0, "")
    wheel = "_downloads/a_book_book-1.2-py3-none-any.whl"
    assert (site / wheel).is_file()
    assert f'href="{wheel}"' in (site / "index.html").read_text("utf-8")
    project.write({"index.md": link})
    done = project.run("book", "-W")
    assert (done.returncode, done.stderr) == (0, "")
    assert f'href="{wheel}"' in (site / "index.html").read_text("utf-8").partition("<article")[2]


def test_a_book_that_saves_nothing_has_no_wheel_to_link_to(project: Project) -> None:
    project.conf += BASE + "d2lbook_outputs = ['html', 'pdf', 'package']\n"
    project.write({"index.md": "# Root\n\n{book-download}`Its wheel <package>`\n"})
    project.build(confoverrides={"d2lbook_outputs": ["html", "pdf", "package"], "templates_path": []})
    assert "there is no file of the whole book called 'package'; write one of pdf" in project.warnings
