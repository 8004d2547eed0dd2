"""Build the saved blocks as a wheel and an sdist.

The library's files, with numbers and addresses in their docstrings (`book_locations`), and a generated pyproject.toml
(`metadata`) are built without network (`wheel_building`). The wheel is unpacked and imported in a process of its own
(`wheel_check`, `wheel_environment`, `wheel_probe`); then both archives go into the output folder (`builder`).
"""
