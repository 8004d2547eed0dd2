"""Divide the book into front, main, appendix and back matter, by the `:matter:` option of toctrees or by position."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.directives.other import TocTree
from sphinx.environment import BuildEnvironment

Matter = Literal["front", "main", "appendix", "back"]
MATTERS: tuple[Matter, ...] = ("front", "main", "appendix", "back")
EVERY_LEVEL = 999  # the depth that Sphinx gives to a bare `:numbered:`


def matter_option(argument: str | None) -> str:
    """Return the argument of `:matter:`. Raise ValueError if it is not one of the four."""
    return directives.choice(argument or "", MATTERS)


BEGINS = "d2lbook_numbers_from"
"""Attribute of a toctree: the number of its first entry, "15" or "C"."""


def begin_option(argument: str | None) -> str:
    """Return the argument of `:numbers-from:`. Raise ValueError if it is not a positive number or capital letters."""
    number = (argument or "").strip()
    if not re.fullmatch(r"[1-9][0-9]{0,5}|[A-Z]{1,3}", number, re.ASCII):
        raise ValueError(f"{number!r} is not the number of a chapter; write one above 0, or the letter of an appendix")
    return number


class MatterTocTree(TocTree):
    """Directive `{toctree}` with two more options, `:matter:` and `:numbers-from:`.

    The main matter and appendices are numbered even without `:numbered:`.
    """

    option_spec: ClassVar[dict[str, Any]] = {
        **(TocTree.option_spec or {}),
        "matter": matter_option,
        "numbers-from": begin_option,
    }

    def run(self) -> list[nodes.Node]:
        matter = self.options.get("matter")
        if matter in ("main", "appendix"):
            self.options.setdefault("numbered", EVERY_LEVEL)
        result = super().run()
        for toctree in (toctree for wrapper in result for toctree in wrapper.findall(addnodes.toctree)):
            if matter is not None:
                toctree["matter"] = matter
            if "numbers-from" in self.options:
                toctree[BEGINS] = self.options["numbers-from"]
        return result


@dataclass(frozen=True)
class Division:
    """Toctree of the root page, with its matter."""

    matter: Matter
    depth: int
    """Number of levels of headings that have numbers; 0 for none."""
    caption: str
    """Title of the part, or ""."""
    docnames: tuple[str, ...]
    """Chapters, in order."""


def divisions(env: BuildEnvironment) -> list[Division]:
    """Return the toctrees of the root page in order, each with its matter: as its option says, or by its position.

    Without the option, numbered toctrees are main matter, those before the first of them front matter, and those after
    the last of them back matter. A book without any numbered toctree is all main matter, without numbers.
    """
    toctrees = root_toctrees(env)
    numbered = [
        index for index, toctree in enumerate(toctrees) if toctree.get("numbered", 0) and "matter" not in toctree
    ]
    numbered += [index for index, toctree in enumerate(toctrees) if toctree.get("matter") == "main"]
    result = []
    for index, toctree in enumerate(toctrees):
        matter = toctree.get("matter")
        if matter is None:
            if not numbered or min(numbered) <= index <= max(numbered):
                matter = "main"
            else:
                matter = "front" if index < min(numbered) else "back"
        depth = toctree.get("numbered", 0) if matter in ("main", "appendix") else 0
        result.append(Division(matter, depth, toctree.get("caption") or "", tuple(entries(env, toctree))))
    return result


def root_toctrees(env: BuildEnvironment) -> list[addnodes.toctree]:
    """Return the toctrees of the root page, in order."""
    toc = env.tocs.get(env.config.root_doc)
    return list(toc.findall(addnodes.toctree)) if toc is not None else []


def entries(env: BuildEnvironment, toctree: addnodes.toctree) -> Sequence[str]:
    """Return the docnames of a toctree's entries, without external addresses and `self`."""
    toctree_entries = cast("list[tuple[str | None, str]]", toctree["entries"])
    return [docname for _title, docname in toctree_entries if docname in env.tocs and docname != env.config.root_doc]
