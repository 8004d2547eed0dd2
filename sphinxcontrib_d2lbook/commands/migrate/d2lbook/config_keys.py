"""Convert `config.ini` of d2lbook to conf.py.

`KEYS` says what becomes of each key; the manual shows the same table. The keys and their meaning are those of the
default file of `d2lbook`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..conf_writer import Conf
from ..migration_report import Line
from .config_ini import Ini, rows, words

LANGUAGES = {"zh": "zh_CN", "pt": "pt_BR"}
"""Language codes of Sphinx by those of d2lbook."""
PLACEHOLDER = re.compile(r"#{2,}|\{\{|\$\{")
"""Placeholder that a script of the book replaces by an address."""
ELSEWHERE = "nothing: the migration of the pages reads it"
NAMES_RESOLVED = "nothing: cells have what the names stand for"
BUTTONS = (
    "nothing: d2lbook_launch says in which repository the notebooks are; launch buttons are `launch_buttons` of"
    " html_theme_options"
)


@dataclass(frozen=True)
class D2lbookKey:
    """Key of config.ini."""

    section: str
    """Section; "library-…" stands for the sections of all frameworks."""
    name: str
    becomes: str
    apply: Callable[[Conf, str], str | None] | None = None
    """Function that writes the value and returns what the author must do by hand, if anything; None if nothing is
    written."""

    @property
    def shown(self) -> str:
        return f"[{self.section}] {self.name}"


def _value(*names: str) -> Callable[[Conf, str], None]:
    def apply(conf: Conf, value: str) -> None:
        conf.values |= dict.fromkeys(names, value)

    return apply


def _language(conf: Conf, value: str) -> None:
    conf.values["language"] = LANGUAGES.get(value, value)


def _evaluated(conf: Conf, value: str) -> None:
    if value.strip().lower() in ("false", "0", "no", "off"):
        conf.values["nb_execution_mode"] = "off"


def _strict(conf: Conf, value: str) -> str | None:
    return "build with -W" if value.strip().lower() in ("true", "1", "yes", "on") else None


def _extensions(conf: Conf, value: str) -> None:
    conf.extensions += [name.strip("'\"") for name in words(value)]


def _sphinx(conf: Conf, value: str) -> str | None:
    """Take over the lines of a conf.py that assign a plain value."""
    try:
        statements = ast.parse("\n".join(line.strip() for line in value.splitlines())).body
    except SyntaxError as err:
        return f"is not Python ({err.msg}); write it into conf.py by hand"
    left = []
    for one in statements:
        try:
            if not isinstance(one, ast.Assign) or not isinstance(one.targets[0], ast.Name):
                raise ValueError("no value")
            conf.values[one.targets[0].id] = ast.literal_eval(one.value)
        except ValueError:
            left.append(ast.unparse(one))
    return f"write into conf.py by hand: {'; '.join(left)}" if left else None


def _links(conf: Conf, value: str) -> str | None:
    """Take over the links of the bar at the top: name, address and icon of each."""
    found = [row for row in rows(value, 3) if len(row) == 3]
    open_ones = [row[0] for row in found if PLACEHOLDER.search(row[1])]
    shown = [row for row in found if not PLACEHOLDER.search(row[0] + row[1])]
    if shown:
        conf.theme["icon_links"] = [{"name": name, "url": url, "icon": icon} for name, url, icon in shown]
    return f"a script puts the address of {', '.join(open_ones)} in; write it by hand" if open_ones else None


def _styles(conf: Conf, value: str) -> str:
    _static(conf, "html_css_files", value)
    return "is listed in html_css_files; it was written for another theme, so look at what it does"


def _scripts(conf: Conf, value: str) -> str:
    _static(conf, "html_js_files", value)
    return "is listed in html_js_files; it was written for another theme, so look at what it does"


def _static(conf: Conf, name: str, value: str) -> None:
    files = value.split()
    folders = conf.values.setdefault("html_static_path", [])
    folders += sorted({file.rpartition("/")[0] or "." for file in files} - set(folders))
    conf.values[name] = [file.rpartition("/")[2] for file in files]


def _font(name: str) -> Callable[[Conf, str], str]:
    def apply(conf: Conf, value: str) -> str:
        conf.values.setdefault("d2lbook_pdf_fonts", {})[name] = value
        return "is in d2lbook_pdf_fonts; it must be on the machine, or its files in a folder that `folder` names"

    return apply


def _bibliography(conf: Conf, value: str) -> None:
    conf.values["bibtex_bibfiles"] = words(value)


def _analytics(conf: Conf, value: str) -> None:
    conf.theme["analytics"] = {"google_analytics_id": value}


def _pictures(conf: Conf, value: str) -> None:
    """Take the address of the site from a value such as `img, https://book.example/_images`."""
    addresses = [row[1] for row in rows(value, 2) if len(row) == 2]
    if addresses and "/_images" in addresses[0]:
        conf.values["html_baseurl"] = addresses[0].partition("/_images")[0] + "/"


def _aliases(conf: Conf, value: str) -> str | None:
    """Ask about the lines of `alias` that define no name. Those that do are read with the pages."""
    unclear = [line.strip() for line in value.splitlines() if line.strip() and "=" not in line]
    return f"each line is `name = expression`; say what these mean: {'; '.join(unclear)}" if unclear else None


def _by_hand(todo: str) -> Callable[[Conf, str], str]:
    return lambda conf, value: todo


KEYS: tuple[D2lbookKey, ...] = (
    D2lbookKey("project", "name", "`d2lbook_name`", _value("d2lbook_name")),
    D2lbookKey("project", "title", "`project` and `html_title`", _value("project", "html_title")),
    D2lbookKey("project", "author", "`author`", _value("author")),
    D2lbookKey("project", "copyright", "`copyright`", _value("copyright")),
    D2lbookKey("project", "release", "`release` and `version`", _value("release", "version")),
    D2lbookKey("project", "lang", "`language`", _language),
    D2lbookKey("project", "description", "nothing"),
    D2lbookKey("build", "index", "`root_doc`"),
    D2lbookKey("build", "source_dir", "the folder that `sphinx-build` is told"),
    D2lbookKey("build", "notebooks", "`exclude_patterns` names the pages that are not among them"),
    D2lbookKey("build", "rsts", "`exclude_patterns` names the pages that are not among them"),
    D2lbookKey("build", "non-notebooks", "`exclude_patterns`"),
    D2lbookKey("build", "exclusions", "`exclude_patterns`"),
    D2lbookKey("build", "tabs", "`d2lbook_frameworks` with `--framework all`, else nothing: the book has one"),
    D2lbookKey("build", "eval_notebook", "`nb_execution_mode`", _evaluated),
    D2lbookKey("build", "sphinx_extensions", "`extensions`", _extensions),
    D2lbookKey("build", "sphinx_configs", "each value as it is", _sphinx),
    D2lbookKey("build", "warning_is_error", "nothing: the option `-W` of `sphinx-build`", _strict),
    D2lbookKey("build", "resources", "nothing: pages read their files where they are"),
    D2lbookKey("build", "dependencies", "nothing: the build sees what a page reads"),
    D2lbookKey("build", "output_dir", "the second folder that `sphinx-build` is told"),
    D2lbookKey("build", "origin_repo", "nothing"),
    D2lbookKey("html", "header_links", "`icon_links` of `html_theme_options`", _links),
    D2lbookKey("html", "favicon", "`html_favicon`", _value("html_favicon")),
    D2lbookKey("html", "html_logo", "`html_logo`", _value("html_logo")),
    D2lbookKey("html", "include_css", "`html_css_files`, to be looked at", _styles),
    D2lbookKey("html", "include_js", "`html_js_files`, to be looked at", _scripts),
    D2lbookKey("pdf", "main_font", "`text` of `d2lbook_pdf_fonts`", _font("text")),
    D2lbookKey("pdf", "sans_font", "`headings` of `d2lbook_pdf_fonts`", _font("headings")),
    D2lbookKey("pdf", "mono_font", "`code` of `d2lbook_pdf_fonts`", _font("code")),
    D2lbookKey("pdf", "bibfile", "`bibtex_bibfiles`", _bibliography),
    D2lbookKey("pdf", "latex_logo", "`latex_logo`", _value("latex_logo")),
    D2lbookKey(
        "pdf", "latex_url", "nothing", _by_hand("Typst sets the PDF; for a publisher's LaTeX class see the manual")
    ),
    D2lbookKey("pdf", "style", "nothing", _by_hand("Typst sets the PDF; for a publisher's LaTeX class see the manual")),
    D2lbookKey(
        "pdf", "post_latex", "nothing", _by_hand("no TeX is written that a script could change; see what it does")
    ),
    D2lbookKey("library", "save_mark", "`d2lbook_save_marks`, where the usual marks are not meant"),
    D2lbookKey("library", "save_filename", "`d2lbook_package` and `d2lbook_default_module`"),
    D2lbookKey(
        "library", "save_patterns", "nothing", _by_hand("a book has one package; name its module behind each mark")
    ),
    D2lbookKey("library", "root_dir", "nothing", _by_hand("name the module behind each mark: `#@save: module`")),
    D2lbookKey("library", "version", "nothing: `release` is the package's version"),
    D2lbookKey("library", "version_file", "nothing: the package takes its version from `release`"),
    D2lbookKey("library-…", "lib_file", "`d2lbook_package` and `d2lbook_default_module`"),
    *(
        D2lbookKey("library-…", name, NAMES_RESOLVED)
        for name in ("lib_name", "simple_alias", "fluent_alias", "reverse_alias")
    ),
    D2lbookKey("library-…", "alias", NAMES_RESOLVED, _aliases),
    D2lbookKey("deploy", "google_analytics_tracking_id", "`analytics` of `html_theme_options`", _analytics),
    D2lbookKey("deploy", "github_repo", "nothing: publish the folder `html` of a build"),
    D2lbookKey("deploy", "s3_bucket", "nothing: publish the folder `html` of a build"),
    D2lbookKey("deploy", "other_file_s3urls", "nothing: publish the folder `html` of a build"),
    D2lbookKey("colab", "github_repo", BUTTONS),
    D2lbookKey("colab", "exclusions", "nothing: pages without cells have no button"),
    D2lbookKey("colab", "libs", "nothing: the notebooks install what they need"),
    D2lbookKey("colab", "libs_header", "nothing: the notebooks install what they need"),
    D2lbookKey(
        "colab", "gpu_pattern", "nothing", _by_hand("write `gpus: 1` under `d2lbook:` into the pages that need one")
    ),
    D2lbookKey("colab", "replace_svg_url", "`html_baseurl`, the site to which it leads", _pictures),
    *(D2lbookKey("sagemaker", name, BUTTONS) for name in ("github_repo", "kernel", "libs", "libs_header")),
    *(D2lbookKey("slides", name, "nothing: slides are not made") for name in ("top_right", "top_left", "github_repo")),
    *(
        D2lbookKey("translation", name, "nothing")
        for name in ("origin_repo", "origin_lang", "translator", "terminology")
    ),
)
_BY_NAME: dict[tuple[str, str], D2lbookKey] = {(key.section, key.name): key for key in KEYS}


def convert(ini: Ini, chosen: str = "") -> tuple[Conf, list[Line]]:
    """Return what conf.py is to say, and a line of the report for each key that has a value.

    ``chosen`` is the framework that the book keeps.
    """
    conf = Conf(extensions=["sphinxcontrib_d2lbook"])
    # As d2lbook numbers.
    conf.values |= {
        "numfig": True,
        "numfig_secnum_depth": 2,
        "numfig_format": {"figure": "Fig. %s"},
        "math_number_all": True,
    }
    lines = []
    for section, values in ini.sections.items():
        for name, value in values.items():
            if section.startswith("library-") and chosen and section != f"library-{chosen}":
                told = "nothing: its framework is left out"
                lines.append(Line(ini.file, ini.line(section, name), f"[{section}] {name}", told))
            elif value.strip():
                lines.append(_one(ini, section, name, value.strip(), conf))
    return conf, lines


def _one(ini: Ini, section: str, name: str, value: str, conf: Conf) -> Line:
    family = "library-…" if section.startswith("library-") else section
    line, shown = ini.line(section, name), f"[{section}] {name}"
    key = _BY_NAME.get((family, name))
    if key is None:
        return Line(ini.file, line, shown, "is not known here; see whether the book needs it", by_hand=True)
    todo: Any = key.apply(conf, value) if key.apply else None
    return Line(ini.file, line, shown, todo or key.becomes, by_hand=bool(todo))
