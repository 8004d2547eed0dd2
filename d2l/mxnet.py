# Generated from the pages of Deep Learning by Working Example. Do not edit: change the cell in the book and build. [43441730]
"""d2l.mxnet: code that Deep Learning by Working Example teaches and saves."""

# What the saved blocks import [b9bb51d0]
import random
import sys

import mxnet as mx
from matplotlib import pyplot as plt
from matplotlib_inline import backend_inline
from mxnet import autograd, gluon, init, np, npx
from mxnet.gluon import nn
from sklearn.datasets import load_diabetes

d2l = sys.modules[__name__]


# From book/installation.md, sec_installation_the_imports_of_the_package [4551468e]
npx.set_np()


# From book/preliminaries/data-manipulation.md, sec_first_figure [21de8ec2]
def use_svg_display():
    """Show figures as SVG whose bytes depend on nothing but what is drawn.

    Matplotlib otherwise writes the date and random identifiers into the file.

    Defined in :numref:`sec_first_figure`.
    """
    plt.rcParams["svg.hashsalt"] = "d2l"
    backend_inline.set_matplotlib_formats("svg", metadata={"Date": None})


# From book/preliminaries/data-manipulation.md, sec_first_figure [9f039992]
def set_figsize(figsize=(4.5, 2.8)):
    """Set the size of the figures to come, (width, height) in inches.

    Defined in :numref:`sec_first_figure`.
    """
    use_svg_display()
    plt.rcParams["figure.figsize"] = figsize


# From book/preliminaries/data-preprocessing.md, sec_splitting [6634a6ff]
def train_test_indices(n, test_fraction=0.2, seed=0):
    """Split the indices 0, ..., n - 1 at random into a training and a test part.

    Returns two sorted lists; the same seed gives the same split everywhere.

    Defined in :numref:`sec_splitting`.
    """
    indices = list(range(n))
    random.Random(seed).shuffle(indices)
    n_test = round(test_fraction * n)
    return sorted(indices[n_test:]), sorted(indices[:n_test])


# From book/preliminaries/data-preprocessing.md, sec_standardization [ef915d6e]
def standardize(train, *others):
    """Centre and scale the columns of arrays by the statistics of `train` alone.

    train: shape (n, d). others: shape (m, d) each. Returns the list of all of
    them, scaled; columns that are constant in `train` are only centred.

    Defined in :numref:`sec_standardization`.
    """
    mean, std = train.mean(axis=0), train.std(axis=0)
    scale = np.where(std > 1e-6 * np.abs(mean), std, np.ones_like(std))
    return [(X - mean) / scale for X in (train, *others)]


# From book/preliminaries/autograd.md, sec_nile_model [814c932a]
def plot(*curves, xlabel="", ylabel="", xscale="linear", yscale="linear",
         xlim=None, ylim=None, figsize=(4.5, 2.8)):
    """Draw curves into one set of axes.

    Each curve is (x, y), (x, y, format) or (x, y, format, label), where x and y
    are arrays or lists of equal length and format is Matplotlib's, such as "k.".

    Defined in :numref:`sec_nile_model`.
    """
    d2l.set_figsize(figsize)
    _, ax = d2l.plt.subplots()
    for x, y, *style in curves:
        x, y = (a.asnumpy() if isinstance(a, np.ndarray) else a for a in (x, y))
        ax.plot(x, y, *style[:1], label=style[1] if len(style) > 1 else None)
    ax.set(xlabel=xlabel, ylabel=ylabel, xscale=xscale, yscale=yscale, xlim=xlim, ylim=ylim)
    ax.grid(alpha=0.3)
    if any(len(curve) > 3 for curve in curves):
        ax.legend()
    d2l.plt.show()


# From book/linear-networks/linear-regression.md, sec_least_squares_code [ccf1e56b]
def least_squares(X, y):
    """The weights, shape (d,), and the bias, a float, that fit y best.

    X: shape (n, d), without a column of ones. y: shape (n,). If the columns are
    dependent, the shortest of the best weights are returned.

    Defined in :numref:`sec_least_squares_code`.
    """
    X, y = X.astype("float64"), y.astype("float64")
    ones = np.ones((len(X), 1), dtype="float64")
    solution = np.linalg.lstsq(np.concatenate([X, ones], axis=1), y, rcond=None)[0]
    return solution[:-1], solution[-1].item()


# From book/linear-networks/linear-scratch.md, sec_diabetes_data [16a8ffc6]
def diabetes(test_fraction=0.25, seed=0):
    """Measurements of 442 patients and the progression of their diabetes.

    Returns X_train, y_train, X_test, y_test; X has shape (n, 10), standardized by
    the training part, y has shape (n,).

    Defined in :numref:`sec_diabetes_data`.
    """
    data = load_diabetes(scaled=False)
    X, y = (np.array(a, dtype="float32") for a in (data.data, data.target))
    train, test = d2l.train_test_indices(len(X), test_fraction, seed)
    X_train, X_test = d2l.standardize(X[train], X[test])
    return X_train, y[train], X_test, y[test]


# From book/linear-networks/linear-scratch.md, sec_diabetes_data [16fa6970]
def rmse(predict, X, y):
    """Root mean squared error of predict(X), of shape (n,) or (n, 1), against y, (n,).

    Defined in :numref:`sec_diabetes_data`.
    """
    return np.sqrt(((predict(X).reshape(y.shape) - y) ** 2).mean()).item()


# From book/linear-networks/linear-scratch.md, sec_minibatches [0e51f83f]
def minibatches(X, y, batch_size, rng=None):
    """Yield parts (X, y) of at most batch_size examples, each example once.

    The order is that of the data, or random if rng, a random.Random, is given.

    Defined in :numref:`sec_minibatches`.
    """
    order = list(range(len(X)))
    if rng is not None:
        rng.shuffle(order)
    for start in range(0, len(order), batch_size):
        rows = order[start:start + batch_size]
        yield X[rows], y[rows]


# From book/linear-networks/linear-scratch.md, sec_scratch_parts [b3b748ae]
def linear(X, w, b):
    """Predictions of the linear model. X: (n, d), w: (d,) or (d, k), b: () or (k,).

    Defined in :numref:`sec_scratch_parts`.
    """
    return X @ w + b


# From book/linear-networks/linear-scratch.md, sec_scratch_parts [c3f4041a]
def squared_loss(y_hat, y):
    """Half the squared error of each example, in the shape of y_hat: (n,) or (n, 1).

    Defined in :numref:`sec_scratch_parts`.
    """
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


# From book/linear-networks/linear-scratch.md, sec_scratch_parts [b69688c1]
def sgd(params, lr):
    """Move each array of params one step of length lr against its gradient, in place.

    Defined in :numref:`sec_scratch_parts`.
    """
    for p in params:
        p -= lr * p.grad


# From book/linear-networks/linear-concise.md, sec_gluon_data [d8663e51]
def data_loader(*arrays, batch_size, shuffle=True):
    """Minibatches from arrays of equal length, as a gluon DataLoader.

    The order of a shuffled loader follows NumPy's random state.

    Defined in :numref:`sec_gluon_data`.
    """
    dataset = gluon.data.ArrayDataset(*arrays)
    return gluon.data.DataLoader(dataset, batch_size, shuffle=shuffle)


# From book/linear-networks/linear-concise.md, sec_gluon_training [fba44a05]
def train(net, batches, loss, trainer, epochs):
    """Train net on minibatches (X, y); returns the mean loss in each epoch.

    loss(net(X), y) gives one value an example. The mean is taken while training,
    so the weights change under it.

    Defined in :numref:`sec_gluon_training`.
    """
    history = []
    for _ in range(epochs):
        total, count = 0.0, 0
        for X, y in batches:
            with autograd.record():
                losses = loss(net(X), y)
            losses.backward()
            trainer.step(len(y))
            total, count = total + losses.sum().item(), count + len(y)
        history.append(total / count)
    return history


# What the module offers [8f250178]
__all__ = [
    "data_loader",
    "diabetes",
    "least_squares",
    "linear",
    "minibatches",
    "plot",
    "rmse",
    "set_figsize",
    "sgd",
    "squared_loss",
    "standardize",
    "train",
    "train_test_indices",
    "use_svg_display",
]
