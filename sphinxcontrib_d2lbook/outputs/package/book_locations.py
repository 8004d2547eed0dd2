"""Where in the finished book an object is defined: the section's number and its address."""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from ...addresses.permanent_addresses import page_address
from ...library.extension import collected
from ...library.saved_blocks import Item
from ...numbering.section_names import label_place


class BookLocations:
    """Answers from an environment that is read."""

    def __init__(self, env: BuildEnvironment) -> None:
        self.env = env

    def defined_in(self, item: Item) -> str:
        """`Defined in Section 3.2 (https://…/page.html#id).` Without a number the title, without a site no address."""
        place = label_place(self.env, item.label, item.docname)
        address = page_address(self.env.config, place.docname, place.node_id)
        return f"Defined in {place.name} ({address})." if address else f"Defined in {place.name}."


def origins(app: Sphinx) -> dict[tuple[str, str], tuple[str, str]]:
    """Return file in the wheel and name of each saved object -> page and anchor of the section that defines it."""
    library = collected(app).library
    found = {}
    for module in library.modules.values():
        file = f"{library.package}/{module.name}.py"
        for item in module.items:
            for name in item.names:
                named = [(name, item), *((f"{name}.{method.method}", method) for method in item.methods)]
                for qualified, one in named:
                    place = label_place(app.env, one.label, one.docname)
                    found[file, qualified] = (place.docname, place.node_id)
    return found
