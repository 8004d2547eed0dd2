# Generated from the pages of Deep Learning by Working Example. Do not edit: change the cell in the book and build. [dc0871a9]
"""d2l.small: code that Deep Learning by Working Example teaches and saves."""

# What the saved blocks import [0cb8691b]
import json
import sys
import zlib
from pathlib import Path

import numpy
from mxnet import autograd, np, npx

small = sys.modules[__name__]


# From book/library/blocks.md, sec_blocks_block [605de6e7]
class Block:
    """A function with parts, which are its attributes or entries of lists there.

    A subclass defines forward(*inputs), which a call of the block runs.

    Defined in :numref:`sec_blocks_block`.
    """

    def __call__(self, *inputs):
        return self.forward(*inputs)

    def find(self, kind):
        """Return a dict of all parts of a kind, at any depth, by their paths.

        A block that is of this kind itself comes first, with the empty path.
        """
        found = {}

        def look(value, path):
            if isinstance(value, kind):
                found[".".join(path)] = value
            if isinstance(value, Block):
                inside = vars(value).items()
            elif isinstance(value, list):
                inside = enumerate(value)
            else:
                return
            for name, part in inside:
                look(part, [*path, str(name)])

        look(self, [])
        return found


# From book/library/blocks.md, sec_blocks_block [6c43c04f]
class Relu(Block):
    """The rectifier, entry by entry, for arrays of any shape.

    Defined in :numref:`sec_blocks_block`.
    """

    def forward(self, X):
        return npx.relu(X)


# From book/library/blocks.md, sec_blocks_block [0edd4804]
class Chain(Block):
    """Blocks one after another, each on the output of the one before.

    Defined in :numref:`sec_blocks_block`.
    """

    def __init__(self, *blocks):
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# From book/library/blocks.md, sec_blocks_block [c28b830d]
class Sum(Block):
    """Blocks beside each other: the sum of their outputs for the same input.

    Defined in :numref:`sec_blocks_block`.
    """

    def __init__(self, *blocks):
        self.blocks = list(blocks)

    def forward(self, X):
        return sum(block(X) for block in self.blocks)


# From book/library/parameters.md, sec_parameter_class [92a73c8a]
class Parameter:
    """An array that is trained: how it starts, its values, and their gradient.

    shape has None for a length that is not known yet. start(shape) returns the
    first values. rate is a factor of the learning rate; zero leaves the values
    as they are. data is None until `make` or `set` is called.

    Defined in :numref:`sec_parameter_class`.
    """

    def __init__(self, shape, start, rate=1.0):
        self.shape, self.start, self.rate = tuple(shape), start, rate
        self.data = None

    def make(self):
        """Give it its first values, unless it has some."""
        if None in self.shape:
            raise ValueError(f"the shape {self.shape} is not known yet: "
                             "call the network once")
        if self.data is None:
            self.set(self.start(self.shape))

    def set(self, values):
        """Take these values, an array of its shape, and room for their gradient."""
        if values.shape != self.shape:
            raise ValueError(f"values of shape {values.shape} "
                             f"for a parameter of shape {self.shape}")
        self.data = values.copy()
        self.data.attach_grad()


# From book/library/parameters.md, sec_parameter_class [4890ecbe]
def he(shape):
    """Normal values with the variance 2 / inputs, for a shape (inputs, outputs).

    Defined in :numref:`sec_parameter_class`.
    """
    return np.random.normal(0, (2 / shape[0]) ** 0.5, size=shape)


# From book/library/parameters.md, sec_parameter_class [2c32e5fc]
def parameters(net):
    """Return a dict of the parameters of a block, each once, by its first path.

    Defined in :numref:`sec_parameter_class`.
    """
    found, seen = {}, set()
    for path, parameter in net.find(Parameter).items():
        if id(parameter) not in seen:
            seen.add(id(parameter))
            found[path] = parameter
    return found


# From book/library/parameters.md, sec_parameter_class [0f37adda]
class Sgd:
    """Gradient descent with momentum for the parameters of a block.

    Defined in :numref:`sec_parameter_class`.
    """

    def __init__(self, net, lr, momentum=0.0):
        self.net, self.lr, self.momentum, self.speed = net, lr, momentum, {}

    def step(self):
        """Move each parameter once against its gradient."""
        for path, p in parameters(self.net).items():
            if p.data is None:
                raise ValueError(f"{path} has no values: it was not used in the loss")
            v = self.momentum * self.speed.get(path, 0) + p.data.grad
            self.speed[path] = v
            p.data -= self.lr * p.rate * v


# From book/library/parameters.md, sec_parameter_class [755ea9e9]
def update(net, loss, rule):
    """Return the function update(X, y) for `fit`, which makes a step of the rule.

    loss(net(X), y) returns the losses of the examples, one value each.

    Defined in :numref:`sec_parameter_class`.
    """

    def step(X, y):
        with autograd.record():
            losses = loss(net(X), y)
            L = losses.mean()
        L.backward()
        rule.step()
        return losses

    return step


# From book/library/deferred.md, sec_deferred_dense [113d1398]
class Dense(small.Block):
    """Scores X @ W + b for X of shape (n, inputs); the result is (n, outputs).

    Without inputs, their number is that of the first X, and W gets its values then.

    Defined in :numref:`sec_deferred_dense`.
    """

    def __init__(self, outputs, inputs=None, start=small.he):
        self.W = small.Parameter((inputs, outputs), start)
        self.b = small.Parameter((outputs,), np.zeros)

    def forward(self, X):
        inputs, outputs = self.W.shape
        if X.ndim != 2 or inputs not in (None, X.shape[1]):
            raise ValueError("a dense layer for inputs of shape "
                             f"(n, {inputs or 'any'}) was given {X.shape}")
        if self.W.data is None:
            self.W.shape = (X.shape[1], outputs)
        self.W.make()
        self.b.make()
        return X @ self.W.data + self.b.data


# From book/library/deferred.md, sec_outline [25dc9eb4]
def outline(net, X):
    """Call a block once; list (path, block, shape of its output) as they return.

    Defined in :numref:`sec_outline`.
    """
    calls = []
    blocks = {id(block): (path, block) for path, block in net.find(small.Block).items()}

    def watched(path, block, forward):
        def call(*inputs):
            output = forward(*inputs)
            calls.append((path, block, output.shape))
            return output
        return call

    for path, block in blocks.values():
        block.forward = watched(path, block, block.forward)
    try:
        net(X)
    finally:
        for _, block in blocks.values():
            del block.forward
    return calls


# From book/library/own-layers.md, sec_standardize_layer [816f3950]
class Standardize(small.Block):
    """Give each example, a row of X, (n, d), mean zero and mean square one.

    Defined in :numref:`sec_standardize_layer`.
    """

    def __init__(self, epsilon=1e-5):
        self.epsilon = epsilon

    def forward(self, X):
        C = X - X.mean(axis=1, keepdims=True)
        return C / np.sqrt((C ** 2).mean(axis=1, keepdims=True) + self.epsilon)


# From book/library/own-layers.md, sec_layer_norm [29e98883]
class LayerNorm(small.Block):
    """Standardize each example, then scale and move each unit; (n, d) to (n, d).

    Defined in :numref:`sec_layer_norm`.
    """

    def __init__(self, standardize=None):
        self.standardize = standardize or small.Standardize()
        self.gain = small.Parameter((None,), np.ones)
        self.offset = small.Parameter((None,), np.zeros)

    def forward(self, X):
        for p in (self.gain, self.offset):
            if p.data is None:
                p.shape = (X.shape[1],)
                p.make()
        return self.standardize(X) * self.gain.data + self.offset.data


# From book/library/saving.md, sec_own_format [ecad2161]
def save(net, path):
    """Write the parameters of a block: a line of JSON, then float32 values.

    Raises ValueError, and writes nothing, if one of them has no values yet.

    Defined in :numref:`sec_own_format`.
    """
    found = small.parameters(net)
    if empty := [name for name, p in found.items() if p.data is None]:
        raise ValueError(f"{empty[0]} has no values yet: call the network once")
    values = b"".join(p.data.asnumpy().astype("<f4").tobytes() for p in found.values())
    header = {"format": "d2l.small 1", "checksum": zlib.crc32(values),
              "parameters": {name: p.shape for name, p in found.items()}}
    Path(path).write_bytes(json.dumps(header).encode() + b"\n" + values)


# From book/library/saving.md, sec_own_format [8e7a0d53]
def load(net, path):
    """Set the parameters of a block to those of a file that `save` has written.

    Lengths that are not known yet are taken from the file. Raises ValueError,
    and changes nothing, if the file is damaged or is not that of such a block.

    Defined in :numref:`sec_own_format`.
    """
    first, _, values = Path(path).read_bytes().partition(b"\n")
    try:
        header = json.loads(first)
        shapes, kind = header["parameters"], header["format"]
        length = 4 * sum(int(numpy.prod(shape)) for shape in shapes.values())
        whole = len(values) == length and zlib.crc32(values) == header["checksum"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not a file of parameters") from error
    if kind != "d2l.small 1":
        raise ValueError(f"{path} has the format {kind}, which is not known here")
    if not whole:
        raise ValueError(f"{path} is damaged: its values are not those of its head")

    found = small.parameters(net)
    if lacking := found.keys() - shapes.keys():
        raise ValueError(f"{path} lacks {sorted(lacking)}")
    if surplus := shapes.keys() - found.keys():
        raise ValueError(f"{path} has {sorted(surplus)}, which the network has not")
    for name, p in found.items():
        if len(p.shape) != len(shapes[name]) or any(
                a not in (None, b) for a, b in zip(p.shape, shapes[name])):
            raise ValueError(f"{name} has the shape {shapes[name]} in {path} "
                             f"and {p.shape} in the network")

    numbers, begin = numpy.frombuffer(values, "<f4"), 0
    for name, shape in shapes.items():
        size = int(numpy.prod(shape))
        found[name].shape = tuple(shape)
        part = numbers[begin:begin + size].reshape(shape)
        found[name].set(np.array(part, dtype="float32"))
        begin += size


# From book/library/devices.md, sec_where_arrays_live [1dfb83df]
def contexts(net):
    """Return the set of the devices that the parameters of a block are on.

    Defined in :numref:`sec_where_arrays_live`.
    """
    return {p.data.ctx for p in small.parameters(net).values() if p.data is not None}


# From book/library/devices.md, sec_moving_networks [dc2bfbaa]
def move(net, ctx):
    """Put all parameters of a block on a device, in place; they must have values.

    Defined in :numref:`sec_moving_networks`.
    """
    for p in small.parameters(net).values():
        p.set(p.data.as_in_ctx(ctx))


# What the module offers [50bd2f47]
__all__ = [
    "Block",
    "Chain",
    "Dense",
    "LayerNorm",
    "Parameter",
    "Relu",
    "Sgd",
    "Standardize",
    "Sum",
    "contexts",
    "he",
    "load",
    "move",
    "outline",
    "parameters",
    "save",
    "update",
]
