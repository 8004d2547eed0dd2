"""What each page shows of other pages, as a digest: when it changes the page is to be written again, though its source
did not change.

Sphinx writes only pages that were read, and those whose own numbers changed. But a page prints the numbers and titles
of what it refers to, and the titles of all pages in its sidebar.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any

from sphinx.domains import Domain
from sphinx.environment import BuildEnvironment
from sphinx.util import docname_join

from ..common.files import digest, stable_text
from ..upstream.proofs import citations, citing_pages
from .page_facts import PageFacts, Reference, numbers_domain
from .reference_names import find

KNOWN = frozenset({"", "std", "math", "prf", "doc"})
"""Domains whose references are looked up one by one; of any other all objects count."""


def page_views(env: BuildEnvironment) -> dict[str, str]:
    """docname -> digest, for all pages. Called with all numbers given out."""
    views = _Views(env)
    return {docname: views.digest_of(docname) for docname in sorted(env.found_docs)}


class _Views:
    def __init__(self, env: BuildEnvironment) -> None:
        self.env = env
        self.pages = numbers_domain(env).pages
        self.found = lru_cache(maxsize=None)(self._found)
        self.objects = lru_cache(maxsize=None)(self._objects)

    def digest_of(self, docname: str) -> str:
        page = self.pages.get(docname)
        env = self.env
        own = [env.toc_secnumbers.get(docname), env.toc_fignumbers.get(docname)]
        parts = [self.frame, stable_text(own), self.citations if docname in self.citing else ""]
        if page is not None:
            parts += [self._reference(docname, reference) for reference in sorted(page.references)]
            parts += self._images(page)
        return digest(*parts)

    @cached_property
    def frame(self) -> str:
        """Of what every page shows: titles and order of all pages, in sidebars and links to the next."""
        env = self.env
        titles = {docname: title.astext() for docname, title in sorted(env.titles.items())}
        tocs = [f"{docname} {toc.pformat()}" for docname, toc in sorted(env.tocs.items())]
        return digest(stable_text(titles), stable_text(env.toctree_includes), *tocs)

    def _reference(self, docname: str, reference: Reference) -> str:
        if reference.domain not in KNOWN and reference.domain in self.env.domains:
            return f"{reference} {self.objects(reference.domain)}"
        return f"{reference} {self.found(reference) or self._elsewhere(docname, reference)}"

    def _found(self, reference: Reference) -> str:
        target = find(self.env, reference)
        return f"{target.docname} {target.node_id} {target.number} {target.name} {target.title}" if target else ""

    def _elsewhere(self, docname: str, reference: Reference) -> str:
        """What is no numbered thing: labels of paragraphs, pages, terms, objects of any domain."""
        standard, label = self.env.domains.standard_domain, reference.target.lower()
        page = docname_join(docname, reference.target)
        found: list[Any] = [standard.labels.get(label), standard.anonlabels.get(label), page in self.env.found_docs]
        found += [place for (_kind, name), place in sorted(standard.objects.items()) if name.lower() == label]
        if reference.domain == "" and found[1] is None:
            found += [self.objects(name) for name in sorted(self.env.domains) if name not in KNOWN]
        return repr(found)

    def _objects(self, name: str) -> str:
        domain: Domain = self.env.domains[name]
        return digest(*map(repr, sorted(map(str, domain.get_objects()))))

    def _images(self, page: PageFacts) -> list[str]:
        """Names that images have in the output, where two files of one name must differ."""
        return [f"{uri} {self.env.images[uri][1]}" for uri in sorted(page.images) if uri in self.env.images]

    @cached_property
    def citing(self) -> frozenset[str]:
        """Pages that cite, or list what is cited."""
        return citing_pages(self.env)

    @cached_property
    def citations(self) -> str:
        return digest(*sorted(repr(citation.shown) for citation in citations(self.env)))
