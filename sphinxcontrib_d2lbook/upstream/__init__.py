"""What this project relies on in other software beyond its public interface.

Sphinx, the theme, MyST-NB, ipykernel and sphinx-proof have no public way to some things that a book needs. All private
attributes, replaced methods, re-ordered listeners and removed transforms are in this folder, one module or folder for
each of these projects, behind functions that say what they do, why nothing public does it, and for which versions that
is known. The rest of the package uses none of them; ruff (SLF001) and tests/test_architecture.py see to that. No module
here imports a room of ours; all rooms may import these.

Where the other side has changed, a function raises `UpstreamChanged` if going on would give a wrong result. If only
speed or comfort would be lost, it logs one line and goes on without; its docstring then says so. The tests in
tests/upstream check all of it against the versions that are installed: a release that breaks it is seen at once.
"""
