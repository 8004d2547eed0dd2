"""Tell the hour by the sun."""


def noon():
    """Return when the shadow is shortest."""


class Gnomon:
    """Throw a shadow."""

    def turn(self, degrees=0):
        """Turn it to the north."""
