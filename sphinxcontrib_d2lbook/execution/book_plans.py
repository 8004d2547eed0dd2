"""Plan the runs of all pages of a book: one for each page with code, or one for each framework that its marks name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath

from ..common.suggestions import did_you_mean
from ..config.frameworks import Framework
from ..notebook import Notebook
from ..notebook.frameworks import run_name, runs
from .attached_outputs import has_outputs
from .inline_values import page_expressions
from .mystnb_settings import NbSettings
from .page_options import KEY, page_options
from .plan import BuildContext, PlannedPage, make_plan


def make_plans(
    pages: Mapping[str, Notebook],
    files: Mapping[str, Path],
    around: BuildContext,
    named: Mapping[str, Framework],
    excluded: Collection[str],
) -> tuple[dict[str, PlannedPage], list[str]]:
    """Return the plans by the names of the runs, and a message for each fault in the options of pages.

    ``files`` are the sources of the ``pages``, ``named`` are the frameworks of the book, and ``excluded`` are the
    patterns of MyST-NB's `nb_execution_excludepatterns`. Raise OSError if a file on which a page depends is unreadable.
    """
    plans: dict[str, PlannedPage] = {}
    faults: list[str] = []
    for docname, page in sorted(pages.items()):
        file = files[docname]
        if not is_run(page, file, around.settings.of_page(page), excluded):
            continue
        faults += _unknown_stores(page, named)
        for name in runs(page):
            run = run_name(docname, name)
            if run in plans or (name and run in pages):
                faults.append(
                    f"{page.path}:1: its run in the framework {name!r} has the name of the page {run!r}; rename that"
                )
            plans[run], more = make_plan(page, file, around, name, named[name].kernel if name else "")
            faults += more
    return plans, list(dict.fromkeys(faults))


def _unknown_stores(page: Notebook, named: Mapping[str, Framework]) -> Iterator[str]:
    """Yield a message for each framework whose outputs a page keeps and in which it does not run."""
    of_page = [name for name in runs(page) if name]
    for name in page_options(page)[0].stores:
        if name and name not in of_page:
            what = "in which no cell of the page runs" if name in named else "which d2lbook_frameworks does not have"
            there = f"the page runs in: {', '.join(of_page)}" if of_page else "it runs once: name a folder alone"
            question = did_you_mean(name, of_page) or there
            yield f"{page.path}:1: the front matter's `{KEY}`: store names the framework {name!r}, {what}; {question}"


def is_run(page: Notebook, file: Path, settings: NbSettings, excluded: Collection[str]) -> bool:
    """Check whether a build runs a page, by its content, its settings and MyST-NB's rule for stored outputs."""
    if not (page.executable and page.code_cells) or settings.mode == "off":
        return False
    if any(PurePosixPath(file.as_posix()).match(pattern) for pattern in excluded):
        return False
    stored = settings.mode == "auto" and file.suffix == ".ipynb" and has_outputs(file)
    return not stored or any(page_expressions(page, settings.expressions))
