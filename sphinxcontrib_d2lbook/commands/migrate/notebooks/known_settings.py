"""List what becomes of values of conf.py: those of nbsphinx, and old names of MyST-NB. The manual shows the tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

OURS = "sphinxcontrib_d2lbook"
LOOK = "MyST-NB shows cells without prompts"


@dataclass(frozen=True)
class Setting:
    """Value of conf.py."""

    name: str
    becomes: str
    new: str = ""
    """Present name of the value; "" if the value is dropped."""
    convert: Callable[[Any], Any] | None = None
    """Function that returns the value in its present form. It raises ValueError if there is none."""
    todo: str = ""
    """What the author must do if no other value replaces this one."""


def _mode(value: Any) -> str:
    modes = {"auto": "auto", "always": "force", "never": "off", True: "force", False: "off"}
    if value not in modes:
        raise ValueError("no such mode")
    return modes[value]


def _seconds(value: Any) -> Any:
    return -1 if value is None else value


def _kernel(value: Any) -> dict[str, str]:
    if not isinstance(value, str) or not value:
        raise ValueError("no name")
    return {".*": value}


def _formats(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError("no mapping")
    return value


def _nothing(name: str, why: str) -> Setting:
    return Setting(name, f"nothing: {why}")


def _by_hand(name: str, todo: str) -> Setting:
    return Setting(name, todo, todo=todo)


NBSPHINX: tuple[Setting, ...] = (
    Setting("nbsphinx_execute", "`nb_execution_mode`", "nb_execution_mode", _mode),
    Setting("nbsphinx_allow_errors", "`nb_execution_allow_errors`", "nb_execution_allow_errors"),
    Setting("nbsphinx_timeout", "`nb_execution_timeout`", "nb_execution_timeout", _seconds),
    Setting("nbsphinx_kernel_name", "`nb_kernel_rgx_aliases`", "nb_kernel_rgx_aliases", _kernel),
    Setting("nbsphinx_custom_formats", "`nb_custom_formats`", "nb_custom_formats", _formats),
    _by_hand(
        "nbsphinx_execute_arguments", "write them as `%config` into the notebooks, or into the kernel's own files"
    ),
    _by_hand("nbsphinx_prolog", "`rst_prolog` for pages of reStructuredText; in notebooks write it as a cell"),
    _by_hand("nbsphinx_epilog", "`rst_epilog` for pages of reStructuredText; in notebooks write it as a cell"),
    _by_hand("nbsphinx_thumbnails", "no gallery is made; write cards of sphinx-design with these pictures"),
    _by_hand("nbsphinx_widgets_path", "`nb_ipywidgets_js` says which scripts widgets need"),
    _by_hand("nbsphinx_widgets_options", "`nb_ipywidgets_js` says which scripts widgets need"),
    _nothing("nbsphinx_requirejs_path", "pages load what they need; others go to `html_js_files`"),
    _nothing("nbsphinx_requirejs_options", "pages load what they need; others go to `html_js_files`"),
    _nothing("nbsphinx_codecell_lexer", "the kernel says how its cells are highlighted"),
    _nothing("nbsphinx_prompt_width", LOOK),
    _nothing("nbsphinx_responsive_width", LOOK),
    _nothing("nbsphinx_input_prompt", LOOK),
    _nothing("nbsphinx_output_prompt", LOOK),
    _nothing("nbsphinx_assume_equations", "formulas are found in all pages"),
    _nothing("nbsphinx_link_target_root", "linked notebooks are copied"),
)
MYST_NB: tuple[Setting, ...] = (
    *(
        Setting(old, f"`{new}`", new)
        for old, new in {
            "jupyter_execute_notebooks": "nb_execution_mode",
            "jupyter_cache": "nb_execution_cache_path",
            "execution_excludepatterns": "nb_execution_excludepatterns",
            "execution_timeout": "nb_execution_timeout",
            "execution_in_temp": "nb_execution_in_temp",
            "execution_allow_errors": "nb_execution_allow_errors",
            "execution_show_tb": "nb_execution_show_tb",
            "nb_render_key": "nb_cell_metadata_key",
        }.items()
    ),
    _by_hand("nb_render_priority", "`nb_mime_priority_overrides` lists builder, MIME type and priority"),
)
KEPT = {
    "nb_execution_mode": "stays; every mode but `off` and `inline` keeps outputs while nothing changes",
    "nb_execution_cache_path": "stays, and is not used: outputs are kept below `_build/doctrees`",
    "nb_execution_show_tb": "stays, and is not used: a failing cell is always shown, at its line",
    "nb_execution_in_temp": "stays; better give the page's own folder what it reads",
}
"""MyST-NB values that have another meaning here."""
EXTENSIONS = {
    "nbsphinx": "`myst_nb` and this plugin read and run notebooks",
    "nbsphinx_link": "linked notebooks are copied",
    "myst_parser": "is left out: `myst_nb` brings it",
    "recommonmark": "is left out: `myst_nb` reads Markdown, as MyST",
    "m2r": "is left out: `myst_nb` reads Markdown, as MyST",
    "m2r2": "is left out: `myst_nb` reads Markdown, as MyST",
    "sphinx_gallery.load_style": "is left out: there are no galleries of nbsphinx",
    "jupyter_cache": "is left out: outputs are kept below `_build/doctrees`",
}
"""Sphinx extensions that this one replaces, and what becomes of each."""
ADDED: dict[str, Any] = {
    "myst_enable_extensions": ["amsmath", "colon_fence", "deflist", "dollarmath", "html_image", "strikethrough"],
    "myst_heading_anchors": 6,
}
"""Values with which the Markdown of an nbsphinx project keeps its meaning."""
