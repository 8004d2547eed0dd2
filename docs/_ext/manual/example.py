"""`{example}`: MyST source and, below it, what it gives."""

from __future__ import annotations

from docutils import nodes
from sphinx.util.docutils import SphinxDirective


class Example(SphinxDirective):
    """Content: the source. A test builds it as a page of its own."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        source = "\n".join(self.content)
        shown = nodes.literal_block(source, source, language="markdown")
        self.set_source_info(shown)
        result = nodes.container("", classes=["manual-result"])
        self.set_source_info(result)
        self.state.nested_parse(self.content, self.content_offset, result)
        return [shown, result]
