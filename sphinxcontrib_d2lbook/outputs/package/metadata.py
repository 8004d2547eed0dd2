"""Generate the files of the distribution beside the package: pyproject.toml, readme, licence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...library.requirements import Requirement

REQUIRES_PYTHON = ">=3.11"


@dataclass(frozen=True)
class DistributionMetadata:
    """Metadata of the distribution, for pyproject.toml."""

    name: str
    version: str
    package: str
    default_module: str
    """Module that `import package` shows; "" for the package itself."""
    title: str
    """Title of the book."""
    site: str
    """Address of the book, or ""."""
    author: str
    requirements: tuple[Requirement, ...]
    licenses: Mapping[str, bytes]
    """Contents of the licence files, by name."""


def licenses_in(folder: Path) -> dict[str, bytes]:
    """Return the book's licence files. Raise OSError if one cannot be read."""
    paths = [path for pattern in ("LICENSE*", "LICENCE*", "COPYING*") for path in sorted(folder.glob(pattern))]
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


def staged_files(distribution: DistributionMetadata, modules: Mapping[str, str]) -> dict[str, bytes]:
    """Return the contents of the whole source tree by path, with ``modules`` in the package's folder."""
    files = {f"{distribution.package}/{name}": text.encode("utf-8") for name, text in modules.items()}
    files["pyproject.toml"] = pyproject(distribution).encode("utf-8")
    files["README.md"] = readme(distribution).encode("utf-8")
    return files | dict(distribution.licenses)


def quoted(text: str) -> str:
    """Return a basic string of TOML, with the escapes of JSON and one for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def pyproject(distribution: DistributionMetadata) -> str:
    """Return a pyproject.toml for hatchling that depends on nothing around the folder, such as version control."""
    title = " ".join(distribution.title.split())
    lines = [
        "[build-system]",
        'requires = ["hatchling"]',
        'build-backend = "hatchling.build"',
        "",
        "[project]",
        f"name = {quoted(distribution.name)}",
        f"version = {quoted(distribution.version)}",
        f"description = {quoted(f'The code that {title} teaches and saves.')}",
        'readme = "README.md"',
        f"requires-python = {quoted(REQUIRES_PYTHON)}",
        f"license-files = [{', '.join(map(quoted, sorted(distribution.licenses)))}]",
        'classifiers = ["Programming Language :: Python :: 3", "Typing :: Typed"]',
        "dependencies = [",
        *(f"    {quoted(str(requirement))}," for requirement in distribution.requirements),
        "]",
    ]
    if distribution.author:
        lines.append(f"authors = [{{ name = {quoted(' '.join(distribution.author.split()))} }}]")
    if distribution.site:
        lines += ["", "[project.urls]", f"Book = {quoted(distribution.site)}"]
    lines += [
        "",
        "[tool.hatch.build]",
        "ignore-vcs = true",
        "",
        "[tool.hatch.build.targets.wheel]",
        f"packages = [{quoted(distribution.package)}]",
    ]
    return "\n".join(lines) + "\n"


def readme(distribution: DistributionMetadata) -> str:
    """Return the README.md of the distribution."""
    title = " ".join(distribution.title.split())
    book = f"[{_markdown(title)}](<{distribution.site}>)" if distribution.site else _markdown(title)
    package = distribution.package
    use = f"from {package} import {distribution.default_module} as {package}" if distribution.default_module else ""
    return (
        f"# {distribution.name}\n\nThe code that {book} teaches and saves. "
        "It is generated from the pages of the book; each docstring says where it is explained.\n\n"
        f"```python\n{use or f'import {package}'}\n```\n"
    )


def _markdown(text: str) -> str:
    return "".join(f"\\{char}" if char in r"\`*_{}[]<>#|~!&" else char for char in text)
