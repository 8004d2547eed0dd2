from pathlib import Path

from docutils import nodes
from sphinx.locale import get_translation
from sphinx.util.docutils import SphinxDirective

project = "Fromages"
html_title = "Fromages"
html_theme = "alabaster"
language = "fr"
locale_dirs = ["locale"]
numfig = True
exclude_patterns = ["_build"]


class Serve(SphinxDirective):
    def run(self):
        return [nodes.paragraph("", get_translation("fromage")("Serve at room temperature."))]


def setup(app):
    app.add_message_catalog("fromage", str(Path(__file__).parent / "locale"))
    app.add_directive("serve", Serve)
