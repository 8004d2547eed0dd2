"""The versions of Sphinx for which this folder holds."""

from __future__ import annotations

from ..relied import Upstream

SPHINX = Upstream("sphinx", ">=9.0,<9.3")
"""The tests were run with 9.0 and 9.2; 9.1 has the same in all of these places."""
