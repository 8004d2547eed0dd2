"""Build the addresses at which services such as Colab and Binder open a reader's notebook.

A service fetches the notebook from a repository. That is the published site, which a hosting service keeps in a branch
and which carries the notebooks as downloads, or the branch that `sphinx-d2lbook publish notebooks` writes. The website
offers the addresses as buttons, the notebooks as links.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from ..common.address_templates import filled, percent_encoded
from ..common.translations import _
from .permanent_addresses import site

INTERFACES = {"classic": "tree", "jupyterlab": "lab/tree"}
"""First part of an address on a Jupyter server, by the theme's `notebook_interface`."""
HOSTS = {"github.com": "github", "www.github.com": "github", "gitlab.com": "gitlab"}
SITE, NOTEBOOKS = "site", "notebooks"
"""What the branch holds: the published site, or the notebooks alone."""
BRANCHES = {SITE: "gh-pages", NOTEBOOKS: "notebooks"}
"""Branch, by what it holds, if `d2lbook_launch` names none."""
DOWNLOADS = "_downloads/notebooks"
"""Folder of the notebooks in a site."""
BLOBS = {"github": "blob", "gitlab": "-/blob"}
"""Part of the address of a file on its host, between repository and branch."""
SERVERS = {
    "Binder": ("binderhub_url", "https://mybinder.org"),
    "JupyterHub": ("jupyterhub_url", ""),
    "Colab": ("colab_url", "https://colab.research.google.com"),
    "Deepnote": ("deepnote_url", "https://deepnote.com"),
    "JupyterLite": ("jupyterlite_url", ""),
}
"""The theme's option for the server of a service, and the public server if there is one."""


@dataclass(frozen=True)
class Repository:
    """Repository, by the address that services know it by."""

    url: str
    host: str
    """Name of the hosting service: "github", "gitlab", or "" for any other."""
    owner: str
    name: str

    @classmethod
    def from_url(cls, url: str) -> Repository | None:
        """Return the repository at an address; None if the address has no owner and name."""
        parts = urlsplit(url.rstrip("/").removesuffix(".git"))
        owner, _slash, name = parts.path.strip("/").rpartition("/")
        return cls(url, HOSTS.get(parts.netloc, ""), owner, name) if owner and name else None


@dataclass(frozen=True)
class LaunchedNotebook:
    """Notebook that a service is to open. No part of it is percent-encoded."""

    repository: Repository | None
    branch: str
    path: str
    """Path of the notebook in the branch."""
    published: str = ""
    """Address of the notebook in the site, which is percent-encoded as addresses are; "" if it has none."""

    @property
    def file(self) -> str:
        """Address of the notebook on the host of the repository; "" if the form of these addresses is not known."""
        if self.repository is None or self.repository.host not in BLOBS:
            return ""
        address = f"{self.repository.url.rstrip('/').removesuffix('.git')}/{BLOBS[self.repository.host]}"
        return f"{address}/{percent_encoded(f'{self.branch}/{self.path}', keep_slashes=True)}"

    def fields(self) -> dict[str, str]:
        """Return the values of the fields of a template."""
        repository = self.repository
        return {
            "repository": repository.url if repository else "",
            "owner": repository.owner if repository else "",
            "name": repository.name if repository else "",
            "branch": self.branch,
            "path": self.path,
            "file": self.file,
            "published": self.published,
        }


class Launch(NamedTuple):
    """One way to open a notebook."""

    service: str
    icon: str
    """File name of the theme's logo; "" for services that it has none of."""
    address: str


def launches(config: Any, file: str) -> list[Launch]:
    """Return the ways to open a reader's notebook that conf.py asks for. The notebook must be built.

    ``file`` is the notebook, relative to the folder of notebooks.
    """
    where = config.d2lbook_launch
    options = _theme_options(config)
    holds = where.get("content", SITE)
    download = f"{DOWNLOADS}/{file}"
    parts = (where.get("folder", "").strip("/"), file if holds == NOTEBOOKS else download)
    base = site(config)
    notebook = LaunchedNotebook(
        Repository.from_url(where.get("repository") or options.get("repository_url") or ""),
        where.get("branch") or BRANCHES[holds],
        "/".join(filter(None, parts)),
        f"{base}{percent_encoded(download, keep_slashes=True)}" if base and "html" in config.d2lbook_outputs else "",
    )
    return list(services(service_options(config), notebook, templates(config)))


def launch_label(launch: Launch) -> str:
    """Return the words of a link that opens a notebook."""
    return _("Open in {service}").format(service=launch.service)


def is_asked_for(config: Any) -> bool:
    """Return whether conf.py asks for any launch buttons."""
    return bool(service_options(config) or templates(config))


def service_options(config: Any) -> dict[str, Any]:
    """Return the theme's option `launch_buttons`, with the servers that `d2lbook_launch` names added."""
    options = dict(_theme_options(config).get("launch_buttons") or {})
    for name, value in config.d2lbook_launch.get("services", {}).items():
        if name in SERVERS and "{" not in str(value):
            key, public = SERVERS[name]
            options[key] = public if value is True else value
    return options


def templates(config: Any) -> dict[str, str]:
    """Return the templates of addresses of the other services, by the name of the service."""
    named = config.d2lbook_launch.get("services", {})
    return {name: value for name, value in named.items() if isinstance(value, str) and "{" in value}


def _theme_options(config: Any) -> Mapping[str, Any]:
    options: Mapping[str, Any] = config["html_theme_options"] or {}
    return options


def services(
    options: Mapping[str, Any], notebook: LaunchedNotebook, others: Mapping[str, str] | None = None
) -> Iterator[Launch]:
    """Yield the services that can open a notebook, in the order of the theme, and then ``others``.

    ``options`` are in the form of the theme's option `launch_buttons`; ``others`` are templates by the service's name.
    """

    def base(name: str) -> str:
        return str(options.get(name) or "").rstrip("/")

    others = others or {}
    interface = INTERFACES.get(options.get("notebook_interface", "classic"), INTERFACES["classic"])
    repository, branch = notebook.repository, notebook.branch
    path = percent_encoded(notebook.path, keep_slashes=True)
    if repository is not None:
        owner, name = repository.owner, repository.name
        if server := base("binderhub_url"):
            kinds = {"github": f"gh/{owner}/{name}", "gitlab": f"gl/{percent_encoded(f'{owner}/{name}')}"}
            kind = kinds.get(repository.host, f"git/{percent_encoded(repository.url)}")
            address = f"{server}/v2/{kind}/{percent_encoded(branch)}?urlpath={interface}/{path}"
            yield Launch("Binder", "logo_binder.svg", address)
        if server := base("jupyterhub_url"):
            query = {"repo": repository.url, "urlpath": f"{interface}/{name}/{path}", "branch": branch}
            address = f"{server}/hub/user-redirect/git-pull?{urlencode(query, safe='/')}"
            yield Launch("JupyterHub", "logo_jupyterhub.svg", address)
        if repository.host == "github":
            place = f"{owner}/{name}/blob/{percent_encoded(branch, keep_slashes=True)}/{path}"
            if server := base("colab_url"):
                yield Launch("Colab", "logo_colab.png", f"{server}/github/{place}")
            if server := base("deepnote_url"):
                query = {"url": f"https://github.com/{place}"}
                yield Launch("Deepnote", "logo_deepnote.svg", f"{server}/launch?{urlencode(query)}")
    if server := base("jupyterlite_url"):
        query = {"fromURL": notebook.published} if notebook.published else {"path": path}
        yield Launch("JupyterLite", "logo_jupyterlite.svg", f"{server}?{urlencode(query, safe='/')}")
    for name, template in others.items():
        if address := filled(template, notebook.fields()):
            yield Launch(name, "", address)
