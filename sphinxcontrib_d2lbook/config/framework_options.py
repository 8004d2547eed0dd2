"""Define the options of pages in several frameworks."""

from __future__ import annotations

from .option import FRAMEWORKS, Option

FRAMEWORKS_OPTION = Option(
    "frameworks",
    {},
    (dict,),
    help="Names the frameworks for which pages have cells of their own. Each has a dictionary: `label` is "
    "shown to readers, `kernel` runs its cells, and `module` of the package gets what they save. Where nothing "
    "is said, these are its name, the page's own kernel, and its name. The first framework is the one that "
    "is shown until a reader chooses another.",
    example={"mxnet": {"label": "MXNet"}, "numpy": {"label": "NumPy", "kernel": "python3", "module": "np"}},
    check=FRAMEWORKS,
    rebuild="env",
)
PDF_FRAMEWORK = Option(
    "pdf_framework",
    "",
    (str,),
    help="Selects the framework that the PDF prints of pages in several (`d2lbook_frameworks`). Where it is "
    "empty, and on pages that have nothing for it, that is the first of the page.",
    example="numpy",
)
