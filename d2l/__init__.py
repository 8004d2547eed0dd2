# Generated from the pages of Deep Learning by Working Example. Do not edit: change the cell in the book and build. [2bdb9fdb]
"""d2l: code that Deep Learning by Working Example teaches and saves."""

# What the saved blocks import [974a7b95]
import types

import numpy

__version__ = "0.1.0"


# From book/installation.md, sec_restore_numpy [a425a2db]
def restore_numpy_names():
    """Give NumPy back the names that MXNet 1.9.1 looks up in it.

    Defined in :numref:`sec_restore_numpy`.
    """

    def gone(*args, **kwargs):
        raise NotImplementedError("NumPy has no financial functions now")

    names = {
        "bool": numpy.bool_,
        "NaN": numpy.nan,
        "NAN": numpy.nan,
        "Inf": numpy.inf,
        "PINF": numpy.inf,
        "NINF": -numpy.inf,
        "PZERO": 0.0,
        "NZERO": -0.0,
        "alltrue": numpy.all,
        "sometrue": numpy.any,
        "product": numpy.prod,
        "round_": numpy.round,
        "in1d": lambda a, b, **kw: numpy.isin(numpy.ravel(a), b, **kw),
        "msort": lambda a: numpy.sort(a, axis=0),
        "trapz": vars(numpy).get("trapezoid"),
        "compat": types.SimpleNamespace(basestring=str),
        **dict.fromkeys("mirr npv pmt ppmt pv rate".split(), gone),
    }
    for name, value in names.items():
        if name not in vars(numpy):
            setattr(numpy, name, value)


# From book/installation.md, sec_restore_numpy [abe58761]
restore_numpy_names()


# What the module offers [b830b286]
_MODULES = ("arrays", "mxnet", "small", "tab")


def __getattr__(name):
    """Return a name of the default module, which is imported when one is first asked for."""
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    if name in _MODULES:
        return import_module(f".{name}", __name__)
    return getattr(import_module(".mxnet", __name__), name)


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
    "restore_numpy_names",
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
