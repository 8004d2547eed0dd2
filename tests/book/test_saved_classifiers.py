"""What the book saves about errors, images and classifiers does what its docstrings say."""

from __future__ import annotations

import lzma
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_the_standard_error_is_that_of_a_mean_of_independent_values(with_d2l: Run) -> None:
    mean, error = with_d2l("result = d2l.mean_and_error(np.array([1.0, 2.0, 3.0, 6.0]))")
    assert mean == pytest.approx(3)
    assert error == pytest.approx(math.sqrt((4 + 1 + 0 + 9) / 3 / 4))


def test_softmax_and_cross_entropy_survive_scores_of_any_size(with_d2l: Run) -> None:
    result = with_d2l("""
        scores = np.array([[1000.0, 999.0, 0.0], [0.0, 0.0, 0.0], [-1000.0, -1000.0, -1000.0]])
        result = {"p": d2l.softmax(scores).tolist(),
                  "loss": d2l.cross_entropy(scores, np.array([2, 0, 1])).tolist()}
    """)
    rest = math.exp(-1)
    assert result["p"][0] == pytest.approx([1 / (1 + rest), rest / (1 + rest), 0])
    assert result["p"][1] == result["p"][2] == pytest.approx([1 / 3] * 3)
    assert result["loss"] == pytest.approx([1000 + math.log(1 + rest), math.log(3), math.log(3)])


def test_the_gradient_of_cross_entropy_is_probability_minus_truth(with_d2l: Run) -> None:
    result = with_d2l("""
        from mxnet import autograd
        scores, y = np.array([[2.0, -1.0, 0.5], [300.0, 0.0, 299.0]]), np.array([1, 2])
        scores.attach_grad()
        with autograd.record():
            losses = d2l.cross_entropy(scores, y)
        losses.backward()
        result = abs(scores.grad - (d2l.softmax(scores) - npx.one_hot(y, 3))).max().item()
    """)
    assert result < 1e-6


def test_accuracy_and_confusion_count_the_largest_score(with_d2l: Run) -> None:
    result = with_d2l("""
        scores = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]])
        y = np.array([1, 0, 0, 0], dtype="int32")
        answers = scores.argmax(axis=1).astype("int32")
        result = {"accuracy": d2l.accuracy(lambda X: X, scores, y), "counts": d2l.confusion(y, answers, 2).tolist()}
    """)
    assert result == {"accuracy": 0.75, "counts": [[2, 1], [0, 1]]}


def test_folds_hold_every_index_out_once(with_d2l: Run) -> None:
    pairs = with_d2l("result = d2l.folds(11, 3)")
    assert sorted(i for _, held_out in pairs for i in held_out) == list(range(11))
    assert sorted(len(held_out) for _, held_out in pairs) == [3, 4, 4]
    assert all(sorted(train + held_out) == list(range(11)) for train, held_out in pairs)
    assert all(train == sorted(train) and held_out == sorted(held_out) for train, held_out in pairs)
    assert with_d2l("result = d2l.folds(11, 3, seed=1)") != pairs


def test_the_images_of_clothes_are_divided_as_the_collection_was(with_d2l: Run) -> None:
    result = with_d2l("""
        X_train, y_train, X_test, y_test = d2l.fashion_mnist()
        result = {"shapes": [list(a.shape) for a in (X_train, y_train, X_test, y_test)],
                  "types": [str(X_train.dtype), str(y_train.dtype)],
                  "range": [X_train.min().item(), X_train.max().item()],
                  "train": numpy.bincount(y_train.asnumpy()).tolist(),
                  "test": numpy.bincount(y_test.asnumpy()).tolist(),
                  "names": len(d2l.FASHION)}
    """)
    assert result == {
        "shapes": [[8000, 784], [8000], [2000, 784], [2000]],
        "types": ["float32", "int32"],
        "range": [0, 1],
        "train": [800] * 10,
        "test": [200] * 10,
        "names": 10,
    }


def test_data_is_found_from_folders_below_and_its_absence_says_what_to_do(with_d2l: Run, tmp_path: Path) -> None:
    below = tmp_path / "chapter" / "deep"
    below.mkdir(parents=True)
    code = """
        try:
            result = str(d2l.data_file("some.xz"))
        except FileNotFoundError as error:
            result = str(error)
    """
    message = with_d2l(code, below)
    assert "some.xz" in message
    assert "zip file with the book's notebooks" in message
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "some.xz").write_bytes(b"")
    assert with_d2l(code, below) == str(tmp_path / "data" / "some.xz")


def test_idx_files_of_bytes_are_read_in_their_shape_and_others_refused(with_d2l: Run, tmp_path: Path) -> None:
    header = bytes([0, 0, 8, 2]) + (2).to_bytes(4, "big") + (3).to_bytes(4, "big")
    (tmp_path / "bytes.xz").write_bytes(lzma.compress(header + bytes(range(6))))
    (tmp_path / "floats.xz").write_bytes(lzma.compress(bytes([0, 0, 13, 1, 0, 0, 0, 0])))
    assert with_d2l("result = d2l.read_idx('bytes.xz').tolist()", tmp_path) == [[0, 1, 2], [3, 4, 5]]
    refused = """
        try:
            result = d2l.read_idx("floats.xz").tolist()
        except ValueError as error:
            result = str(error)
    """
    assert with_d2l(refused, tmp_path) == "floats.xz is not an IDX file of unsigned bytes"


def test_pictures_are_drawn_in_rows_with_empty_places_left_white(with_d2l: Run) -> None:
    result = with_d2l("""
        import matplotlib
        matplotlib.use("Agg")
        figures = []
        d2l.plt.show = lambda: figures.append(d2l.plt.gcf())
        d2l.show_images(np.zeros((5, 4, 4)), [str(i) for i in range(5)], columns=3)
        d2l.show_confusion(numpy.array([[3, 0], [1, 2]]), ["a", "b"])
        images, matrix = figures
        result = {"titles": [ax.get_title() for ax in images.axes], "pictures": [len(ax.images) for ax in images.axes],
                  "counts": [text.get_text() for text in matrix.axes[0].texts]}
    """)
    assert result == {
        "titles": ["0", "1", "2", "3", "4", ""],
        "pictures": [1, 1, 1, 1, 1, 0],
        "counts": ["3", "1", "2"],
    }
