"""Draw charts of Vega and Vega-Lite, as Altair writes them, without a browser or a network."""

from __future__ import annotations

import importlib
from typing import Any

from .recognition import VEGA_LITE


def drawn(mode: str, specification: Any) -> str:
    """Return the SVG that vl-convert makes of a chart; "" if it is not installed, or cannot draw it.

    ``mode`` is the language of the specification; other modes than Vega and Vega-Lite give "".
    """
    if not mode:
        return ""
    try:
        converter = importlib.import_module("vl_convert")
    except ImportError:
        return ""
    convert = converter.vegalite_to_svg if mode == VEGA_LITE else converter.vega_to_svg
    try:
        svg: str = convert(specification, allowed_base_urls=[])
    except ValueError:  # raised by vl-convert for a specification that cannot be drawn
        return ""
    return svg
