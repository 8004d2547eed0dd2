"""What the chapter on attention saves does what its docstrings say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.long

Run = Callable[..., Any]


def test_masked_places_have_no_weight_and_an_empty_row_has_none_at_all(with_d2l: Run) -> None:
    code = """
    scores, mask = np.array([[1.0, 2, 9], [1, 2, 9]]), np.array([[1, 1, 0], [0, 0, 0]])
    result = [d2l.masked_softmax(scores, mask).tolist(), d2l.masked_softmax(scores).sum(axis=1).tolist(),
              d2l.check_gradient(lambda s: d2l.masked_softmax(s, mask), scores)]
    """
    weights, sums, gradient = with_d2l(code)
    assert weights[0] == pytest.approx([0.2689414, 0.7310586, 0])
    assert weights[1] == [0, 0, 0]
    assert sums == pytest.approx([1, 1])
    assert gradient


def test_attention_averages_values_by_scaled_products_and_a_bias(with_d2l: Run) -> None:
    code = """
    import math
    Q, K = np.array([[[2.0, 0, 0, 0]]]), np.array([[[1.0, 0, 0, 0], [0, 1, 0, 0]]])
    V = np.array([[[10.0], [20]]])
    answers, weights = d2l.attention(Q, K, V)
    biased, _ = d2l.attention(Q, K, V, bias=np.array([0, 1.0]))
    hidden, _ = d2l.attention(Q, K, V, np.array([[[1, 0]]]))
    result = [answers.tolist(), weights.tolist(), biased.item(), hidden.item(), 1 / (1 + math.exp(-1))]
    """
    answers, weights, biased, hidden, first = with_d2l(code)
    assert weights[0][0] == pytest.approx([first, 1 - first])
    assert answers[0][0] == pytest.approx([10 * first + 20 * (1 - first)])
    assert [biased, hidden] == pytest.approx([15, 10])


def test_weights_are_drawn_with_names_for_all_or_for_each(with_d2l: Run) -> None:
    code = """
    seen = []
    d2l.plt.show = lambda: seen.append([[t.get_text() for t in ax.get_xticklabels()] for ax in d2l.plt.gcf().axes])
    W = np.ones((2, 1, 3)) / 3
    d2l.show_weights(W, "x", "abc", ["first", "second"])
    d2l.show_weights(W, "x", ["abc", "def"])
    result = seen
    """
    assert with_d2l(code) == [[list("abc"), list("abc")], [list("abc"), list("def")]]


def test_products_of_sinusoids_depend_on_the_distance(with_d2l: Run) -> None:
    code = """
    P = d2l.sinusoids(20, 6)
    S = P @ P.T
    far = abs(S[3, 5] - S[3, 6]).item() > 1e-3
    result = [list(P.shape), P[0].tolist(), abs(S[3, 5] - S[13, 15]).item() < 1e-5, far]
    """
    assert with_d2l(code) == [[20, 6], [0, 1, 0, 1, 0, 1], True, True]


def test_heads_are_columns_and_come_back(with_d2l: Run) -> None:
    code = """
    X = np.arange(2 * 3 * 4).reshape(2, 3, 4)
    heads = d2l.split_heads(X, 2)
    result = [list(heads.shape), bool((heads[3] == X[1, :, 2:]).all()), bool((d2l.join_heads(heads, 2) == X).all())]
    """
    assert with_d2l(code) == [[4, 3, 2], True, True]


def test_several_heads_agree_with_a_loop_over_them(with_d2l: Run) -> None:
    code = """
    npx.random.seed(0)
    block = d2l.MultiHead(6, 3)
    block.initialize()
    X, Z = np.random.normal(size=(2, 4, 6)), np.random.normal(size=(2, 5, 6))
    mask = np.array([[[1, 1, 1, 0, 0]], [[1, 1, 1, 1, 1]]])
    whole = block(X, Z, mask)
    Q, K, V, W = (layer.weight.data().T for layer in (block.query, block.key, block.value, block.out))
    parts = [d2l.attention(X @ Q[:, p], Z @ K[:, p], Z @ V[:, p], mask)[0]
             for p in (slice(0, 2), slice(2, 4), slice(4, 6))]
    result = [abs(whole - np.concatenate(parts, axis=2) @ W).max().item() < 1e-5, list(block.weights.shape)]
    """
    assert with_d2l(code) == [True, [6, 4, 5]]


def test_numbers_for_distances_are_the_same_from_the_reach_on(with_d2l: Run) -> None:
    code = """
    block = d2l.MultiHead(4, 1, reach=3)
    block.initialize()
    X = np.ones((1, 6, 4))
    block(X, X, np.tril(np.ones((6, 6))))
    block.distance.weight.set_data(np.array([[0.0], [1], [-1]]))
    block(X, X, np.tril(np.ones((6, 6))))
    logs = np.log(block.weights[0, 5] / block.weights[0, 5, 5])
    result = logs.tolist()
    """
    assert with_d2l(code) == pytest.approx([-1, -1, -1, -1, 1, 0], abs=1e-5)


def test_a_block_starts_as_the_identity_unless_told_otherwise(with_d2l: Run) -> None:
    code = """
    from mxnet import init
    X, result = np.random.normal(size=(2, 3, 8)), []
    for start in (None, init.Xavier()):
        block = d2l.TransformerBlock(8, 2, start=start)
        block.initialize(init.Xavier())
        result.append(abs(block(X) - X).max().item() == 0)
    """
    assert with_d2l(code) == [True, False]


def test_a_transformer_does_not_see_the_future(with_d2l: Run) -> None:
    code = """
    from mxnet import init
    net = d2l.Transformer(5, 8, 2, 2, 4, init.Xavier())
    net.initialize(init.Xavier())
    X = np.array([[0, 1, 2, 3, 4], [0, 1, 2, 0, 4]], dtype="int32")
    change = abs(net(X)[0] - net(X)[1]).max(axis=1)
    result = [list(net(X).shape), change[:3].max().item() == 0, change[3].item() > 0, change[4].item() > 0]
    """
    assert with_d2l(code) == [[2, 5, 5], True, True, True]


def test_windows_are_learned_and_each_start_is_the_same(with_d2l: Run) -> None:
    code = """
    codes = np.array(list(range(4)) * 200 + [0], dtype="int32")
    def run(seed):
        net = d2l.Transformer(4, 8, 2, 1, 4)
        losses, seconds = d2l.train_windows(net, codes, 60, 0.02, batch_size=4, n=10, seed=seed)
        return losses, d2l.window_losses(net, codes, 10, 7), seconds
    (first, rows, seconds), (again, _, _), (other, _, _) = run(0), run(0), run(1)
    result = [first == again, first == other, len(first), list(rows.shape), rows.mean().item() < 0.3, seconds > 0]
    """
    assert with_d2l(code) == [True, False, 60, [80, 10], True, True]
