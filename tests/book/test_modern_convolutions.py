"""What the chapter on modern convolutional networks saves does what its docstrings say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.long

Run = Callable[..., Any]


def test_small_images_are_means_of_four_pixels_with_mean_square_one(with_d2l: Run) -> None:
    code = """
    X, y, X_test, y_test = d2l.small_fashion(50)
    large, labels, _, _ = d2l.fashion_mnist()
    corner = large[:50].reshape(50, 28, 28)[:, 10:12, 12:14].mean(axis=(1, 2))
    ratio = X[:, 0, 5, 6] / np.maximum(corner, 1e-6)
    used = corner.asnumpy() > 0.1
    result = [X.shape, X_test.shape, len(y_test), (X ** 2).mean().item(), bool((y == labels[:50]).all()),
              float(ratio.asnumpy()[used].max() / ratio.asnumpy()[used].min())]
    """
    assert with_d2l(code) == [
        [50, 1, 14, 14],
        [2000, 1, 14, 14],
        2000,
        pytest.approx(1, abs=1e-4),
        True,
        pytest.approx(1, abs=1e-4),
    ]


def test_a_network_is_trained_the_same_from_each_start_and_its_rate_falls_to_zero(with_d2l: Run) -> None:
    code = """
    from mxnet.gluon import nn
    def run(seed):
        X, y, X_test, _ = d2l.small_fashion(200)
        net = nn.HybridSequential()
        net.add(nn.Dense(10))
        losses, seconds = d2l.train_classifier(net, X, y, 3, 0.02, seed=seed)
        return losses, net(X_test[:5]).tolist(), seconds
    first, again, other = run(0), run(0), run(1)
    result = [first[:2] == again[:2], first[0] != other[0], len(first[0]), first[0][-1] < first[0][0], first[2] >= 0]
    """
    assert with_d2l(code) == [True, True, 3, True, True]


def test_the_size_of_a_network_is_that_of_its_convolutions_and_dense_layers(with_d2l: Run) -> None:
    code = """
    from mxnet.gluon import nn
    net = nn.HybridSequential()
    net.add(nn.Conv2D(4, 3, padding=1), nn.BatchNorm(), nn.MaxPool2D(2, 2), nn.Conv2D(5, 1), nn.Dense(10))
    net.initialize()
    X = np.zeros((7, 2, 6, 6))
    result = [d2l.net_size(net, X), d2l.net_size(net, X)]
    """
    params = (4 * 2 * 9 + 4) + 2 * 4 + (5 * 4 + 5) + (5 * 9 * 10 + 10)
    products = 36 * 4 * 2 * 9 + 9 * 5 * 4 + 5 * 9 * 10
    assert with_d2l(code) == [[params, products]] * 2


def test_a_support_vector_machine_gives_one_for_the_class_it_names(with_d2l: Run) -> None:
    code = """
    X, y, _, _ = d2l.small_fashion(300)
    scores = d2l.support_vectors(X, y)(X)
    result = [scores.shape, scores.sum(axis=1).tolist() == 300 * [1], d2l.accuracy(lambda X: scores, X, y) > 0.9]
    """
    assert with_d2l(code) == [[300, 10], True, True]


def test_a_block_of_three_keeps_sizes_unless_it_has_a_stride(with_d2l: Run) -> None:
    code = """
    result = []
    for args in ((5,), (5, 1), (5, 5), (5, 3, 2)):
        block = d2l.conv_norm(*args)
        block.initialize()
        result.append([list(block(np.ones((2, 3, 8, 8))).shape), len(list(block.collect_params()))])
    """
    sides = [8, 8, 8, 4]
    assert with_d2l(code) == [[[2, 5, side, side], 5] for side in sides]


def test_a_residual_block_starts_as_a_rectifier_and_fits_other_shapes(with_d2l: Run) -> None:
    code = """
    from mxnet import autograd
    X, result = np.random.normal(size=(4, 3, 6, 6)), []
    for args in ({"channels": 3}, {"channels": 3, "start": "ones"}, {"channels": 5, "match": True},
                 {"channels": 5, "stride": 2}):
        block = d2l.Residual(**args)
        block.initialize()
        with autograd.record():
            out = block(X)
        same = out.shape == X.shape and abs(out - npx.relu(X)).max().item() == 0
        result.append([list(out.shape), same])
    """
    assert with_d2l(code) == [
        [[4, 3, 6, 6], True],
        [[4, 3, 6, 6], False],
        [[4, 5, 6, 6], False],
        [[4, 5, 3, 3], False],
    ]


def test_parallel_paths_have_their_channels_side_by_side(with_d2l: Run) -> None:
    code = """
    result, X = [], np.random.normal(size=(2, 6, 7, 7))
    for reduce in (True, False):
        block = d2l.Inception(4, reduce)
        block.initialize()
        out = block(X)
        parts = [abs(out[:, 4 * k:4 * k + 4] - path(X)).max().item() for k, path in enumerate(block.paths)]
        weights = sum(p.data().size for name, p in block.collect_params().items() if name.endswith("weight"))
        result.append([list(out.shape), parts, weights])
    """
    few = 6 * 4 + (6 * 4 + 9 * 4 * 4) + (6 * 2 + 25 * 2 * 4) + 6 * 4
    assert with_d2l(code) == [
        [[2, 16, 7, 7], [0, 0, 0, 0], few],
        [[2, 16, 7, 7], [0, 0, 0, 0], (1 + 9 + 25 + 1) * 6 * 4],
    ]


def test_a_dense_block_appends_to_what_it_was_given(with_d2l: Run) -> None:
    code = """
    X = np.random.normal(size=(2, 6, 5, 5))
    block = d2l.DenseBlock(4, 3)
    block.initialize()
    out = block(X)
    second = abs(out[:, 10:14] - block.layers[1](out[:, :10])).max().item()
    weights = [p.data().shape[1] for name, p in block.collect_params().items() if name.endswith("weight")]
    result = [list(out.shape), abs(out[:, :6] - X).max().item(), second, weights]
    """
    assert with_d2l(code) == [[2, 18, 5, 5], 0, 0, [6, 10, 14]]
