"""`{environment-reference}`: the variables that every kernel has."""

from __future__ import annotations

from collections.abc import Iterator

from sphinxcontrib_d2lbook.execution import plan

from .generated import Generated


class EnvironmentReference(Generated):
    required_arguments = 0
    modules = (plan,)

    def text(self) -> Iterator[str]:
        yield "```text"
        yield from (f"{name}={value}" for name, value in plan.FIXED_ENVIRONMENT.items())
        yield from ("```", "")
