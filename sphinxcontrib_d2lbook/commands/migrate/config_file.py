"""Convert `_config.yml` of Jupyter Book 1 to conf.py.

Keys, defaults and meaning: https://jupyterbook.org/v1/customize/config.html, and the schema of Jupyter Book 1.0.
`KEYS` says what becomes of each key; the manual shows the same table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...common.errors import BookError
from ...common.suggestions import did_you_mean
from ...lifecycle.default_settings import EXTENSIONS
from .conf_writer import Conf
from .migration_report import Line
from .yaml_lines import Document

DISCUSS = (
    "d2lbook_forum is set; a discussion belongs to a labelled section and not to a page, so run `sphinx-d2lbook labels"
    " --write`, set html_baseurl, and set d2lbook_discussions = 1 for one under each chapter"
)
ALWAYS_EXCLUDED = ("_build", "Thumbs.db", ".DS_Store", "**.ipynb_checkpoints")
SYNTAX = ["colon_fence", "dollarmath", "linkify", "substitution", "tasklist"]
"""MyST extensions that Jupyter Book enables by default."""
PROVIDED = {
    *EXTENSIONS,
    "sphinx_external_toc",
    "sphinx_multitoc_numbering",
    "sphinx_jupyterbook_latex",
    "jupyter_book",
}
"""Sphinx extensions that this one brings or replaces."""


@dataclass(frozen=True)
class JupyterBookKey:
    """Key of `_config.yml`."""

    name: str
    becomes: str
    apply: Callable[[Conf, Any], str | None] | None = None
    """Function that writes the value and returns what the author must do by hand, if anything; None if nothing is
    written."""
    takes: type | tuple[type, ...] = object
    """Types of value that the function can write."""


LIST = (str, list)
"""Types of a list in YAML, of which some authors write the only item."""


def _value(name: str) -> Callable[[Conf, Any], None]:
    def apply(conf: Conf, value: Any) -> None:
        if value not in (None, ""):
            conf.values[name] = value

    return apply


def _theme(name: str) -> Callable[[Conf, Any], None]:
    def apply(conf: Conf, value: Any) -> None:
        if value not in (None, "", False):
            conf.theme[name] = value

    return apply


def _in_theme(group: str, name: str) -> Callable[[Conf, Any], None]:
    def apply(conf: Conf, value: Any) -> None:
        if value not in (None, "", False):
            conf.theme.setdefault(group, {})[name] = value

    return apply


def _title(conf: Conf, value: Any) -> None:
    conf.values["project"] = conf.values["html_title"] = str(value)


def _exclude(conf: Conf, value: Any) -> None:
    conf.values["exclude_patterns"] = sorted({*ALWAYS_EXCLUDED, *_items(value)})


def _only_listed(conf: Conf, value: Any) -> None:
    conf.only_listed = bool(value)


def _mode(conf: Conf, value: Any) -> str | None:
    mode = "off" if value is False else value  # YAML takes `off` for false
    if mode in ("auto", "force", "cache", "inline", "off"):
        if mode != "auto":
            conf.values["nb_execution_mode"] = mode
        return None
    return f"{value!r} is no mode; write nb_execution_mode into conf.py"


def _in_temp(conf: Conf, value: Any) -> str | None:
    if not value:
        return None
    conf.values["nb_execution_in_temp"] = True
    return "MyST-NB runs such pages itself, each time; better give the page's own folder what it reads"


def _home(conf: Conf, value: Any) -> None:
    if value is not False:
        conf.theme["home_page_in_toc"] = True


def _utterances(conf: Conf, value: Any) -> str | None:
    if not value:
        return None
    if not isinstance(value, dict) or not value.get("repo"):
        return "give the repository: d2lbook_forum = {'provider': 'utterances', 'repo': 'owner/name'}"
    conf.values["d2lbook_forum"] = {"provider": "utterances", "repo": value["repo"]}
    return DISCUSS


def _hypothesis(conf: Conf, value: Any) -> str | None:
    if not value:
        return None
    conf.values["d2lbook_forum"] = {"provider": "hypothesis"}
    return DISCUSS


def _giscus(conf: Conf, value: Any) -> str | None:
    if not value:
        return None
    if not isinstance(value, dict):
        return "write d2lbook_forum = {'provider': 'giscus', …} into conf.py"
    keys = {"repo": "repo", "repo-id": "repo_id", "category": "category", "category-id": "category_id"}
    given = {new: value[old] for old, new in keys.items() if old in value}
    conf.values["d2lbook_forum"] = {"provider": "giscus", **given}
    return DISCUSS


def _latex_documents(conf: Conf, value: Any) -> str | None:
    target = str((value or {}).get("targetname") or "").removesuffix(".tex")
    if target:
        conf.values["d2lbook_name"] = target
    return None


def _bibfiles(conf: Conf, value: Any) -> None:
    conf.values["bibtex_bibfiles"] = _items(value)


def _items(value: Any) -> list[Any]:
    """Return the items of a list, or of its only item."""
    return [value] if isinstance(value, str) else list(value or ())


def _extensions(conf: Conf, value: Any) -> None:
    for name in _items(value):
        if name not in PROVIDED and name not in conf.extensions:
            conf.extensions.append(str(name))


def _local_extensions(conf: Conf, value: Any) -> None:
    for name, path in (value or {}).items():
        conf.paths.append(str(path))
        conf.extensions.append(str(name))


def _sphinx_config(conf: Conf, value: Any) -> None:
    for name, item in (value or {}).items():
        if name == "html_theme_options" and isinstance(item, dict):
            conf.theme.update(item)
        elif name == "intersphinx_mapping":
            conf.values[name] = item
            _extensions(conf, "sphinx.ext.intersphinx")  # which Jupyter Book loads
        elif name == "mathjax_config" and "mathjax3_config" not in value:
            conf.values["mathjax3_config"] = item
        elif name != "recursive_update":
            conf.values[str(name)] = item


def _multitoc(conf: Conf, value: Any) -> str | None:
    return (
        None if value else "numbers run on through all parts here; give chapters of a part `:numbers-from: 1` by hand"
    )


LAUNCH = ("notebook_interface", "binderhub_url", "jupyterhub_url", "thebe", "colab_url", "deepnote_url")
KEYS: tuple[JupyterBookKey, ...] = (
    JupyterBookKey("title", "`project` and `html_title`", _title),
    JupyterBookKey("author", "`author`", _value("author")),
    JupyterBookKey("copyright", "`copyright`", lambda conf, value: conf.values.update(copyright=str(value))),
    JupyterBookKey("logo", "`html_logo`", _value("html_logo")),
    JupyterBookKey("exclude_patterns", "`exclude_patterns`", _exclude, LIST),
    JupyterBookKey(
        "only_build_toc_files", "`exclude_patterns` names the pages that the contents do not list", _only_listed
    ),
    JupyterBookKey("bibtex_bibfiles", "`bibtex_bibfiles`", _bibfiles, LIST),
    JupyterBookKey("bibtex_reference_style", "`bibtex_reference_style`", _value("bibtex_reference_style")),
    JupyterBookKey(
        "execute.execute_notebooks", "`nb_execution_mode`; every mode but `off` and `inline` keeps outputs", _mode
    ),
    JupyterBookKey("execute.cache", "nothing: outputs are kept below `_build/doctrees`"),
    JupyterBookKey("execute.timeout", "`nb_execution_timeout`", _value("nb_execution_timeout")),
    JupyterBookKey("execute.allow_errors", "`nb_execution_allow_errors`", _value("nb_execution_allow_errors")),
    JupyterBookKey("execute.raise_on_error", "`nb_execution_raise_on_error`", _value("nb_execution_raise_on_error")),
    JupyterBookKey("execute.show_tb", "nothing: a failing cell is always shown, at its line"),
    JupyterBookKey("execute.eval_regex", "`nb_eval_name_regex`", _value("nb_eval_name_regex")),
    JupyterBookKey("execute.stderr_output", "`nb_output_stderr`", _value("nb_output_stderr")),
    JupyterBookKey("execute.run_in_temp", "`nb_execution_in_temp`", _in_temp),
    JupyterBookKey(
        "execute.exclude_patterns", "`nb_execution_excludepatterns`", _value("nb_execution_excludepatterns")
    ),
    JupyterBookKey("parse.myst_enable_extensions", "`myst_enable_extensions`", _value("myst_enable_extensions")),
    JupyterBookKey("parse.myst_url_schemes", "`myst_url_schemes`", _value("myst_url_schemes")),
    JupyterBookKey("parse.myst_dmath_double_inline", "`myst_dmath_double_inline`", _value("myst_dmath_double_inline")),
    JupyterBookKey("parse.myst_substitutions", "`myst_substitutions`", _value("myst_substitutions")),
    JupyterBookKey("html.favicon", "`html_favicon`", _value("html_favicon")),
    JupyterBookKey("html.baseurl", "`html_baseurl`", _value("html_baseurl")),
    *(
        JupyterBookKey(
            f"html.use_{name}_button", f"`use_{name}_button` of `html_theme_options`", _theme(f"use_{name}_button")
        )
        for name in ("edit_page", "repository", "issues")
    ),
    JupyterBookKey("html.use_multitoc_numbering", "nothing: chapters are numbered through all parts", _multitoc),
    JupyterBookKey("html.extra_footer", "`extra_footer` of `html_theme_options`", _theme("extra_footer")),
    JupyterBookKey("html.extra_navbar", "nothing: the theme has no such place any more"),
    JupyterBookKey("html.home_page_in_navbar", "`home_page_in_toc` of `html_theme_options`", _home),
    JupyterBookKey("html.announcement", "`announcement` of `html_theme_options`", _theme("announcement")),
    *(
        JupyterBookKey(f"html.analytics.{name}", "`analytics` of `html_theme_options`", _in_theme("analytics", name))
        for name in ("google_analytics_id", "plausible_analytics_domain", "plausible_analytics_url")
    ),
    JupyterBookKey(
        "html.google_analytics_id", "`analytics` of `html_theme_options`", _in_theme("analytics", "google_analytics_id")
    ),
    JupyterBookKey("html.comments.hypothesis", "`d2lbook_forum`", _hypothesis),
    JupyterBookKey("html.comments.utterances", "`d2lbook_forum`", _utterances),
    JupyterBookKey("html.comments.giscus", "`d2lbook_forum`", _giscus),
    JupyterBookKey("latex.latex_engine", "nothing: Typst sets the PDF, or XeLaTeX with `d2lbook_pdf_engine`"),
    JupyterBookKey("latex.use_jupyterbook_latex", "nothing: parts and chapters of the PDF are those of the contents"),
    JupyterBookKey("latex.latex_documents", "`d2lbook_name`, for `targetname`", _latex_documents, dict),
    *(
        JupyterBookKey(
            f"launch_buttons.{name}", "`launch_buttons` of `html_theme_options`", _in_theme("launch_buttons", name)
        )
        for name in LAUNCH
    ),
    JupyterBookKey("repository.url", "`repository_url` of `html_theme_options`", _theme("repository_url")),
    JupyterBookKey("repository.path_to_book", "`path_to_docs` of `html_theme_options`", _theme("path_to_docs")),
    JupyterBookKey("repository.branch", "`repository_branch` of `html_theme_options`", _theme("repository_branch")),
    JupyterBookKey("sphinx.extra_extensions", "`extensions`, but for what the plugin brings", _extensions, LIST),
    JupyterBookKey("sphinx.local_extensions", "`extensions`, and `sys.path`", _local_extensions, dict),
    JupyterBookKey("sphinx.recursive_update", "nothing: conf.py says each value once"),
    JupyterBookKey(
        "sphinx.config", "each value as it is; those of the theme go to `html_theme_options`", _sphinx_config, dict
    ),
)
_BY_NAME = {key.name: key for key in KEYS}
_GROUPS = frozenset(name.rpartition(".")[0] for name in _BY_NAME if "." in name) - {""}


def convert(document: Document) -> tuple[Conf, list[Line]]:
    """Return what conf.py is to say, and a line of the report for each key. Raises BookError."""
    value = document.value
    if value is None:
        value = {}
    if not isinstance(value, dict):
        raise BookError(f"{document.file}:1: must be a mapping of keys to values")
    conf, lines = Conf(), list[Line]()
    conf.values |= {"project": "My Jupyter Book", "html_title": "My Jupyter Book"}
    conf.values["myst_enable_extensions"] = SYNTAX
    conf.values["myst_dmath_double_inline"] = True
    conf.values["exclude_patterns"] = sorted(ALWAYS_EXCLUDED)
    conf.values["numfig"] = True
    conf.values["html_theme"] = "sphinx_book_theme"
    conf.theme["home_page_in_toc"] = True
    html = value.get("html")
    if isinstance(html, dict) and html.get("home_page_in_navbar") is False:
        del conf.theme["home_page_in_toc"]
    # What Sphinx's own settings say goes last: it has the last word.
    found = sorted(_leaves(value, ()), key=lambda leaf: leaf[0][:2] == ("sphinx", "config"))
    for path, item in found:
        lines.append(_convert_one(document, path, item, conf))
    return conf, lines


def _leaves(value: Mapping[str, Any], at: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, item in value.items():
        path = (*at, str(name))
        if isinstance(item, dict) and ".".join(path) in _GROUPS:
            yield from _leaves(item, path)
        elif item is not None or ".".join(path) not in _GROUPS:
            yield path, item


def _convert_one(document: Document, path: tuple[str, ...], item: Any, conf: Conf) -> Line:
    name, line = ".".join(path), document.line(path)
    key = _BY_NAME.get(name)
    if key is None:
        question = did_you_mean(name, {*_BY_NAME, *_GROUPS}, cutoff=0.8)
        if name in _GROUPS:
            question = "it must be a mapping of keys to values"
        told = f"is not known here; {question or 'see whether the book needs it'}"
        return Line(document.file, line, name, told, by_hand=True)
    if item and not isinstance(item, key.takes):
        told = (
            f"must be a {'mapping of keys to values' if key.takes is dict else 'list'}, and is {item!r}: it is left out"
        )
        return Line(document.file, line, name, told, by_hand=True)
    todo = key.apply(conf, item) if key.apply else None
    return Line(document.file, line, name, todo or key.becomes, by_hand=bool(todo))
