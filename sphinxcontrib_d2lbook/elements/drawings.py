"""Draw `graphviz`, `mermaid` and `inheritance-diagram` in outputs other than the website.

Graphviz's program `dot` makes an SVG if it is installed. If nothing can draw, the source of the drawing is shown in a
box, with a warning; a missing program is reported once a build. Readers' notebooks keep Mermaid's source, which
JupyterLab draws.
"""

from __future__ import annotations

import subprocess
from typing import Any
from weakref import WeakKeyDictionary

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..common.ancestors import nearest_line
from ..common.warning_types import NO_GRAPHS, Warn, warn
from ..upstream.sphinx.application import app_of
from .html_outputs import image_node

MOST_SECONDS = 120
DRAWN = {"graphviz": "dot", "inheritance_diagram": "dot", "mermaid": "mermaid"}
"""Name of a node -> the language of its description."""

_warned: WeakKeyDictionary[Sphinx, set[str]] = WeakKeyDictionary()


class Drawings(SphinxPostTransform):
    """Replace drawings that only a website can show by an image, or by their description."""

    default_priority = 3  # as for outputs of cells, and before images are collected
    formats = ("typst", "latex", "notebook")

    def run(self, **_options: Any) -> None:
        for node in list(self.document.findall(nodes.Element)):
            language = DRAWN.get(type(node).__name__, "")
            code = self._code(node) if language else None
            if isinstance(code, str):
                drawing = self._graph(node, code) if language == "dot" else self._described(node, code, language, "")
                drawing.source, drawing.line = node.source, node.line
                for key in ("ids", "names", "classes"):
                    drawing[key] += node[key]
                if node.get("align") and isinstance(drawing, nodes.image):
                    drawing["align"] = node["align"]
                node.replace_self(drawing)

    def _code(self, node: nodes.Element) -> Any:
        """Return the description of a drawing; None if a node has none."""
        graph = node.get("graph")
        return graph.generate_dot("inheritance", env=self.env) if graph is not None else node.get("code")

    def _graph(self, node: nodes.Element, code: str) -> nodes.Element:
        options: dict[str, str] = node.get("options", {})
        program = options.get("graphviz_dot", self.config.graphviz_dot)
        command = [program, *self.config.graphviz_dot_args, "-Tsvg"]
        folder = self.env.doc2path(options.get("docname") or self.env.docname).parent
        try:
            done = subprocess.run(
                command, input=code.encode(), capture_output=True, cwd=folder, timeout=MOST_SECONDS, check=False
            )
        except OSError:
            if program not in _warned.setdefault(app_of(self.env), set()):
                _warned[app_of(self.env)].add(program)
                warn(Warn.NODE, NO_GRAPHS, repr(program))  # without a location, since the machine is at fault
            return _source(code)
        except subprocess.TimeoutExpired:
            return self._described(node, code, "dot", f"{program} has not drawn it in {MOST_SECONDS} seconds")
        if done.returncode or b"<svg" not in done.stdout:
            message = done.stderr.decode("utf-8", "replace").strip() or f"it ended with {done.returncode}"
            return self._described(node, code, "dot", f"{program} refuses it: {message}")
        image = image_node("image/svg+xml", done.stdout, self.env)
        image["alt"] = node.get("alt") or code
        return image

    def _described(self, node: nodes.Element, code: str, language: str, reason: str) -> nodes.Element:
        """Return the description of a drawing as a block, and warn.

        ``reason`` says why it is not drawn; "" if only a browser can draw it, of which there is one warning a build.
        """
        warned = _warned.setdefault(app_of(self.env), set())
        warn_once = not reason
        reason = reason or "only a browser draws it; draw it as a file, and show that with `figure`"
        if reason not in warned and not (language == "mermaid" and app_of(self.env).builder.format == "notebook"):
            warned.update([reason] if warn_once else [])
            message = "a drawing in the language %r is shown as its source: %s"
            warn(Warn.NODE, message, language, reason, location=(self.env.docname, nearest_line(node)))
        return _source(code, language)


def _source(code: str, language: str = "dot") -> nodes.Element:
    return nodes.literal_block(code, code, language=language if language == "mermaid" else "none")


def setup(app: Sphinx) -> None:
    app.add_post_transform(Drawings)
