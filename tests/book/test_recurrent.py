"""What the chapter on recurrent networks saves does what its docstrings say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]


def test_the_novel_has_two_parts_of_few_characters(with_d2l: Run) -> None:
    code = """
    train, test = d2l.moby_dick()
    result = [len(train), len(test), "".join(sorted(set(train))), "call me ishmael." in train, train.find(test[:200])]
    """
    characters = " !\"',-.;?abcdefghijklmnopqrstuvwxyz"
    assert with_d2l(code) == [1_000_000, 100_000, characters, True, -1]


def test_counts_are_mixed_with_those_of_shorter_strings(with_d2l: Run) -> None:
    code = """
    model = d2l.NGram("abab", 2, "abc")
    result = [model.probability("", "a"), model.probability("ca", "b"), model.probability("c", "b"),
              sum(model.probability("a", c) for c in "abc"), model.losses("ab").tolist()]
    """
    # of one character: (2 + 2 / 3) / (4 + 2); after "a", twice followed by "b" only: (2 + p) / (2 + 1)
    single = (2 + 2 / 3) / 6
    after = (2 + single) / 3
    alone, pair, unknown, total, losses = with_d2l(code)
    assert [alone, pair, unknown, total] == pytest.approx([single, after, single, 1])
    assert losses == pytest.approx([0.8109302, 0.2047944], abs=1e-6)


def test_characters_become_their_places_in_the_alphabet(with_d2l: Run) -> None:
    code = """
    codes = d2l.encode("cab", "abc")
    result = [codes.tolist(), str(codes.dtype)]
    """
    assert with_d2l(code) == [[2, 0, 1], "int32"]


def test_rows_are_read_side_by_side_and_go_on_where_they_ended(with_d2l: Run) -> None:
    code = """
    batches = d2l.streams(np.arange(12, dtype="int32"), 2, 2)
    result = [len(batches), [[X.T.tolist(), Y.T.tolist()] for X, Y in batches], len(list(batches))]
    """
    first = [[[0, 1], [5, 6]], [[1, 2], [6, 7]]]
    second = [[[2, 3], [7, 8]], [[3, 4], [8, 9]]]
    assert with_d2l(code) == [2, [first, second], 2]


def test_a_long_gradient_is_shortened_and_a_short_one_is_left(with_d2l: Run) -> None:
    code = """
    params = [np.zeros(1), np.zeros(2)]
    for p in params:
        p.attach_grad()
    result = []
    for limit in (10, 1):
        params[0].grad[:], params[1].grad[:] = 3, np.array([0, 4])
        result.append([d2l.clip(params, limit), [p.grad.tolist() for p in params]])
    """
    untouched, shortened = with_d2l(code)
    assert untouched == [5, [[3], [0, 4]]]
    assert shortened[0] == 5
    assert [number for grad in shortened[1] for number in grad] == pytest.approx([0.6, 0, 0.8])


def test_a_language_model_scores_each_step_and_goes_on_from_its_state(with_d2l: Run) -> None:
    code = """
    from mxnet.gluon import rnn
    result = []
    for layer in (rnn.RNN(6), rnn.LSTM(6)):
        net = d2l.RNNLM(layer, 5)
        net.initialize()
        X = np.array([[0, 1], [2, 3], [4, 0], [1, 1]], dtype="int32")
        empty = layer.begin_state(batch_size=2)
        whole, _ = net(X, empty)
        _, states = net(X[:2], empty)
        rest, _ = net(X[2:], states)
        result.append([list(whole.shape), abs(whole[2:] - rest).max().item() < 1e-6])
    """
    assert with_d2l(code) == [[[4, 2, 5], True]] * 2


def test_a_language_model_learns_a_circle_and_each_start_is_the_same(with_d2l: Run) -> None:
    code = """
    from mxnet.gluon import rnn
    def run(seed):
        net = d2l.RNNLM(rnn.GRU(8), 4)
        codes = np.array(list(range(4)) * 200 + [0], dtype="int32")
        losses = d2l.train_lm(net, codes, 3, 0.5, batch_size=4, steps=10, seed=seed)
        return losses, d2l.lm_losses(net, codes, 4, 50)
    (first, rows), (again, _), (other, _) = run(0), run(0), run(1)
    result = [first == again, first == other, len(first), first[-1] < 0.3 * first[0], list(rows.shape),
              rows[:, 10:].mean().item() < 0.3]
    """
    assert with_d2l(code) == [True, False, 60, True, [4, 200], True]


def test_words_with_their_sounds_have_three_parts_without_a_common_word(with_d2l: Run) -> None:
    code = """
    import re
    parts = d2l.cmu_words()
    words = [word for part in parts for word, _ in part]
    sounds = {sound for part in parts for _, row in part for sound in row}
    result = [[len(part) for part in parts], len(set(words)), all(re.fullmatch("[a-z]{3,10}", word) for word in words),
              len(sounds), max(len(row) for part in parts for _, row in part), dict(sum(parts, [])).get("knight")]
    """
    assert with_d2l(code) == [[29_000, 1_000, 2_000], 32_000, True, 39, 11, ["N", "AY", "T"]]
