"""LIBRARY: the marked blocks of all pages become one checked package.

Pages -> `SavedBlock`s (collect.py) -> `Module`s (modules.py, imports.py) -> refusals (checks.py) -> files (render.py);
the execution asks what a notebook reaches (object_dependencies.py); outputs ask what must be installed
(requirements.py). Only extension.py knows Sphinx.
"""

from .book_package import Library, build_library
from .collect import PackageNames
from .object_dependencies import Reach, Symbol
from .render import About
from .saved_blocks import SavedBlock

__all__ = ["About", "Library", "PackageNames", "Reach", "SavedBlock", "Symbol", "build_library"]
