"""What the build and the client tell each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...model import Failure, Leftover, Result, Task


@dataclass(frozen=True)
class Request:
    """What the build asks of the client; a pickled file."""

    address: str
    tasks: list[Task]
    timeout: float
    """Seconds to reach the scheduler, and to wait for workers."""
    lease: float
    """Seconds that workers go on without word from the client."""


def result_of(value: Mapping[str, Any]) -> Result:
    """A result from its JSON."""
    failure = value["failure"]
    return Result(
        **{
            **value,
            "failure": Failure(**failure) if failure else None,
            "writes": tuple(value["writes"]),
            "leftovers": tuple(Leftover(**left) for left in value["leftovers"]),
        }
    )
