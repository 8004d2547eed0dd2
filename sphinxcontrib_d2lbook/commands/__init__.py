"""COMMANDS: what `sphinx-d2lbook` does, which is what is not a build.

One file a command; main.py reads the command line.
"""
