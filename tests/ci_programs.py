"""The programs of `.ci/`, as modules whose functions tests can call."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

CI = Path(__file__).parents[1] / ".ci"


def load(name: str) -> ModuleType:
    """Import the program `.ci/NAME.py`."""
    spec = importlib.util.spec_from_file_location(name, CI / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
