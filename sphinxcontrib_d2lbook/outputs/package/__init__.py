"""PACKAGE: the saved blocks as a wheel and an sdist.

The library's files with numbers and addresses in their docstrings (book_locations.py) and a generated pyproject.toml
(metadata.py) -> staged in a temporary folder, built without network (wheel_building.py) -> unpacked and imported in a
process of its own (wheel_check.py) -> the output folder (builder.py).
"""
