"""What a reader sees and no other extension has: one element a file.

Nodes are neutral; HTML draws them itself, for all other formats they become plain docutils nodes.
"""
