"""`{command-reference}`: a command of `sphinx-d2lbook`, from its own parser."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from sphinxcontrib_d2lbook.commands import main

from .generated import Generated

WIDTH = 72
"""Characters of a line of usage."""


class CommandReference(Generated):
    """Argument: the command, such as `forum sync`."""

    final_argument_whitespace = True
    modules = (main,)

    def text(self) -> Iterator[str]:
        known = commands(main.parser())
        name = self.arguments[0]
        if name not in known:
            raise self.error(f"there is no command {name!r}; there are {', '.join(known)}")
        yield from entry(name, known[name])


def commands(parser: argparse.ArgumentParser, prefix: str = "") -> dict[str, argparse.ArgumentParser]:
    """Return the commands below a parser by name, those that have commands of their own left out."""
    found: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:  # argparse shows its arguments in no other way
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                found |= commands(command, f"{prefix}{name} ") or {prefix + name: command}
    return found


def entry(name: str, command: argparse.ArgumentParser) -> Iterator[str]:
    """Yield usage, description, arguments and example of a command."""
    command.formatter_class = lambda prog: argparse.HelpFormatter(prog, width=WIDTH)
    yield from ("```text", command.format_usage().removeprefix("usage: ").rstrip(), "```", "")
    yield from (command.description or "", "")
    yield from (f":::{{program}} sphinx-d2lbook {name}", ":::", "")
    for action in command._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        metavar = action.metavar or action.dest.upper()
        values = " ".join(metavar) if isinstance(metavar, tuple) else metavar
        takes = f" {values}" if action.nargs != 0 else ""
        names = ", ".join(f"{option}{takes}" for option in action.option_strings) or values
        yield from (f":::{{option}} {names}", "", f"{sentence(action.help or '')}", ":::", "")
    yield from ("```bash", (command.epilog or "").removeprefix("Example: "), "```", "")


def sentence(text: str) -> str:
    """Return a help text, which argparse wants without capital and full stop, as a sentence."""
    return f"{text[:1].upper()}{text[1:]}." if text else ""
