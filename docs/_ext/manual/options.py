"""`{option-reference}`: the options of one group, from the list that the plugin itself reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from sphinxcontrib_d2lbook.config import GROUPS, Option, option, options

from .generated import Generated

STALE = {
    "env": "all pages are read again.",
    "html": "the website is written again.",
    "": "no page is read again; the outputs are written again.",
}
"""What a change of an option costs, by what `add_config_value` was told."""


class OptionReference(Generated):
    """Argument: the group."""

    modules = (option, options)

    def text(self) -> Iterator[str]:
        group = self.arguments[0]
        if group not in GROUPS:
            raise self.error(f"there is no group {group!r} of options; there are {', '.join(GROUPS)}")
        for one in GROUPS[group]:
            yield from entry(one)


def entry(one: Option) -> Iterator[str]:
    """Yield the entry of an option."""
    yield f":::{{confval}} {one.full_name}"
    yield f":type: {one.type_names}"
    yield f":default: `{python(one.default)}`"
    yield ""
    yield as_code(one.help)
    yield ""
    if one.check:
        yield f"Takes: {as_code(one.check.takes)}."
        yield ""
    yield f"After a change: {STALE[one.rebuild]}"
    yield ""
    yield from ("```python", f"{one.full_name} = {python(one.example)}", "```", ":::", "")


def as_code(text: str) -> str:
    """Return a text in which what stands in quotes, and so is a value, is code."""
    return re.sub(r"""(["'])([^"'`]*)\1""", r'`"\2"`', text)


def python(value: Any) -> str:
    """Return a value as the manual writes it: like `repr`, with double quotes."""
    if isinstance(value, str):
        return f'r"{value}"' if "\\" in value else json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return f"{{{', '.join(f'{python(key)}: {python(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(python, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(python, value))})"
    return repr(value)
