# Generated from the pages of Deep Learning by Working Example. Do not edit: change the cell in the book and build. [43441730]
"""d2l.mxnet: code that Deep Learning by Working Example teaches and saves."""

# What the saved blocks import [359ebfc3]
import lzma
import math
import random
import re
import sys
import time
from collections import Counter
from pathlib import Path

import mxnet as mx
import numpy
from matplotlib import pyplot as plt
from matplotlib_inline import backend_inline
from mxnet import autograd, gluon, init, lr_scheduler, np, npx
from mxnet.gluon import nn, rnn
from sklearn.datasets import load_diabetes, load_sample_image
from sklearn.svm import SVC

d2l = sys.modules[__name__]

from .tab import Framework as _Framework

tab = _Framework("mxnet")


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


# From book/convolutional-networks/convolution-scratch.md, sec_cv_fast [e6cf1f91]
def corr2d(X, V):
    """Correlate the images in X, (..., h, w), with one kernel V, (k, l).

    The result has the shape (..., h - k + 1, w - l + 1).

    Defined in :numref:`sec_cv_fast`.
    """
    (h, w), (k, l) = X.shape[-2:], V.shape
    rows, columns = h - k + 1, w - l + 1
    return sum(V[a, c] * X[..., a:a + rows, c:c + columns]
               for a in range(k) for c in range(l))


# From book/convolutional-networks/convolution-scratch.md, sec_cv_fast [1deffd67]
def photograph(name):
    """Load a photograph, "china" or "flower", in colour: (427, 640, 3), from 0 to 1.

    Both are licensed under CC BY 2.0: china by danielbuechele, flower by vultilion.

    Defined in :numref:`sec_cv_fast`.
    """
    return np.array(load_sample_image(f"{name}.jpg"), dtype="float32") / 255


# From book/convolutional-networks/channels.md, sec_ch_layer [96c09b0c]
def conv2d(X, W, b, padding=0, stride=1):
    """Convolve images X, (n, c, h, w), with kernels W, (o, c, k, l); add b, (o,).

    The images are padded with zeros on all four sides. Returns (n, o, rows, columns).

    Defined in :numref:`sec_ch_layer`.
    """
    X = np.pad(X, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    (n, _, h, w), (o, _, k, l) = X.shape, W.shape
    rows, columns = (h - k) // stride + 1, (w - l) // stride + 1
    H = 0
    for i in range(k):
        for j in range(l):
            part = X[:, :, i:i + stride * (rows - 1) + 1:stride,
                     j:j + stride * (columns - 1) + 1:stride]
            H = H + np.matmul(W[:, :, i, j], part.reshape(n, len(W[0]), -1))
    return (H + b.reshape(o, 1)).reshape(n, o, rows, columns)


# From book/convolutional-networks/pooling.md, sec_pooling [01b7741f]
def shift_images(X, rows, columns):
    """Move images, (..., h, w), down and to the right; what comes in is zero.

    Defined in :numref:`sec_pooling`.
    """
    moved = np.zeros_like(X)
    h, w = X.shape[-2:]
    moved[..., max(rows, 0):h + min(rows, 0), max(columns, 0):w + min(columns, 0)] = X[
        ..., max(-rows, 0):h - max(rows, 0), max(-columns, 0):w - max(columns, 0)]
    return moved


# From book/modern-convolutional-networks/deep-stacks.md, sec_st_tools [1f899002]
def small_fashion(n):
    """Load n images of clothing to learn from and 2,000 for tests, 14 by 14 pixels.

    Returns X_train, (n, 1, 14, 14), y_train, (n,), X_test, (2000, 1, 14, 14), y_test.
    The background is zero, the mean square of X_train is one.

    Defined in :numref:`sec_st_tools`.
    """
    X_train, y_train, X_test, y_test = d2l.fashion_mnist()
    X_train, X_test = (X.reshape(-1, 1, 14, 2, 14, 2).mean(axis=(3, 5))
                       for X in (X_train[:n], X_test))
    size = np.sqrt((X_train ** 2).mean())
    return X_train / size, y_train[:n], X_test / size, y_test


# From book/modern-convolutional-networks/deep-stacks.md, sec_st_tools [f1242673]
def train_classifier(net, X, y, epochs, lr, batch_size=50, seed=0):
    """Train a Gluon network from the start; return its losses and CPU seconds.

    X: (n, ...); y: classes, (n,). Weights are drawn for rectifiers, the momentum is
    0.9, and the rate falls from lr to zero in a straight line. The network is compiled.
    The losses are one an epoch.

    Defined in :numref:`sec_st_tools`.
    """
    npx.random.seed(seed)
    net.initialize(init.MSRAPrelu(factor_type="in", slope=0), force_reinit=True)
    net.hybridize()
    batches = d2l.minibatches(X, y, batch_size, random.Random(seed))
    rate = lr_scheduler.PolyScheduler(epochs * len(batches), base_lr=lr, pwr=1)
    trainer = gluon.Trainer(net.collect_params(), "sgd",
                            {"momentum": 0.9, "lr_scheduler": rate})
    loss, start = gluon.loss.SoftmaxCrossEntropyLoss(), time.process_time()
    record = d2l.fit(d2l.gluon_update(net, loss, trainer), batches, epochs)
    return record["loss"], time.process_time() - start


# From book/modern-convolutional-networks/deep-stacks.md, sec_st_tools [953239a0]
def net_size(net, X):
    """Count the parameters that are learned, and the multiplications for one image.

    net: an initialized Gluon network; it is not compiled afterwards. X: images,
    (n, c, h, w). Multiplications are those of its convolutions and dense layers.

    Defined in :numref:`sec_st_tools`.
    """
    products, hooks = [], []

    def count(layer, inputs, output):
        weight = layer.weight.data()
        places = output.shape[2] * output.shape[3] if weight.ndim == 4 else 1
        products.append(places * weight.size)

    def hook(layer):
        if isinstance(layer, (nn.Conv2D, nn.Dense)):
            hooks.append(layer.register_forward_hook(count))

    net.hybridize(False)
    net.apply(hook)
    net(X[:1])
    for handle in hooks:
        handle.detach()
    return (sum(p.data().size for p in net.collect_params().values()
                if p.grad_req != "null"), sum(products))


# From book/modern-convolutional-networks/deep-stacks.md, sec_st_tools [49cd0ba4]
def support_vectors(X, y):
    """Train a support vector machine on images X, (n, ...), with classes y, (n,).

    Returns predict(X), (m, k), in which the class that it names has a one.

    Defined in :numref:`sec_st_tools`.
    """
    def flat(X):
        return X.reshape(len(X), -1).asnumpy()

    machine, classes = SVC(C=5).fit(flat(X), y.asnumpy()), int(y.max().item()) + 1
    return lambda X: npx.one_hot(np.array(machine.predict(flat(X))), classes)


# From book/modern-convolutional-networks/batch-normalization.md, sec_bn_deep [e12b5d4f]
def conv_norm(channels, kernel=3, stride=1):
    """A convolution, batch normalization and a rectifier, as a Gluon block.

    Images keep their size if the kernel is odd and the stride 1.

    Defined in :numref:`sec_bn_deep`.
    """
    layers = nn.HybridSequential()
    layers.add(nn.Conv2D(channels, kernel, stride, kernel // 2, use_bias=False),
               nn.BatchNorm(), nn.Activation("relu"))
    return layers


# From book/modern-convolutional-networks/residual-networks.md, sec_re_block [607a22a4]
class Residual(nn.HybridBlock):
    """relu(X + f(X)), where f is two convolutions of 3 by 3 with batch normalization.

    X: (n, c, h, w). With a stride, or with match=True if c is not `channels`, X is
    brought to the shape of f(X) by a convolution of 1 by 1. start is the gain of the
    last normalization before training: with "zeros" the block starts as relu(X).

    Defined in :numref:`sec_re_block`.
    """

    def __init__(self, channels, stride=1, match=False, start="zeros"):
        super().__init__()
        self.body = nn.HybridSequential()
        self.body.add(d2l.conv_norm(channels, stride=stride),
                      nn.Conv2D(channels, 3, padding=1, use_bias=False),
                      nn.BatchNorm(gamma_initializer=start))
        self.short = None
        if match or stride > 1:
            self.short = nn.Conv2D(channels, 1, stride)

    def hybrid_forward(self, F, X):
        kept = X if self.short is None else self.short(X)
        return F.npx.relu(kept + self.body(X))


# From book/modern-convolutional-networks/parallel-paths.md, sec_pp_narrow [2c2291d8]
class Inception(nn.HybridBlock):
    """Four parallel paths of `width` channels each; (n, c, h, w) to (n, 4 width, h, w).

    Kernels of 1, of 3 and of 5, and the largest value of 3 by 3. The larger kernels
    see width and width // 2 channels, made by a convolution of 1 by 1; reduce=False
    lets them see all.

    Defined in :numref:`sec_pp_narrow`.
    """

    def __init__(self, width, reduce=True):
        super().__init__()
        self.paths = nn.HybridSequential()
        before = [[d2l.conv_norm(few, 1)] * reduce for few in (width, width // 2)]
        for parts in ([d2l.conv_norm(width, 1)],
                      before[0] + [d2l.conv_norm(width, 3)],
                      before[1] + [d2l.conv_norm(width, 5)],
                      [nn.MaxPool2D(3, 1, 1), d2l.conv_norm(width, 1)]):
            path = nn.HybridSequential()
            path.add(*parts)
            self.paths.add(path)

    def hybrid_forward(self, F, X):
        return F.np.concatenate([path(X) for path in self.paths], axis=1)


# From book/modern-convolutional-networks/dense-networks.md, sec_dn_growth [6f5167be]
class DenseBlock(nn.HybridBlock):
    """Layers that append `growth` channels each to those that they were given.

    X: (n, c, h, w); the result is (n, c + layers * growth, h, w), and begins with X.
    Each layer is `conv_norm(growth)`, and sees X and what the layers before it wrote.

    Defined in :numref:`sec_dn_growth`.
    """

    def __init__(self, growth, layers):
        super().__init__()
        self.layers = nn.HybridSequential()
        self.layers.add(*[d2l.conv_norm(growth) for _ in range(layers)])

    def hybrid_forward(self, F, X):
        for layer in self.layers:
            X = F.np.concatenate([X, layer(X)], axis=1)
        return X


# From book/recurrent-networks/text.md, sec_tx_characters [452709ef]
def moby_dick():
    """Read Melville's novel; return the text to learn from and that for tests.

    Two strings, of the first 1,000,000 characters and the last 100,000. They hold
    small letters, spaces and the marks ! " ' , - . ; ?

    Defined in :numref:`sec_tx_characters`.
    """
    with lzma.open(d2l.data_file("moby-dick.txt.xz"), "rt", encoding="utf-8") as file:
        text = file.read().lower().replace("—", " - ")
    text = re.sub("[^a-z!\"',.;?-]+", " ", text)
    return text[:1_000_000], text[-100_000:]


# From book/recurrent-networks/text.md, sec_tx_smoothing [7488778e]
class NGram:
    """A smoothed n-gram model of the characters of a text.

    n is the length of the longest strings that are counted; alphabet, a string, has
    the characters there are.

    Defined in :numref:`sec_tx_smoothing`.
    """

    def __init__(self, text, n, alphabet):
        self.n, self.alphabet = n, alphabet
        self.counts = [Counter(text[i:i + k] for i in range(len(text) - k + 1))
                       for k in range(1, n + 1)]
        self.rows = {}  # for each context: how often, and by how many, it is followed
        for strings in self.counts:
            for string, count in strings.items():
                total, different = self.rows.get(string[:-1], (0, 0))
                self.rows[string[:-1]] = total + count, different + 1

    def probability(self, history, character):
        """Return the probability of a character after a string of any length."""
        p = 1 / len(self.alphabet)
        for k in range(min(self.n, len(history) + 1)):
            context = history[len(history) - k:]
            if context not in self.rows:
                break
            total, different = self.rows[context]
            p = ((self.counts[k][context + character] + different * p)
                 / (total + different))
        return p

    def losses(self, text):
        """Return minus the log probability of each character, (len(text),)."""
        return numpy.array([-math.log(self.probability(text[max(0, i - self.n):i], c))
                            for i, c in enumerate(text)])


# From book/recurrent-networks/rnn-scratch.md, sec_rn_code [fe999157]
def encode(text, alphabet):
    """Return the number in the alphabet of each character of a text, (len(text),).

    Defined in :numref:`sec_rn_code`.
    """
    number = {character: k for k, character in enumerate(alphabet)}
    return np.array([number[character] for character in text], dtype="int32")


# From book/recurrent-networks/rnn-scratch.md, sec_rn_streams [7d44cc2f]
class streams:
    """Cut codes, (n,), into rows, and read them side by side, some steps at a time.

    A pass yields pairs (X, Y), each (steps, batch_size); Y is what follows X, and each
    X begins where the one before it ended. What is left at the end is not read.

    Defined in :numref:`sec_rn_streams`.
    """

    def __init__(self, codes, batch_size, steps):
        size, self.steps = (len(codes) - 1) // batch_size * batch_size, steps
        self.X, self.Y = (codes[first:first + size].reshape(batch_size, -1).T
                          for first in (0, 1))

    def __len__(self):
        return len(self.X) // self.steps

    def __iter__(self):
        for k in range(0, len(self) * self.steps, self.steps):
            yield self.X[k:k + self.steps], self.Y[k:k + self.steps]


# From book/recurrent-networks/rnn-scratch.md, sec_rn_clipping [44a21237]
def clip(params, limit):
    """Shorten the gradients of params, in place, to a common length of at most limit.

    Returns the length that they had together.

    Defined in :numref:`sec_rn_clipping`.
    """
    length = math.sqrt(sum((p.grad ** 2).sum().item() for p in params))
    if length > limit:
        for p in params:
            p.grad[:] = p.grad * (limit / length)
    return length


# From book/recurrent-networks/rnn-concise.md, sec_rc_model [adf4a300]
class RNNLM(nn.Block):
    """A recurrent layer of Gluon that reads characters, and a score for each next one.

    net(X, states) takes characters, (steps, batch), out of k, and a list of states;
    it returns scores, (steps, batch, k), and the list of states at the end.

    Defined in :numref:`sec_rc_model`.
    """

    def __init__(self, layer, k):
        super().__init__()
        self.layer, self.k = layer, k
        self.out = nn.Dense(k, flatten=False)

    def forward(self, X, states):
        H, states = self.layer(npx.one_hot(X, self.k), states)
        return self.out(H), states


# From book/recurrent-networks/rnn-concise.md, sec_rc_model [9cab610b]
def train_lm(net, codes, epochs, lr, batch_size=32, steps=32, limit=1, seed=0):
    """Train an RNNLM from the start; return the losses, one a minibatch.

    The rate falls from lr to zero in a straight line, the momentum is 0.9, gradients
    are clipped at limit. The state goes on from minibatch to minibatch.

    Defined in :numref:`sec_rc_model`.
    """
    npx.random.seed(seed)
    net.initialize(init.Xavier(), force_reinit=True)
    batches, losses = d2l.streams(codes, batch_size, steps), []
    rate = lr_scheduler.PolyScheduler(epochs * len(batches), base_lr=lr, pwr=1)
    trainer = gluon.Trainer(net.collect_params(), "sgd",
                            {"momentum": 0.9, "lr_scheduler": rate})
    cross_entropy = gluon.loss.SoftmaxCrossEntropyLoss()
    for _ in range(epochs):
        states = net.layer.begin_state(batch_size=batch_size)
        for X, Y in batches:
            with autograd.record():
                scores, states = net(X, states)
                loss = cross_entropy(scores, Y).mean()
            loss.backward()
            states = [s.detach() for s in states]
            d2l.clip([p.data() for p in net.collect_params().values()], limit)
            trainer.step(1)
            losses.append(loss.item())
    return losses


# From book/recurrent-networks/rnn-concise.md, sec_rc_model [82db578b]
def lm_losses(net, codes, batch_size=50, steps=100):
    """Return the loss of each character but the first, in rows, (batch_size, m).

    The rows are read side by side, each from an empty state; m is a multiple of steps.

    Defined in :numref:`sec_rc_model`.
    """
    states, parts = net.layer.begin_state(batch_size=batch_size), []
    for X, Y in d2l.streams(codes, batch_size, steps):
        scores, states = net(X, states)
        losses = d2l.cross_entropy(scores.reshape(-1, net.k), Y.reshape(-1))
        parts.append(losses.reshape(Y.shape))
    return np.concatenate(parts).T


# From book/recurrent-networks/deep.md, sec_dr_counts [b8013cc0]
def around(text, n):
    """Yield for each place of a text the strings of 1, ..., n characters around it.

    They grow to the right and to the left in turn. Beyond the ends stands #.

    Defined in :numref:`sec_dr_counts`.
    """
    padded = "#" * n + text + "#" * n
    for k in range(n, n + len(text)):
        yield [padded[k - (m - 1) // 2:k + 1 + m // 2] for m in range(1, n + 1)]


# From book/recurrent-networks/deep.md, sec_dr_counts [3ba75399]
class ContextCounts:
    """Counts of labels by context, each context mixed with the shorter ones.

    contexts has for each label a list of strings, from the shortest to the longest,
    in which each contains the one before it.

    Defined in :numref:`sec_dr_counts`.
    """

    def __init__(self, contexts, labels):
        self.rows = {}
        for strings, label in zip(contexts, labels):
            for string in strings:
                row = self.rows.setdefault(string, {})
                row[label] = row.get(label, 0) + 1

    def probabilities(self, strings):
        """Return the probabilities of the labels, a dictionary; the first is known."""
        p = {}
        for string in strings:
            row = self.rows.get(string)
            if row is None:
                break
            new = len(row) if p else 0  # the shortest context is not mixed
            total = sum(row.values()) + new
            p = {label: (row.get(label, 0) + new * p.get(label, 0)) / total
                 for label in p or row}
        return p


# From book/recurrent-networks/encoder-decoder.md, sec_sp_words [286be699]
def cmu_words():
    """Read English words and their sounds, in random order.

    Three lists of pairs: 29,000 to learn from, 1,000 to choose by, and 2,000 for tests.
    A pair is a word of 3 to 10 small letters and a list of at most 11 sounds.

    Defined in :numref:`sec_sp_words`.
    """
    with lzma.open(d2l.data_file("cmu-words.txt.xz"), "rt", encoding="utf-8") as file:
        lines = [line.split() for line in file]
    words = [(word, sounds) for word, *sounds in lines]
    return words[:29_000], words[29_000:30_000], words[30_000:]


# From book/recurrent-networks/encoder-decoder.md, sec_sp_baseline [1ba9bdde]
def edit_distance(a, b):
    """Return the fewest insertions, deletions and changes that make a into b.

    Defined in :numref:`sec_sp_baseline`.
    """
    row = list(range(len(b) + 1))
    for i, x in enumerate(a):
        above, row = row, [i + 1]
        for j, y in enumerate(b):
            row.append(min(above[j + 1] + 1, row[j] + 1, above[j] + (x != y)))
    return row[-1]


# From book/recurrent-networks/encoder-decoder.md, sec_sp_baseline [ca823bef]
def spelling_score(words, answers):
    """Compare lists of sounds with the right ones of words, pairs as of cmu_words.

    Return the share of words that are right as a whole, and edit distances per sound.

    Defined in :numref:`sec_sp_baseline`.
    """
    right = [row for _, row in words]
    errors = sum(d2l.edit_distance(a, b) for a, b in zip(answers, right))
    return (sum(list(a) == b for a, b in zip(answers, right)) / len(right),
            errors / sum(len(row) for row in right))


# From book/recurrent-networks/encoder-decoder.md, sec_sp_model [7ee5dc98]
def spelling_arrays(words, sounds):
    """Return codes of words, (10, n), and of their sounds, (13, n), as of cmu_words.

    Letters are 1 to 26, in reverse order, with zeros in front. Sounds are their places
    in the list sounds plus 3; they stand between 1 and 2, with zeros behind.

    Defined in :numref:`sec_sp_model`.
    """
    X, Y = (numpy.zeros((size, len(words)), dtype="int32") for size in (10, 13))
    place = {sound: k for k, sound in enumerate(sounds, 3)}
    for i, (word, row) in enumerate(words):
        X[10 - len(word):, i] = [ord(c) - ord("a") + 1 for c in reversed(word)]
        Y[:len(row) + 2, i] = [1, *(place[sound] for sound in row), 2]
    return np.array(X), np.array(Y)


# From book/recurrent-networks/encoder-decoder.md, sec_sp_model [b3f79ddb]
class EncoderDecoder(nn.Block):
    """A GRU that reads letters, and one that writes k kinds of codes from its state.

    net(X, Y) takes letters, (steps, batch), and what has been written, (m, batch); it
    returns scores of what comes after each, (m, batch, k).

    Defined in :numref:`sec_sp_model`.
    """

    def __init__(self, k, h=128, size=48):
        super().__init__()
        self.letters, self.sounds = nn.Embedding(27, size), nn.Embedding(k, size)
        self.encoder, self.decoder = rnn.GRU(h), rnn.GRU(h)
        self.out = nn.Dense(k, flatten=False)

    def start(self, X):
        """Read letters; return the decoder's state, arrays with the batch as axis 1."""
        empty = self.encoder.begin_state(batch_size=X.shape[1])
        return self.encoder(self.letters(X), empty)[1]

    def step(self, Y, state):
        """Read codes, (m, batch); return scores, (m, batch, k), and the state after."""
        H, state = self.decoder(self.sounds(Y), state)
        return self.out(H), state

    def forward(self, X, Y):
        return self.step(Y, self.start(X))[0]


# From book/recurrent-networks/encoder-decoder.md, sec_sp_loss [84969435]
def masked_loss(scores, Y):
    """Return the mean cross-entropy of scores, (m, batch, k), where Y is not 0.

    Defined in :numref:`sec_sp_loss`.
    """
    mask = (Y != 0).astype("float32")
    losses = d2l.cross_entropy(scores.reshape(-1, scores.shape[2]), Y.reshape(-1))
    return (losses * mask.reshape(-1)).sum() / mask.sum()


# From book/recurrent-networks/encoder-decoder.md, sec_sp_loss [472c2a96]
def train_seq2seq(net, X, Y, epochs, lr, batch_size=64, seed=0, after_pass=None):
    """Train an encoder with a decoder from the start; return the losses.

    X: (steps, n), Y: (m, n). Adam, with a rate that falls from lr to zero; gradients
    are clipped at 1. after_pass(losses) is called after each pass.

    Defined in :numref:`sec_sp_loss`.
    """
    npx.random.seed(seed)
    rng, losses = numpy.random.default_rng(seed), []
    net.initialize(init.Xavier(), force_reinit=True)
    steps = X.shape[1] // batch_size
    rate = lr_scheduler.PolyScheduler(epochs * steps, base_lr=lr, pwr=1)
    trainer = gluon.Trainer(net.collect_params(), "adam",
                            {"learning_rate": lr, "lr_scheduler": rate})
    for _ in range(epochs):
        order = rng.permutation(X.shape[1])[:steps * batch_size]
        for rows in np.array(order.reshape(steps, -1), dtype="int32"):
            x, y = np.take(X, rows, axis=1), np.take(Y, rows, axis=1)
            y = y[:int((y != 0).sum(axis=0).max().item())]
            with autograd.record():
                loss = d2l.masked_loss(net(x, y[:-1]), y[1:])
            loss.backward()
            d2l.clip([p.data() for p in net.collect_params().values()], 1)
            trainer.step(1)
            losses.append(loss.item())
        if after_pass:
            after_pass(losses)
    return losses


# From book/recurrent-networks/encoder-decoder.md, sec_sp_beam [59c33ee0]
def beam_search(net, X, width=1, power=0.0, steps=12):
    """Write for letters, (steps, n), with the best `width` beginnings kept.

    Return n lists of codes without the end. Of the answers that are kept, that with
    the largest log probability, divided by its length to the power, is taken.

    Defined in :numref:`sec_sp_beam`.
    """
    n, state = X.shape[1], net.start(np.repeat(X, width, axis=1))
    written = numpy.ones((n, width, 1), dtype="int32")
    total = numpy.full((n, width), -numpy.inf)
    total[:, 0] = 0  # at first there is one beginning
    for _ in range(steps):
        scores, state = net.step(np.array(written[:, :, -1].reshape(1, -1)), state)
        logs = npx.log_softmax(scores[0]).asnumpy().reshape(n, width, -1)
        ended = numpy.isin(written[:, :, -1], (0, 2))  # 0 follows the end
        logs[ended] = -numpy.inf
        logs[ended, 0] = 0
        options = (total[:, :, None] + logs).reshape(n, -1)
        best = numpy.argsort(-options, axis=1, kind="stable")[:, :width]
        total = numpy.take_along_axis(options, best, axis=1)
        beam, code = best // logs.shape[2], best % logs.shape[2]
        written = numpy.take_along_axis(written, beam[:, :, None], axis=1)
        written = numpy.concatenate([written, code[:, :, None]], axis=2).astype("int32")
        rows = np.array((numpy.arange(n)[:, None] * width + beam).reshape(-1),
                        dtype="int32")
        state = [np.take(s, rows, axis=1) for s in state]
    length = numpy.maximum(1, (written[:, :, 1:] != 0).sum(axis=2))
    best = (total / length ** power).argmax(axis=1)
    return [[c for c in row[k].tolist() if c > 2] for row, k in zip(written, best)]


# From book/attention/scoring.md, sec_as_padding [bd543edc]
def masked_softmax(scores, mask=None):
    """Softmax along the last axis, over the places where mask is not zero.

    scores: (..., n); mask is broadcast to it. Weights are zero where the mask is, and
    sum to one in each row, or to zero in a row in which all is masked.

    Defined in :numref:`sec_as_padding`.
    """
    if mask is None:
        return npx.softmax(scores, axis=-1)
    mask = mask.astype(scores.dtype) * np.ones_like(scores)
    low = np.where(mask > 0, scores, -1e9 * np.ones_like(scores))
    return npx.softmax(low, axis=-1) * mask


# From book/attention/scoring.md, sec_as_attention [f117b0b6]
def attention(Q, K, V, mask=None, bias=0):
    """Attention with scaled dot products; return the answers and the weights.

    Q: queries, (b, m, d); K: keys, (b, n, d); V: values, (b, n, c). mask: broadcast to
    (b, m, n), zero where a query must not look. bias: added to the scores, broadcast.
    Answers: (b, m, c); weights: (b, m, n).

    Defined in :numref:`sec_as_attention`.
    """
    scores = npx.batch_dot(Q, K, transpose_b=True) / math.sqrt(Q.shape[-1]) + bias
    weights = d2l.masked_softmax(scores, mask)
    return npx.batch_dot(weights, V), weights


# From book/attention/scoring.md, sec_as_attention [f6643ec2]
def show_weights(weights, rows, columns, titles=None, size=1.9):
    """Draw weights, (k, m, n), as k pictures; rows, columns: the names of m and of n.

    rows and columns are sequences, or lists of k sequences. White is 0, the darkest 1.

    Defined in :numref:`sec_as_attention`.
    """
    each = [r if isinstance(r, (list, tuple)) else [r] * len(weights)
            for r in (rows, columns)]
    _, axes = d2l.plt.subplots(1, len(weights), squeeze=False,
                               figsize=(size * len(weights), size))
    for k, ax in enumerate(axes[0]):
        ax.imshow(weights[k].asnumpy(), cmap="Blues", vmin=0, vmax=1)
        ax.set_yticks(range(len(each[0][k])), list(each[0][k]), fontsize=8)
        ax.set_xticks(range(len(each[1][k])), list(each[1][k]), fontsize=8)
        if titles:
            ax.set_title(titles[k], fontsize=8)
    d2l.plt.tight_layout()
    d2l.plt.show()


# From book/attention/self-attention.md, sec_sa_places [b3939702]
def sinusoids(n, d):
    """Return vectors for the places 0, ..., n - 1, (n, d), for an even d.

    Defined in :numref:`sec_sa_places`.
    """
    angles = np.arange(n).reshape(-1, 1) / 10000 ** (np.arange(0, d, 2) / d)
    return np.stack([np.sin(angles), np.cos(angles)], axis=2).reshape(n, d)


# From book/attention/self-attention.md, sec_sa_model [8bf33286]
def train_windows(net, codes, steps, lr=0.02, batch_size=32, n=32, seed=0):
    """Train a model of the next character from the start, by Adam, for so many steps.

    net takes characters, (b, n), and returns scores, (b, n, k). The rate rises to lr in
    the first tenth of the steps and then falls to zero; gradients are clipped at 1.
    Returns the losses and the CPU seconds.

    Defined in :numref:`sec_sa_model`.
    """
    npx.random.seed(seed)
    net.initialize(init.Xavier(), force_reinit=True)
    loss = gluon.loss.SoftmaxCrossEntropyLoss()
    trainer, losses, start = None, [], time.process_time()
    while len(losses) < steps:
        for X, Y in d2l.streams(codes, batch_size, n):
            with autograd.record():
                L = loss(net(X.T), Y.T).mean()
            L.backward()
            params = net.collect_params()
            trainer = trainer or gluon.Trainer(params, "adam")
            d2l.clip([p.data() for p in params.values() if p.grad_req != "null"], 1)
            rise, fall = 10 * (len(losses) + 1) / steps, 1 - len(losses) / steps
            trainer.set_learning_rate(lr * min(rise, fall))
            trainer.step(1)
            losses.append(L.item())
            if len(losses) == steps:
                break
    return losses, time.process_time() - start


# From book/attention/self-attention.md, sec_sa_model [a8f324ee]
def window_losses(net, codes, n=32, batch_size=100):
    """Loss of each next character, (windows, n), in windows read by themselves.

    Defined in :numref:`sec_sa_model`.
    """
    m = (len(codes) - 1) // n * n
    X, Y = codes[:m].reshape(-1, n), codes[1:m + 1].reshape(-1, n)
    parts = []
    for i in range(0, len(X), batch_size):
        scores = net(X[i:i + batch_size])
        losses = d2l.cross_entropy(scores.reshape(-1, scores.shape[2]),
                                   Y[i:i + batch_size].reshape(-1))
        parts.append(losses.reshape(-1, n))
    return np.concatenate(parts)


# From book/attention/heads.md, sec_mh_reshape [b88827c7]
def split_heads(X, heads):
    """Bring (b, n, d) to (b * heads, n, d / heads): each head becomes an example.

    Defined in :numref:`sec_mh_reshape`.
    """
    b, n, d = X.shape
    return X.reshape(b, n, heads, d // heads).transpose(0, 2, 1, 3).reshape(
        b * heads, n, d // heads)


# From book/attention/heads.md, sec_mh_reshape [585e3445]
def join_heads(X, heads):
    """Bring (b * heads, n, d / heads) back to (b, n, d).

    Defined in :numref:`sec_mh_reshape`.
    """
    b, n, size = X.shape[0] // heads, X.shape[1], X.shape[2]
    return X.reshape(b, heads, n, size).transpose(0, 2, 1, 3).reshape(
        b, n, heads * size)


# From book/attention/heads.md, sec_mh_block [4a9e9b10]
class MultiHead(nn.Block):
    """Attention with several heads, in which X, (b, m, d), asks Z, (b, n, d).

    mask: (m, n) or (b, 1 or m, n), zero where a query must not look. With reach, each
    head adds to its scores a learned number for the distance t - u of the places; from
    reach - 1 on it is the same, and places to come count as distance zero. The weights
    of the last call, (b * heads, m, n), are kept in `weights`.

    Defined in :numref:`sec_mh_block`.
    """

    def __init__(self, d, heads, reach=None):
        super().__init__()
        self.heads, self.reach = heads, reach
        self.query, self.key, self.value, self.out = (
            nn.Dense(d, flatten=False, use_bias=False) for _ in range(4))
        if reach:
            self.distance = nn.Embedding(reach, heads,
                                         weight_initializer=init.Normal(1))

    def forward(self, X, Z, mask=None):
        Q, K, V = (d2l.split_heads(layer(A), self.heads) for layer, A in (
            (self.query, X), (self.key, Z), (self.value, Z)))
        if mask is not None and mask.ndim == 3:
            mask = np.repeat(mask, self.heads, axis=0)
        bias = 0
        if self.reach:
            apart = np.arange(X.shape[1]).reshape(-1, 1) - np.arange(Z.shape[1])
            bias = self.distance(np.clip(apart, 0, self.reach - 1)).transpose(2, 0, 1)
            bias = np.tile(bias, (len(X), 1, 1))
        A, self.weights = d2l.attention(Q, K, V, mask, bias)
        return self.out(d2l.join_heads(A, self.heads))


# From book/attention/transformer.md, sec_tf_block [fa974cb4]
class TransformerBlock(nn.Block):
    """Add to X, (b, n, d), what its rows find by attention, then what an MLP makes.

    reach: as in `MultiHead`. start: initializer of the last matrix of both branches;
    by default zero, so that the block starts as the identity.

    Defined in :numref:`sec_tf_block`.
    """

    def __init__(self, d, heads, reach=None, start=None):
        super().__init__()
        start = start or init.Zero()
        self.norm_1, self.norm_2 = nn.LayerNorm(), nn.LayerNorm()
        self.attend = d2l.MultiHead(d, heads, reach)
        self.attend.out.weight.init = start
        self.dense = nn.Sequential()
        self.dense.add(nn.Dense(4 * d, "relu", flatten=False),
                       nn.Dense(d, flatten=False, weight_initializer=start))

    def forward(self, X, mask=None):
        N = self.norm_1(X)
        X = X + self.attend(N, N, mask)
        return X + self.dense(self.norm_2(X))


# From book/attention/transformer.md, sec_tf_block [cb09fbc0]
class Transformer(nn.Block):
    """Scores of the next characters, (b, n, k), for characters, (b, n).

    Defined in :numref:`sec_tf_block`.
    """

    def __init__(self, k, d, heads, blocks, reach, start=None):
        super().__init__()
        self.embed = nn.Embedding(k, d, weight_initializer=init.Normal(0.3))
        self.blocks = nn.Sequential()
        self.blocks.add(*[d2l.TransformerBlock(d, heads, reach, start)
                          for _ in range(blocks)])
        self.norm, self.out = nn.LayerNorm(), nn.Dense(k, flatten=False)

    def forward(self, X):
        H, mask = self.embed(X), np.tril(np.ones((X.shape[1], X.shape[1])))
        for block in self.blocks:
            H = block(H, mask)
        return self.out(self.norm(H))


# What the module offers [8776b413]
__all__ = [
    "ContextCounts",
    "DenseBlock",
    "EncoderDecoder",
    "FASHION",
    "Inception",
    "MultiHead",
    "NGram",
    "RNNLM",
    "Residual",
    "Transformer",
    "TransformerBlock",
    "accuracy",
    "affine",
    "around",
    "attention",
    "beam_search",
    "check_gradient",
    "clip",
    "cmu_words",
    "confusion",
    "conv2d",
    "conv_norm",
    "corr2d",
    "cross_entropy",
    "data_file",
    "data_loader",
    "diabetes",
    "edit_distance",
    "encode",
    "fashion_mnist",
    "fit",
    "folds",
    "gluon_update",
    "join_heads",
    "least_squares",
    "lm_losses",
    "masked_loss",
    "masked_softmax",
    "mean_and_error",
    "minibatches",
    "moby_dick",
    "net_size",
    "photograph",
    "plot",
    "read_idx",
    "rmse",
    "set_figsize",
    "sgd",
    "shift_images",
    "show_confusion",
    "show_images",
    "show_weights",
    "sinusoids",
    "small_fashion",
    "softmax",
    "spelling_arrays",
    "spelling_score",
    "split_heads",
    "squared_loss",
    "standardize",
    "streams",
    "support_vectors",
    "train_classifier",
    "train_lm",
    "train_seq2seq",
    "train_test_indices",
    "train_windows",
    "use_svg_display",
    "window_losses",
]
