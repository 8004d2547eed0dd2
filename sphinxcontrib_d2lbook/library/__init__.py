"""LIBRARY: the marked blocks of all pages become one checked package.

Pages -> `SavedBlock`s (collect.py) -> `Module`s (modules.py, imports.py) -> refusals (checks.py) -> files (render.py);
the execution asks what a notebook reaches (dependencies.py); outputs ask what must be installed (requirements.py).
Only extension.py knows Sphinx.
"""

from .collect import PackageNames
from .dependencies import Reach, Symbol
from .library import Library, build_library
from .model import SavedBlock
from .render import About

__all__ = ["About", "Library", "PackageNames", "Reach", "SavedBlock", "Symbol", "build_library"]
