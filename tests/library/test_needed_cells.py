"""The cells that others need are found on the safe side."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.library.needed_cells import needed_cells


@pytest.mark.parametrize(
    ("sources", "needed"),
    [
        (["a = 1", "b = 2", "print(a)"], {0, 2}),
        (["a = 1", "a = 2", "print(a)"], {1, 2}),
        (["a = 1", "a += 2", "print(a)"], {0, 1, 2}),
        (["a = []", "a.append(1)", "b = 1", "print(a)"], {0, 1, 3}),
        (["import x", "x.f(1)\ny = 2", "print(x)"], {0, 1, 2}),
        (["import x", "y = x.f(1)", "z = 1", "print(z)"], {2, 3}),
        (["import x\nx.seed(0)", "y = 1", "print(y)"], {0, 1, 2}),
        (["import x", "y = 1\nx.plot(y)\nx.show()", "print(2)"], {2}),
        (["import x\nx.p['a'] = 2", "print(2)"], {0, 1}),
        (["def f():\n    return g", "g = 1", "print(f())"], {0, 1, 2}),
        (["def f(x):\n    return x", "f(3)", "print(f(2))"], {0, 1, 2}),
        (["%matplotlib inline", "a = 1", "print(2)"], {0, 2}),
        (["a = (", "print(2)"], {0, 1}),
        (["if True:\n    a = 1", "a = 2", "b = 3", "for a in (): pass", "print(a)"], {1, 3, 4}),
        (["from m import *", "print(z)"], {0, 1}),
        (["print(1)", "print(2)"], {1}),
        (["a = 1", "b = 2", "a += b"], {0, 1, 2}),
        (["a = 1", "del a"], {0, 1}),
    ],
)
def test_what_a_cell_needs(sources: list[str], needed: set[int]) -> None:
    assert needed_cells(dict(enumerate(sources)), {len(sources) - 1}) == needed


STATEMENTS = [
    "a, b, c = 1, 2, 3",
    "{0} = {n}",
    "{0} = {1}",
    "{0} = [{1}]",
    "{0} += {1}",
    "def {0}f():\n    return {1}",
    "{0} = {1}f()",
    "print({0})",
]


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(
    st.lists(
        st.tuples(st.sampled_from(STATEMENTS), st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=8
    ),
    st.data(),
)
def test_needed_cells_give_what_all_give(parts: list[tuple[str, str, str]], data: st.DataObject) -> None:
    sources = {n: form.format(first, second, n=n) for n, (form, first, second) in enumerate(parts)}
    wanted = data.draw(st.integers(0, len(parts) - 1))

    def printed(cells: set[int]) -> object:
        space: dict[str, object] = {"print": lambda value: space.update(printed=value)}
        for index in sorted(cells):
            exec(sources[index], space)  # noqa: S102
        return space.get("printed") if parts[wanted][0].startswith("print") else None

    try:
        all_print = printed({index for index in sources if index <= wanted})
    except (NameError, TypeError):
        assume(False)  # a page whose cells fail
    assert printed(needed_cells(sources, {wanted})) == all_print
