"""What is used of Sphinx beyond its documented interface.

The modules are imported one by one: a build that has nothing to do ends before the larger parts of Sphinx are loaded.
"""
