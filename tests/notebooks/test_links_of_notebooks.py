"""Links of readers' notebooks: to services, to the site where a notebook lies alone, to its siblings in the archive."""

from __future__ import annotations

import json
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.conftest import Project

CONF = """extensions = ['sphinxcontrib_d2lbook']
project = 'Linked'
d2lbook_package = ''
nb_execution_mode = 'off'
d2lbook_outputs = ['html', 'notebooks']
"""
SITE = "html_baseurl = 'https://book.example/'\n"
INDEX = "# Book\n\n```{toctree}\none\npart/two words\npart/kapitel-ö\n```\n\nSee [](one.md).\n"
ONE = "(sec_one)=\n# One\n\n```{code-cell}\nimport yaml\n```\n\nSee {ref}`sec_two`, and {ref}`sec_one`.\n"
TWO = "(sec_two)=\n# Two\n\nSee {ref}`sec_one`, [Three](kapitel-ö.md) and [a host](https://other.example/a.ipynb).\n"
THREE = "# Three\n\n```{code-cell}\n1\n```\n\nSee {ref}`sec_two`.\n"
LINK = re.compile(r"\]\(([^)\s]+)\)")


def links_of(text: str) -> list[str]:
    return [
        link
        for cell in json.loads(text)["cells"]
        if cell["cell_type"] == "markdown"
        for link in LINK.findall("".join(cell["source"]))
    ]


def relative_links(archive: Path) -> Iterator[tuple[str, str]]:
    """Name of a notebook in an archive, and the name of the file to which a relative link in it leads."""
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            if name.endswith(".ipynb"):
                for link in links_of(opened.read(name).decode("utf-8")):
                    parts = urlsplit(link)
                    if not parts.scheme and parts.path:
                        yield name, posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path)))


@pytest.fixture
def linked(project: Project, page: Callable[[str], str]) -> Project:
    project.conf = CONF
    project.write({"index.md": INDEX, "one.md": page(ONE), "part/two words.md": TWO, "part/kapitel-ö.md": page(THREE)})
    return project


@pytest.mark.parametrize("conf", ["", SITE], ids=["without a site", "with a site"])
def test_relative_links_in_the_archive_lead_to_notebooks_in_it(linked: Project, conf: str) -> None:
    linked.conf += conf
    done = linked.run("book")
    assert (done.returncode, "WARNING" in done.stderr) == (0, False), done.stderr
    archive = linked.build_folder / "book/notebooks/linked-notebooks.zip"
    found = set(relative_links(archive))
    top = "linked-notebooks"
    assert found == {
        *((f"{top}/index.ipynb", f"{top}/{name}.ipynb") for name in ("one", "part/two words", "part/kapitel-ö")),
        (f"{top}/one.ipynb", f"{top}/part/two words.ipynb"),
        (f"{top}/part/two words.ipynb", f"{top}/one.ipynb"),
        (f"{top}/part/two words.ipynb", f"{top}/part/kapitel-ö.ipynb"),
        (f"{top}/part/kapitel-ö.ipynb", f"{top}/part/two words.ipynb"),
    }
    with zipfile.ZipFile(archive) as opened:
        assert {target for _, target in found} <= set(opened.namelist())
    alone = links_of((linked.build_folder / "book/html/_downloads/notebooks/one.ipynb").read_text("utf-8"))
    assert all(link.startswith("https://book.example/") for link in alone) == bool(conf)


def test_a_page_that_is_gone_or_links_nowhere_leaves_no_notebook_for_the_archive(linked: Project) -> None:
    linked.conf += SITE
    linked.build("notebooks")
    folder = linked.build_folder / "notebooks"
    archived = folder / ".archived"
    assert sorted(path.name for path in archived.rglob("*.ipynb")) == [
        "index.ipynb",
        "kapitel-ö.ipynb",
        "one.ipynb",
        "two words.ipynb",
    ]
    (linked.source / "part/kapitel-ö.md").unlink()
    linked.write(
        {"index.md": "# Book\n\n```{toctree}\none\npart/two words\n```\n", "part/two words.md": "(sec_two)=\n# Two\n"}
    )
    linked.build("notebooks")
    assert sorted(path.name for path in archived.rglob("*.ipynb")) == ["index.ipynb", "one.ipynb"]
    assert not (folder / "part/kapitel-ö.ipynb").exists()


def test_notebooks_with_code_have_links_that_open_them(linked: Project) -> None:
    linked.conf += SITE + "d2lbook_launch = {'repository': 'https://github.com/o/b', 'services': {'Colab': True}}\n"
    linked.build("notebooks", confoverrides={})
    opening = json.loads((linked.build_folder / "notebooks/part/kapitel-ö.ipynb").read_text("utf-8"))["cells"][0]
    assert "".join(opening["source"]).split("\n\n")[1] == (
        "[Open in Colab](https://colab.research.google.com/github/o/b/blob/gh-pages/"
        "_downloads/notebooks/part/kapitel-%C3%B6.ipynb)"
    )
    without_code = (linked.build_folder / "notebooks/part/two words.ipynb").read_text("utf-8")
    assert "colab" not in without_code
    linked.build("notebooks", confoverrides={"d2lbook_outputs": ["notebooks"]})
    assert "colab" not in (linked.build_folder / "notebooks/one.ipynb").read_text("utf-8")


@pytest.mark.parametrize(
    ("code", "metadata"), [("import yaml", {"accelerator": "GPU"}), ("import mxnet", {})], ids=["any", "mxnet"]
)
def test_a_page_that_asks_for_a_gpu_gets_one_on_colab_if_it_can_use_it(
    project: Project, code: str, metadata: dict[str, str]
) -> None:
    project.conf = CONF
    head = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\nd2lbook:\n  gpus: 1\n---\n"
    project.write({"index.md": f"{head}# Book\n\n```{{code-cell}}\n{code}\n```\n"})
    project.build("notebooks", confoverrides={})
    built = json.loads((project.build_folder / "notebooks/index.ipynb").read_text("utf-8"))
    assert {key: value for key, value in built["metadata"].items() if key == "accelerator"} == metadata
