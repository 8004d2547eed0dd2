"""Define the options of the website."""

from __future__ import annotations

import re

from .option import Option, one_of, that

PRINTING_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""Matches names of printings, which are names of files too."""

WEBSITE_OPTIONS = (
    Option(
        "bundle",
        True,
        (bool,),
        help="Joins the style sheets and scripts of Sphinx, of the theme and of extensions into three files, with "
        "those icons that the site uses; the index of the search is loaded when a reader searches. It holds for "
        "themes that are based on pydata-sphinx-theme, as sphinx-book-theme is.",
        example=False,
        rebuild="html",
    ),
    Option(
        "previews",
        True,
        (bool,),
        help="Shows what a reference in the text leads to where a reader stops on it: by pointer, by keyboard, or "
        "by a first tap.",
        example=False,
        rebuild="html",
    ),
    Option(
        "metadata",
        True,
        (bool,),
        help="Writes what search engines, social networks and collections of citations read in the head of a page "
        "(description, OpenGraph, `citation_` elements), and an icon if `html_favicon` is not set. Where Sphinx's "
        "`html_baseurl` is set, the site also gets `404.html`, `sitemap.xml` and `robots.txt`.",
        example=False,
        rebuild="html",
    ),
    Option(
        "social_cards",
        True,
        (bool,),
        help="Draws a picture of each chapter that social networks and messengers show beside a link to it, with its "
        "title, its number, the book's name and a figure of it. It needs `html_baseurl` and `d2lbook_metadata`.",
        example=False,
        rebuild="html",
    ),
    Option(
        "remote_outputs",
        "auto",
        (str,),
        help='Sets what pages do with outputs of cells that load files from other hosts, such as maps: "ask" '
        'shows a button that names the hosts, with one warning in the build, "load" loads them with the page. "auto" '
        "asks, except in projects that list MyST-NB themselves.",
        example="load",
        check=one_of("auto", "ask", "load"),
        rebuild="html",
    ),
    Option(
        "printing",
        "",
        (str,),
        help="Names the printing of the book that readers have on paper. Pages of the website then say what has "
        "changed since, and `{errata}` lists it. The record of the printing is `printings/NAME.json` beside "
        "`conf.py`, which `sphinx-d2lbook printing NAME` writes.",
        example="2026-11",
        check=that(
            lambda value: not value or PRINTING_NAME.fullmatch(value) is not None,
            "letters, digits, `.`, `_` and `-`, with a letter or digit first",
        ),
    ),
)
