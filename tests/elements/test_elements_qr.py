"""Addresses become codes, or are refused with the reason; a code says how large it must be on paper."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.elements.qr_svg import FINEST, QUIET_ZONE, fault, qr_svg, smallest_size
from sphinxcontrib_d2lbook.elements.qrcode import size_option

SVG = "{http://www.w3.org/2000/svg}"


def modules(svg: str) -> set[tuple[int, int]]:
    """The dark modules that the drawing has, without its quiet zone."""
    path = ET.fromstring(svg).find(f"{SVG}path")
    assert path is not None
    found = set()
    for x, y, width, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", path.get("d", "")):
        assert width == back
        found |= {(int(x) + step - QUIET_ZONE, int(y) - QUIET_ZONE) for step in range(int(width))}
    return found


@given(st.from_regex(r"https://example\.org/[a-zA-Z0-9/?&=%.#-]{0,80}", fullmatch=True))
@settings(max_examples=40, deadline=None)
def test_the_drawing_is_the_code(address: str) -> None:
    code = segno.make(address, error="m", boost_error=False, micro=False)
    dark = {(x, y) for y, row in enumerate(code.matrix) for x, value in enumerate(row) if value}
    assert modules(qr_svg(address, "title")) == dark


def test_it_has_error_correction_m_and_a_quiet_zone_of_four() -> None:
    address = "https://example.org/book/linear.html#discussion"
    root = ET.fromstring(qr_svg(address, "t"))
    code = segno.make(address, error="m", boost_error=False, micro=False)
    assert code.error == "M"
    size = str(len(list(code.matrix)) + 8)
    assert root.get("viewBox") == f"0 0 {size} {size}"
    rect = root.find(f"{SVG}rect")
    assert rect is not None
    assert (rect.get("fill"), rect.get("width")) == ("#fff", size)


def test_it_is_the_same_each_time() -> None:
    assert qr_svg("https://example.org/", "t") == qr_svg("https://example.org/", "t")


@given(st.integers(min_value=1, max_value=280))
@settings(max_examples=40, deadline=None)
def test_the_smallest_size_keeps_modules_from_being_too_fine(length: int) -> None:
    address = "https://example.org/" + "a" * length
    count = int(ET.fromstring(qr_svg(address, "t")).get("viewBox", "").split()[2])
    assert smallest_size(address) / count >= FINEST > (smallest_size(address) - 1) / count


@given(st.text(st.characters(blacklist_categories=["Cc", "Cs"], blacklist_characters="\ufffe\uffff"), max_size=40))
@settings(max_examples=60, deadline=None)
def test_a_title_is_only_text(title: str) -> None:
    root = ET.fromstring(qr_svg("https://example.org/", title))
    found = root.find(f"{SVG}title")
    assert found is not None
    assert ((found.text or ""), root.get("aria-label"), len(root)) == (title, title, 3)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("javascript:alert(1)", "scheme is javascript"),
        ("https://example.org/a b", "no spaces"),
        ("https://example.org/" + "a" * 4000, "too many"),
    ],
)
def test_what_is_no_address_for_paper_has_no_code(address: str, reason: str) -> None:
    assert reason in (fault(address) or "")
    with pytest.raises(ValueError, match=re.escape(repr(address))):
        qr_svg(address, "t")


@pytest.mark.parametrize(
    ("text", "millimetres"),
    [("25mm", 25), ("2.5cm", 25), ("1in", 25.4), ("72pt", 25.4), ("96px", 25.4), (" 30mm ", 30)],
)
def test_sizes_are_lengths(text: str, millimetres: float) -> None:
    assert size_option(text) == millimetres


@pytest.mark.parametrize(
    "text", ["", "25", "0mm", "-3mm", "1e9mm", "900cm", "25%", "3mm;color:red", "٣mm", "25\u202emm"]
)
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size"):
        size_option(text)
