"""Name the class of lxml's elements for annotations: lxml's functions return them, but their class is private."""

from lxml.etree import _Element as Element

__all__ = ["Element"]
