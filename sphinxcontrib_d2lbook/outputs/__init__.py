"""OUTPUTS: one folder for each, and book/, which writes them together.

base.py says what an output is, for ours and for those of other distributions; registry.py finds all that are installed.
"""
