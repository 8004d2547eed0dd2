"""Define `{framework}`, a block of prose and cells for some frameworks, and the directive of single cells."""

from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from ...library.extension import collected
from ...notebook.frameworks import CELL_DIRECTIVE, OPTION, FaultyFrameworksError, frameworks_of
from ...numbering.frameworks import framework_variant
from ...upstream.sphinx.application import app_of
from .cells import shown_cell
from .variant_equations import variant_equations
from .variant_names import variant_names


class FrameworkBlockDirective(SphinxDirective):
    """Directive `{framework} mxnet, numpy`, whose content only these frameworks have."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return the content in a variant; as it is if all frameworks have it."""
        self.assert_has_content()
        try:
            frameworks = frameworks_of(self.arguments[0], list(self.config.d2lbook_frameworks))
        except FaultyFrameworksError as err:
            raise self.error(err.text) from err
        if not frameworks:
            return self.parse_content_to_nodes()
        document = self.state.document
        with variant_names(document, frameworks), variant_equations(document, self.env, frameworks) as note_equations:
            content = self.parse_content_to_nodes()
            note_equations(content)
        variant = framework_variant("", *content, frameworks=list(frameworks))
        self.set_source_info(variant)
        return [variant]


class ShownCellDirective(SphinxDirective):
    """Directive `{d2lbook-cell} 3` in the place of a cell, which only the reader of such pages writes."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Show the cell of the page that has this index."""
        page = collected(app_of(self.env)).notebooks.get(self.env.docname)
        index = int(self.arguments[0]) if self.arguments[0].isdecimal() else -1
        if page is None or not page.frameworks or not 0 <= index < len(page.cells):
            raise self.error(
                f"{{{CELL_DIRECTIVE}}} is no directive for authors; write the cell itself, as {{code-cell}}"
            )
        return shown_cell(self, page.cells[index])


def setup(app: Sphinx) -> None:
    app.add_directive(OPTION, FrameworkBlockDirective)
    # No directive for authors: the manual has no entry for it.
    directives.register_directive(CELL_DIRECTIVE, ShownCellDirective)
