"""Measure shadows."""


def length(height, *, season="summer"):
    """Return how long a shadow is."""
