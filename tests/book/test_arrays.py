"""`d2l.arrays`, the module for NumPy alone, computes what `d2l.mxnet` does, and its gradients are right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Run = Callable[..., Any]

PROGRAM = """
import random
import numpy
from d2l import arrays, mxnet
from mxnet import autograd
rng = numpy.random.default_rng(0)
X, y = rng.normal(size=(30, 4)).astype("float32"), rng.normal(size=30).astype("float32")
scores, classes = (9 * rng.normal(size=(30, 5))).astype("float32"), rng.integers(0, 5, size=30).astype("int32")

def in_mxnet(value):
    return np.array(value, dtype=value.dtype) if isinstance(value, numpy.ndarray) else value

def agree(ours, theirs):
    if isinstance(ours, (list, tuple)):
        return len(ours) == len(theirs) and all(map(agree, ours, theirs))
    theirs = theirs.asnumpy() if hasattr(theirs, "asnumpy") else numpy.asarray(theirs)
    return numpy.shape(ours) == theirs.shape and numpy.allclose(ours, theirs, rtol=1e-4, atol=1e-4)

calls = {
    "affine": (X, X[0], numpy.float32(2)),
    "squared_loss": (y, X[:, 0]),
    "standardize": (X, X[:3]),
    "least_squares": (X, y),
    "softmax": (scores,),
    "cross_entropy": (scores, classes),
    "mean_and_error": (y,),
    "train_test_indices": (30,),
    "confusion": (classes, classes[::-1].copy(), 5),
    "diabetes": (),
    "fashion_mnist": (),
}
result = {
    name: agree(getattr(arrays, name)(*given), getattr(mxnet, name)(*map(in_mxnet, given)))
    for name, given in calls.items()
}
ours = arrays.minibatches(X, y, 8, random.Random(1))
theirs = mxnet.minibatches(np.array(X), np.array(y), 8, random.Random(1))
result["minibatches"] = agree(list(ours), list(theirs)) and len(ours) == 4

O = np.array(scores)
O.attach_grad()
with autograd.record():
    loss = mxnet.cross_entropy(O, np.array(classes)).mean()
loss.backward()
result["cross_entropy_gradient"] = agree(arrays.cross_entropy_gradient(scores, classes), O.grad)

w, b = numpy.ones(3), numpy.zeros(())
arrays.descend([w, b], [numpy.arange(3.0), numpy.array(2.0)], 0.5)
result["descend"] = w.tolist() == [1, 0.5, 0] and b.item() == -1
result["tab"] = arrays.tab.selected("numpy") and not mxnet.tab.selected("numpy")
"""


def test_both_modules_compute_the_same(with_d2l: Run) -> None:
    results = with_d2l(PROGRAM)
    assert len(results) == 15
    assert [name for name, is_right in results.items() if not is_right] == []
