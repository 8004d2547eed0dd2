"""Accompany one Sphinx build from its start to its exit code.

Skip a build that has nothing to do, set defaults for the extensions that a book needs, find sources and doctrees that
have changed, and print the errors that end a build.
"""
