"""Define `{contributors}`, which names all who have written the book, and date each page by its last commit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.locale import get_translation
from sphinx.util.docutils import SphinxDirective
from sphinx.util.i18n import format_date

from ..common.files import digest
from ..common.per_page_domain import PerPageDomain
from ..upstream.sphinx.application import app_of
from .git_history import Contributor, History, history_of

ORDERS = ("commits", "name", "first")
"""Orders of contributors: by number of commits, by name, by the first commit."""


@dataclass(frozen=True)
class PageHistory:
    """What a page showed of the history when it was read."""

    date: str = ""
    """Date of its last commit, as "2026-01-31"."""
    contributors: str = ""
    """Digest of all contributors, if the page lists any of them."""


class HistoryDomain(PerPageDomain[PageHistory]):
    """Domain that keeps what each page shows of the history."""

    name = "d2lhistory"
    label = "history of pages"
    data_version = 1

    def note_contributors(self, docname: str, history: History | None) -> None:
        """Note that a page lists contributors."""
        self.pages[docname] = PageHistory(contributors=_digest(history))

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        date = _date(env, docname) if shows_dates(app_of(env)) else ""
        known = self.pages.get(docname, PageHistory())
        if date or known.contributors:
            self.pages[docname] = replace(known, date=date)


def _domain(env: BuildEnvironment) -> HistoryDomain:
    return cast("HistoryDomain", env.domains[HistoryDomain.name])


def _digest(history: History | None) -> str:
    return digest(*(f"{one.name} {one.commits}" for one in history.contributors)) if history else "none"


def shows_dates(app: Sphinx) -> bool:
    """Return whether the pages of the website show when they last changed: Sphinx's option for that is set."""
    return app.config["html_last_updated_fmt"] is not None


def _date(env: BuildEnvironment, docname: str) -> str:
    history = history_of(app_of(env))
    return history.dates.get(Path(env.doc2path(docname, False)).as_posix(), "") if history else ""


def chosen(
    contributors: Sequence[Contributor], order: str, without: Set[str], *, without_bots: bool
) -> list[Contributor]:
    """Return contributors in one of `ORDERS`, without those named in ``without``."""
    people = [one for one in contributors if one.name not in without and not (without_bots and one.is_bot)]
    if order == "name":
        people.sort(key=lambda one: (one.name.casefold(), one.name))
    elif order == "commits":
        people.sort(key=lambda one: (-one.commits, one.name.casefold(), one.name))
    return people


class Contributors(SphinxDirective):
    """Directive `{contributors}`."""

    option_spec: ClassVar[dict[str, Any]] = {
        "sort": lambda argument: directives.choice(argument, ORDERS),
        "without": directives.unchanged_required,
        "without-bots": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        history = history_of(app_of(self.env))
        _domain(self.env).note_contributors(self.env.current_document.docname, history)
        without = {name.strip() for name in self.options.get("without", "").split(",")}
        people = chosen(
            history.contributors if history else (),
            self.options.get("sort", ORDERS[0]),
            without,
            without_bots="without-bots" in self.options,
        )
        if not people:
            return []
        paragraph = nodes.paragraph("", ", ".join(one.name for one in people), classes=["d2lbook-contributors"])
        self.set_source_info(paragraph)
        return [paragraph]


def find_changed(
    app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
) -> list[str]:
    """Return the pages that show another history than git has now. Handle `env-get-outdated`."""
    pages = {docname: page for docname, page in _domain(env).pages.items() if docname in env.found_docs}
    listing = {docname for docname, page in pages.items() if page.contributors}
    if not listing and not shows_dates(app):
        return []
    now = _digest(history_of(app))
    others = {docname for docname in listing if pages[docname].contributors != now}
    if shows_dates(app):
        others |= {one for one in env.found_docs if pages.get(one, PageHistory()).date != _date(env, one)}
    return sorted(others)


def date_page(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Put the date of a page's last commit in place of that of the build. Handle `html-page-context`.

    Without a repository Sphinx's date stays; where git does not know the date, the page has none.
    """
    if not shows_dates(app) or history_of(app) is None:
        return
    date = _domain(app.env).pages.get(pagename, PageHistory()).date
    context["last_updated"] = None
    if date:
        form = app.config["html_last_updated_fmt"] or str(get_translation("sphinx")("%b %d, %Y"))
        day = dt.datetime.fromisoformat(date).replace(tzinfo=dt.UTC)
        context["last_updated"] = format_date(form, date=day, language=app.config.language)


def setup(app: Sphinx) -> None:
    app.add_domain(HistoryDomain)
    app.add_directive("contributors", Contributors)
    app.connect("env-get-outdated", find_changed)
    app.connect("html-page-context", date_page)
