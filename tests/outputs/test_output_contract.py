"""Our outputs, and one of another distribution, hold the contract of outputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinxcontrib_d2lbook.outputs.base import Output
from sphinxcontrib_d2lbook.outputs.registry import InstalledOutputs
from sphinxcontrib_d2lbook.testing.outputs import OutputContract


class TestContract(OutputContract):
    @pytest.fixture(params=["latex", "notebooks", "pdf", "plaintext"])
    def output(self, request: pytest.FixtureRequest, textbook: Path) -> Output:
        return InstalledOutputs().load(request.param)
