"""Launch buttons open the reader's notebook of their page."""

from __future__ import annotations

import re
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from sphinxcontrib_d2lbook.addresses.launch_services import SERVERS, LaunchedNotebook, Repository, services
from sphinxcontrib_d2lbook.config.option import OWN_SERVERS, PUBLIC_SERVICES, launch_check
from sphinxcontrib_d2lbook.upstream import theme
from sphinxcontrib_d2lbook.upstream.changed import UpstreamChanged
from tests.conftest import NOTEBOOK, Project

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


def test_every_button_leads_to_the_notebook_of_the_page(project: Project) -> None:
    """In a build of all outputs and in one of the website alone; a page without code has none."""
    project.conf = CONF
    project.write({"index.md": INDEX, "folder/two words.md": NOTEBOOK + CODE})
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
    project: Project,
) -> None:
    project.conf = CONF
    project.write({"index.md": INDEX, "folder/two words.md": NOTEBOOK + CODE})
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
    found = services(ALL, LaunchedNotebook(Repository.from_url(url), "site", "docs/a.ipynb", published))
    return {launch.service: launch.address for launch in found}


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


ODD = LaunchedNotebook(
    Repository.from_url("https://github.com/o/b.git"), "release/1 ö", "a b/c&d#é.ipynb", "https://x/a%20b.ipynb"
)
PATH = "a%20b/c%26d%23%C3%A9.ipynb"
FILE = f"https://github.com/o/b/blob/release/1%20%C3%B6/{PATH}"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("https://lab.example/import/github/{owner}/{name}/blob/{branch}/{path}", "release%2F1%20%C3%B6"),
        ("https://kaggle.example/welcome?src={file}", quote(FILE, safe="")),
        ("https://hub.example/?repo={repository}", "https%3A%2F%2Fgithub.com%2Fo%2Fb.git"),
        ("https://hub.example/?url={published}", "https%3A%2F%2Fx%2Fa%2520b.ipynb"),
    ],
)
def test_templates_of_addresses(template: str, expected: str) -> None:
    (launch,) = services({}, ODD, {"Odd": template})
    assert (launch.service, launch.icon) == ("Odd", "")
    assert expected in launch.address
    assert re.fullmatch(r"[\x21-\x7e]+", launch.address)


def test_a_template_whose_value_is_not_known_gives_no_button() -> None:
    elsewhere = LaunchedNotebook(Repository.from_url("https://git.example/a/b"), "main", "a.ipynb")
    templates = {"File": "https://x/{file}", "Site": "https://x/{published}", "Path": "https://x/{path}"}
    assert [launch.service for launch in services({}, elsewhere, templates)] == ["Path"]


def test_a_branch_with_a_slash_is_one_part_of_binders_address() -> None:
    found = {launch.service: launch.address for launch in services(ALL, ODD)}
    assert found["Binder"] == f"https://binder.example/v2/gh/o/b/release%2F1%20%C3%B6?urlpath=tree/{PATH}"
    assert found["Colab"] == f"https://colab.example/github/o/b/blob/release/1%20%C3%B6/{PATH}"


def test_the_option_knows_the_services() -> None:
    assert {*PUBLIC_SERVICES, *OWN_SERVERS} == set(SERVERS)
    assert {name for name, (_option, server) in SERVERS.items() if server} == set(PUBLIC_SERVICES)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({"services": {"Lab": "https://x/{where}"}}, "not {where}"),
        ({"services": {"Lab": "https://x/{path"}}, "is no template of an address"),
        ({"services": {"Lab": "https://x/{path!r}"}}, "neither a format nor a conversion"),
        ({"services": {"Lab": "javascript:{path}"}}, "begin with https://"),
        ({"services": {"Lab": "https://x/"}}, "takes an address with {path}"),
        ({"services": {"Colab": "javascript:alert(1)"}}, "begin with https://"),
        ({"services": {"JupyterHub": True}}, "give the address of 'JupyterHub'"),
        ({"services": ["Colab"]}, "takes a dict"),
        ({"services": {"Colab": 1}}, "takes True or an address"),
        ({"content": "books"}, "takes 'site' or 'notebooks'"),
        ({"branch": 1}, "takes a text as 'branch'"),
        ({"brunch": "x"}, "not 'brunch'"),
        ({"services": {"Colab": True, "JupyterHub": "https://hub.example", "Lab": "/x/{path}"}}, None),
        ({"repository": "r", "branch": "b", "folder": "f"}, None),
    ],
)
def test_values_of_the_option(value: dict[str, object], fault: str | None) -> None:
    found = launch_check().fault(value)
    assert (found is None) if fault is None else (found is not None and fault in found), found


def test_services_on_pages_of_another_theme_that_open_a_branch_of_notebooks(
    project: Project,
) -> None:
    project.conf = """extensions = ['sphinxcontrib_d2lbook']
html_theme = 'alabaster'
nb_execution_mode = 'off'
d2lbook_launch = {'repository': 'https://github.com/o/b', 'content': 'notebooks', 'folder': 'n',
    'services': {'Colab': True, 'A <Lab>': 'https://lab.example/?a={branch}&b={path}'}}
"""
    project.write({"index.md": INDEX, "folder/two words.md": NOTEBOOK + CODE})
    assert project.run("html").returncode == 0
    text = (project.build_folder / "html/folder/two words.html").read_text("utf-8")
    assert re.findall(r'<a class="d2lbook-launch[^"]*" href="([^"]*)">([^<]*)</a>', text) == [
        ("https://colab.research.google.com/github/o/b/blob/notebooks/n/folder/two%20words.ipynb", "Open in Colab"),
        ("https://lab.example/?a=notebooks&amp;b=n/folder/two%20words.ipynb", "Open in A &lt;Lab&gt;"),
    ]
    assert "d2lbook-launch" not in (project.build_folder / "html/index.html").read_text("utf-8")


def test_the_theme_has_the_handler_that_is_replaced() -> None:
    from sphinx_book_theme.header_buttons.launch import add_launch_buttons

    assert theme.is_launch_handler(add_launch_buttons)
    assert not theme.is_launch_handler(SimpleNamespace())  # type: ignore[arg-type]


def test_without_the_buttons_of_a_page() -> None:
    with pytest.raises(UpstreamChanged, match="header_buttons in the context of a page, with which launch buttons"):
        theme.add_launch_menu({}, "", [])


def test_each_framework_of_a_page_has_its_buttons_and_links(project: Project) -> None:
    project.conf = """extensions = ['sphinxcontrib_d2lbook']
html_baseurl = 'https://book.example/'
nb_execution_mode = 'off'
d2lbook_package = ''
d2lbook_frameworks = {'lists': {'label': 'Lists'}, 'fractions': {}}
d2lbook_launch = {'repository': 'https://github.com/o/b', 'services': {'Colab': 'https://colab.example'}}
"""
    cells = "".join(f"```{{code-cell}}\n:framework: {name}\n\n1\n```\n\n" for name in ("lists", "fractions"))
    project.write({"index.md": INDEX, "folder/two words.md": f"{NOTEBOOK}# Page\n\n{cells}See [](../index.md).\n"})
    done = project.run("book", "-D", "d2lbook_outputs=html,notebooks")
    assert done.returncode == 0, done.stderr
    place = "https://colab.example/github/o/b/blob/gh-pages/_downloads/notebooks"
    expected = {name: f"{place}/{name}/folder/two%20words.ipynb" for name in ("lists", "fractions")}
    assert launched(project, "folder/two words.html", "book/html") == list(expected.values())
    text = (project.build_folder / "book/html/folder/two words.html").read_text("utf-8")
    assert {"Colab (Lists)", "Colab (fractions)"} <= set(re.findall(r"Colab \(\w+\)", text))
    notebooks = project.build_folder / "book/notebooks"
    for name, address in expected.items():
        alone = (notebooks / name / "folder/two words.ipynb").read_text("utf-8")
        assert f"[Open in Colab]({address})" in alone
        assert "(https://book.example/index.html)" in alone
        assert "(../../index.ipynb)" in (notebooks / ".archived" / name / "folder/two words.ipynb").read_text("utf-8")
