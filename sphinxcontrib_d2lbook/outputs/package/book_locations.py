"""Find where in the finished book an object is defined: the number of the section and its address."""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from ...addresses.permanent_addresses import page_address
from ...library.extension import collected
from ...library.saved_blocks import SavedStatement
from ...numbering.section_names import label_place


class BookLocations:
    """Locations of objects in a book, from an environment that has read it."""

    def __init__(self, env: BuildEnvironment) -> None:
        self.env = env

    def defined_in(self, item: SavedStatement) -> str:
        """Return `Defined in Section 3.2 (https://…/page.html#id).`, with the title if the section has no number.

        Without an address of the site, the sentence has no address.
        """
        place = label_place(self.env, item.label, item.docname)
        address = page_address(self.env.config, place.docname, place.node_id)
        return f"Defined in {place.name} ({address})." if address else f"Defined in {place.name}."


def origins(app: Sphinx) -> dict[tuple[str, str], tuple[str, str]]:
    """Return page and anchor of the section that defines each saved object.

    The keys are the file in the wheel and the qualified name of the object.
    """
    library = collected(app).library
    places = {}
    for module in library.modules.values():
        file = f"{library.package}/{module.name}.py"
        for item in module.items:
            for name in item.names:
                named = [(name, item), *((f"{name}.{method.method}", method) for method in item.methods)]
                for qualified, part in named:
                    place = label_place(app.env, part.label, part.docname)
                    places[file, qualified] = (place.docname, place.node_id)
    return places
