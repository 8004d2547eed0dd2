"""Fill templates of addresses, such as `https://service.example/open/{branch}/{path}`, percent-encoding each value."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from urllib.parse import quote

LAUNCH_FIELDS: Mapping[str, bool] = {
    "repository": False,
    "owner": True,
    "name": False,
    "branch": False,
    "path": True,
    "file": False,
    "published": False,
}
"""Names in the template of a launch service's address, and whether slashes in the value stay slashes."""


def percent_encoded(text: str, *, keep_slashes: bool = False) -> str:
    """Return a text as a part of an address: only letters, digits and `_.-~` stay, and slashes if they are kept."""
    return quote(text, safe="/" if keep_slashes else "")


def fields_of(template: str) -> list[str]:
    """Return the names in braces of a template. Raise ValueError if its braces do not match."""
    names = []
    for _text, name, spec, conversion in Formatter().parse(template):
        if spec or conversion:
            raise ValueError(f"{{{name}}} takes neither a format nor a conversion")
        if name is not None:
            names.append(name)
    return names


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return a template with the values of its fields; "" if one of them is empty. ``values`` are not encoded yet."""
    parts = []
    for text, name, _spec, _conversion in Formatter().parse(template):
        parts.append(text)
        if name is not None:
            value = values[name]
            if not value:
                return ""
            parts.append(percent_encoded(value, keep_slashes=LAUNCH_FIELDS.get(name, False)))
    return "".join(parts)


def launch_template_fault(template: str) -> str | None:
    """Return what is wrong with the template of a launch service's address, or None."""
    try:
        names = fields_of(template)
    except ValueError as err:
        return f"{template!r} is no template of an address: {err}"
    unknown = [name for name in names if name not in LAUNCH_FIELDS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in LAUNCH_FIELDS)
        return f"takes the fields {known} in the address of a service, not {{{unknown[0]}}}"
    if not template.startswith(("https://", "http://", "/")):
        return f"takes addresses of services that begin with https://, http:// or /, not {template!r}"
    return None
