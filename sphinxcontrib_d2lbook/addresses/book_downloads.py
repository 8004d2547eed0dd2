"""Know where the site has the files of the whole book, such as the PDF, for links to them.

Outputs are found above this room, so they say here, before pages are written, which files there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx

FOLDER = "_downloads"
"""Folder of downloads, relative to the root of the site."""
_files: WeakKeyDictionary[Sphinx, tuple[Mapping[str, str], bool]] = WeakKeyDictionary()


def note_files(app: Sphinx, files: Mapping[str, str], *, in_site: bool) -> None:
    """Note the name of each output's file. ``in_site`` says whether the site that is being built carries them."""
    _files[app] = (dict(files), in_site)


def file_names(app: Sphinx) -> Mapping[str, str]:
    """Return the name of each output's file, by the name of the output."""
    return _files.get(app, ({}, False))[0]


def are_in_site(app: Sphinx) -> bool:
    """Check whether the site that is being built carries these files."""
    return _files.get(app, ({}, False))[1]
