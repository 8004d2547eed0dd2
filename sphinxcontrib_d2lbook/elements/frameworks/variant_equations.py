"""Let variants of several frameworks have equations with the same label, of which the first stands for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from docutils import nodes
from sphinx.environment import BuildEnvironment

_labels: WeakKeyDictionary[nodes.document, dict[str, set[str]]] = WeakKeyDictionary()
"""Document that is being read -> labels of equations in its variants, each with the frameworks that have it."""


@contextmanager
def variant_equations(
    document: nodes.document, env: BuildEnvironment, frameworks: Sequence[str]
) -> Iterator[Callable[[Sequence[nodes.Node]], None]]:
    """Read a variant for ``frameworks``, in which labels of equations of other frameworks are free.

    Sphinx keeps one equation for each label. Call the result with the content of the variant: an equation whose label
    another variant has gets a label of its own, which no author writes, and the label is again that of the first.
    """
    known = _labels.setdefault(document, {})
    equations = env.domains.math_domain.equations
    free = [label for label, others in known.items() if not others.intersection(frameworks)]
    kept = {label: (equations.pop(label), document.ids.pop(_anchor(label))) for label in free if label in equations}

    def note(content: Sequence[nodes.Node]) -> None:
        blocks = [node for item in content for node in item.findall(nodes.math_block) if "label" in node]
        for block in blocks:
            label = str(block["label"])
            known.setdefault(label, set()).update(frameworks)
            if label in kept:
                _rename(document, equations, block, content, f"{label}:{frameworks[0]}")

    try:
        yield note
    finally:
        for label, (equation, node) in kept.items():
            equations[label] = equation
            document.ids[_anchor(label)] = node


def _anchor(label: str) -> str:
    return nodes.make_id(f"equation-{label}")


def _rename(
    document: nodes.document,
    equations: dict[str, Any],
    block: nodes.math_block,
    content: Sequence[nodes.Node],
    label: str,
) -> None:
    """Give an equation, and the target above it, another label."""
    old = str(block["label"])
    block["label"] = label
    equations[label] = equations.pop(old)
    document.ids.pop(_anchor(old), None)
    for item in content:
        for node in item.findall(nodes.Element):
            if _anchor(old) in node["ids"]:
                node["ids"] = [_anchor(label) if one == _anchor(old) else one for one in node["ids"]]
                document.ids[_anchor(label)] = node
