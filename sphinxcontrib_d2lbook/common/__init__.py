"""Provide what every room uses: errors and warnings, files and their formats, words, sizes.

Modules here import nothing of the rooms. What is private to other projects is in `upstream`.
"""
