"""Use docutils beyond its documented interface, to list the names of all directives and roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .relied import Upstream

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

DOCUTILS = Upstream("docutils", ">=0.21,<0.24")
"""The tests run with 0.22; 0.21 and 0.23 have the same dictionaries."""
LOSS = "a misspelt directive or role gets no hint"


def directive_names(env: BuildEnvironment | None) -> Iterator[str]:
    """Yield the names of all directives, those of domains with their domain: "note", "prf:theorem".

    docutils registers directives in two dictionaries (0.21 to 0.23) and has no function to list them. Without these
    dictionaries, only a hint is lost.
    """
    from docutils.parsers.rst import directives

    yield from _names(directives, "_directive_registry")
    yield from _names(directives, "_directives")
    for name, domain in env.domains.items() if env is not None else ():
        yield from (directive if name == "std" else f"{name}:{directive}" for directive in domain.directives)


def role_names(env: BuildEnvironment | None) -> Iterator[str]:
    """Yield the names of all roles, as `directive_names` does for directives."""
    from docutils.parsers.rst import roles

    yield from _names(roles, "_role_registry")
    yield from _names(roles, "_roles")
    for name, domain in env.domains.items() if env is not None else ():
        yield from (role if name == "std" else f"{name}:{role}" for role in domain.roles)


def _names(module: object, attribute: str) -> Iterator[str]:
    names = getattr(module, attribute, None)
    if isinstance(names, dict):
        yield from names
    else:
        DOCUTILS.do_without(attribute, LOSS)
