"""Return how the text refers to a numbered item, or to its title.

Examples are "Section 3.2", "Appendix B", "Figure 3.1", "Lemma 2.4" and "(3.1)".
"""

from __future__ import annotations

from dataclasses import dataclass

from docutils import nodes
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.locale import get_translation

from .page_facts import Fact, NumbersDomain, Reference, numbers_domain
from .table import figure_number, formatted, section_number

TITLED = frozenset({"section", "figure", "subfigure", "table", "code-block"})
"""Figtypes that `{ref}` shows by title; for theorems and exercises it shows the number."""
ANYWHERE = frozenset({("", "myst"), ("math", "ref"), ("math", "eqref")})
"""Domains and roles of references that look for a label in all domains."""
CHAPTERS = {"Chapter": "chapter", "Appendix": "appendix", "Section": "section"}


@dataclass(frozen=True)
class ReferenceTarget:
    """Item of the book that a reference leads to."""

    docname: str
    node_id: str
    fact: Fact
    number: str
    """Number as printed; "" for an item without one."""
    name: str
    """Text of the reference, such as "Figure 3.1"; for an item without a number its word alone, or ""."""

    @property
    def title(self) -> str:
        """Title or caption of the item; "" if it has none."""
        return self.fact.title

    def text(self, role: str) -> str:
        """Return what a reference without a text of its own shows; "" if there is nothing to show."""
        if role in ("ref", "myst") and self.fact.figtype in TITLED:
            return self.title or self.name
        return self.name if self.number or not self.title or self.fact.figtype == "" else self.title


def find_target(env: BuildEnvironment, reference: Reference) -> ReferenceTarget | None:
    """Return the target of a reference.

    None for targets that can have neither a number nor a name made by this extension, and for unknown labels.
    """
    domain = numbers_domain(env)
    for place in _places(env, domain, reference):
        fact = domain.fact(*place)
        if fact is not None:
            return target(env, *place, fact)
    return None


def _places(env: BuildEnvironment, domain: NumbersDomain, reference: Reference) -> list[tuple[str, str]]:
    """Return docname and anchor of the label in each table that this kind of reference looks into."""
    label, places = reference.target, []
    standard, equations = env.domains.standard_domain, env.domains.math_domain.equations
    anywhere = (reference.domain, reference.role) in ANYWHERE
    prose = reference.domain == "std" and reference.role in ("ref", "numref")
    if (prose or anywhere) and label.lower() in standard.anonlabels:
        docname, node_id = standard.anonlabels[label.lower()][:2]
        places.append((docname, node_id))
    if (prose or anywhere or reference.domain == "math") and label in equations:
        places.append((equations[label][0], nodes.make_id(f"equation-{label}")))
    if prose or anywhere or reference.domain == "prf":
        places += [place for name in (label, label.lower()) if (place := domain.statements.get(name))][:1]
    return places


def target(env: BuildEnvironment, docname: str, node_id: str, fact: Fact) -> ReferenceTarget:
    """Return the target for ``fact`` on the page ``docname``, with its number and its name."""
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
    """Return the word before the number of a theorem or a related statement, such as "Lemma"."""
    return str(get_translation("proof")(fact.word.title()))


def _solution(env: BuildEnvironment, fact: Fact) -> str:
    """Return "Solution to Exercise 2.1", followed by the exercise's own title in parentheses."""
    word = get_translation("exercise")("Solution to")
    exercise = find_target(env, Reference("std", "ref", fact.of))
    if exercise is None:
        return word
    title = f" ({exercise.title})" if exercise.title else ""
    return f"{word} {exercise.name}{title}"


def citation_label(config: Config, citation: nodes.Element) -> str:
    """Return the label before an entry of a bibliography, "Bel05"; "" if text cites it by author and year.

    A citation written as `.. [BELL05]` has a `docname`, from Sphinx, and text always cites it by its label.
    """
    if "docname" not in citation and str(config.bibtex_reference_style).startswith("author"):
        return ""
    return next((child.astext() for child in citation.children if isinstance(child, nodes.label)), "")


def section_word(number: str) -> str:
    """Return the word before the number of a section; "" without a number."""
    if not number:
        return ""
    return "Section" if "." in number else "Chapter" if number.isdecimal() else "Appendix"
