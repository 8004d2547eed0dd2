"""The code that the book saves into `d2l` does what its docstrings say."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]


def run(code: str) -> dict[str, object]:
    """Return the dict `result` that the code leaves behind, from a process of its own: MXNet changes NumPy."""
    program = "\n".join(
        [
            "import json, random",
            "import numpy",
            "from d2l import mxnet as d2l",
            "from d2l.mxnet import autograd, gluon, init, nn, np, npx",
            textwrap.dedent(code),
            "print(json.dumps(result))",
        ]
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_fit_records_the_mean_over_examples_and_each_measure_after_each_epoch():
    result = run("""
        seen = []
        def update(X, y):
            seen.append(len(y))
            return y * len(seen)
        batches = d2l.minibatches(np.zeros((5, 2)), np.ones(5), 2)
        record = d2l.fit(update, batches, 2, steps=lambda: len(seen))
        result = {"record": record, "seen": seen, "length": len(batches)}
    """)
    # batches of 2, 2 and 1 examples with losses 1, 2, 3, then 4, 5, 6
    assert result == {
        "record": {"loss": [(2 * 1 + 2 * 2 + 3) / 5, (2 * 4 + 2 * 5 + 6) / 5], "steps": [3, 6]},
        "seen": [2, 2, 1, 2, 2, 1],
        "length": 3,
    }


def test_minibatches_pass_through_all_examples_each_time_in_a_new_order():
    result = run("""
        X = np.arange(10).reshape(-1, 1)
        batches = d2l.minibatches(X, X[:, 0], 4, random.Random(3))
        passes = [[int(v) for _, y in batches for v in y.asnumpy()] for _ in range(2)]
        plain = [int(v) for _, y in d2l.minibatches(X, X[:, 0], 4) for v in y.asnumpy()]
        result = {"passes": passes, "plain": plain}
    """)
    first, second = result["passes"]
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second
    assert result["plain"] == list(range(10))


def test_gluon_update_steps_against_the_gradient_of_the_mean():
    result = run("""
        X, y = np.array([[1.0], [2.0], [4.0]]), np.array([1.0, 0.0, 2.0])
        net = nn.Dense(1)
        net.initialize(init.Zero())
        trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.5})
        losses = d2l.gluon_update(net, gluon.loss.L2Loss(), trainer)(X, y)
        result = {
            "losses": losses.asnumpy().tolist(),
            "weight": net.weight.data().item(),
            "bias": net.bias.data().item(),
        }
    """)
    assert result["losses"] == [0.5, 0.0, 2.0]
    # the gradient of mean((w x + b - y)^2) / 2 at zero is (-mean(x y), -mean(y)) = (-3, -1)
    assert result["weight"] == pytest.approx(1.5)
    assert result["bias"] == pytest.approx(0.5)


def test_gluon_update_gives_a_network_all_inputs_of_the_batch():
    result = run("""
        class Sum(gluon.Block):
            def __init__(self):
                super().__init__()
                self.dense = nn.Dense(1)
            def forward(self, a, b):
                return self.dense(a + b)
        net = Sum()
        net.initialize(init.One())
        trainer = gluon.Trainer(net.collect_params(), "sgd", {"learning_rate": 0.0})
        losses = d2l.gluon_update(net, gluon.loss.L2Loss(), trainer)(np.ones((2, 1)), np.ones((2, 1)), np.zeros(2))
        result = {"losses": losses.asnumpy().tolist()}
    """)
    assert result["losses"] == [2.0, 2.0]


def test_affine_adds_the_bias_to_each_row():
    result = run("""
        X, W, b = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([10.0, 20.0])
        result = {
            "matrix": d2l.affine(X, W, b).asnumpy().tolist(),
            "vector": d2l.affine(X, W[:, 0], np.array(5.0)).asnumpy().tolist(),
        }
    """)
    assert result == {"matrix": [[11.0, 24.0], [13.0, 28.0]], "vector": [6.0, 8.0]}


GRADIENTS = {
    "lambda x: x ** 3": True,
    "lambda x: npx.softmax(x).sum()": True,  # the gradient is zero
    "lambda x: np.exp(x.mean())": True,  # a number, without axes
    "lambda x: ((x - x.mean()) ** 2).mean()": True,
    "lambda x: x.var()": False,
    "lambda x: x.std(axis=0)": False,
    "lambda x: np.where(x > 0.5, 3 * x, 0)": False,
    "lambda x: npx.leaky_relu(x, act_type='gelu')": False,
    "lambda x: np.sqrt(x - x)": False,  # not a number
    "lambda x: x.detach() * x": False,
}


@pytest.fixture(scope="module")
def agreements():
    checks = ", ".join(f"d2l.check_gradient({function}, X)" for function in GRADIENTS)
    result = run(f"""
        X = np.array([[0.3, -1.0, 2.0], [1.5, 0.7, -0.2]])
        result = {{"agree": [{checks}]}}
    """)
    return dict(zip(GRADIENTS, result["agree"], strict=True))


@pytest.mark.parametrize("function", GRADIENTS)
def test_check_gradient_tells_right_gradients_from_wrong_ones(agreements, function):
    assert agreements[function] is GRADIENTS[function]


def test_check_gradient_reports_each_argument_and_leaves_it_as_it_was():
    result = run("""
        import contextlib, io
        a, b = np.array([1.0, 2.0]), np.array(3.0)
        report = io.StringIO()
        with contextlib.redirect_stdout(report):
            agrees = d2l.check_gradient(lambda a, b: a * b.detach(), a, b)
        result = {"agrees": agrees, "report": report.getvalue().splitlines(), "a": a.asnumpy().tolist()}
    """)
    assert result["agrees"] is False
    assert result["a"] == [1.0, 2.0]
    assert result["report"][0] == "argument 1: 2 of 2 entries agree"
    assert result["report"][1].startswith("argument 2: 0 of 1 entries agree; entry 0 has 0 by autograd, ")
