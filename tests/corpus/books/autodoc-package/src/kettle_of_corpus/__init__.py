"""Boil water."""

from __future__ import annotations

BOILING = 100
"""Degrees at which water boils."""


class Kettle:
    """Hold and heat water.

    Attributes:
        litres: how much is in it

    Example:
        >>> Kettle(2).litres
        2
    """

    #: The *colour* of all kettles.
    colour = "black"

    def __init__(self, litres: int = 1) -> None:
        self.litres = litres

    def heat(self, degrees: float, *, quickly: bool = False) -> float:
        """Heat the water.

        Args:
            degrees: by how much
            quickly: whether in haste

        Returns:
            The temperature after it.

        Raises:
            ValueError: if it would boil over.

        .. versionadded:: 1.2
        """
        return degrees

    @property
    def is_full(self) -> bool:
        """Whether nothing more goes in."""
        return self.litres > 1

    @classmethod
    def of_iron(cls) -> Kettle:
        """Make an iron one."""
        return cls()


def pour(kettle: Kettle, cups=("small", "large")) -> Brimful:
    """Pour from a kettle.

    Parameters
    ----------
    kettle : Kettle
        what to pour from
    cups : tuple of str, optional
        where to

    Returns
    -------
    int
        how many were filled

    See Also
    --------
    Kettle.heat : before it

    Notes
    -----
    Pour :math:`n` times.

    Warns
    -----
    UserWarning
        if it is hot
    """


class ColdError(Exception):
    """Tell that it is cold."""
