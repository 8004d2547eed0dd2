import zlib
from pathlib import Path

lines = [
    "tide.Gauge py:class 1 tide.html#$ -",
    "tide.read py:function 1 tide.html#$ -",
    "ebb std:label -1 tide.html#ebb When the Water Falls",
    "moon std:term -1 moon.html#term-moon -",
    "tables std:doc -1 tables.html Tables of Tides",
]
head = b"# Sphinx inventory version 2\n# Project: Tides\n# Version: 1.0\n"
head += b"# The remainder of this file is compressed using zlib.\n"
Path(__file__).with_name("tides.inv").write_bytes(head + zlib.compress("\n".join([*lines, ""]).encode()))

extensions = ["myst_nb", "sphinx.ext.intersphinx", "sphinx.ext.extlinks", "sphinx.ext.autosectionlabel"]
nb_execution_mode = "off"
project = "Harbours"
html_theme = "alabaster"
exclude_patterns = ["_build"]
intersphinx_mapping = {"tides": ("https://tides.example/", "tides.inv")}
extlinks = {"chart": ("https://charts.example/%s", "chart %s")}
autosectionlabel_prefix_document = True
