"""Replace commands and environments of packages and of plain TeX, with one file for each family.

A function takes the arguments of its command off a reader and returns TeX of LaTeX and amsmath, or None to leave the
command as it is. It raises TexError for arguments that it does not know, so that the formula is shown as its source
and never as something else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..tex_tokens import Reader
from . import chemistry, diagrams, physics, plain, units

Command = Callable[[Reader, str], "str | None"]
Environment = Callable[[Reader], str]

COMMANDS: Mapping[str, Command] = {**physics.COMMANDS, **units.COMMANDS, **chemistry.COMMANDS, **plain.COMMANDS}
ENVIRONMENTS: Mapping[str, Environment] = {**plain.ENVIRONMENTS, **diagrams.ENVIRONMENTS}
