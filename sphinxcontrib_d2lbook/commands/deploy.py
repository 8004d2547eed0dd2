"""Provide `sphinx-d2lbook deploy`: write the files by which a service builds and publishes a book."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from ..common.errors import BookError
from .template_files import rendered_files, write_files

TEMPLATES = Path(__file__).parent / "deploy_templates"
"""Folder with a folder of templates for each service."""
HOSTS = ("github", "gitlab", "netlify", "readthedocs")
"""Services by their names; the first is that of new books."""
REQUIREMENTS = "requirements.txt"


def deploy(folder: Path, source: Path, host: str) -> int:
    """Write the files of a service beside conf.py, which is in ``folder``, and print their names. Return 0.

    Raise BookError, before anything is written, if one of them is there with another content.
    """
    is_listed = (folder / REQUIREMENTS).is_file()
    pages = Path(os.path.relpath(source, folder)).as_posix()
    files = dict(deploy_files(host, pages, REQUIREMENTS if is_listed else ""))
    for name, text in files.items():
        path = folder / name
        if path.exists() and path.read_bytes() != text.encode("utf-8"):
            raise BookError(
                f"{path}: is there already, and is another; move it away, and take over what you need of it"
            )
    write_files(folder, files)
    for name in files:
        print(f"{name} is written: read its comments, and commit it")
    if not is_listed:
        print("It installs sphinxcontrib-d2lbook alone: add to its `pip install` what else the pages need")
    return 0


def deploy_files(host: str, source: str, requirements: str) -> Iterator[tuple[str, str]]:
    """Return an iterator over path and text of each file of a service.

    ``source`` is the folder of the pages, relative to that of conf.py; ``requirements`` is a file that pip reads, or ""
    if there is none.
    """
    install = f"pip install -r {requirements}" if requirements else "pip install sphinxcontrib-d2lbook"
    build = f"sphinx-build -M book {shlex.quote(source)} _build -c . -W --keep-going"
    pages = f"--source {shlex.quote(source)}"
    addresses = f"sphinx-d2lbook addresses --publish {pages}"
    return rendered_files(
        TEMPLATES / host,
        {
            "install": install,
            "build": build,
            "all": f"{install} && {build}",
            "preview": f"{install} && {build} -D d2lbook_execute=never",
            "addresses": addresses,
            "addresses_if_published": f"if grep -q '^html_baseurl' conf.py; then {addresses}; fi",
            "notebooks": f"sphinx-d2lbook publish notebooks {pages}",
        },
    )
