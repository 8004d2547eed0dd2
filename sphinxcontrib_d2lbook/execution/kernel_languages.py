"""The language of code cells, where a page names only the kernel."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

from ..notebook import Notebook

PYTHON = {"name": "python", "pygments_lexer": "ipython3"}
"""As IPython's own kernel describes itself."""


def missing_language(metadata: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the `language_info` that a page lacks, by which its cells are highlighted.

    None where the page says what its language is, and where no kernel of the name that it gives is installed.
    """
    kernel = _mapping(metadata.get("kernelspec"))
    if kernel.get("language") or _mapping(metadata.get("language_info")).get("name"):
        return None
    name = str(kernel.get("name", "python3"))
    return PYTHON if name.startswith(("python", "ipython")) else _of_kernel(name)


def lacks_language(page: Notebook) -> bool:
    """Return whether a page has code and does not say in which language, and its kernel tells."""
    return page.executable and bool(page.code_cells) and missing_language(page.metadata) is not None


@lru_cache(maxsize=64)
def _of_kernel(name: str) -> dict[str, str] | None:
    try:
        language = KernelSpecManager().get_kernel_spec(name).language
    except NoSuchKernel:
        return None
    return {"name": language.lower()} if language else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
