"""`{warning-reference}`: what the warnings of one subtype are about."""

from __future__ import annotations

from collections.abc import Iterator

from sphinxcontrib_d2lbook.common import warning_types

from .generated import Generated


class WarningReference(Generated):
    """Argument: the subtype."""

    modules = (warning_types,)

    def text(self) -> Iterator[str]:
        kind = warning_types.Warn(self.arguments[0])
        yield from (kind.meaning, "", "```python")
        yield f'suppress_warnings = ["{warning_types.WARNING_TYPE}.{kind}"]  # silences it'
        yield from ("```", "")
