"""Find the image of the title page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sphinx.config import Config

from ...common.errors import BookError
from . import images


def cover(config: Config, confdir: Path) -> tuple[str, images.Picture] | None:
    """Return the path and the image of the title page; None without one. Raise BookError if it cannot be read."""
    given = config.d2lbook_pdf_front.get("cover", "")
    if not given:
        return None
    path = confdir / given
    picture = images.load(path, f"cover{path.suffix.lower()}")
    check_cover(config, confdir, {str(path): picture})
    return str(path), picture


def cover_name(config: Config, confdir: Path, pictures: Mapping[str, images.Picture]) -> str:
    """Return the name under which the engine reads the cover, one of ``pictures`` by path; "" without a cover."""
    path = str(confdir / config.d2lbook_pdf_front.get("cover", ""))
    return pictures[path].name if path in pictures else ""


def check_cover(config: Config, confdir: Path, pictures: Mapping[str, images.Picture]) -> None:
    """Raise BookError if the cover is among ``pictures``, which are given by their paths, and cannot be set."""
    given = config.d2lbook_pdf_front.get("cover", "")
    picture = pictures.get(str(confdir / given)) if given else None
    if picture and picture.fault:
        raise BookError(
            f"{confdir}/conf.py: d2lbook_pdf_front: the cover {given!r} cannot be set: {picture.fault}. Give the path "
            "of an SVG, PDF, PNG, JPEG, GIF or WebP beside conf.py that other programs open, too"
        )
