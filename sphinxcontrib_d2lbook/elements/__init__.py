"""Define the elements that a reader sees and that no other extension has, with one file for each.

Nodes do not depend on the output. HTML has visitors for them; for all other formats they become plain docutils nodes.
"""
