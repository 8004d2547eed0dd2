"""`{keyidea}`: the idea of a section, in a box. A directive that is no part of sphinxcontrib-d2lbook."""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from sphinxcontrib_d2lbook.outputs.notebooks.content_stack import quoted

FORMATS = ("html", "typst", "latex", "notebook")
"""Formats with visitors below."""


class keyidea(nodes.General, nodes.Element):
    """The first child is a `rubric`, the title; what follows is the idea."""


class KeyIdea(SphinxDirective):
    """Content: the idea. `:name:` is a label."""

    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"name": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Return the node. Raises an error of docutils for a directive without content."""
        self.assert_has_content()
        box = keyidea("", nodes.rubric("", "Key idea"))
        self.set_source_info(box)  # so that messages name page and line
        self.add_name(box)  # the label that `:name:` gives it
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


def visit_html(self: Any, node: nodes.Element) -> None:
    """Open an element; the children write themselves."""
    self.body.append(self.starttag(node, "aside", CLASS="keyidea admonition"))


def depart_html(self: Any, node: nodes.Element) -> None:
    """Close it."""
    self.body.append("</aside>\n")


def visit_typst(self: Any, node: nodes.Element) -> None:
    """Call a function of the template with title and idea. Raises SkipNode: the children are written."""
    title, *idea = node.children
    self.emit_block("admonition", self.content(idea), kind="tip", title=self.content(title.children))
    raise nodes.SkipNode


def visit_latex(self: Any, node: nodes.Element) -> None:
    """Write an environment of the template. Raises SkipNode: the children are written."""
    title, *idea = node.children
    words = self.waiting_places() + self.rendered(title.children)
    with self.without_floats():  # a box cannot hold what floats
        body = self.rendered(idea)
    self.block("bookadmonition", "booktip", words, body=body)
    raise nodes.SkipNode


def visit_notebook(self: Any, node: nodes.Element) -> None:
    """Collect what is inside."""
    self.open_blocks()


def depart_notebook(self: Any, node: nodes.Element) -> None:
    """Write it as a quotation in Markdown."""
    self.add(*quoted("", self.close_blocks().items))


class PlainIdeas(SphinxPostTransform):
    """Makes nodes of docutils for formats without a visitor: text, man pages, Texinfo, EPUB's relatives."""

    # Behind all that looks into boxes (up to 210 in sphinxcontrib-d2lbook).
    default_priority = 300

    def run(self, **_options: Any) -> None:
        """Replace each box by what is in it."""
        if self.app.builder.format in FORMATS:
            return
        for box in list(self.document.findall(keyidea)):
            box.replace_self(nodes.container("", *box.children, ids=box["ids"]))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register all of it."""
    app.add_node(
        keyidea,
        html=(visit_html, depart_html),
        typst=(visit_typst, None),
        latex=(visit_latex, None),
        notebook=(visit_notebook, depart_notebook),
    )
    app.add_directive("keyidea", KeyIdea)
    app.add_post_transform(PlainIdeas)
    return {"version": "1.0", "parallel_read_safe": True, "parallel_write_safe": True}
