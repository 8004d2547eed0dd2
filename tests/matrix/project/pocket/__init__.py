# Generated from the pages of A Book of Every Directive. Do not edit: change the cell in the book and build. [9545686f]
"""pocket: code that A Book of Every Directive teaches and saves."""

# What the saved blocks import [0a23d513]
__version__ = "0"


# From book/code/index.md, sec_code_saved [f3459ccd]
def double(x):
    """Return twice `x`.

    Defined in :numref:`sec_code_saved`.
    """
    return 2 * x


# What the module offers [96055338]
__all__ = [
    "double",
]
