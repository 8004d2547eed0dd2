"""Let launch buttons open the reader's notebook of their page.

The theme links to the page's source in the repository, which is no notebook for pages in Markdown, and looks for an
executed copy in a folder that is elsewhere in a build of several outputs. Readers' notebooks are made for the purpose:
they install what they need. `addresses/launch_services.py` says where services find them.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.locale import get_translation

from ...addresses.book_downloads import FOLDER
from ...addresses.launch_services import Launch, is_asked_for, launch_label, launches, service_options
from ...common.warning_types import Warn, warn
from ...config.frameworks import Framework, frameworks
from ...upstream.sphinx.events import wrap_handlers
from ...upstream.theme import add_launch_menu, is_launch_handler
from .downloads import framework_class, of_framework, page_files

_ = get_translation("booktheme")
NOTEBOOKS = "notebooks"
"""Name of the output whose files the buttons open."""
ROCKET = "fas fa-rocket"
"""Icon of services that the theme has no logo of."""


def replace_handler(app: Sphinx) -> None:
    """Replace the theme's handler by ours, or add ours where the theme has none. Handle `builder-inited`."""
    if not is_asked_for(app.config):
        return
    if not wrap_handlers(app, "html-page-context", _replaced):
        app.connect("html-page-context", _instead_of(None))
    if app.builder.format == "html" and not page_files(app, NOTEBOOKS, app.config.root_doc):
        warn(
            Warn.OUTPUT,
            "the launch buttons of pages in Markdown are left out, for they have no notebook to open; list %r in "
            "d2lbook_outputs",
            NOTEBOOKS,
            location=f"{app.confdir}/conf.py:1",
        )


def _replaced(handler: Callable[..., Any]) -> Callable[..., Any] | None:
    return _instead_of(handler) if is_launch_handler(handler) else None


def _instead_of(theirs: Callable[..., Any] | None) -> Callable[..., Any]:
    """Return our handler of `html-page-context`.

    It calls ``theirs``, if there is one, for pages that are notebooks in the repository and have no reader's notebook.
    """

    def add_buttons(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
        if pagename not in app.env.found_docs:
            return
        files = page_files(app, NOTEBOOKS, pagename)
        is_source = Path(app.env.doc2path(pagename)).suffix == ".ipynb"
        if not files:
            if is_source and theirs is not None:
                theirs(app, pagename, templatename, context, doctree)
            return
        if not is_source and "kernelspec" not in app.env.metadata[pagename]:
            return
        known = frameworks(app.config)
        found = [
            (launch, known.get(name))
            for name, file in files.items()
            for launch in launches(app.config, file.removeprefix(f"{FOLDER}/{NOTEBOOKS}/"))
        ]
        if theirs is None:  # The theme has no menus of buttons.
            context["body"] = badges(found) + context["body"]
            return
        buttons = [_button(launch, framework) for launch, framework in found]
        if service_options(app.config).get("thebe"):
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


def _button(launch: Launch, framework: Framework | None) -> dict[str, str]:
    """Return the button of one notebook; ``framework`` is that of the notebook, None if the page has not several."""
    name = f"{launch.service}{of_framework(framework)}"
    icon = f"_static/images/{launch.icon}" if launch.icon else ROCKET
    button = {"type": "link", "text": name, "tooltip": f"{_('Launch on')} {name}", "icon": icon, "url": launch.address}
    return {**button, "label": framework_class(framework.name)} if framework else button


def badges(found: list[tuple[Launch, Framework | None]]) -> str:
    """Return the HTML of a line of links, for themes that have no menus of buttons; "" for none."""
    links = []
    for launch, framework in found:
        classes = f"d2lbook-launch {framework_class(framework.name)}" if framework else "d2lbook-launch"
        text = escape(f"{launch_label(launch)}{of_framework(framework)}")
        links.append(f'<a class="{classes} reference external" href="{escape(launch.address)}">{text}</a>')
    return f'<p class="d2lbook-launches">{" ".join(links)}</p>\n' if links else ""
