"""Use what this project needs from other software beyond its public interface.

Sphinx, the theme, MyST-NB, ipykernel and sphinx-proof have no public way to do some things that a book needs. All
private attributes, replaced methods, re-ordered listeners and removed transforms are in this folder, one module or
folder for each of these projects, behind functions. Each function says what it does, why no public interface does it,
and for which versions that is known. The rest of the package uses nothing private; ruff (SLF001) and
`tests/test_architecture.py` check this. All rooms may import these modules, which import only
`common.errors`.

If the other project has changed, a function raises `UpstreamChanged` where going on would give a wrong result. Where
only speed or comfort would be lost, it logs one line and goes on; its docstring then says so. The tests in
`tests/upstream` check everything against the installed versions, so that a release that breaks it is noticed at once.
"""
