"""Define the command line of `sphinx-d2lbook` and its exit codes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sphinx.errors import SphinxError

from . import addresses, deploy, doctor, forum, labels, migrate, new, numbers, package, preview, printing, publish, why

NO_BOOK = {"without_book": True, "conf_dir": ".", "source": ""}
"""Options of a command that needs no book with a conf.py."""


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="sphinx-d2lbook", description="Commands beside builds, for books made with sphinxcontrib-d2lbook."
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    _add_new(commands)
    _add_migrate(commands)
    _add_preview(commands)
    _add_deploy(commands)
    _add_publish(commands)
    _add_package(commands)
    _add_why(commands)
    _add_forum(commands)
    _add_addresses(commands)
    _add_numbers(commands)
    _add_printing(commands)
    _add_labels(commands)
    _add_doctor(commands)
    return top


def _add_new(commands: Any) -> None:
    command = commands.add_parser(
        "new",
        help="begin a book that builds in all outputs",
        epilog="Example: sphinx-d2lbook new tales --package none",
        description="Asks on a terminal for what is not given. Exit code 0: the book is written. 2: something is in the"
        " way, or an answer is impossible.",
    )
    command.add_argument("folder", help="folder of the new book; it must be empty, or not there yet")
    for question in new.QUESTIONS:
        command.add_argument(f"--{question.name}", metavar=question.name.upper(), help=question.text)
    command.add_argument(
        "--deploy",
        choices=[*deploy.HOSTS, new.NONE],
        default=deploy.HOSTS[0],
        help="write the files by which this service builds and publishes the book (default: github)",
    )
    command.add_argument("-y", "--yes", action="store_true", help="ask nothing, take the default of what is not given")
    command.set_defaults(
        **NO_BOOK,
        run=lambda options, folder, source: new.new(
            Path(options.folder), vars(options), ask=sys.stdin.isatty() and not options.yes, host=options.deploy
        ),
    )


def _add_migrate(commands: Any) -> None:
    command = commands.add_parser(
        "migrate",
        help="move a book of Jupyter Book 1, d2lbook, nbsphinx or MyST-NB here, or say what would become of it",
        epilog="Example: sphinx-d2lbook migrate my-book --write my-new-book",
        description="Without --write nothing is written. Exit code 0: all has an equivalent. 1: the author must decide"
        " something; the report says what. 2: it is no such book, or something is in the way.",
    )
    command.add_argument("folder", help="folder of the book, with _config.yml and _toc.yml, config.ini or conf.py")
    command.add_argument(
        "--write", metavar="TARGET", help="write the book to this new folder, or to FOLDER itself if git is clean there"
    )
    command.add_argument(
        "--framework",
        default="",
        metavar="NAME",
        help="of a book of d2lbook with several frameworks, the one that is kept, or `all` (default: the first)",
    )
    command.set_defaults(
        **NO_BOOK,
        run=lambda options, folder, source: migrate.migrate(
            Path(options.folder), Path(options.write) if options.write else None, options.framework
        ),
    )


def _add_preview(commands: Any) -> None:
    command = commands.add_parser(
        "preview",
        help="show the website, and build it again with each edit",
        epilog="Example: sphinx-d2lbook preview --pdf",
        description="Serves the book to browsers of this machine until it is interrupted (Ctrl-C). Exit code 0: it was"
        " interrupted. 2: it could not begin.",
    )
    command.add_argument("--port", type=int, default=8000, help="port, 0 for any that is free (default: 8000)")
    command.add_argument("--pdf", action="store_true", help="build the PDF, too, and show it beside the page")
    command.add_argument("--open", action="store_true", help="open a browser")
    _add_book(command)
    command.set_defaults(
        run=lambda options, folder, source: preview.preview(
            folder, source, _build(options, folder), port=options.port, pdf=options.pdf, open_browser=options.open
        )
    )


def _add_deploy(commands: Any) -> None:
    command = commands.add_parser(
        "deploy",
        help="write the files by which a service builds and publishes the book",
        epilog="Example: sphinx-d2lbook deploy gitlab",
        description="Writes beside conf.py, and overwrites nothing. Exit code 0: the files are there. 2: another file"
        " is in the way.",
    )
    command.add_argument("host", choices=deploy.HOSTS, help="the service: GitHub, GitLab, Netlify or Read the Docs")
    command.add_argument("-s", "--source", default="", help="folder of the pages (default: book/, else conf.py's)")
    _add_folders(command)
    command.set_defaults(run=lambda options, folder, source: deploy.deploy(folder, source, options.host))


def _add_publish(commands: Any) -> None:
    what = commands.add_parser("publish", help="put what was built where readers find it").add_subparsers(
        dest="what", required=True, metavar="what"
    )
    command = what.add_parser(
        "notebooks",
        help="put the readers' notebooks, their data and their environment on a branch of a repository",
        epilog="Example: sphinx-d2lbook publish notebooks --branch notebooks --dry-run",
        description="Publishes what `sphinx-build -M book` has written, and refuses it if a build would write something"
        " else now. The author's files and branches stay as they are. Exit code 0: the branch has the notebooks."
        " 2: it has not.",
    )
    command.add_argument(
        "--repository",
        default="",
        metavar="PLACE",
        help="address, path, or name of a remote (default: that of d2lbook_launch if its content is notebooks, else"
        " origin)",
    )
    command.add_argument("--branch", default="", help="branch (default: that of d2lbook_launch, else notebooks)")
    command.add_argument("-m", "--message", default="", help="message of the commit (default: what the commit has)")
    command.add_argument("--dry-run", action="store_true", help="say what would change, and push nothing")
    command.add_argument(
        "--squash", action="store_true", help="replace the history of the branch by one commit, which keeps it small"
    )
    _add_book(command)
    command.set_defaults(
        run=lambda options, folder, source: publish.publish_notebooks(
            folder,
            source,
            _build(options, folder),
            publish.Destination(options.repository, options.branch),
            message=options.message,
            dry_run=options.dry_run,
            squash=options.squash,
        )
    )


def _add_package(commands: Any) -> None:
    command = commands.add_parser(
        "package",
        help="compare the committed package with the pages, or write it",
        epilog="Example: sphinx-d2lbook package --check",
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
        epilog="Example: sphinx-d2lbook why --inputs preliminaries/autograd",
        description="Exit code 0: none of the pages would run. 1: some would. 2: the book was refused.",
    )
    command.add_argument("pages", nargs="*", metavar="page", help="a page, as toctrees or the shell name it; or all")
    command.add_argument(
        "--inputs",
        action="store_true",
        help="list all on which a page depends as well: code, saved blocks, modules, files, distributions, settings,"
        " variables, and what the last run saw of them",
    )
    command.add_argument("--json", action="store_true", help="print JSON, for programs")
    _add_book(command)
    command.set_defaults(
        run=lambda options, folder, source: why.why(
            folder, source, _build(options, folder), options.pages, inputs=options.inputs, as_json=options.json
        )
    )


def _add_forum(commands: Any) -> None:
    what = commands.add_parser("forum", help="work with the forum of the book").add_subparsers(
        dest="what", required=True, metavar="what"
    )
    command = what.add_parser(
        "sync",
        help="show what the forum lacks of the book's discussions, or make it",
        epilog="Example: sphinx-d2lbook forum sync --apply",
        description=f"Shows what it would do, and writes nothing, unless --apply is given. {forum.KEYS} Exit code 0:"
        " all well. 1: the forum refused some sections. 2: it could not be used. 130: interrupted; run it again.",
    )
    command.add_argument("--apply", action="store_true", help="create and rename topics, and write the topic map")
    command.add_argument("--remap", action="store_true", help="the forum is another one: look all topics up again")
    _add_book(command)
    command.set_defaults(
        run=lambda options, folder, source: forum.sync(
            folder, source, _build(options, folder), apply=options.apply, remap=options.remap
        )
    )


def _add_addresses(commands: Any) -> None:
    command = commands.add_parser(
        "addresses",
        help="compare the list of published addresses with the book, or add to it",
        epilog="Example: sphinx-d2lbook addresses --retire sec_old sec_new",
        description="Exit code 0: the list is complete. 1: it lacks something, or promises what is gone. 2: refused.",
    )
    what = command.add_mutually_exclusive_group()
    what.add_argument("--publish", action="store_true", help="add every address of the book that is not in the list")
    what.add_argument(
        "--retire", nargs=2, metavar=("OLD", "NEW"), help="let the address of a label that is gone lead to another"
    )
    _add_book(command)
    command.set_defaults(run=_run_addresses)


def _run_addresses(options: argparse.Namespace, folder: Path, source: Path) -> int:
    if options.retire:
        return addresses.retire(folder, source, *options.retire)
    return (addresses.publish if options.publish else addresses.compare)(folder, source, _build(options, folder))


def _add_numbers(commands: Any) -> None:
    command = commands.add_parser(
        "numbers",
        help="list the numbers that differ from an older edition",
        epilog="Example: sphinx-d2lbook numbers --against first-edition/numbers.json",
        description="Exit code 0: every number is what it was. 1: something moved. 2: a file cannot be read.",
    )
    command.add_argument("--against", required=True, metavar="OLD", help="the numbers.json of the older edition")
    command.add_argument(
        "--new", default="", help="the numbers.json of the newer edition (default: that of the last -M book)"
    )
    command.add_argument("--json", action="store_true", help="print JSON, for programs")
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


def _add_printing(commands: Any) -> None:
    command = commands.add_parser(
        "printing",
        help="record the state of the book that goes to print, for its errata",
        epilog="Example: sphinx-d2lbook printing 2026-11",
        description="Writes printings/NAME.json beside conf.py, from the last build. Exit code 0: it is written. 2: the"
        " last build is out of date, or there is another record of this name.",
    )
    command.add_argument("name", help="name of the printing, such as 2026-11")
    command.add_argument("--replace", action="store_true", help="replace the record of this name")
    _add_book(command)
    command.set_defaults(
        run=lambda options, folder, source: printing.record(
            folder, source, _build(options, folder), options.name, replace=options.replace
        )
    )


def _add_labels(commands: Any) -> None:
    command = commands.add_parser(
        "labels",
        help="list sections without a label, or give them one",
        epilog="Example: sphinx-d2lbook labels --write preliminaries/autograd",
        description="Exit code 0: every section has a label. 1: some have none. 2: the book was refused, or a page.",
    )
    command.add_argument("--write", action="store_true", help="write the labels into the sources")
    command.add_argument(
        "pages",
        nargs="*",
        metavar="page",
        help="a page, as toctrees or the shell name it; or all. `page:12` is only the section at"
        " line 12, or in a notebook at cell 12",
    )
    command.add_argument("-s", "--source", default="", help="folder of the pages (default: book/, else conf.py's)")
    _add_folders(command)
    command.set_defaults(
        run=lambda options, folder, source: labels.label(folder, source, options.pages, write=options.write)
    )


def _add_doctor(commands: Any) -> None:
    command = commands.add_parser(
        "doctor",
        help="say what is installed, what the book needs besides, and which settings contradict each other",
        epilog="Example: sphinx-d2lbook doctor --json",
        description="A report of a fault should contain what it prints. Exit code 0: all is well. 1: something needs"
        " attention.",
    )
    command.add_argument("--json", action="store_true", help="print JSON, for programs")
    command.add_argument("-s", "--source", default="", help="folder of the pages (default: book/, else conf.py's)")
    _add_folders(command)
    command.set_defaults(
        without_book=True, run=lambda options, folder, source: doctor.doctor(folder, source, as_json=options.json)
    )


def _add_folders(command: argparse.ArgumentParser) -> None:
    command.add_argument("-c", "--conf-dir", default=".", help="folder of conf.py (default: the current one)")


def _add_book(command: argparse.ArgumentParser) -> None:
    """Add the options that name the folders of a book and of its last build."""
    command.add_argument("-b", "--build-dir", default="", help="folder given to sphinx-build -M (default: _build)")
    command.add_argument("-s", "--source", default="", help="folder of the pages (default: book/, else conf.py's)")
    _add_folders(command)


def _build(options: argparse.Namespace, folder: Path) -> Path:
    return Path(options.build_dir).resolve() if options.build_dir else folder / "_build"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 all well, 1 it found something, 2 it could not do its work."""
    options = parser().parse_args(arguments)
    folder = Path(options.conf_dir).resolve()
    if not (folder / "conf.py").is_file() and "without_book" not in options:
        print(
            f"{options.conf_dir}: there is no conf.py; run this where it lies, or name its folder by -c;"
            " `sphinx-d2lbook new FOLDER` begins a book",
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
    except (KeyboardInterrupt, EOFError):
        print("interrupted", file=sys.stderr)
        return 130
    return code
