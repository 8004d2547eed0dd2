"""Launch buttons open the reader's notebook of their page."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from sphinxcontrib_d2lbook.outputs.html.launch_buttons import Repository, services
from sphinxcontrib_d2lbook.upstream import theme
from sphinxcontrib_d2lbook.upstream.changed import UpstreamChanged
from tests.conftest import Project

CONF = """extensions = ['sphinxcontrib_d2lbook']
project = 'Launched'
html_baseurl = 'https://book.example/'
html_theme_options = {
    'repository_url': 'https://github.com/owner/book',
    'launch_buttons': {
        'colab_url': 'https://colab.example', 'binderhub_url': 'https://binder.example',
        'jupyterlite_url': 'https://lite.example/lab', 'notebook_interface': 'jupyterlab',
    },
}
nb_execution_mode = 'off'
"""
INDEX = "# Book\n\n```{toctree}\nfolder/two words\n```\n"
CODE = "# Page\n\n```{code-cell}\n1\n```\n"


def launched(project: Project, file: str, folder: str = "html") -> list[str]:
    page = (project.build_folder / folder / file).read_text("utf-8")
    return re.findall(r'href="(https://(?:colab|binder|lite)[^"]*)"', page)


def test_every_button_leads_to_the_notebook_of_the_page(project: Project, page: Callable[[str], str]) -> None:
    """In a build of all outputs and in one of the website alone; a page without code has none."""
    project.conf = CONF
    project.write({"index.md": INDEX, "folder/two words.md": page(CODE)})
    file = "_downloads/notebooks/folder/two%20words.ipynb"
    expected = [
        f"https://binder.example/v2/gh/owner/book/gh-pages?urlpath=lab/tree/{file}",
        f"https://colab.example/github/owner/book/blob/gh-pages/{file}",
        f"https://lite.example/lab?fromURL=https%3A//book.example/{file.replace('%', '%25')}",
    ]
    done = project.run("book", "-D", "d2lbook_outputs=html,notebooks")
    assert (done.returncode, "d2lbook" in done.stderr) == (0, False), done.stderr
    assert launched(project, "folder/two words.html", "book/html") == expected
    assert launched(project, "index.html", "book/html") == []
    assert (project.build_folder / "book/html/_downloads/notebooks/folder/two words.ipynb").is_file()
    assert project.run("html").returncode == 0
    assert launched(project, "folder/two words.html") == expected


def test_without_readers_notebooks_there_is_no_button_and_one_warning(
    project: Project, page: Callable[[str], str]
) -> None:
    project.conf = CONF
    project.write({"index.md": INDEX, "folder/two words.md": page(CODE)})
    project.build("html")
    assert launched(project, "folder/two words.html") == []
    assert project.warnings.count("the launch buttons of pages in Markdown are left out") == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/a/b", ("github", "a", "b")),
        ("https://github.com/a/b.git/", ("github", "a", "b")),
        ("https://gitlab.com/group/sub/b", ("gitlab", "group/sub", "b")),
        ("https://git.example/a/b", ("", "a", "b")),
        ("https://github.com/a", None),
        ("", None),
    ],
)
def test_repositories(url: str, expected: tuple[str, str, str] | None) -> None:
    found = Repository.from_url(url)
    assert (found and (found.host, found.owner, found.name)) == expected


ALL = {
    "binderhub_url": "https://binder.example/",
    "jupyterhub_url": "https://hub.example",
    "colab_url": "https://colab.example",
    "deepnote_url": "https://deepnote.example",
    "jupyterlite_url": "/lite",
}


def addresses(url: str, published: str = "") -> dict[str, str]:
    found = services(ALL, Repository.from_url(url), "site", "docs/a.ipynb", published)
    return {name: address for name, _icon, address in found}


def test_addresses_of_all_services() -> None:
    assert addresses("https://github.com/o/b") == {
        "Binder": "https://binder.example/v2/gh/o/b/site?urlpath=tree/docs/a.ipynb",
        "JupyterHub": "https://hub.example/hub/user-redirect/git-pull"
        "?repo=https%3A//github.com/o/b&urlpath=tree/b/docs/a.ipynb&branch=site",
        "Colab": "https://colab.example/github/o/b/blob/site/docs/a.ipynb",
        "Deepnote": "https://deepnote.example/launch?url=https%3A%2F%2Fgithub.com%2Fo%2Fb%2Fblob%2Fsite%2Fdocs%2Fa.ipynb",
        "JupyterLite": "/lite?path=docs/a.ipynb",
    }


def test_services_that_a_repository_cannot_serve_are_left_out() -> None:
    assert list(addresses("https://gitlab.com/g/s/b")) == ["Binder", "JupyterHub", "JupyterLite"]
    assert "v2/gl/g%2Fs%2Fb/site" in addresses("https://gitlab.com/g/s/b")["Binder"]
    assert "v2/git/https%3A%2F%2Fgit.example%2Fa%2Fb/site" in addresses("https://git.example/a/b")["Binder"]
    assert addresses("", "https://x/a.ipynb") == {"JupyterLite": "/lite?fromURL=https%3A//x/a.ipynb"}


def test_the_theme_has_the_handler_that_is_replaced() -> None:
    from sphinx_book_theme.header_buttons.launch import add_launch_buttons

    assert theme.is_launch_handler(add_launch_buttons)
    assert not theme.is_launch_handler(SimpleNamespace())  # type: ignore[arg-type]


def test_without_the_buttons_of_a_page() -> None:
    with pytest.raises(UpstreamChanged, match="header_buttons in the context of a page, with which launch buttons"):
        theme.add_launch_menu({}, "", [])
