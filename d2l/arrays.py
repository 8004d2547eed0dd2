# Generated from the pages of Deep Learning by Working Example. Do not edit: change the cell in the book and build. [f0879960]
"""d2l.arrays: code that Deep Learning by Working Example teaches and saves."""

# What the saved blocks import [8bbc3c7a]
import lzma
import random
import sys
from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt
from matplotlib_inline import backend_inline
from sklearn.datasets import load_diabetes

d2l = sys.modules[__name__]

from .tab import Framework as _Framework

tab = _Framework("numpy")


# From book/linear-networks/linear-scratch.md, sec_linear_scratch [3c2a5fb3]
def set_figsize(figsize=(4.5, 2.8)):
    """Set the size of the figures to come, (width, height) in inches.

    Defined in :numref:`sec_linear_scratch`.
    """
    plt.rcParams["svg.hashsalt"] = "d2l"
    backend_inline.set_matplotlib_formats("svg", metadata={"Date": None})
    plt.rcParams["figure.figsize"] = figsize


# From book/linear-networks/linear-scratch.md, sec_linear_scratch [f69ffa30]
def plot(*curves, xlabel="", ylabel="", xscale="linear", yscale="linear",
         xlim=None, ylim=None, figsize=(4.5, 2.8)):
    """Draw curves into one set of axes.

    Each curve is (x, y), (x, y, format) or (x, y, format, label), where x and y
    are arrays or lists of equal length and format is Matplotlib's, such as "k.".

    Defined in :numref:`sec_linear_scratch`.
    """
    set_figsize(figsize)
    _, ax = plt.subplots()
    for x, y, *style in curves:
        ax.plot(x, y, *style[:1], label=style[1] if len(style) > 1 else None)
    ax.set(xlabel=xlabel, ylabel=ylabel, xscale=xscale, yscale=yscale,
           xlim=xlim, ylim=ylim)
    ax.grid(alpha=0.3)
    if any(len(curve) > 3 for curve in curves):
        ax.legend()
    plt.show()


# From book/linear-networks/linear-scratch.md, sec_linear_scratch [7f869ef1]
def train_test_indices(n, test_fraction=0.2, seed=0):
    """Split the indices 0, ..., n - 1 at random into a training and a test part.

    Returns two sorted lists; the same seed gives the same split everywhere.

    Defined in :numref:`sec_linear_scratch`.
    """
    indices = list(range(n))
    random.Random(seed).shuffle(indices)
    n_test = round(test_fraction * n)
    return sorted(indices[n_test:]), sorted(indices[:n_test])


# From book/linear-networks/linear-scratch.md, sec_linear_scratch [27395467]
def standardize(train, *others):
    """Centre and scale the columns of arrays by the statistics of `train` alone.

    train: shape (n, d). others: shape (m, d) each. Returns the list of all of
    them, scaled; columns that are constant in `train` are only centred.

    Defined in :numref:`sec_linear_scratch`.
    """
    mean, std = train.mean(axis=0), train.std(axis=0)
    scale = np.where(std > 1e-6 * abs(mean), std, np.ones_like(std))
    return [(X - mean) / scale for X in (train, *others)]


# From book/linear-networks/linear-scratch.md, sec_linear_scratch [60e5ec45]
def least_squares(X, y):
    """The weights, shape (d,), and the bias, a float, that fit y best.

    X: shape (n, d), without a column of ones. y: shape (n,). If the columns are
    dependent, the shortest of the best weights are returned.

    Defined in :numref:`sec_linear_scratch`.
    """
    X, y = X.astype("float64"), y.astype("float64")
    X = np.concatenate([X, np.ones((len(X), 1))], axis=1)
    solution = np.linalg.lstsq(X, y, rcond=None)[0]
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


# From book/linear-networks/linear-scratch.md, sec_diabetes_data [1ed21dc8]
def rmse(predict, X, y):
    """Root mean squared error of predict(X), (n,) or (n, 1), against y, (n,).

    Defined in :numref:`sec_diabetes_data`.
    """
    return np.sqrt(((predict(X).reshape(y.shape) - y) ** 2).mean()).item()


# From book/linear-networks/linear-scratch.md, sec_minibatches [f5d730f2]
class minibatches:
    """Parts (X, y) of at most batch_size examples; one pass yields each example once.

    The order is that of the data, or new in each pass if rng, a random.Random, is
    given. The length is the number of parts.

    Defined in :numref:`sec_minibatches`.
    """

    def __init__(self, X, y, batch_size, rng=None):
        self.X, self.y, self.batch_size, self.rng = X, y, batch_size, rng

    def __len__(self):
        return -(-len(self.X) // self.batch_size)

    def __iter__(self):
        order = list(range(len(self.X)))
        if self.rng is not None:
            self.rng.shuffle(order)
        order = np.array(order, dtype="int32")
        for start in range(0, len(order), self.batch_size):
            rows = order[start:start + self.batch_size]
            yield np.take(self.X, rows, axis=0), np.take(self.y, rows, axis=0)


# From book/linear-networks/linear-scratch.md, sec_scratch_parts [859c6a1e]
def affine(X, W, b):
    """Return X @ W + b. X: (n, d); W: (d,) and b: (), or W: (d, k) and b: (k,).

    Defined in :numref:`sec_scratch_parts`.
    """
    return X @ W + b


# From book/linear-networks/linear-scratch.md, sec_scratch_parts [c3f4041a]
def squared_loss(y_hat, y):
    """Half the squared error of each example, in the shape of y_hat: (n,) or (n, 1).

    Defined in :numref:`sec_scratch_parts`.
    """
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2


# From book/linear-networks/linear-scratch.md, sec_scratch_parts [9c626de0]
def descend(params, gradients, lr):
    """Move each array of params a step of length lr against its gradient, in place.

    Defined in :numref:`sec_scratch_parts`.
    """
    for p, g in zip(params, gradients):
        p -= lr * g


# From book/linear-networks/linear-scratch.md, sec_scratch_training [48296391]
def fit(update, batches, epochs, **measures):
    """Train for a number of epochs and return the record, a dict of lists.

    update(*batch) makes one step and returns the losses of the batch, one value an
    example. batches is gone through once an epoch. record["loss"] holds the mean
    loss of each epoch, taken while the parameters change; record[name] holds
    what measures[name] returns, called without arguments after each epoch.

    Defined in :numref:`sec_scratch_training`.
    """
    record = {"loss": [], **{name: [] for name in measures}}
    for _ in range(epochs):
        total, count = 0.0, 0
        for batch in batches:
            losses = update(*batch)
            total, count = total + losses.sum().item(), count + losses.size
        record["loss"].append(total / count)
        for name, measure in measures.items():
            record[name].append(measure())
    return record


# From book/linear-networks/softmax-scratch.md, sec_softmax_scratch [4355c73e]
def data_file(name):
    """Find a file of the folder `data`, here or in a folder above; return its path.

    Defined in :numref:`sec_softmax_scratch`.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "data" / name).is_file():
            return folder / "data" / name
    raise FileNotFoundError(
        f"{name} is not in a folder `data` of {here} or above it. The folder comes "
        "in the zip file with the book's notebooks: keep them together.")


# From book/linear-networks/softmax-scratch.md, sec_softmax_scratch [d465b29e]
def read_idx(path):
    """Read an IDX file of bytes, compressed by xz, into a NumPy array of uint8.

    Defined in :numref:`sec_softmax_scratch`.
    """
    with lzma.open(path) as file:
        content = file.read()
    if content[:3] != b"\0\0\x08":
        raise ValueError(f"{path} is not an IDX file of unsigned bytes")
    dimensions = content[3]
    shape = np.frombuffer(content, ">i4", count=dimensions, offset=4)
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions)
    return values.reshape(shape)


# From book/linear-networks/softmax-scratch.md, sec_softmax_scratch [a1d1582e]
FASHION = ["T-shirt", "trouser", "pullover", "dress", "coat",
           "sandal", "shirt", "sneaker", "bag", "boot"]


# From book/linear-networks/softmax-scratch.md, sec_softmax_scratch [fdb6a005]
def fashion_mnist():
    """Load ten thousand images of clothing with their classes, numbers into `FASHION`.

    Returns X_train, y_train, X_test, y_test with 8,000 and 2,000 examples. X has shape
    (n, 784) and holds gray values between 0, the background, and 1; y has shape (n,),
    int32. X.reshape(-1, 28, 28) are images with rows from top to bottom.

    Defined in :numref:`sec_softmax_scratch`.
    """
    images = d2l.read_idx(d2l.data_file("fashion-images-idx3-ubyte.xz"))
    labels = d2l.read_idx(d2l.data_file("fashion-labels-idx1-ubyte.xz"))
    X = np.array(images.reshape(-1, 28 * 28), dtype="float32") / 255
    y = np.array(labels, dtype="int32")
    return X[:8000], y[:8000], X[8000:], y[8000:]


# From book/linear-networks/softmax-scratch.md, sec_softmax_scratch [9bd00d4f]
def show_images(images, titles=None, columns=10, size=0.75, cmap="gray_r",
                limits=(0, 1)):
    """Draw images, shape (n, height, width), in rows; titles are a list of n strings.

    size is the width of an image in inches. limits are the values that get the first
    and the last colour of cmap; None takes the smallest and the largest of each image.

    Defined in :numref:`sec_softmax_scratch`.
    """
    low, high = limits or (None, None)
    rows = -(-len(images) // columns)
    height = size * (1.32 if titles else 1.06)
    d2l.set_figsize((size * min(columns, len(images)), height * rows))
    _, axes = d2l.plt.subplots(rows, min(columns, len(images)), squeeze=False)
    for i, ax in enumerate(axes.flat):
        ax.axis("off")
        if i < len(images):
            ax.imshow(images[i], cmap=cmap, vmin=low, vmax=high)
            if titles:
                ax.set_title(titles[i], fontsize=8, pad=3)
    d2l.plt.subplots_adjust(left=0, right=1, bottom=0, top=0.92 if titles else 1,
                            wspace=0.06)
    d2l.plt.show()


# From book/linear-networks/softmax-scratch.md, sec_softmax_scratch [99dc5058]
def confusion(y, answers, classes):
    """Count pairs (class, answer) into an array of shape (classes, classes).

    Defined in :numref:`sec_softmax_scratch`.
    """
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (y, answers), 1)
    return counts


# From book/linear-networks/softmax-scratch.md, sec_softmax_scratch [3feaf7c6]
def show_confusion(counts, names, size=4.6):
    """Draw a confusion matrix; the diagonal is pale, so that the errors stand out.

    Defined in :numref:`sec_softmax_scratch`.
    """
    _, ax = d2l.plt.subplots(figsize=(size, size))
    errors = counts * (1 - np.eye(len(counts)))
    ax.imshow(errors, cmap="Reds", vmin=0, vmax=1.4 * errors.max())
    for j, row in enumerate(counts):
        for k, count in enumerate(row):
            if count:
                ax.text(k, j, count, ha="center", va="center", fontsize=8,
                        color="0.6" if j == k else "black")
    ax.set_xticks(range(len(names)), names, rotation=60, ha="right")
    ax.set_yticks(range(len(names)), names)
    ax.set(xlabel="answer", ylabel="class")
    d2l.plt.show()


# From book/linear-networks/softmax-scratch.md, sec_softmax_scratch [2f59f70b]
def mean_and_error(values):
    """Return the mean of independent values, (m,), and its standard error, floats.

    Defined in :numref:`sec_softmax_scratch`.
    """
    m, mean = len(values), values.mean()
    variance = ((values - mean) ** 2).sum() / (m - 1)
    return mean.item(), np.sqrt(variance / m).item()


# From book/linear-networks/softmax-scratch.md, sec_softmax_overflow [053c8254]
def softmax(scores):
    """Turn scores of any size, shape (n, k), into probabilities of the same shape.

    Defined in :numref:`sec_softmax_overflow`.
    """
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


# From book/linear-networks/softmax-scratch.md, sec_softmax_overflow [0031baab]
def cross_entropy(scores, y):
    """Return the loss of each example, (n,), for scores, (n, k), and classes y, (n,).

    A class is an integer from 0 to k - 1; negative ones count from the end.

    Defined in :numref:`sec_softmax_overflow`.
    """
    scores = scores - scores.max(axis=1, keepdims=True)
    return np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(y)), y]


# From book/linear-networks/softmax-scratch.md, sec_softmax_overflow [427df8d9]
def cross_entropy_gradient(scores, y):
    """Return the gradient of the mean of cross_entropy(scores, y), shaped as scores.

    Defined in :numref:`sec_softmax_overflow`.
    """
    gradient = softmax(scores)
    gradient[np.arange(len(y)), y] -= 1
    return gradient / len(y)


# From book/linear-networks/softmax-scratch.md, sec_accuracy [604eae4c]
def accuracy(predict, X, y):
    """Return the share of examples whose largest score in predict(X) is that of y.

    predict(X) has shape (n, k), y shape (n,).

    Defined in :numref:`sec_accuracy`.
    """
    return (predict(X).argmax(axis=1).astype(y.dtype) == y).mean().item()


# What the module offers [db861e2e]
__all__ = [
    "FASHION",
    "accuracy",
    "affine",
    "confusion",
    "cross_entropy",
    "cross_entropy_gradient",
    "data_file",
    "descend",
    "diabetes",
    "fashion_mnist",
    "fit",
    "least_squares",
    "mean_and_error",
    "minibatches",
    "plot",
    "read_idx",
    "rmse",
    "set_figsize",
    "show_confusion",
    "show_images",
    "softmax",
    "squared_loss",
    "standardize",
    "train_test_indices",
]
