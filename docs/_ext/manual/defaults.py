"""`{defaults-reference}`: the extensions and values that a book has where its conf.py is silent."""

from __future__ import annotations

from collections.abc import Iterator, Set

from sphinxcontrib_d2lbook.lifecycle import default_settings

from .generated import Generated
from .options import python


class DefaultsReference(Generated):
    required_arguments = 0
    modules = (default_settings,)

    def text(self) -> Iterator[str]:
        yield from ("```python", "extensions = [")
        yield from (f"    {python(name)}," for name in default_settings.EXTENSIONS)
        yield "]"
        for name, value in default_settings.DEFAULTS.items():
            yield f"{name} = {python(sorted(value) if isinstance(value, Set) else value)}"
        yield from ("```", "")
