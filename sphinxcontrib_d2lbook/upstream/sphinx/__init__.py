"""Use Sphinx beyond its documented interface.

The modules are imported one by one, because a build with nothing to do ends before larger parts of Sphinx are loaded.
"""
