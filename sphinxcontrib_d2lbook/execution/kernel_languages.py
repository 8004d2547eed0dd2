"""Find the language of code cells on pages that name only the kernel."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ..notebook import Notebook

PYTHON = {"name": "python", "pygments_lexer": "ipython3"}
"""`language_info` of IPython's own kernel."""


def missing_language(metadata: Mapping[str, Any]) -> dict[str, str] | None:
    """Return the `language_info` that a page lacks and that its cells are highlighted by.

    Return None if the page names its language, or if the kernel that it names is not installed.
    """
    kernel = _mapping(metadata.get("kernelspec"))
    if kernel.get("language") or _mapping(metadata.get("language_info")).get("name"):
        return None
    name = str(kernel.get("name", "python3"))
    return PYTHON if name.startswith(("python", "ipython")) else _kernel_language(name)


def lacks_language(page: Notebook) -> bool:
    """Check whether a page has code, does not name its language, and its kernel does."""
    return page.executable and bool(page.code_cells) and missing_language(page.metadata) is not None


@lru_cache(maxsize=64)
def _kernel_language(name: str) -> dict[str, str] | None:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel  # here, because few pages have other kernels

    try:
        language = KernelSpecManager().get_kernel_spec(name).language
    except NoSuchKernel:
        return None
    return {"name": language.lower()} if language else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
