"""Note for each page the files that MyST-NB wrote while reading it: the notebook as shown, and the values glued.

MyST-NB keeps both in files, `<docname>.ipynb` and `<docname>.glue.json`, in a folder beside the first output folder of
a build. Outputs that are written in processes of their own have another output folder, and would look in the wrong
place. So the paths of the files are noted with each page.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from ..common.per_page_domain import PerPageDomain
from ..upstream.myst_nb import PendingGlueReference, config_of, glued_names


@dataclass(frozen=True)
class PageOutputs:
    """Files and values of one page."""

    notebook: str
    """Path of the notebook, relative to the source folder; "" for a page that is not a notebook."""
    names: tuple[str, ...]
    """Names of the values that the page glues, sorted."""
    uses: tuple[str, ...]
    """Docnames of the pages whose values this page pastes, sorted."""


class ShownDomain(PerPageDomain[PageOutputs]):
    """Domain that keeps the files and values of each page."""

    name = "d2lshown"
    label = "notebooks as pages show them"
    data_version = 1

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        file = Path(config_of(env).output_folder, f"{docname}.ipynb")
        notebook = Path(os.path.relpath(file, env.srcdir)).as_posix() if file.is_file() else ""
        uses = sorted({node.refdoc for node in document.findall(PendingGlueReference)})
        names = tuple(sorted(glued_names(env, docname))) if notebook else ()
        if notebook or uses:
            self.pages[docname] = PageOutputs(notebook, names, tuple(uses))


def _shown(env: BuildEnvironment, docname: str) -> PageOutputs:
    pages = cast("ShownDomain", env.domains[ShownDomain.name]).pages
    return pages.get(docname, PageOutputs("", (), ()))


def shown_notebook(env: BuildEnvironment, docname: str) -> Any | None:
    """Return a page's notebook with the outputs that the page shows, as JSON; None if the page is not a notebook.

    Raise OSError or ValueError if its file is missing or damaged.
    """
    file = _shown(env, docname).notebook
    return json.loads(Path(env.srcdir, file).read_text("utf-8")) if file else None


def glued_values(env: BuildEnvironment, docname: str) -> Mapping[str, Any]:
    """Return the values that a page glues: name -> output, as in nbformat.

    Raise OSError or ValueError if the file is missing or damaged.
    """
    shown = _shown(env, docname)
    if not shown.names:
        return {}
    file = Path(env.srcdir, shown.notebook).with_suffix(".glue.json")
    values = json.loads(file.read_text("utf-8"))
    return {name: values[name] for name in shown.names if name in values}


def pages_that_use(env: BuildEnvironment, docnames: set[str]) -> list[str]:
    """Return the pages, sorted, that paste values of any of ``docnames``."""
    pages = cast("ShownDomain", env.domains[ShownDomain.name]).pages
    return sorted(docname for docname, shown in pages.items() if docnames.intersection(shown.uses))


def setup(app: Sphinx) -> None:
    app.add_domain(ShownDomain)
