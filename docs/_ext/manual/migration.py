"""`{migration-reference}`: what becomes of each setting of another tool."""

from __future__ import annotations

from collections.abc import Iterator

from sphinxcontrib_d2lbook.commands.migrate import config_file
from sphinxcontrib_d2lbook.commands.migrate.d2lbook import config_keys, inline_markup
from sphinxcontrib_d2lbook.commands.migrate.notebooks import known_settings as notebooks

from .generated import Generated


class MigrationReference(Generated):
    """Argument: the table, one of `TABLES`."""

    modules = (config_file, config_keys, inline_markup, notebooks)

    def text(self) -> Iterator[str]:
        name = self.arguments[0]
        if name not in TABLES:
            raise self.error(f"there is no table {name!r}; there are {', '.join(TABLES)}")
        title, rows = TABLES[name]
        yield from (f"| {title[0]} | {title[1]} |", "| --- | --- |")
        yield from (f"| {cell(first)} | {second} |" for first, second in rows)
        yield ""


def cell(text: str) -> str:
    return f"`{text}`"


TABLES = {
    "jupyter-book": (("in `_config.yml`", "in `conf.py`"), [(key.name, key.becomes) for key in config_file.KEYS]),
    "d2lbook": (("in `config.ini`", "in `conf.py`"), [(key.shown, key.becomes) for key in config_keys.KEYS]),
    "d2lbook-roles": (
        ("in the pages", "becomes"),
        [(f":{old}:", f"`{{{new}}}`") for old, new in inline_markup.ROLES.items()],
    ),
    "extensions": (("in `extensions`", "becomes"), list(notebooks.EXTENSIONS.items())),
    "nbsphinx": (("in `conf.py`", "becomes"), [(one.name, one.becomes) for one in notebooks.NBSPHINX]),
    "myst-nb": (
        ("in `conf.py`", "becomes"),
        [*((one.name, one.becomes) for one in notebooks.MYST_NB), *notebooks.KEPT.items()],
    ),
}
