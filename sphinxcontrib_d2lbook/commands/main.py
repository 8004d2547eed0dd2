"""The command `sphinx-d2lbook`: its line, its exit codes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sphinx.errors import SphinxError

from . import labels, numbers, package, why


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="sphinx-d2lbook", description="What is not a build, for books made with d2lbook."
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    _add_package(commands)
    _add_why(commands)
    _add_numbers(commands)
    _add_labels(commands)
    return top


def _add_package(commands: Any) -> None:
    command = commands.add_parser(
        "package",
        help="compare the committed package with the pages, or write it",
        description="Exit code 0: the package is what the pages give. 1: it is not. 2: the book was refused.",
    )
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", action="store_true", help="say where the package is not what the pages give")
    what.add_argument("--write", action="store_true", help="write the package, as a build does")
    _add_folders(command)
    command.add_argument("source", nargs="?", default="", help="folder of the pages (default: book/, else conf.py's)")
    command.set_defaults(
        run=lambda options, folder, source: (package.write if options.write else package.check)(folder, source)
    )


def _add_why(commands: Any) -> None:
    command = commands.add_parser(
        "why",
        help="say whether a build would run a page, and why",
        description="Exit code 0: none of the pages would run. 1: some would. 2: the book was refused.",
    )
    command.add_argument("pages", nargs="*", metavar="page", help="a page, as toctrees or the shell name it; or all")
    command.add_argument("-b", "--build-dir", default="", help="folder given to sphinx-build -M (default: _build)")
    command.add_argument("-s", "--source", default="", help="folder of the pages (default: book/, else conf.py's)")
    _add_folders(command)
    command.set_defaults(
        run=lambda options, folder, source: why.why(
            folder, source, Path(options.build_dir).resolve() if options.build_dir else folder / "_build", options.pages
        )
    )


def _add_numbers(commands: Any) -> None:
    command = commands.add_parser(
        "numbers",
        help="say which numbers are not those of an older edition",
        description="Exit code 0: every number is what it was. 1: something moved. 2: a file cannot be read.",
    )
    command.add_argument("--against", required=True, metavar="OLD", help="the numbers.json of the older edition")
    command.add_argument("--new", default="", help="that of the newer one (default: of the last -M book)")
    command.add_argument("--json", action="store_true", help="as JSON, for programs")
    command.add_argument("-b", "--build-dir", default="", help="folder given to sphinx-build -M (default: _build)")
    _add_folders(command)
    command.set_defaults(
        without_book=True,
        source="",
        run=lambda options, folder, source: numbers.compare(
            Path(options.against),
            Path(options.new or Path(options.build_dir or folder / "_build") / "book" / "numbers.json"),
            as_json=options.json,
        ),
    )


def _add_labels(commands: Any) -> None:
    command = commands.add_parser(
        "labels",
        help="list sections without a label, or give them one",
        description="Exit code 0: every section has a label. 1: some have none. 2: the book was refused, or a page.",
    )
    command.add_argument("--write", action="store_true", help="write the labels into the sources")
    command.add_argument("pages", nargs="*", metavar="page", help="a page, as toctrees or the shell name it; or all")
    command.add_argument("-s", "--source", default="", help="folder of the pages (default: book/, else conf.py's)")
    _add_folders(command)
    command.set_defaults(
        run=lambda options, folder, source: labels.label(folder, source, options.pages, write=options.write)
    )


def _add_folders(command: argparse.ArgumentParser) -> None:
    command.add_argument("-c", "--conf-dir", default=".", help="folder of conf.py (default: the current one)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0: all well, 1: it found something, 2: it could not do its work."""
    options = parser().parse_args(arguments)
    folder = Path(options.conf_dir).resolve()
    if not (folder / "conf.py").is_file() and "without_book" not in options:
        print(
            f"{options.conf_dir}: there is no conf.py; run this where it lies, or name its folder by -c",
            file=sys.stderr,
        )
        return 2
    source = Path(options.source).resolve() if options.source else folder / "book"
    if not options.source and not source.is_dir():
        source = folder
    try:
        code: int = options.run(options, folder, source)
    except SphinxError as err:
        print(f"{err.category}: {err}", file=sys.stderr)
        return 2
    return code
