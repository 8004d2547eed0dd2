"""The class of lxml's elements: its functions return them, and the name is private. For annotations only."""

from lxml.etree import _Element as Element

__all__ = ["Element"]
