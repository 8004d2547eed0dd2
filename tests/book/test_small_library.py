"""The small library of the chapter on libraries: `d2l.small`, beside Gluon."""

import textwrap
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.long

Run = Callable[..., Any]

NETWORK = """
from d2l import small
import random, tempfile, pathlib
from mxnet import autograd, gluon
from mxnet.gluon import nn
npx.random.seed(0)
X = np.random.normal(size=(40, 5))
y = np.array([k % 3 for k in range(40)], dtype="int32")

def network():
    return small.Sum(small.Dense(3), small.Chain(small.Dense(4), small.Relu(), small.Dense(3)))

def message(call, kind=ValueError):
    try:
        call()
    except kind as error:
        return str(error)
    return ""
"""


@pytest.fixture
def run(with_d2l: Run) -> Run:
    return lambda code: with_d2l(NETWORK + textwrap.dedent(code))


def test_parts_are_found_at_any_depth_with_their_paths(run: Run) -> None:
    assert run("result = list(network().find(small.Dense))") == ["blocks.0", "blocks.1.blocks.0", "blocks.1.blocks.2"]


def test_a_sum_adds_and_a_chain_goes_on(run: Run) -> None:
    code = """
    net = network()
    left, right = net.blocks
    inner, bend, outer = right.blocks
    result = abs(net(X) - left(X) - outer(bend(inner(X)))).max().item()
    """
    assert run(code) < 1e-6


def test_training_gives_the_weights_of_gluon(run: Run) -> None:
    code = """
    ours, theirs = small.Chain(small.Dense(4), small.Relu(), small.Dense(3)), nn.Sequential()
    theirs.add(nn.Dense(4, activation="relu", in_units=5), nn.Dense(3, in_units=4))
    theirs.initialize()
    ours(X)
    pairs = list(zip(small.parameters(ours).values(), theirs.collect_params().values()))
    for own, other in pairs:
        other.set_data(own.data.T)
    options = {"learning_rate": 0.1, "momentum": 0.9}
    trainer = gluon.Trainer(theirs.collect_params(), "sgd", options)
    loss = gluon.loss.SoftmaxCrossEntropyLoss()
    for update in (small.update(ours, d2l.cross_entropy, small.Sgd(ours, 0.1, 0.9)),
                   d2l.gluon_update(theirs, loss, trainer)):
        d2l.fit(update, d2l.minibatches(X, y, 8), 5)
    result = max(abs(own.data - other.data().T).max().item() for own, other in pairs)
    """
    assert run(code) < 1e-5


def test_a_shared_parameter_is_one_and_moves_once(run: Run) -> None:
    code = """
    class Twice(small.Block):
        def __init__(self):
            self.a = small.Parameter((5, 5), small.he)
            self.b = self.a

        def forward(self, X):
            return X @ self.a.data @ self.b.data

    net = Twice()
    net.a.make()
    before = net.a.data.copy()
    small.update(net, lambda out, y: (out ** 2).sum(axis=1), small.Sgd(net, 0.1))(X, y)
    moved = (before - net.a.data) / net.a.data.grad
    result = [list(net.find(small.Parameter)), list(small.parameters(net)), moved.mean().item()]
    """
    paths, once, moved = run(code)
    assert (paths, once) == (["a", "b"], ["a"])
    assert moved == pytest.approx(0.1, abs=1e-3)


def test_a_rate_of_zero_leaves_a_parameter_alone(run: Run) -> None:
    code = """
    net = network()
    net(X)
    net.blocks[0].W.rate = 0.0
    before = [p.data.copy() for p in small.parameters(net).values()]
    small.update(net, d2l.cross_entropy, small.Sgd(net, 0.1))(X, y)
    result = [bool((p.data == old).all()) for p, old in zip(small.parameters(net).values(), before)]
    """
    assert run(code) == [True, False, False, False, False, False]


def test_a_parameter_refuses_what_it_does_not_know_or_fit(run: Run) -> None:
    code = """
    result = [message(small.Parameter((None, 3), np.zeros).make),
              message(lambda: small.Parameter((2, 3), np.zeros).set(np.zeros((3, 2))))]
    """
    unknown, unfit = run(code)
    assert "(None, 3) is not known yet" in unknown
    assert "(3, 2)" in unfit
    assert "(2, 3)" in unfit


def test_a_dense_layer_takes_its_length_from_the_first_call_and_keeps_it(run: Run) -> None:
    code = """
    layer = small.Dense(2)
    shapes = [layer.W.shape, layer(X).shape, layer.W.shape]
    result = [shapes, message(lambda: layer(X[:, :3])), message(lambda: small.Dense(2)(X.reshape(4, 10, 5)))]
    """
    shapes, other, cube = run(code)
    assert shapes == [[None, 2], [40, 2], [5, 2]]
    assert "(n, 5) was given (40, 3)" in other
    assert "(n, any) was given (4, 10, 5)" in cube


def test_a_parameter_without_values_is_named_by_the_step(run: Run) -> None:
    code = """
    net = small.Chain(small.Dense(3))
    net.spare = small.Dense(3)
    step = small.update(net, d2l.cross_entropy, small.Sgd(net, 0.1))
    result = message(lambda: step(X, y))
    """
    assert "spare.W has no values" in run(code)


def test_an_outline_lists_shapes_and_leaves_no_trace(run: Run) -> None:
    code = """
    net = network()
    rows = [[path, type(block).__name__, shape] for path, block, shape in small.outline(net, X)]
    failed = message(lambda: small.outline(net, X[:, :2]))
    left = sum("forward" in vars(block) for block in net.find(small.Block).values())
    result = [rows, bool(failed), left]
    """
    rows, failed, left = run(code)
    assert rows[0] == ["blocks.0", "Dense", [40, 3]]
    assert rows[-1] == ["", "Sum", [40, 3]]
    assert len(rows) == 6
    assert failed
    assert left == 0


def test_normalization_is_that_of_gluon_and_its_gradient_is_right(run: Run) -> None:
    code = """
    ours, theirs = small.LayerNorm(), nn.LayerNorm(epsilon=1e-5)
    theirs.initialize()
    gap = abs(ours(X * 7 + 3) - theirs(X * 7 + 3)).max().item()
    result = [gap, d2l.check_gradient(small.Standardize(), X[:3])]
    """
    gap, right = run(code)
    assert gap < 1e-5
    assert right


FILE = """
    path = pathlib.Path(tempfile.mkdtemp()) / "file"
    net = network()
    net(X)
    small.save(net, path)
    content = path.read_bytes()
"""


def test_a_file_gives_the_network_back(run: Run) -> None:
    code = f"""{FILE}
    again = network()
    small.load(again, path)
    result = bool((again(X) == net(X)).all())
    """
    assert run(code) is True


@pytest.mark.parametrize(
    ("damaged", "told"),
    [
        ("content[:-4]", "is damaged"),
        ("content[:-5] + bytes([content[-5] ^ 1]) + content[-4:]", "is damaged"),
        ("content.replace(b'[5, 3]', b'[6, 3]')", "is damaged"),
        ("b'{\"parameters\": 3}' + bytes(9)", "is not a file of parameters"),
        ("b'weights'", "is not a file of parameters"),
        ("b'[1, 2]' + bytes(9)", "is not a file of parameters"),
        ("content.replace(b'small 1', b'small 9')", "d2l.small 9, which is not known"),
        ("content.replace(b'blocks.0.W', b'blocks.9.W')", "lacks ['blocks.0.W', 'blocks.1.blocks.0.W']"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_and_changes_nothing(run: Run, damaged: str, told: str) -> None:
    code = f"""{FILE}
    path.write_bytes({damaged})
    other = network()
    said = message(lambda: small.load(other, path))
    result = [said, [p.data is None for p in small.parameters(other).values()]]
    """
    said, untouched = run(code)
    assert told in said
    assert all(untouched)


def test_a_file_of_another_shape_is_refused(run: Run) -> None:
    code = f"""{FILE}
    wide = small.Sum(small.Dense(3), small.Chain(small.Dense(9), small.Relu(), small.Dense(3)))
    result = message(lambda: small.load(wide, path))
    """
    assert "blocks.1.blocks.0.W has the shape [5, 4]" in run(code)


def test_a_network_moves_as_a_whole(run: Run) -> None:
    code = """
    import mxnet
    there = mxnet.cpu(1)
    net = network()
    net(X)
    first = [str(c) for c in small.contexts(net)]
    small.move(net.blocks[0], there)
    mixed = len(small.contexts(net))
    small.move(net, there)
    result = [first, mixed, [str(c) for c in small.contexts(net)]]
    """
    assert run(code) == [["cpu(0)"], 2, ["cpu(1)"]]


def test_a_network_without_values_is_not_saved(run: Run) -> None:
    code = """
    path = pathlib.Path(tempfile.mkdtemp()) / "file"
    said = message(lambda: small.save(network(), path))
    result = [said, path.exists()]
    """
    said, written = run(code)
    assert "blocks.0.W" in said
    assert "has no values yet" in said
    assert written is False


def test_a_parameter_that_was_given_its_values_alone_leaves_its_partner_to_the_call(run: Run) -> None:
    code = """
    layer, norm = small.Dense(2, inputs=5), small.LayerNorm()
    layer.W.set(np.ones((5, 2)))
    norm.gain.shape = (5,)
    norm.gain.set(np.ones(5))
    result = [abs(layer(X) - X.sum(axis=1, keepdims=True)).max().item(), list(norm(X).shape)]
    """
    gap, shape = run(code)
    assert gap < 1e-5
    assert shape == [40, 5]
