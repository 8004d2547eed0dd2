"""Write `go/<label>/` in the site: for everything that has a permanent address, a page that redirects to its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import urldefrag

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment

from ...addresses.extension import published
from ...addresses.label_paths import FOLDER, label_folder
from ...addresses.permanent_addresses import site
from ...addresses.targets import LabelledTarget, targets
from ...common.files import write_tree
from ...common.translations import _
from ...elements.discussion.discussion_facts import ShownDiscussion, discussion_domain

UP = "../../"
"""Path from such a page to the root of the site."""
MARK = '<meta name="generator" content="sphinxcontrib-d2lbook: permanent address">'
"""Tag near the beginning of every such page, which tells it from other files when it is to be removed."""


@dataclass(frozen=True)
class RedirectTarget:
    """Address that a page leads to, with the text of its link."""

    address: str
    """Address, absolute or relative to the page's own folder, so that a site in a folder works too."""
    text: str


def redirect_page(goal: RedirectTarget, others: tuple[RedirectTarget, ...], *, language: str, canonical: str) -> str:
    """Return HTML that redirects to ``goal`` and links to ``others``; ``canonical`` is the goal's absolute address."""
    links = "\n".join(f'<p><a href="{escape(link.address)}">{escape(link.text)}</a></p>' for link in (goal, *others))
    # In the content of a refresh, an address ends at the quotation mark that it began with.
    quoted = goal.address.replace("'", "%27")
    return f"""<!DOCTYPE html>
<html lang="{escape(language)}">
<head>
<meta charset="utf-8">
{MARK}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="0; url='{escape(quoted)}'">
<link rel="canonical" href="{escape(canonical)}">
<title>{escape(goal.text)}</title>
</head>
<body>
{links}
</body>
</html>
"""


class Redirects:
    """Redirecting pages of one site."""

    def __init__(self, builder: StandaloneHTMLBuilder, env: BuildEnvironment) -> None:
        self.builder = builder
        self.labels = targets(env)
        self.discussions: Mapping[tuple[str, str], ShownDiscussion] = {
            (docname, item.section): item for docname, items in discussion_domain(env).shown.items() for item in items
        }

    def page(self, target: LabelledTarget) -> str:
        """Return a page that leads to the thread of a section that has one, else to the thing itself."""
        config = self.builder.config
        docname = urldefrag(self.builder.get_target_uri(target.docname)).url
        here = f"{docname}#{target.node_id}"
        book = " ".join(str(config.project).split())
        goal = RedirectTarget(UP + here, f"{target.name} – {book}")
        others: tuple[RedirectTarget, ...] = ()
        canonical = site(config) + here if site(config) else goal.address
        shown = self.discussions.get((target.docname, target.node_id))
        if shown and (shown.thread or shown.embed):
            # A thread that is only embedded in the page has no other address.
            address = shown.thread or f"{UP}{docname}#{shown.node_id}"
            goal, others = RedirectTarget(address, f"{_('Discussion')}: {target.name}"), (goal,)
            canonical = shown.thread or canonical
        return redirect_page(goal, others, language=config.language or "en", canonical=canonical)


def write_redirects(app: Sphinx, error: Exception | None) -> None:
    """Write the pages, and remove those of labels that are gone. Handle `build-finished`."""
    builder = app.builder
    # Help files and e-books are HTML without an address of their own.
    if error or not isinstance(builder, StandaloneHTMLBuilder) or builder.embedded:
        return
    redirects, promises = Redirects(builder, app.env), published(app)
    files = {f"{label_folder(label)}index.html": redirects.page(target) for label, target in redirects.labels.items()}
    for label in promises.retired:
        target = redirects.labels[promises.successor(label)]
        files[f"{label_folder(label)}index.html"] = redirects.page(target)
    folder = Path(app.outdir)
    write_tree(folder, dict(files))
    _remove_others(folder, set(files))


def _remove_others(folder: Path, current_files: set[str]) -> None:
    """Remove our pages for labels that are no longer in the book; files that someone else put there stay."""
    for file in (folder / FOLDER).glob("*/index.html"):
        if file.relative_to(folder).as_posix() in current_files:
            continue
        if MARK in file.read_text(encoding="utf-8", errors="replace"):
            file.unlink()
            if not any(file.parent.iterdir()):
                file.parent.rmdir()


def setup(app: Sphinx) -> None:
    app.connect("build-finished", write_redirects)
