"""Digest what each page shows of other pages: if that changes, the page must be written again.

Sphinx writes only pages that were read, and those whose own numbers changed. But a page also prints the numbers and
titles of what it refers to, and the titles of all pages in its sidebar.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any

from sphinx.domains import Domain
from sphinx.environment import BuildEnvironment
from sphinx.util import docname_join

from ..common.files import digest, stable_text
from ..common.per_page_domain import PerPageDomain
from ..upstream.proofs import citations, citing_pages
from .page_facts import PageFacts, Reference, numbers_domain
from .reference_names import find_target

KNOWN = frozenset({"", "std", "math", "prf", "doc"})
"""Domains whose references are looked up one by one; of any other domain all objects count."""


def page_views(env: BuildEnvironment) -> dict[str, str]:
    """Return docname -> digest, for all pages. Called once all numbers are given out."""
    views = _Views(env)
    return {docname: views.digest_of(docname) for docname in sorted(env.found_docs)}


class _Views:
    """Digests of what pages show, for all pages of a book, with repeated parts cached."""

    def __init__(self, env: BuildEnvironment) -> None:
        self.env = env
        self.pages = numbers_domain(env).pages
        self.domains = [domain for domain in env.domains.values() if isinstance(domain, PerPageDomain)]
        self.target_text = lru_cache(maxsize=None)(self._target_text)
        self.objects = lru_cache(maxsize=None)(self._objects)

    def digest_of(self, docname: str) -> str:
        """Return the digest of everything that a page shows of other pages."""
        page = self.pages.get(docname)
        env = self.env
        own = [env.toc_secnumbers.get(docname), env.toc_fignumbers.get(docname)]
        parts = [self.frame, stable_text(own), self.citations if docname in self.citing else ""]
        if page is not None:
            parts += [self._reference(docname, reference) for reference in sorted(page.references)]
            parts += self._images(page)
        parts += [domain.view(docname) for domain in self.domains]
        return digest(*parts)

    @cached_property
    def frame(self) -> str:
        """Digest of what every page shows: titles and order of all pages, in sidebars and in links to the next page."""
        env = self.env
        titles = {docname: title.astext() for docname, title in sorted(env.titles.items())}
        tocs = [f"{docname} {toc.pformat()}" for docname, toc in sorted(env.tocs.items())]
        return digest(stable_text(titles), stable_text(env.toctree_includes), *tocs)

    def _reference(self, docname: str, reference: Reference) -> str:
        if reference.domain not in KNOWN and reference.domain in self.env.domains:
            return f"{reference} {self.objects(reference.domain)}"
        return f"{reference} {self.target_text(reference) or self._elsewhere(docname, reference)}"

    def _target_text(self, reference: Reference) -> str:
        target = find_target(self.env, reference)
        return f"{target.docname} {target.node_id} {target.number} {target.name} {target.title}" if target else ""

    def _elsewhere(self, docname: str, reference: Reference) -> str:
        """Return a text for targets that have no number: paragraphs, pages, terms, objects of any domain."""
        standard, label = self.env.domains.standard_domain, reference.target.lower()
        page = docname_join(docname, reference.target)
        targets: list[Any] = [standard.labels.get(label), standard.anonlabels.get(label), page in self.env.found_docs]
        targets += [place for (_kind, name), place in sorted(standard.objects.items()) if name.lower() == label]
        if reference.domain == "" and targets[1] is None:
            targets += [self.objects(name) for name in sorted(self.env.domains) if name not in KNOWN]
        return repr(targets)

    def _objects(self, name: str) -> str:
        domain: Domain = self.env.domains[name]
        return digest(*map(repr, sorted(map(str, domain.get_objects()))))

    def _images(self, page: PageFacts) -> list[str]:
        """Return the names of images in the output, which change if two files of one name must differ."""
        return [f"{uri} {self.env.images[uri][1]}" for uri in sorted(page.images) if uri in self.env.images]

    @cached_property
    def citing(self) -> frozenset[str]:
        """Docnames of the pages that have citations, or list the works cited."""
        return citing_pages(self.env)

    @cached_property
    def citations(self) -> str:
        """Digest of all citations as they are printed."""
        return digest(*sorted(repr(citation.shown) for citation in citations(self.env)))
