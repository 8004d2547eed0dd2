"""The fonts in the compiled library of Typst are found, whole, and nothing else is taken for one."""

from __future__ import annotations

from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from sphinxcontrib_d2lbook.outputs.paper.compiler import EMBEDDED
from sphinxcontrib_d2lbook.outputs.paper.embedded_fonts import OTHER_NAMES
from sphinxcontrib_d2lbook.upstream.typst_library import font_at, library_fonts


@pytest.fixture(scope="module")
def found() -> list[bytes]:
    return library_fonts()


def test_every_embedded_family_is_found(found: list[bytes]) -> None:
    names = set()
    for data in found:
        with TTFont(BytesIO(data)) as font:
            name = font["name"].getDebugName(16) or font["name"].getDebugName(1)
            names.add(OTHER_NAMES.get(name, name))
            assert len(font.getGlyphOrder()) > 500
    assert names == set(EMBEDDED)


def test_a_font_is_found_anywhere_and_only_whole(found: list[bytes]) -> None:
    data = min(found, key=len)
    assert font_at(b"before" + data + b"after", 6) == data
    for spoiled in (data[:-400], data[:2000] + b"\x01\x02" + data[2002:], b"OTTO\x00\x05" + bytes(200), b"OTTO"):
        assert font_at(spoiled, 0) is None
