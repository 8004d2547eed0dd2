"""Let the theme's launch buttons open the reader's notebook of their page.

The theme links to the page's source in the repository, which is no notebook for pages in Markdown, and looks for an
executed copy in a folder that is elsewhere in a build of several outputs. Readers' notebooks are made for the purpose:
they install what they need. They are in the published site, which a hosting service keeps in a branch of the
repository.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from sphinx.application import Sphinx
from sphinx.locale import get_translation

from ...addresses.permanent_addresses import site
from ...common.warning_types import Warn, warn
from ...upstream.sphinx.events import wrap_handlers
from ...upstream.theme import add_launch_menu, is_launch_handler
from .downloads import page_file

_ = get_translation("booktheme")
NOTEBOOKS = "notebooks"
"""Name of the output whose files the buttons open."""
INTERFACES = {"classic": "tree", "jupyterlab": "lab/tree"}
"""First part of an address on a Jupyter server, by the theme's `notebook_interface`."""
HOSTS = {"github.com": "github", "www.github.com": "github", "gitlab.com": "gitlab"}
WHERE = {"branch": "gh-pages", "folder": ""}
"""Branch and folder of the published site, if `d2lbook_launch` does not say."""


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


def replace_handler(app: Sphinx) -> None:
    """Replace the theme's handler by ours. Handle `builder-inited`."""
    if not _options(app):
        return
    wrap_handlers(app, "html-page-context", _replaced)
    if app.builder.format == "html" and not page_file(app, NOTEBOOKS, app.config.root_doc):
        warn(
            Warn.OUTPUT,
            "the launch buttons of pages in Markdown are left out, for they have no notebook to open; list %r in "
            "d2lbook_outputs",
            NOTEBOOKS,
            location=f"{app.confdir}/conf.py:1",
        )


def _replaced(handler: Callable[..., Any]) -> Callable[..., Any] | None:
    return _instead_of(handler) if is_launch_handler(handler) else None


def _options(app: Sphinx) -> Mapping[str, Any]:
    options: Mapping[str, Any] = (app.config["html_theme_options"] or {}).get("launch_buttons") or {}
    return options


def _instead_of(theirs: Callable[..., Any]) -> Callable[..., Any]:
    """Return our handler of `html-page-context`.

    It calls ``theirs`` for pages that are notebooks in the repository and have no reader's notebook.
    """

    def add_buttons(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
        if pagename not in app.env.found_docs:
            return
        file = page_file(app, NOTEBOOKS, pagename)
        is_source = Path(app.env.doc2path(pagename)).suffix == ".ipynb"
        if not file:
            if is_source:
                theirs(app, pagename, templatename, context, doctree)
            return
        if not is_source and "kernelspec" not in app.env.metadata[pagename]:
            return
        options = _options(app)
        buttons: list[dict[str, str]] = list(_buttons(app, file))
        if options.get("thebe"):
            context["use_thebe"] = True
            live = {
                "type": "javascript",
                "javascript": "initThebeSBT()",
                "icon": "fas fa-play",
                "label": "launch-thebe",
            }
            buttons.append({**live, "text": _("Live Code"), "tooltip": _("Launch Thebe")})
        if buttons:
            add_launch_menu(context, _("Launch interactive content"), buttons)

    return add_buttons


def _buttons(app: Sphinx, file: str) -> Iterator[dict[str, str]]:
    where = {**WHERE, **app.config.d2lbook_launch}
    folder = where["folder"].strip("/")
    url = where.get("repository") or app.config["html_theme_options"].get("repository_url", "")
    published = f"{site(app.config)}{quote(file)}" if site(app.config) else ""
    path = quote(f"{folder}/{file}" if folder else file)
    for name, icon, address in services(_options(app), Repository.from_url(url), where["branch"], path, published):
        tooltip = f"{_('Launch on')} {name}"
        yield {"type": "link", "text": name, "tooltip": tooltip, "icon": f"_static/images/{icon}", "url": address}


def services(
    options: Mapping[str, Any], repository: Repository | None, branch: str, path: str, published: str
) -> Iterator[tuple[str, str, str]]:
    """Yield name, icon and address for each service of the theme's option `launch_buttons`.

    ``path`` is the path of the notebook in the branch, quoted; ``published`` is its address in the site, or "".
    """

    def base(name: str) -> str:
        return str(options.get(name) or "").rstrip("/")

    interface = INTERFACES.get(options.get("notebook_interface", "classic"), INTERFACES["classic"])
    if repository is not None:
        owner, name = repository.owner, repository.name
        if server := base("binderhub_url"):
            kinds = {"github": f"gh/{owner}/{name}", "gitlab": f"gl/{quote(f'{owner}/{name}', safe='')}"}
            kind = kinds.get(repository.host, f"git/{quote(repository.url, safe='')}")
            yield "Binder", "logo_binder.svg", f"{server}/v2/{kind}/{branch}?urlpath={interface}/{path}"
        if server := base("jupyterhub_url"):
            query = {"repo": repository.url, "urlpath": f"{interface}/{name}/{path}", "branch": branch}
            address = f"{server}/hub/user-redirect/git-pull?{urlencode(query, safe='/')}"
            yield "JupyterHub", "logo_jupyterhub.svg", address
        if repository.host == "github":
            place = f"{owner}/{name}/blob/{branch}/{path}"
            if server := base("colab_url"):
                yield "Colab", "logo_colab.png", f"{server}/github/{place}"
            if server := base("deepnote_url"):
                query = {"url": f"https://github.com/{place}"}
                yield "Deepnote", "logo_deepnote.svg", f"{server}/launch?{urlencode(query)}"
    if server := base("jupyterlite_url"):
        query = {"fromURL": published} if published else {"path": path}
        yield "JupyterLite", "logo_jupyterlite.svg", f"{server}?{urlencode(query, safe='/')}"
