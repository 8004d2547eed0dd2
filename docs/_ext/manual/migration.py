"""`{migration-reference}`: what becomes of each key of `_config.yml`."""

from __future__ import annotations

from collections.abc import Iterator

from sphinxcontrib_d2lbook.commands.migrate import config

from .generated import Generated


class MigrationReference(Generated):
    required_arguments = 0
    modules = (config,)

    def text(self) -> Iterator[str]:
        yield from ("| in `_config.yml` | in `conf.py` |", "| --- | --- |")
        yield from (f"| `{key.name}` | {key.becomes} |" for key in config.KEYS)
        yield ""
