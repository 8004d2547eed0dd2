"""What we rely on in sphinx-proof, sphinx-exercise and sphinxcontrib-bibtex, held against the installed versions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from docutils import nodes
from packaging.specifiers import SpecifierSet
from sphinx.application import Sphinx

from sphinxcontrib_d2lbook.upstream import proofs
from sphinxcontrib_d2lbook.upstream.changed import UpstreamChanged
from sphinxcontrib_d2lbook.upstream.relied import Upstream
from tests.conftest import Project

BIB = "@article{bell,\n  author = {Ann Bell},\n  title = {Wombats},\n  journal = {Mammals},\n  year = {1999},\n  url = {https://bell.example/}\n}\n"
PAGES = {
    "index.md": "# Root\n\n```{toctree}\none\nlist\n```\n",
    "one.md": "# One\n\n{cite}`bell`\n\n```{exercise} A *fine* $x^2$\n:label: ex\n\nDo.\n```\n\n"
    "```{exercise}\n:label: bare\n\nDo.\n```\n\n"
    "```{solution} ex\n:label: sol\n\nDone.\n```\n\n```{prf:theorem} A title\n:label: thm\n\nSo.\n```\n",
    "list.md": "# List\n\n```{bibliography}\n```\n",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Sphinx:
    """A book with citations, exercises and theorems."""
    project = Project(tmp_path_factory.mktemp("proofs"))
    project.write({**PAGES, "references.bib": BIB})
    return project.build()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Sphinx:
    """An application with sphinx-exercise as it is, without ours."""
    project = Project(tmp_path_factory.mktemp("plain"))
    project.conf = "extensions = ['myst_nb', 'sphinx_exercise']\n"
    project.write({"index.md": "# Root\n"})
    with project.app(confoverrides={}) as app:
        return app


@pytest.mark.parametrize("upstream", [proofs.PROOF, proofs.EXERCISE, proofs.BIBTEX], ids=lambda one: one.name)
def test_the_version_is_one_that_is_known(upstream: Upstream) -> None:
    assert SpecifierSet(upstream.holds).contains(upstream.version)


def test_the_titles_of_sphinx_exercise_are_removed_and_the_rest_stays(plain: Sphinx) -> None:
    before = [one.__name__ for one in plain.registry.post_transforms]
    assert set(proofs.TITLES) <= set(before)
    proofs.remove_titles(plain)
    after = [one.__name__ for one in plain.registry.post_transforms]
    assert after == [name for name in before if name not in proofs.TITLES]
    with pytest.raises(UpstreamChanged, match=r"sphinx-exercise .* has no post-transform"):
        proofs.remove_titles(plain)


@pytest.mark.parametrize("kept", proofs.KEPT.values(), ids=proofs.KEPT)
def test_directives_keep_what_another_page_has(kept: Any) -> None:
    assert not kept.duplicate_labels(object(), "label")
    theirs = kept.__mro__[2]
    assert theirs.__module__ == "sphinx_exercise.directive"
    runs = [one.__dict__["run"].__code__.co_names for one in theirs.__mro__ if "run" in one.__dict__]
    assert any("duplicate_labels" in names for names in runs)  # else ours would not be asked


def test_statements_have_the_nodes_that_visitors_are_for() -> None:
    for kind in (*proofs.NODE_TYPES.values(), proofs.unenumerable_node, proofs.proof_node, proofs.exercise_node):
        assert issubclass(kind, nodes.Element)
    assert {"theorem", "lemma", "definition", "algorithm"} <= set(proofs.NODE_TYPES)


@pytest.mark.parametrize(("label", "text"), [("ex", "A fine x^2"), ("bare", ""), ("none", None)])
def test_the_name_of_an_exercise_is_known_with_its_markup(built: Sphinx, label: str, text: str | None) -> None:
    found = proofs.exercise_subtitle_of(built.env, label, "one")
    assert (None if found is None else "".join(node.astext() for node in found)) == text
    if label == "ex":
        assert found is not None
        assert any(isinstance(node, nodes.math) for node in found)


def test_of_another_page_there_is_none(built: Sphinx) -> None:
    assert proofs.exercise_subtitle_of(built.env, "ex", "list") is None


@pytest.mark.parametrize("kept", [None, {"ex": {"docname": "one"}}])
def test_without_the_list_of_exercises(kept: Any) -> None:
    env: Any = SimpleNamespace(sphinx_exercise_registry=kept)
    with pytest.raises(UpstreamChanged, match=r"sphinx_exercise_registry.*, with which the title of a solution"):
        proofs.exercise_subtitle_of(env, "ex", "one")


def test_citations_say_where_they_are_and_what_they_show(built: Sphinx) -> None:
    (one,) = proofs.citations(built.env)
    assert (one.docname, one.key) == ("list", "bell")
    assert one.node_id
    assert one.node_id in (built.outdir / "list.html").read_text("utf-8")
    assert "Wombats" in repr(one.shown)
    assert " at 0x" not in repr(one.shown)


def test_pages_that_cite_and_that_list(built: Sphinx) -> None:
    assert proofs.citing_pages(built.env) == {"one", "list"}


def test_an_entry_is_a_paragraph_with_links(built: Sphinx) -> None:
    (one,) = proofs.citations(built.env)
    entry = proofs.paragraph_of(one)
    assert entry.astext().startswith("Ann Bell")
    assert [node["refuri"] for node in entry.findall(nodes.reference)] == ["https://bell.example/"]


def test_without_bibtex_there_are_none() -> None:
    env: Any = SimpleNamespace(domains={})
    assert list(proofs.citations(env)) == []
    assert proofs.citing_pages(env) == frozenset()


def test_with_another_domain() -> None:
    env: Any = SimpleNamespace(domains={"cite": SimpleNamespace()})
    with pytest.raises(UpstreamChanged, match=r"sphinxcontrib-bibtex .*\.citations, with which pages list"):
        list(proofs.citations(env))
    with pytest.raises(UpstreamChanged, match=r"\.citation_refs, with which a page that cites"):
        proofs.citing_pages(env)


def test_with_citations_of_another_shape() -> None:
    domain = SimpleNamespace(citations=[SimpleNamespace(citation_id="a", key="k")])
    with pytest.raises(UpstreamChanged, match=r"\.bibliography_key, with which pages list"):
        list(proofs.citations(SimpleNamespace(domains={"cite": domain})))  # type: ignore[arg-type]
