"""What the chapter on convolutional networks saves does what its docstrings say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.long

Run = Callable[..., Any]


def test_a_correlation_adds_products_over_each_window_without_turning_the_kernel(with_d2l: Run) -> None:
    code = """
    X = np.array([[0, 1, 2], [3, 4, 5], [6, 7, 9]])
    result = d2l.corr2d(X, np.array([[1, 0], [0, -1]])).tolist()
    """
    assert with_d2l(code) == [[-4, -4], [-4, -5]]


def test_leading_axes_of_a_correlation_are_images_of_their_own(with_d2l: Run) -> None:
    code = """
    X, V = np.random.normal(size=(2, 3, 6, 5)), np.random.normal(size=(3, 2))
    many = d2l.corr2d(X, V)
    result = [list(many.shape), abs(many[1, 2] - d2l.corr2d(X[1, 2], V)).max().item()]
    """
    assert with_d2l(code) == [[2, 3, 4, 4], pytest.approx(0, abs=1e-6)]


@pytest.mark.parametrize(("padding", "stride"), [(0, 1), (1, 1), (2, 2), (0, 3), (1, 3)])
def test_a_convolution_with_channels_is_that_of_the_library(with_d2l: Run, padding: int, stride: int) -> None:
    code = f"""
    X, W, b = (np.random.normal(size=shape) for shape in [(2, 3, 9, 8), (4, 3, 3, 2), (4,)])
    theirs = npx.convolution(X, W, b, kernel=(3, 2), num_filter=4, pad=({padding},) * 2, stride=({stride},) * 2)
    ours = d2l.conv2d(X, W, b, {padding}, {stride})
    result = [ours.shape == theirs.shape, abs(ours - theirs).max().item()]
    """
    assert with_d2l(code) == [True, pytest.approx(0, abs=1e-4)]


def test_photographs_are_in_colour_with_values_up_to_one(with_d2l: Run) -> None:
    code = """
    pictures = [d2l.photograph(name) for name in ("china", "flower")]
    result = [[list(p.shape), str(p.dtype), p.min().item() >= 0, 0.9 < p.max().item() <= 1] for p in pictures]
    """
    assert with_d2l(code) == [[[427, 640, 3], "float32", True, True]] * 2


def test_moved_images_lose_what_leaves_and_get_zeros(with_d2l: Run) -> None:
    code = """
    X = np.arange(1, 7).reshape(1, 2, 3)
    moves = [(0, 1), (0, -2), (1, 0), (-1, 1), (0, 0)]
    result = [d2l.shift_images(X, *move)[0].tolist() for move in moves]
    """
    assert with_d2l(code) == [
        [[0, 1, 2], [0, 4, 5]],
        [[3, 0, 0], [6, 0, 0]],
        [[0, 0, 0], [1, 2, 3]],
        [[0, 4, 5], [0, 0, 0]],
        [[1, 2, 3], [4, 5, 6]],
    ]
