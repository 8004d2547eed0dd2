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


# What the module offers [b2214dd9]
from . import mxnet
from .mxnet import *
from .mxnet import (
    Path,
    autograd,
    backend_inline,
    gluon,
    init,
    load_diabetes,
    lzma,
    mx,
    nn,
    np,
    npx,
    plt,
    random,
)

__all__ = [
    "restore_numpy_names",
]
__all__ += mxnet.__all__
