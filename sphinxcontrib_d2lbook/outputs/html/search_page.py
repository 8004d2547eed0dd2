"""Give the page of search results what Sphinx's index lacks, and a script that ranks and shows results with it.

That is the numbers of sections, the captions and numbers of figures, tables, theorems and equations, and the terms that
each page emphasizes, as books do where they introduce one. They stay out of the index, since it is read back in the
next build. The page of results has them itself: Sphinx remembers for a whole process the checksum of a script, by which
browsers tell a new version from an old one.
"""

from __future__ import annotations

from typing import Any, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from ...common.files import json_in_script
from ...common.per_page_domain import PerPageDomain
from ...numbering.page_facts import numbers_domain
from ...numbering.reference_names import target

SCRIPT = "search-page.js"
LONGEST_TERM = 4
"""Number of words of the longest term; what is longer is emphasized for other reasons."""


class SearchTermsDomain(PerPageDomain[tuple[str, ...]]):
    """Domain that keeps the terms which each page emphasizes."""

    name = "d2lterms"
    label = "terms for the search"
    data_version = 1

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        """Note the terms of a page, which has been read."""
        texts = (
            node.astext() for kind in (nodes.emphasis, nodes.strong, nodes.term) for node in document.findall(kind)
        )
        terms = {" ".join(text.lower().split()) for text in texts}
        found = tuple(sorted(term for term in terms if 0 < len(term.split()) <= LONGEST_TERM))
        if found:
            self.pages[docname] = found


def section_numbers(env: BuildEnvironment) -> dict[str, dict[str, str]]:
    """Return the numbers of sections by document and id, as headings print them; the id of a document's title is ""."""
    ending = env.config.html_secnumber_suffix.rstrip()
    return {
        docname: {place.removeprefix("#"): ".".join(map(str, number)) + ending for place, number in places.items()}
        for docname, places in sorted(env.toc_secnumbers.items())
    }


def numbered_things(env: BuildEnvironment) -> list[list[str]]:
    """Return document, id, name, number and title of all that has a number and is no section."""
    return [
        [docname, fact.ids[0], thing.name, thing.number, fact.title]
        for docname, facts in sorted(numbers_domain(env).facts.items())
        for fact in facts
        if fact.figtype != "section" and (thing := target(env, docname, fact.ids[0], fact)).number
    ]


def add_scripts(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Add this and the script to the page of results. Handle `html-page-context`."""
    if pagename == "search":
        terms = cast("SearchTermsDomain", app.env.domains[SearchTermsDomain.name])
        data = {
            "SectionNumbers": section_numbers(app.env),
            "NumberedThings": numbered_things(app.env),
            "EmphasizedTerms": terms.pages,
        }
        body = "".join(f"window.d2lbook{name} = {json_in_script(value)};" for name, value in data.items())
        app.add_js_file(None, body=body)
        app.add_js_file(SCRIPT)


def setup(app: Sphinx) -> None:
    app.add_domain(SearchTermsDomain)
    app.connect("html-page-context", add_scripts)
