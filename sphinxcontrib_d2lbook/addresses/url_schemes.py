"""Check which addresses the book may lead its readers to. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
"""Characters of RFC 3986: no spaces, no controls, nothing that browsers read differently from people."""
_NUMBER = re.compile(r"\+?[0-9][0-9().\-]*(?:;[A-Za-z0-9=.\-]+)*")
_POINT = re.compile(r"-?\d+(?:\.\d+)?,-?\d+(?:\.\d+)?(?:,-?\d+(?:\.\d+)?)?(?:;[A-Za-z0-9=.\-]+)*")


def address_problem(address: str) -> str | None:
    """Return what is wrong with an address; None if it is valid.

    Valid are addresses of the web, of mail, of a telephone, or of a place on Earth.
    """
    if not _CHARACTERS.fullmatch(address):
        return "an address has only the ASCII characters of RFC 3986 and no spaces (percent-encode others)"
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname, parts.port
    except ValueError as err:
        return f"it cannot be read: {err}"
    if parts.scheme in ("http", "https"):
        if not host:
            return "it names no host"
        return "it names a user before its host" if "@" in parts.netloc else None
    if parts.scheme == "mailto":
        return None if "@" in parts.path else "a mailto address needs an @"
    if parts.scheme == "tel":
        return None if _NUMBER.fullmatch(parts.path) else "a tel address is a number, such as tel:+44-20-7946-0000"
    if parts.scheme == "geo":
        return (
            None if _POINT.fullmatch(parts.path) else "a geo address is latitude and longitude, such as geo:48.2,16.4"
        )
    return f"its scheme is {parts.scheme or 'missing'}; write one of http, https, mailto, tel, geo"
