# Generated from the pages of Deep Learning by Working Example. Do not edit: change the cell in the book and build. [43441730]
"""d2l.mxnet: code that Deep Learning by Working Example teaches and saves."""

# What the saved blocks import [4d7be7ba]
import lzma
import random
import sys
from pathlib import Path

import mxnet as mx
import numpy
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


# From book/preliminaries/autograd.md, sec_nile_model [87780c4c]
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
    ax.set(xlabel=xlabel, ylabel=ylabel, xscale=xscale, yscale=yscale,
           xlim=xlim, ylim=ylim)
    ax.grid(alpha=0.3)
    if any(len(curve) > 3 for curve in curves):
        ax.legend()
    d2l.plt.show()


# From book/preliminaries/autograd.md, sec_gradient_check [c8d9873d]
def check_gradient(f, *arrays, dtype="float64", step=None, tolerance=None, entries=20):
    """Compare the gradient of f at the arrays with central differences.

    f(*arrays) returns an array of any shape. At most `entries` random entries of
    each array are tried, in the given precision; use "float32" only for operators
    that have no other. The step is that for numbers of size 1. Errors are relative
    to the largest derivative of the same array. Prints a line for each array and
    returns True if all entries agree.

    Defined in :numref:`sec_gradient_check`.
    """
    coarse = dtype == "float32"
    step = step or (1e-2 if coarse else 1e-5)
    tolerance = tolerance or (2e-2 if coarse else 1e-6)
    arrays = [np.array(a, dtype=dtype) for a in arrays]

    def total(*arrays):
        out = f(*arrays)
        weights = 1.5 + np.cos(np.arange(out.size)).reshape(out.shape)
        return (out * weights.astype(dtype)).sum()

    for a in arrays:
        a.attach_grad()
    with autograd.record():
        L = total(*arrays)
    L.backward()

    rng, all_agree = random.Random(0), True
    for k, a in enumerate(arrays):
        values, gradient = a.asnumpy().reshape(-1), a.grad.asnumpy().reshape(-1)

        def difference(i):
            h, ends = step * max(1.0, abs(values[i])), []
            for change in (h, -h):
                moved = values.copy()
                moved[i] += change
                moved = np.array(moved.reshape(a.shape), dtype=dtype)
                ends.append(total(*arrays[:k], moved, *arrays[k + 1:]).item())
            return (ends[0] - ends[1]) / (2 * h)

        tried = sorted(rng.sample(range(a.size), min(entries, a.size)))
        pairs = [(gradient[i].item(), difference(i)) for i in tried]
        scale = max(1e-12, 1e-3 * abs(L.item()), *(abs(d) for _, d in pairs))
        # "not <=" instead of ">": a gradient that is not a number is wrong, too
        wrong = [i for i, (g, d) in zip(tried, pairs)
                 if not abs(g - d) <= tolerance * scale]
        right = len(tried) - len(wrong)
        report = f"argument {k + 1}: {right} of {len(tried)} entries agree"
        if wrong:
            g, d = pairs[tried.index(wrong[0])]
            report += f"; entry {wrong[0]} has {g:.5g} by autograd, "
            report += f"{d:.5g} by differences"
            all_agree = False
        print(report)
    return all_agree


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


# From book/linear-networks/linear-scratch.md, sec_scratch_parts [11e156ae]
def sgd(params, lr):
    """Move each array of params a step of length lr against its gradient, in place.

    Defined in :numref:`sec_scratch_parts`.
    """
    for p in params:
        p -= lr * p.grad


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


# From book/linear-networks/linear-concise.md, sec_gluon_data [d8663e51]
def data_loader(*arrays, batch_size, shuffle=True):
    """Minibatches from arrays of equal length, as a gluon DataLoader.

    The order of a shuffled loader follows NumPy's random state.

    Defined in :numref:`sec_gluon_data`.
    """
    dataset = gluon.data.ArrayDataset(*arrays)
    return gluon.data.DataLoader(dataset, batch_size, shuffle=shuffle)


# From book/linear-networks/linear-concise.md, sec_gluon_training [09f0f6b4]
def gluon_update(net, loss, trainer):
    """Return the function update(*inputs, y) for `fit` that trains a Gluon network.

    It makes one step of the trainer against the gradient of the mean of
    loss(net(*inputs), y) and returns these losses, one value an example.

    Defined in :numref:`sec_gluon_training`.
    """

    def update(*batch):
        *inputs, y = batch
        with autograd.record():
            losses = loss(net(*inputs), y)
        losses.backward()
        trainer.step(len(losses))
        return losses

    return update


# From book/linear-networks/generalization.md, sec_test_error_error [768da164]
def mean_and_error(values):
    """Return the mean of independent values, (m,), and its standard error, floats.

    Defined in :numref:`sec_test_error_error`.
    """
    m, mean = len(values), values.mean()
    variance = ((values - mean) ** 2).sum() / (m - 1)
    return mean.item(), np.sqrt(variance / m).item()


# From book/linear-networks/image-data.md, sec_idx [201f099b]
def data_file(name):
    """Find a file of the folder `data`, here or in a folder above; return its path.

    Defined in :numref:`sec_idx`.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "data" / name).is_file():
            return folder / "data" / name
    raise FileNotFoundError(
        f"{name} is not in a folder `data` of {here} or above it. The folder comes "
        "in the zip file with the book's notebooks: keep them together.")


# From book/linear-networks/image-data.md, sec_idx [7f5e07b7]
def read_idx(path):
    """Read an IDX file of bytes, compressed by xz, into a NumPy array of uint8.

    Defined in :numref:`sec_idx`.
    """
    with lzma.open(path) as file:
        content = file.read()
    if content[:3] != b"\0\0\x08":
        raise ValueError(f"{path} is not an IDX file of unsigned bytes")
    dimensions = content[3]
    shape = numpy.frombuffer(content, ">i4", count=dimensions, offset=4)
    values = numpy.frombuffer(content, numpy.uint8, offset=4 + 4 * dimensions)
    return values.reshape(shape)


# From book/linear-networks/image-data.md, sec_fashion_mnist [a1d1582e]
FASHION = ["T-shirt", "trouser", "pullover", "dress", "coat",
           "sandal", "shirt", "sneaker", "bag", "boot"]


# From book/linear-networks/image-data.md, sec_fashion_mnist [76325daf]
def fashion_mnist():
    """Load ten thousand images of clothing with their classes, numbers into `FASHION`.

    Returns X_train, y_train, X_test, y_test with 8,000 and 2,000 examples. X has shape
    (n, 784) and holds gray values between 0, the background, and 1; y has shape (n,),
    int32. X.reshape(-1, 28, 28) are images with rows from top to bottom.

    Defined in :numref:`sec_fashion_mnist`.
    """
    images = d2l.read_idx(d2l.data_file("fashion-images-idx3-ubyte.xz"))
    labels = d2l.read_idx(d2l.data_file("fashion-labels-idx1-ubyte.xz"))
    X = np.array(images.reshape(-1, 28 * 28), dtype="float32") / 255
    y = np.array(labels, dtype="int32")
    return X[:8000], y[:8000], X[8000:], y[8000:]


# From book/linear-networks/image-data.md, sec_looking [9eeac2da]
def show_images(images, titles=None, columns=10, size=0.75, cmap="gray_r",
                limits=(0, 1)):
    """Draw images, shape (n, height, width), in rows; titles are a list of n strings.

    size is the width of an image in inches. limits are the values that get the first
    and the last colour of cmap; None takes the smallest and the largest of each image.

    Defined in :numref:`sec_looking`.
    """
    low, high = limits or (None, None)
    images = images.asnumpy() if isinstance(images, np.ndarray) else images
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


# From book/linear-networks/image-data.md, sec_image_baselines [852758cf]
def confusion(y, answers, classes):
    """Count pairs (class, answer) into a NumPy array of shape (classes, classes).

    Defined in :numref:`sec_image_baselines`.
    """
    counts = numpy.zeros((classes, classes), dtype=int)
    numpy.add.at(counts, (y.asnumpy(), answers.asnumpy()), 1)
    return counts


# From book/linear-networks/image-data.md, sec_image_baselines [e97796ef]
def show_confusion(counts, names, size=4.6):
    """Draw a confusion matrix; the diagonal is pale, so that the errors stand out.

    Defined in :numref:`sec_image_baselines`.
    """
    _, ax = d2l.plt.subplots(figsize=(size, size))
    errors = counts * (1 - numpy.eye(len(counts)))
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


# From book/linear-networks/softmax-scratch.md, sec_softmax_overflow [053c8254]
def softmax(scores):
    """Turn scores of any size, shape (n, k), into probabilities of the same shape.

    Defined in :numref:`sec_softmax_overflow`.
    """
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


# From book/linear-networks/softmax-scratch.md, sec_softmax_overflow [e02aae1b]
def cross_entropy(scores, y):
    """Return the loss of each example, (n,), for scores, (n, k), and classes y, (n,).

    A class is an integer from 0 to k - 1; others are not noticed.

    Defined in :numref:`sec_softmax_overflow`.
    """
    scores = scores - scores.max(axis=1, keepdims=True)
    return np.log(np.exp(scores).sum(axis=1)) - npx.pick(scores, y)


# From book/linear-networks/softmax-scratch.md, sec_accuracy [604eae4c]
def accuracy(predict, X, y):
    """Return the share of examples whose largest score in predict(X) is that of y.

    predict(X) has shape (n, k), y shape (n,).

    Defined in :numref:`sec_accuracy`.
    """
    return (predict(X).argmax(axis=1).astype(y.dtype) == y).mean().item()


# From book/multilayer-perceptrons/model-selection.md, sec_cross_validation [befde37a]
def folds(n, k, seed=0):
    """Divide 0, ..., n - 1 at random into k parts; k pairs (training, held out).

    Both are sorted lists of indices; the parts differ in length by one at most.

    Defined in :numref:`sec_cross_validation`.
    """
    indices = list(range(n))
    random.Random(seed).shuffle(indices)
    parts = [set(indices[j::k]) for j in range(k)]
    return [([i for i in range(n) if i not in part], sorted(part)) for part in parts]


# What the module offers [f78c76a4]
__all__ = [
    "FASHION",
    "accuracy",
    "affine",
    "check_gradient",
    "confusion",
    "cross_entropy",
    "data_file",
    "data_loader",
    "diabetes",
    "fashion_mnist",
    "fit",
    "folds",
    "gluon_update",
    "least_squares",
    "mean_and_error",
    "minibatches",
    "plot",
    "read_idx",
    "rmse",
    "set_figsize",
    "sgd",
    "show_confusion",
    "show_images",
    "softmax",
    "squared_loss",
    "standardize",
    "train_test_indices",
    "use_svg_display",
]
