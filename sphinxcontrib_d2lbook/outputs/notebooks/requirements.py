"""What the notebooks need: every distribution with its version, complete, so that nothing is resolved anew."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from ...library.closure import Pin

KERNEL = "ipykernel"
"""What runs a notebook, whatever is in it."""


def python_version() -> str:
    """The Python that makes the book: "3.11"."""
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def requirements_text(book: str, pins: Iterable[Pin], wheel: str | None) -> str:
    """A requirements.txt: the same versions on the same Python, these or newer ones on another."""
    python = python_version()
    lines = [
        f"# What the notebooks of {book} need, complete; made with Python {python}.",
        "# Run in this folder:  python -m pip install --no-deps -r requirements.txt",
    ]
    if wheel:
        lines.append(f"./{wheel}")
    for pin in pins:
        lines.append(f'{pin} ; python_version == "{python}"')
        lines.append(f'{pin.name}>={pin.version} ; python_version != "{python}"')
    return "\n".join(lines) + "\n"


def environment_text(name: str) -> str:
    """An environment.yml for conda, beside the requirements.txt that it refers to."""
    return "\n".join(
        [
            f"name: {name}",
            "channels:",
            "  - conda-forge",
            "dependencies:",
            f"  - python={python_version()}",
            "  - pip",
            "  - pip:",
            "      - -r requirements.txt",
            "",
        ]
    )
