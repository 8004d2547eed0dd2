"""Turn the marked blocks of all pages into one checked Python package.

Pages become `SavedBlock`s (`collect.py`), these become `Module`s (`modules.py`, `imports.py`), which are checked
(`package_checks.py`) and rendered as files (`render.py`). The execution asks which objects a notebook reaches
(`object_dependencies.py`). Outputs ask which distributions must be installed (`requirements.py`).
Only `extension.py` imports Sphinx.
"""

from .book_package import Library, build_library
from .collect import PackageNames
from .object_dependencies import ReachedObjects, Symbol
from .render import About
from .saved_blocks import SavedBlock

__all__ = ["About", "Library", "PackageNames", "ReachedObjects", "SavedBlock", "Symbol", "build_library"]
