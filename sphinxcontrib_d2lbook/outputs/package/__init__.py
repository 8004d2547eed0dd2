"""PACKAGE: the saved blocks as a wheel and an sdist.

The library's files with numbers and addresses in their docstrings (places.py) and a generated pyproject.toml
(metadata.py) -> staged in a temporary folder, built without network (building.py) -> unpacked and imported in a process
of its own (check.py) -> the output folder (builder.py).
"""
