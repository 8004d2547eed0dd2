"""The gates: outputs are checked when they are finished, and a build whose outputs are wrong or disagree fails.

Numbers are read back out of all outputs by the process that leads the build. `-M book`, and any build in CI, read
everything back. A daily `-M html` reads the pages that it has just written, and their notebooks. The other checks of an
output (`Output.checks`) run in the process that wrote it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from weakref import WeakKeyDictionary
from zipfile import BadZipFile

from sphinx.application import Sphinx
from sphinx.util import logging

from ...common.warning_types import Warn, warn
from ...config import is_checked
from ...execution.extension import work_folder
from ...numbering.agreement.compare import Difference
from ...numbering.agreement.expected_numbers import table_of
from ...numbering.agreement.readback import differences
from ...numbering.agreement.verified_files import VerifiedFiles
from ..base import Output, Written
from ..registry import NUMBERS, written_by_builder
from . import companion_files
from .exit_status import refuse
from .process_role import in_child

logger = logging.getLogger(__name__)

REFUSED = "outputs with different numbers"
MOST = 20
"""So many differences are told; more have the same cause."""
MOST_UNSURE = 5
"""The same for what could not be read."""


def wanted(app: Sphinx) -> bool:
    chosen = app.config.d2lbook_checks
    return (isinstance(chosen, str) or NUMBERS in chosen) and not in_child()


def passes(app: Sphinx, outputs: Sequence[tuple[Output, Written]], since: float = 0.0) -> bool:
    """Whether no output prints another number than the table has; says where one does, and what could not be read.

    Files of single pages that were written before ``since``, in seconds since 1970, are left alone.
    """
    try:
        found = list(dict.fromkeys(all_differences(app, outputs, since)))
    except (OSError, ValueError, BadZipFile) as err:
        warn(Warn.CHECK, "the outputs cannot be read back to compare their numbers: %s", err)
        return True
    wrong = [one for one in found if one.is_sure]
    for one in wrong[:MOST]:
        logger.error("the outputs do not agree: %s%s", one, _cause(app, one))
    if len(wrong) > MOST:
        logger.error("the outputs do not agree: %d more differences are not shown", len(wrong) - MOST)
    unsure = [one for one in found if not one.is_sure]
    for one in unsure[:MOST_UNSURE]:
        warn(Warn.CHECK, "the check of numbers cannot tell whether all is right: %s", one)
    if len(unsure) > MOST_UNSURE:
        warn(Warn.CHECK, "the check of numbers cannot tell of %d more numbers", len(unsure) - MOST_UNSURE)
    return not wrong


def _cause(app: Sphinx, one: Difference) -> str:
    """Why a number is another, where that is known; else nothing."""
    try:
        is_old = one.file.stat().st_mtime < _started.get(app, 0.0) - CLOCK
    except OSError:  # in an archive
        return ""
    return "; this build did not write that file: build again with -a" if is_old else ""


def all_differences(app: Sphinx, outputs: Sequence[tuple[Output, Written]], since: float = 0.0) -> Iterator[Difference]:
    """Yield every number that an output prints otherwise than the table has it. Raises OSError, ValueError."""
    table = table_of(app.env)
    memory = VerifiedFiles(work_folder(app), app.builder.name, table)
    for output, written in outputs:
        yield from differences(table, output.readables(written, table), memory, since)
    memory.keep()


_started: WeakKeyDictionary[Sphinx, float] = WeakKeyDictionary()
CLOCK = 2.0
"""Seconds by which the times of files may lie behind the clock."""


def note_start(app: Sphinx) -> None:
    """Handler of `builder-inited`."""
    _started.setdefault(app, time.time())


def check_single_output(app: Sphinx, error: Exception | None) -> None:
    """Read back an output that is built alone. Handler of `build-finished`."""
    if error is not None or not wanted(app):
        return
    thorough = "CI" in os.environ
    outputs = [
        (output, Written(app, Path(app.outdir)))
        for output in written_by_builder(app)
        if thorough or output.is_quick_to_read
    ]
    outputs += [(output, written) for output, written in companion_files.beside(app) if written.folder.is_dir()]
    if outputs and not passes(app, outputs, 0.0 if thorough else _started.get(app, 0.0) - CLOCK):
        refuse(app, REFUSED)


def run_checks(app: Sphinx, error: Exception | None) -> None:
    """Run the checks of the output that this process writes. Handler of `build-finished`; raises BookProblems."""
    if error is not None:
        return
    written = Written(app, Path(app.outdir))
    for output in written_by_builder(app):
        for name, check in output.checks().items():
            if is_checked(app.config, name, whole_book=in_child()):
                check(written)
