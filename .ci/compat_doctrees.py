"""Print the texts of the pages that a PDF must have, as JSON: docname -> list of texts.

    python .ci/compat_doctrees.py DOCTREES FOLDER ...

A program of its own, since pickled pages import what the project's conf.py imported: modules in FOLDER.
"""

import json
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes

HIDDEN = (
    nodes.Invisible,
    nodes.raw,
    nodes.label,
    nodes.math,
    nodes.math_block,
    nodes.docinfo,
    nodes.decoration,
    nodes.system_message,
    nodes.footnote_reference,
    nodes.citation_reference,
    nodes.image,
    addnodes.only,
    addnodes.index,
    addnodes.tabular_col_spec,
    addnodes.toctree,
)
"""What is not printed, or not in these words."""
HIDDEN_BY_NAME = ("ifconfig", "todo_node", "autosummary_toc", "graphviz", "inheritance_diagram", "meta", "bibliography")
"""The same of extensions."""


def texts(node: nodes.Node) -> Iterator[str]:
    """Yield each text that is printed. References whose words are found later are left out."""
    if isinstance(node, nodes.Text):
        yield node.astext()
        return
    if isinstance(node, HIDDEN) or type(node).__name__ in HIDDEN_BY_NAME:
        return
    if isinstance(node, addnodes.pending_xref) and (not node.get("refexplicit") or node.get("reftype") == "numref"):
        return
    if isinstance(node, nodes.topic) and "contents" in node["classes"]:
        return  # headings once more, which readers' notebooks have no need of
    if isinstance(node, nodes.container) and node.get("nb_element") == "mime_bundle" and len(node) > 1:
        return  # forms of one output, of which one is chosen later
    for child in node.children:
        yield from texts(child)


def listed(doctree: nodes.document) -> Iterator[str]:
    """Yield the pages that the toctrees of a page list for every output."""
    for toctree in doctree.findall(addnodes.toctree):
        place: nodes.Node = toctree
        while place.parent is not None and not isinstance(place, addnodes.only):
            place = place.parent
        if not isinstance(place, addnodes.only):
            yield from map(str, toctree["includefiles"])


def printed_pages(env: Any, folder: Path) -> Iterator[tuple[str, nodes.document]]:
    """Yield the root page and the pages below its toctrees."""
    done, waiting = set(), [env.config.root_doc]
    while waiting:
        docname = waiting.pop()
        if docname not in done and docname in env.all_docs:
            done.add(docname)
            doctree = pickle.loads((folder / f"{docname}.doctree").read_bytes())
            yield docname, doctree
            waiting += reversed(list(listed(doctree)))


def main(doctrees: str, *folders: str) -> int:
    sys.path[:0] = folders
    env = pickle.loads(Path(doctrees, "environment.pickle").read_bytes())
    pages = printed_pages(env, Path(doctrees))
    json.dump({docname: list(texts(doctree)) for docname, doctree in pages}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
