"""Provide `sphinx-d2lbook forum sync`: synchronize topics of the forum with the book's discussions."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ..common.errors import BookError
from ..forum import credentials, providers
from ..forum.errors import ForumError
from ..forum.http import HttpTransport
from ..forum.interfaces import Section, Service
from ..forum.rate_limited_client import ForumConnection
from ..forum.sync import Sync, SyncOutcome, TopicAction
from ..forum.sync_lock import locked
from ..forum.topic_map import read_topics, write_topics
from .book_loading import book
from .discussed_sections import book_sections
from .progress import Progress, open_progress, printable

KEYS = f"The key comes from {credentials.KEY} and {credentials.USER} in the environment, never from a file."
INTERRUPTED = 130
"""Exit code by which shells report a command that was stopped by Ctrl-C."""
WORDS = {
    TopicAction.CREATE: ("create", "created"),
    TopicAction.TAKE: ("take into the map", "taken into the map"),
    TopicAction.MOVE: ("correct", "corrected"),
    TopicAction.RENAME: ("rename", "renamed"),
    TopicAction.COUNT: ("count replies of", "counted again"),
}


def sync(folder: Path, source: Path, build: Path, *, apply: bool, remap: bool) -> int:
    """Show which topics the forum lacks, or with ``apply`` create them and write the topic map.

    ``folder`` contains conf.py, and ``build`` is the folder given to `sphinx-build -M`. Return 1 if the forum refused
    some sections, `INTERRUPTED` after Ctrl-C, else 0. Raise SphinxError if the book is refused, or its forum cannot be
    used.
    """
    try:
        key = credentials.from_environment(os.environ)  # before loading the book removes it from the environment
        with book(folder, source, build / "doctrees") as app:
            setting = providers.read(app.config.d2lbook_forum)
            if setting is None:
                print("the book has no forum: conf.py sets no d2lbook_forum")
                return 0
            file = folder / setting.topics
            sections = book_sections(app, build, file)
            title = app.config.project
        with open_progress(len(sections)) as progress:
            service = setting.provider.service(ForumConnection(HttpTransport(), key, wait=progress.wait), title)
            if service is None:
                print(f"there is nothing to sync: {setting.name} opens a thread when someone writes first")
                return 0
            if apply and key is None:
                raise ForumError(f"--apply needs a key of the forum. {KEYS}")
            if apply:
                with locked(file):
                    outcome = _run(service, sections, title, file, progress, apply=True, remap=remap)
            else:
                outcome = _run(service, sections, title, file, progress, apply=False, remap=remap)
    except ForumError as err:
        raise BookError(str(err)) from err
    except KeyboardInterrupt:
        print("interrupted; what is done is kept, run the same command again", file=sys.stderr)
        return INTERRUPTED
    return _report(outcome, apply, setting.topics)


def _run(
    service: Service, sections: list[Section], title: str, file: Path, progress: Progress, *, apply: bool, remap: bool
) -> SyncOutcome:
    return Sync(
        service,
        sections,
        title,
        read_topics(file),
        lambda topics: write_topics(file, topics),
        progress,
        apply=apply,
        remap=remap,
    ).run()


def _report(outcome: SyncOutcome, apply: bool, file: str) -> int:
    for name, topic in outcome.retired.items():
        line = f"retired: {name} (topic {topic.id}) is in {file} and no longer in the book"
        print(printable(f"{line}; if its section has another label now, write that into the line"))
    for problem in outcome.problems:
        print(printable(problem), file=sys.stderr)
    done = [step.act for step in outcome.steps]
    counts = ", ".join(f"{done.count(act)} {WORDS[act][1]}" for act in TopicAction if act in done)
    if not counts:
        print("the forum has what the book has" if not outcome.problems else "nothing else to do")
    elif apply:
        print(f"{counts}; commit {file}")
    else:
        print(f"{counts}: nothing of that is done yet; --apply does it")
    return 1 if outcome.problems else 0
