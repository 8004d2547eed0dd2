"""Parse sizes of memory and files as people write them."""

from __future__ import annotations

import math
import re

UNITS = {"": 1, "b": 1} | {
    f"{letter}{end}": base**power
    for power, letter in enumerate("kmgt", 1)
    for end, base in (("", 1000), ("b", 1000), ("ib", 1024))
}
SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*")


def parse_size(value: str | float) -> int:
    """Return the number of bytes in "16GB", "512 MiB" or a number; 0 for "".

    Raise ValueError, with the forms that are accepted, for anything else.
    """
    fault = f"{value!r} is not a size; write one such as '16GB', '512MiB' or a number of bytes"
    if isinstance(value, str):
        if not value.strip():
            return 0
        match = SIZE.fullmatch(value)
        if match is None or match[2].lower() not in UNITS:
            raise ValueError(fault)
        return int(float(match[1]) * UNITS[match[2].lower()])
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise ValueError(fault)
    return int(value)
