"""Define how kernels draw plots for a printed book, where a book asks for that (`d2lbook_plot_style`).

Plots are drawings whose letters stay letters: the PDF sets them in its own fonts, and browsers in theirs. The settings
are files that Matplotlib and IPython read when a kernel imports them. A kernel whose environment has `VARIABLE` gets
them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "D2LBOOK_PLOT_STYLE"
"""Environment variable of kernels that draw plots in a style; its value is the name of the style."""
PART = "d2lbook_plot_style"
"""Name of the part of a task for the style, which only pages that import Matplotlib have."""
BASE = "svg.hashsalt: book\n"
"""Settings of Matplotlib in every kernel, in place of the author's own, so that identifiers in SVG files are not
random. A `matplotlibrc` beside the page overrides them."""
STYLES: Mapping[str, str] = {
    "book": BASE
    + """svg.fonttype: none
figure.figsize: 4.5, 2.8
font.size: 8.5
axes.titlesize: 9
axes.labelsize: 8.5
xtick.labelsize: 7.5
ytick.labelsize: 7.5
legend.fontsize: 7.5
axes.linewidth: 0.6
xtick.major.width: 0.6
ytick.major.width: 0.6
xtick.minor.width: 0.4
ytick.minor.width: 0.4
grid.linewidth: 0.4
grid.color: "#c9ced4"
lines.linewidth: 1.2
lines.markersize: 4
patch.linewidth: 0.6
""",
}
"""Settings of Matplotlib by the names of styles. Sizes are those of text beside captions, in points, on the width that
a plot has on a page: 4.5 inches are printed as they are on every paper but the smallest."""
IPYTHON = 'c.InlineBackend.figure_formats = {"svg"}\n'
"""Settings of IPython for the same kernels."""
MATPLOTLIBRC, IPYTHONDIR = "MATPLOTLIBRC", "IPYTHONDIR"


def write_settings(scratch: Path) -> dict[str, str]:
    """Write the settings for kernels to ``scratch``; return the variables of kernels without a style."""
    (scratch / "matplotlibrc").write_text(BASE, "utf-8")
    for style, settings in STYLES.items():
        profile = scratch / f"ipython-{style}" / "profile_default"
        profile.mkdir(parents=True)
        (profile / "ipython_kernel_config.py").write_text(IPYTHON, "utf-8")
        (scratch / f"matplotlibrc-{style}").write_text(settings, "utf-8")
    return {MATPLOTLIBRC: str(scratch / "matplotlibrc"), IPYTHONDIR: str(scratch / "ipython")}


def styled(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that give a kernel the style that its environment asks for; none without one.

    The files are beside those that `write_settings` named to this process.
    """
    style = environment.get(VARIABLE, "")
    if style not in STYLES:
        return {}
    return {name: f"{os.environ[name]}-{style}" for name in (MATPLOTLIBRC, IPYTHONDIR) if name in os.environ}
