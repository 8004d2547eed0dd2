"""Read the options of conf.py that name the package, its distribution and its version."""

from __future__ import annotations

import re
import sys
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from ..common.errors import BookError
from ..config.frameworks import frameworks
from ..notebook.save_marks import MarkGrammar, default_patterns
from .collect import PackageNames
from .render import About


def package_name(config: Any) -> str:
    """Return `d2lbook_package`, or an identifier made of the project's name if that is empty."""
    if config.d2lbook_package:
        return str(config.d2lbook_package)
    name = "_".join(re.findall(r"[a-z0-9]+", config.project.lower())) or "book"
    if name in sys.stdlib_module_names or not name.isidentifier():
        name = f"book_{name}"
    return name


def distribution_name(config: Any) -> str:
    """Return `d2lbook_distribution`, or the package's name followed by `-book` if that is empty."""
    return str(config.d2lbook_distribution or package_name(config).replace("_", "-").strip("-") + "-book")


def about(config: Any) -> About:
    modules = tuple((name, item.module) for name, item in frameworks(config).items())
    names = PackageNames(package_name(config), config.d2lbook_default_module, modules)
    return About(config.project, version(config), names)


def version(config: Any) -> str:
    """Return the book's version as conf.py writes it; "0" if it has none."""
    return str(config.release or config.version or "0")


def grammar(config: Any) -> MarkGrammar:
    """Return the patterns of marks: `d2lbook_save_marks`, or the defaults if that is empty."""
    return MarkGrammar(tuple(config.d2lbook_save_marks) or default_patterns(package_name(config)))


def wheel_name(config: Any) -> str:
    """Return the file name of the package's wheel. Raise BookError if the book's version is invalid for a package."""
    return f"{archive_stem(config)}-py3-none-any.whl"


def archive_stem(config: Any) -> str:
    """Return the stem of the names of wheel and sdist: `d2lbook_mxnet-0.1.0`. Raise BookError as `package_version`."""
    name = canonicalize_name(distribution_name(config)).replace("-", "_")
    return f"{name}-{package_version(config)}"


def package_version(config: Any) -> str:
    """Return the book's version, normalised as in packages. Raise BookError if it is invalid."""
    try:
        return str(Version(version(config)))
    except InvalidVersion as err:
        raise BookError(
            f"conf.py: release = {version(config)!r} is no version that a package can have; write one such as '1.2.0'"
        ) from err
