"""Check finished outputs, and fail a build whose outputs are wrong or disagree.

The process that leads the build reads the numbers back from all outputs. `-M book`, and any build in CI, read
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
from ...numbering.agreement.expected_numbers import expected_numbers
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
"""Largest number of differences that are reported; more usually have the same cause."""
MOST_UNSURE = 5
"""Largest number of warnings about numbers that could not be read."""


def is_number_check_due(app: Sphinx) -> bool:
    """Check whether this process has to compare the numbers of outputs."""
    chosen = app.config.d2lbook_checks
    return (isinstance(chosen, str) or NUMBERS in chosen) and not in_child()


def check_numbers(app: Sphinx, outputs: Sequence[tuple[Output, Written]], since: float = 0.0) -> bool:
    """Check that no output prints another number than the table has; log differences, and warn of what cannot be read.

    Files of single pages that were written before ``since``, in seconds since 1970, are left out.
    """
    try:
        unique_differences = list(dict.fromkeys(all_differences(app, outputs, since)))
    except (OSError, ValueError, BadZipFile) as err:
        warn(Warn.CHECK, "the outputs cannot be read back to compare their numbers: %s", err)
        return True
    wrong = [difference for difference in unique_differences if difference.is_sure]
    for difference in wrong[:MOST]:
        logger.error("the outputs do not agree: %s%s", difference, _cause(app, difference))
    if len(wrong) > MOST:
        logger.error("the outputs do not agree: %d more differences are not shown", len(wrong) - MOST)
    unsure = [difference for difference in unique_differences if not difference.is_sure]
    for difference in unsure[:MOST_UNSURE]:
        warn(Warn.CHECK, "the check of numbers cannot tell whether all is right: %s", difference)
    if len(unsure) > MOST_UNSURE:
        warn(Warn.CHECK, "the check of numbers cannot tell of %d more numbers", len(unsure) - MOST_UNSURE)
    return not wrong


def _cause(app: Sphinx, difference: Difference) -> str:
    """Return why a number differs, if that is known; else ""."""
    try:
        is_old = difference.file.stat().st_mtime < _started.get(app, 0.0) - CLOCK
    except OSError:  # The file is in an archive.
        return ""
    return "; this build did not write that file: build again with -a" if is_old else ""


def all_differences(app: Sphinx, outputs: Sequence[tuple[Output, Written]], since: float = 0.0) -> Iterator[Difference]:
    """Yield every number that an output prints differently from the table.

    Raise OSError or ValueError for files that cannot be read.
    """
    table = expected_numbers(app.env)
    memory = VerifiedFiles(work_folder(app), app.builder.name, table)
    for output, written in outputs:
        yield from differences(table, output.readables(written, table), memory, since)
    memory.keep()


_started: WeakKeyDictionary[Sphinx, float] = WeakKeyDictionary()
CLOCK = 2.0
"""Seconds by which the times of files may lie behind the clock."""


def note_start(app: Sphinx) -> None:
    """Record when the build started. Handle `builder-inited`."""
    _started.setdefault(app, time.time())


def check_single_output(app: Sphinx, error: Exception | None) -> None:
    """Read back the numbers of an output that is built alone. Handle `build-finished`."""
    if error is not None or not is_number_check_due(app):
        return
    thorough = "CI" in os.environ
    outputs = [
        (output, Written(app, Path(app.outdir)))
        for output in written_by_builder(app)
        if thorough or output.is_quick_to_read
    ]
    outputs += [
        (output, written) for output, written in companion_files.companion_outputs(app) if written.folder.is_dir()
    ]
    if outputs and not check_numbers(app, outputs, 0.0 if thorough else _started.get(app, 0.0) - CLOCK):
        refuse(app, REFUSED)


def run_checks(app: Sphinx, error: Exception | None) -> None:
    """Run the checks of the output that this process writes. Handle `build-finished`. Raise BookProblems for faults."""
    if error is not None:
        return
    written = Written(app, Path(app.outdir))
    for output in written_by_builder(app):
        for name, check in output.checks().items():
            if is_checked(app.config, name, whole_book=in_child()):
                check(written)
