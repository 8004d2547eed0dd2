"""Provide `sphinx-d2lbook`, the command for everything but builds.

Each file has one command; `main.py` parses the command line.
"""
