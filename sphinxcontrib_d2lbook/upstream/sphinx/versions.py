"""State the versions of Sphinx for which this folder is known to work."""

from __future__ import annotations

from ..relied import Upstream

SPHINX = Upstream("sphinx", ">=9.0,<9.3")
"""The tests run with 9.0; `make test-matrix` also runs those of this folder with 9.1 and 9.2."""
