"""Which addresses the book leads readers to, and which it refuses."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.addresses.url_schemes import address_problem


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "http://localhost:8000/x?a=1&b=2#c",
        "mailto:someone@example.org",
        "HTTPS://EXAMPLE.ORG/A",
        "https://[2001:db8::1]/x",
        "tel:+44-20-7946-0000",
        "tel:112",
        "geo:48.2010,16.3695,183",
        "geo:-33.8,151.2;u=35",
    ],
)
def test_addresses_that_are_sound(address: str) -> None:
    assert address_problem(address) is None


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("javascript:alert(1)", "scheme is javascript"),
        ("JaVaScRiPt:alert(1)", "scheme is javascript"),
        ("\x01javascript:alert(1)", "ASCII"),
        (" javascript:alert(1)", "no spaces"),
        ("java\tscript:alert(1)", "ASCII"),
        ("java\nscript:alert(1)", "ASCII"),
        ("data:text/html,x", "scheme is data"),
        ("DATA:text/html;base64,eA==", "scheme is data"),
        ("vbscript:x", "scheme is vbscript"),
        ("file:///etc/passwd", "scheme is file"),
        ("//example.org/x", "scheme is missing"),
        ("example.org", "scheme is missing"),
        ("https:///path", "no host"),
        ("https:example.org", "no host"),
        ("https://[bad", "cannot be read"),
        ("https://example.org:port/", "cannot be read"),
        ("https://example.org@evil.example/", "a user before its host"),
        ("https://example.org\\@evil.example/", "RFC 3986"),
        ("https://example.org/<script>", "RFC 3986"),
        ('https://example.org/"onclick="x', "RFC 3986"),
        ("https://example.org/\u202ex", "ASCII"),
        ("https://example.org/é", "ASCII"),
        ("https://example.org/\nx", "ASCII"),
        ("mailto:nobody", "needs an @"),
        ("tel:call-me", "is a number"),
        ("geo:here", "latitude and longitude"),
        ("", "ASCII"),
    ],
)
def test_addresses_that_are_refused(address: str, reason: str) -> None:
    assert reason in (address_problem(address) or "")


@given(st.text(max_size=60))
@example("http://[")
@example("javascript://example.org/%0aalert(1)")
def test_what_passes_begins_with_a_scheme_that_browsers_do_not_run(address: str) -> None:
    if address_problem(address) is None:
        assert address.lower().startswith(("http://", "https://", "mailto:", "tel:", "geo:"))
