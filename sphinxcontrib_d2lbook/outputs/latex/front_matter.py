"""Write what stands before the contents and after the index: titles, imprint, dedication, epigraph, colophon."""

from __future__ import annotations

from sphinx.config import Config

from ...config import author_of, copyright_of
from .escape import address, command, escape
from .sources import IMAGES


def front_commands(config: Config, cover_name: str, printing: str) -> list[str]:
    """Return the commands that fill the title page, its back and what follows, from `d2lbook_pdf_front` and conf.py.

    ``cover_name`` is the cover's file name, or "". ``printing`` is the line of the imprint that names the printing.
    """
    front = config.d2lbook_pdf_front
    epigraph = front.get("epigraph", ())
    text, *source = [epigraph] if isinstance(epigraph, str) else epigraph or [""]
    fields = {
        "bookauthors": escape(author_of(config)),
        "bookrelease": escape(config.release),
        "bookhalftitle": "yes" if front.get("half_title") else "",
        "booksubtitle": escape(front.get("subtitle", "")),
        "bookcover": f"{IMAGES}/{cover_name}" if cover_name else "",
        "bookimprint": "".join(f"{line}\\par " for line in _imprint(config, printing)),
        "bookdedication": escape(front.get("dedication", "")),
        "bookepigraph": escape(text),
        "bookepigraphsource": escape(source[0]) if source else "",
        "bookcolophon": escape(front.get("colophon", "")),
    }
    return [command("renewcommand", f"\\{name}", value) for name, value in fields.items() if value]


def _imprint(config: Config, printing: str) -> list[str]:
    """Return the lines of the imprint, in the order of the other engine."""
    front = config.d2lbook_pdf_front
    owner = copyright_of(config)
    doi = f"https://doi.org/{front['doi']}" if front.get("doi") else ""
    lines = [
        escape(front.get("edition", "")),
        escape(printing),
        escape(front.get("publisher", "")),
        escape(f"© {owner}" if owner else ""),
        escape(front.get("licence", "")),
        escape(f"ISBN {front['isbn']}" if front.get("isbn") else ""),
        command("href", address(doi), escape(doi)) if doi else "",
        *map(escape, front.get("imprint", ())),
    ]
    return [line for line in lines if line]
