"""Hold what all rooms use: errors and warnings, files and their formats, words of outputs, sizes.

Modules here import no other room. Private interfaces of other projects are in `upstream`.
"""
