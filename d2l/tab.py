# Generated from the pages of Deep Learning by Working Example. Do not edit: change the cell in the book and build. [15e216d3]
"""Tell code that several frameworks share for which of them it runs."""


# The framework of each module [f42fc0e4]
class Framework:
    """The framework of a module of this package."""

    def __init__(self, name):
        self.name = name

    def selected(self, *names):
        """Return whether ``names`` has the framework for which the code runs that imports this module."""
        return self.name in names


selected = Framework("mxnet").selected
