"""What a numbered thing is called where text speaks of it: "Figure 3.1", "Lemma 2.4", "(3.1)", or its title."""

from __future__ import annotations

from dataclasses import dataclass

from docutils import nodes
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.locale import get_translation

from .page_facts import Fact, NumbersDomain, Reference, numbers_domain
from .table import figure_number, formatted, section_number

TITLED = frozenset({"section", "figure", "subfigure", "table", "code-block"})
"""What `{ref}` calls by its title; theorems and exercises are called by their numbers there too."""
ANYWHERE = frozenset({("", "myst"), ("math", "ref"), ("math", "eqref")})
"""Domains and roles of references to whatever has the label."""
CHAPTERS = {"Chapter": "chapter", "Appendix": "appendix", "Section": "section"}


@dataclass(frozen=True)
class ReferenceTarget:
    """A place of the book that a reference leads to."""

    docname: str
    node_id: str
    fact: Fact
    number: str
    """"" for what has none."""
    name: str
    """With the number in it; without one the word alone, or ""."""

    @property
    def title(self) -> str:
        return self.fact.title

    def text(self, role: str) -> str:
        """What a reference without a text of its own shows; "" if there is nothing to show."""
        if role in ("ref", "myst") and self.fact.figtype in TITLED:
            return self.title or self.name
        return self.name if self.number or not self.title or self.fact.figtype == "" else self.title


def find(env: BuildEnvironment, reference: Reference) -> ReferenceTarget | None:
    """Where a reference leads, if what is there may be numbered or is named by us; None for all other places."""
    domain = numbers_domain(env)
    for place in _places(env, domain, reference):
        fact = domain.fact(*place)
        if fact is not None:
            return target(env, *place, fact)
    return None


def _places(env: BuildEnvironment, domain: NumbersDomain, reference: Reference) -> list[tuple[str, str]]:
    """(docname, anchor) by each table of labels that the kind of reference looks into."""
    label, found = reference.target, []
    standard, equations = env.domains.standard_domain, env.domains.math_domain.equations
    anywhere = (reference.domain, reference.role) in ANYWHERE
    prose = reference.domain == "std" and reference.role in ("ref", "numref")
    if (prose or anywhere) and label.lower() in standard.anonlabels:
        docname, node_id = standard.anonlabels[label.lower()][:2]
        found.append((docname, node_id))
    if (prose or anywhere or reference.domain == "math") and label in equations:
        found.append((equations[label][0], nodes.make_id(f"equation-{label}")))
    if prose or anywhere or reference.domain == "prf":
        found += [place for name in (label, label.lower()) if (place := domain.statements.get(name))][:1]
    return found


def target(env: BuildEnvironment, docname: str, node_id: str, fact: Fact) -> ReferenceTarget:
    """What ``fact`` on a page is called."""
    _anchor, number = anchor_and_number(env, docname, fact)
    return ReferenceTarget(docname, node_id, fact, number, _name(env, fact, number))


def anchor_and_number(env: BuildEnvironment, docname: str, fact: Fact) -> tuple[str, str]:
    """Return the end of the address of a numbered thing, "#id" or "" for a whole page, and its number, "" for none."""
    if fact.figtype == "section":
        anchor = numbers_domain(env).anchor(docname, fact.ids[0]) or ""
        return anchor, section_number(env, docname, anchor)
    return f"#{fact.ids[0]}", figure_number(env, docname, fact.figtype, fact.ids[0])


def _name(env: BuildEnvironment, fact: Fact, number: str) -> str:
    if fact.of and fact.figtype == "":
        return _solution(env, fact)
    if fact.word and fact.figtype != "subfigure":
        return f"{statement_word(fact)} {number}".strip()
    if not number:
        return get_translation("exercise")("Exercise") if fact.figtype == "" else ""
    if fact.figtype == "displaymath":
        return str((env.config.math_eqref_format or "({number})").format(number=number))
    kind = CHAPTERS[section_word(number)] if fact.figtype == "section" else fact.figtype
    return formatted(env.config.numfig_format.get(kind, "%s"), number, fact.title)


def statement_word(fact: Fact) -> str:
    """What stands before the number of a theorem or one of its family: "Lemma"."""
    return str(get_translation("proof")(fact.word.title()))


def _solution(env: BuildEnvironment, fact: Fact) -> str:
    """ "Solution to Exercise 2.1", with the exercise's own name after it."""
    word = get_translation("exercise")("Solution to")
    exercise = find(env, Reference("std", "ref", fact.of))
    if exercise is None:
        return word
    title = f" ({exercise.title})" if exercise.title else ""
    return f"{word} {exercise.name}{title}"


def citation_label(config: Config, citation: nodes.Element) -> str:
    """Return what stands before an entry of a bibliography, "Bel05"; "" where text cites it by author and year.

    What an author has written as `.. [BELL05]` has a `docname`, from Sphinx, and text cites it by its label always.
    """
    if "docname" not in citation and str(config.bibtex_reference_style).startswith("author"):
        return ""
    return next((child.astext() for child in citation.children if isinstance(child, nodes.label)), "")


def section_word(number: str) -> str:
    """What stands before the number of a section; "" without one."""
    if not number:
        return ""
    return "Section" if "." in number else "Chapter" if number.isdecimal() else "Appendix"
