"""List every `d2lbook_…` option of conf.py: its name, default, type, meaning, example and check.

The reference of the manual is made from this list.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from ..execution.plot_style import STYLES
from .framework_options import FRAMEWORKS_OPTION
from .notebook_options import LAUNCH, NOTEBOOK_SOLUTIONS
from .option import (
    FORUM,
    IDENTIFIER,
    NOT_NEGATIVE,
    PATTERNS,
    POSITIVE,
    PROCESSES,
    SIZE,
    Option,
    checks_check,
    executor_check,
    keys_of,
    one_of,
    outputs_check,
    scheduler_check,
    that,
)
from .pdf_options import PDF_OPTIONS
from .website_options import WEBSITE_OPTIONS

OUTPUTS = ("html", "pdf", "notebooks", "package")
"""Outputs that `-M book` writes by default."""

GROUPS: Mapping[str, tuple[Option, ...]] = {
    "outputs": (
        Option(
            "name",
            "",
            (str,),
            help="Sets the file name, without a suffix, of the PDF and of the archive of notebooks. Where it is "
            "empty, the name is made from Sphinx's `project`.",
            example="tales",
            rebuild="env",
        ),
        Option(
            "outputs",
            list(OUTPUTS),
            (list, tuple),
            help="Selects the outputs that `-M book` writes. Other distributions can add outputs.",
            example=["html", "pdf"],
            check=outputs_check(),
        ),
        Option(
            "checks",
            "auto",
            (str, list),
            help='Selects the checks of finished outputs. "numbers" reads the numbers back from every output and '
            'compares them with the table; "codes" reads every QR code of the PDF back from its page; other outputs '
            'can have checks of their own. "auto" means all of them in `-M book` and where the variable `CI` is '
            "set, and otherwise those that cost little.",
            example=["numbers"],
            check=checks_check(),
        ),
        Option(
            "require_alt",
            False,
            (bool,),
            help="Sets whether a build warns of images without an alternative text, outputs of cells among them.",
            example=True,
        ),
        LAUNCH,
        NOTEBOOK_SOLUTIONS,
        Option(
            "jobs",
            0,
            (int,),
            help="Sets how many outputs are written at a time. 0 means one for each processor.",
            example=2,
            check=PROCESSES,
        ),
        Option(
            "processes",
            "auto",
            (str,),
            help="Sets how outputs get processes of their own: forked from the build, or started anew on its files.",
            example="spawn",
            check=one_of("auto", "fork", "spawn"),
        ),
    ),
    "website": WEBSITE_OPTIONS,
    "pdf": PDF_OPTIONS,
    "package": (
        Option(
            "package",
            "",
            (str,),
            help="Sets the import name of the generated package, which is also the name of its folder beside "
            "conf.py. Where it is empty, the name is made from Sphinx's `project`.",
            example="tales",
            check=IDENTIFIER,
            rebuild="env",
        ),
        Option(
            "package_write",
            True,
            (bool,),
            help="Sets whether a build brings the package's folder up to date.",
            example=False,
        ),
        Option(
            "package_doctests",
            False,
            (bool,),
            help="Sets whether a build runs the examples in the package's docstrings.",
            example=True,
        ),
        Option(
            "default_module",
            "",
            (str,),
            help="Sets the module of the package for blocks whose mark names none.",
            example="core",
            check=IDENTIFIER,
            rebuild="env",
        ),
        Option(
            "distribution",
            "",
            (str,),
            help="Names the package's wheel. Where it is empty, that is the import name followed by `-book`.",
            example="tales-of-code",
            rebuild="env",
        ),
        Option(
            "requirements",
            {},
            (dict,),
            help='Declares the distributions that the package needs, each with a version specifier, or "" for the '
            "bounds of the installed version. Where it is empty, the build declares what the saved code "
            "imports.",
            example={"numpy": ">=1.26,<3", "matplotlib": ""},
            rebuild="env",
        ),
        Option(
            "save_marks",
            [],
            (list, tuple),
            help="Sets the regular expressions of the comments that mark a block to be saved; each matches at the "
            "`#`. Where it is empty, the usual marks are taken.",
            example=[r"#\s*export\b"],
            check=PATTERNS,
            rebuild="env",
        ),
    ),
    "frameworks": (FRAMEWORKS_OPTION,),
    "execution": (
        Option(
            "execute",
            "auto",
            (str,),
            help='Selects the pages that run. "auto" runs those that are stale, "never" none, and "always" all; '
            '"always" then names the cells whose outputs differ from those of the last run.',
            example="never",
            check=one_of("auto", "never", "always"),
        ),
        Option(
            "executor",
            "local",
            (str,),
            help='Selects the executor that runs the notebooks. "local" and "dask" come with the extension.',
            example="dask",
            check=executor_check(),
        ),
        Option(
            "dask",
            {},
            (dict,),
            help='Names the scheduler of the executor "dask", by its address or by a file that it wrote, and sets '
            "in how many seconds it must answer and have a worker (10 where nothing is said).",
            example={"address": "tcp://host:8786", "timeout": 30},
            check=scheduler_check(),
        ),
        Option(
            "execution_jobs",
            0,
            (int,),
            help="Sets how many kernels run at a time. 0 means one for each processor.",
            example=4,
            check=PROCESSES,
        ),
        Option(
            "kernels",
            "auto",
            (str,),
            help='Sets how kernels start: "warm" forks them from a process that has imported what pages share, '
            '"cold" starts each from nothing, and "auto" takes the first where the platform allows it.',
            example="cold",
            check=one_of("auto", "warm", "cold"),
        ),
        Option(
            "resources",
            {},
            (dict,),
            help="Says what this machine offers to pages, where the build cannot find it out.",
            example={"gpus": 2, "memory": "16GB"},
            check=keys_of("gpus", "memory"),
        ),
        Option(
            "plot_style",
            "none",
            (str,),
            help='Selects how pages draw plots with Matplotlib: "book" as drawings (SVG), in sizes that fit beside the '
            'text, with letters that the PDF sets in the book\'s own fonts; "none" as Matplotlib is set up. Pages that '
            "can draw run again after a change.",
            example="book",
            check=one_of("none", *STYLES),
        ),
        Option(
            "cell_timeout",
            300,
            (int, float),
            help="Sets how many seconds a cell may take.",
            example=60,
            check=POSITIVE,
        ),
        Option(
            "page_timeout",
            3600,
            (int, float),
            help="Sets how many seconds a page may take.",
            example=7200,
            check=POSITIVE,
        ),
        Option(
            "kernel_memory",
            "",
            (str, int),
            help="Sets how much memory a kernel and its children may use. Where it is empty, each kernel has an "
            "equal part of the machine's memory.",
            example="8GB",
            check=SIZE,
        ),
        Option(
            "output_limit",
            "10MB",
            (str, int),
            help="Sets how much a cell may put out. 0 means any amount.",
            example="50MB",
            check=SIZE,
        ),
        Option(
            "environment",
            {},
            (dict,),
            help="Sets environment variables of the kernels, beside the fixed ones. A change makes all pages run.",
            example={"DATA": "/srv/data"},
        ),
        Option(
            "store",
            "",
            (str,),
            help="Names a folder beside conf.py for a readable copy of all outputs, to be committed. A machine "
            "that cannot run the pages builds the book from it.",
            example="outputs",
        ),
    ),
    "numbers": (
        Option(
            "number_depth",
            0,
            (int,),
            help="Sets how many levels of headings have numbers, at most. 0 means as many as each toctree says.",
            example=2,
            check=NOT_NEGATIVE,
        ),
        Option(
            "appendices",
            "letters",
            (str,),
            help="Selects how appendices and the figures in them are numbered: by letters, or by the numbers after "
            "the last chapter's.",
            example="numbers",
            check=one_of("letters", "numbers"),
        ),
        Option(
            "require_labels",
            False,
            (bool,),
            help="Sets whether a build warns of sections without a label.",
            example=True,
        ),
        Option(
            "elsewhere",
            "{thing} of {book}",
            (str,),
            help='Sets how references to other books read. `{thing}` stands for "Section 4.2", `{book}` for the '
            "title of the book.",
            example="{book}, {thing}",
            check=that(lambda value: "{thing}" in value and "{book}" in value, "a text with {thing} and {book} in it"),
            rebuild="env",
        ),
    ),
    "addresses": (
        Option(
            "addresses",
            "book-addresses.json",
            (str,),
            help="Names the file beside conf.py, to be committed, of the permanent addresses that were published. "
            "An empty text means that the book keeps none.",
            example="published/addresses.json",
        ),
        Option(
            "discussions",
            0,
            (int,),
            help="Sets how many levels of numbered sections have a discussion at their end, beside those with "
            "`{discussion}`.",
            example=2,
            check=NOT_NEGATIVE,
            rebuild="env",
        ),
        Option(
            "forum",
            None,
            (dict, type(None)),
            help="Describes the forum of the discussions: the address of a thread with `{label}` in it, or a "
            "provider and what it takes.",
            example={"provider": "discourse", "url": "https://forum.example", "category": 5},
            check=FORUM,
            shown=False,
            rebuild="env",
        ),
    ),
    "mathematics": (
        Option(
            "math_macros",
            {},
            (dict,),
            help="Defines TeX macros: the name of each, and its body or a pair of body and number of arguments.",
            example={"RR": r"\mathbb{R}", "norm": (r"\lVert #1 \rVert", 1)},
            rebuild="env",
        ),
    ),
}
"""Options by subject, in the order of the manual."""

OPTIONS = tuple(chain.from_iterable(GROUPS.values()))
