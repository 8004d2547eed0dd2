"""What the chapter on recurrent networks saves does what its docstrings say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.long

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


def test_strings_around_a_place_grow_to_both_sides(with_d2l: Run) -> None:
    code = 'result = list(d2l.around("abc", 4))'
    first = ["a", "ab", "#ab", "#abc"]
    assert with_d2l(code) == [first, ["b", "bc", "abc", "abc#"], ["c", "c#", "bc#", "bc##"]]


def test_counts_of_a_context_are_mixed_with_those_of_the_shorter_ones(with_d2l: Run) -> None:
    code = """
    counts = d2l.ContextCounts([["a", "ab"], ["a", "ab"], ["a", "ac"]], ["x", "x", "y"])
    result = [counts.probabilities(["a"]), counts.probabilities(["a", "ab"]), counts.probabilities(["a", "ad", "adb"])]
    """
    short, long, unknown = with_d2l(code)
    assert short == unknown == pytest.approx({"x": 2 / 3, "y": 1 / 3})
    # twice followed by "x" only: (2 + 2 / 3) / (2 + 1)
    assert long == pytest.approx({"x": 8 / 9, "y": 1 / 9})


def test_the_edit_distance_counts_insertions_deletions_and_changes(with_d2l: Run) -> None:
    code = """
    pairs = [("", ""), ("", "ab"), ("abc", ""), ("kitten", "sitting"), (["K", "AE"], ["K", "AE", "T"])]
    result = [d2l.edit_distance(a, b) for a, b in pairs]
    """
    assert with_d2l(code) == [0, 2, 3, 3, 1]


def test_spelling_is_scored_by_whole_words_and_by_sounds(with_d2l: Run) -> None:
    code = """
    words = [("cat", ["K", "AE", "T"]), ("a", ["AH"])]
    result = d2l.spelling_score(words, [["K", "AE", "T", "S"], ["AH"]])
    """
    assert with_d2l(code) == [0.5, 0.25]


def test_words_are_padded_in_front_and_sounds_behind(with_d2l: Run) -> None:
    code = """
    X, Y = d2l.spelling_arrays([("bad", ["B", "AE", "D"]), ("ab", ["AE", "B"])], ["AE", "B", "D"])
    result = [X.T.tolist(), Y.T.tolist()]
    """
    X, Y = with_d2l(code)
    assert X == [[0] * 7 + [4, 1, 2], [0] * 8 + [2, 1]]
    assert Y == [[1, 4, 3, 5, 2] + [0] * 8, [1, 3, 4, 2] + [0] * 9]


def test_padding_neither_costs_nor_has_a_gradient(with_d2l: Run) -> None:
    code = """
    from mxnet import autograd
    scores = np.random.normal(size=(3, 2, 4))
    Y = np.array([[1, 2], [3, 0], [2, 0]], dtype="int32")
    scores.attach_grad()
    with autograd.record():
        loss = d2l.masked_loss(scores, Y)
    loss.backward()
    real = np.stack([scores[0, 0], scores[0, 1], scores[1, 0], scores[2, 0]])
    mean = d2l.cross_entropy(real, np.array([1, 2, 3, 2], dtype="int32")).mean()
    padding, rest = abs(scores.grad[1:, 1]), abs(scores.grad[0])
    result = [abs(loss - mean).item() < 1e-6, padding.max().item(), rest.min().item() > 0]
    """
    assert with_d2l(code) == [True, 0, True]


def test_an_encoder_with_a_decoder_learns_to_copy_and_each_start_is_the_same(with_d2l: Run) -> None:
    code = """
    words = [(a + b, [a, b]) for a in "abcd" for b in "abcd"]
    X, Y = d2l.spelling_arrays(words, list("abcd"))
    def run(seed):
        net, passes = d2l.EncoderDecoder(7, 32, 8), []
        note = lambda losses: passes.append(len(losses))
        losses = d2l.train_seq2seq(net, X, Y, 60, 0.02, batch_size=8, seed=seed, after_pass=note)
        return losses, d2l.beam_search(net, X), passes
    (first, codes, passes), (again, _, _), (other, _, _) = run(0), run(0), run(1)
    answers = [["abcd"[code - 3] for code in row] for row in codes]
    result = [first == again, first == other, passes[:2] + passes[-1:], d2l.spelling_score(words, answers)[0] > 0.9]
    """
    assert with_d2l(code) == [True, False, [2, 4, 120], True]


def test_a_beam_finds_a_word_that_the_greedy_search_misses(with_d2l: Run) -> None:
    code = """
    class Table:
        # the codes 3 and 4 first, then 5 or 6, then the end; the state is the step
        after = {1: {3: 0.6, 4: 0.4}, 3: {5: 0.5, 6: 0.5}, 4: {5: 0.9, 6: 0.1}, 5: {2: 1}, 6: {2: 1}}
        def start(self, X):
            return [np.zeros((1, X.shape[1], 1))]
        def step(self, Y, state):
            rows = [[self.after.get(int(c.item()), {}).get(k, 1e-9) for k in range(7)] for c in Y[0]]
            return np.log(np.array([rows])), state
    X = np.zeros((2, 3), dtype="int32")
    result = [d2l.beam_search(Table(), X, width) for width in (1, 2)]
    """
    greedy, beam = with_d2l(code)
    assert [row[0] for row in greedy] == [3] * 3
    assert beam == [[4, 5]] * 3


def test_the_length_decides_between_answers_if_a_power_is_given(with_d2l: Run) -> None:
    code = """
    class Table:
        after = {1: {3: 0.5, 4: 0.5}, 3: {2: 0.8, 3: 0.2}, 4: {5: 0.85, 4: 0.15}, 5: {2: 0.9, 5: 0.1}}
        def start(self, X):
            return []
        def step(self, Y, state):
            rows = [[self.after.get(int(c.item()), {}).get(k, 1e-9) for k in range(6)] for c in Y[0]]
            return np.log(np.array([rows])), state
    X = np.zeros((2, 1), dtype="int32")
    result = [d2l.beam_search(Table(), X, 4, power) for power in (0, 1)]
    """
    assert with_d2l(code) == [[[3]], [[4, 5]]]
