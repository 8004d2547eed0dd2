"""Texts that are digested are equal for equal values, in every process, and differ for others."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.common.files import json_in_script, stable_text


def function() -> None:
    """A value of configuration."""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": [2, {3}]}, {"b": [2, {3}], "a": 1}),
        ({"c", "a", "b"}, {"b", "c", "a"}),
        ((1, 2), [1, 2]),
        (function, function),
        (None, None),
    ],
)
def test_equal(one: Any, other: Any) -> None:
    assert stable_text(one) == stable_text(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (["a.css", "b.css"], ["b.css", "a.css"]),  # the later style sheet counts
        (["a", "b"], ["a, b"]),
        ({"a": "b"}, {"a: b"}),
        ({"a"}, ["a"]),
        ({"a": 1}, {"a": 2}),
        (function, test_equal),
        (int, str),
        ("", None),
        ("[]", []),
    ],
)
def test_different(one: Any, other: Any) -> None:
    assert stable_text(one) != stable_text(other)


def test_the_same_in_every_process() -> None:
    code = (
        "from sphinxcontrib_d2lbook.common.files import json_in_script, stable_text\n"
        "print(stable_text({'x': set('abcdef'), 'y': {Path: 1}}))"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", f"from pathlib import Path\n{code}"],
            env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(3)
    }
    assert len(texts) == 1


@pytest.mark.parametrize("text", ["</script><b>", "<!--", "\u2028\u2029", 'ä"\\'])
def test_json_in_a_script_ends_no_element_and_no_line(text: str) -> None:
    written = json_in_script({"a": text})
    assert json.loads(written) == {"a": text}
    assert not set(written) & set("<\u2028\u2029")
