"""`{warning-reference}`: what the warnings of one subtype are about."""

from __future__ import annotations

from collections.abc import Iterator

from sphinxcontrib_d2lbook import log

from .generated import Generated


class WarningReference(Generated):
    """Argument: the subtype."""

    modules = (log,)

    def text(self) -> Iterator[str]:
        kind = log.Warn(self.arguments[0])
        yield from (kind.meaning, "", "```python")
        yield f'suppress_warnings = ["{log.WARNING_TYPE}.{kind}"]  # silences it'
        yield from ("```", "")
