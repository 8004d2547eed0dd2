"""A small book as d2lbook reads it, with each construct of that format, and two frameworks."""

from __future__ import annotations

CONFIG = """\
[project]
name = strings
title = How Strings Sound
author = Ada B., Carl D.
copyright = 2026, the authors
release = 0.3.1
lang = en

[build]
notebooks = *.md */*.md
exclusions = README.md drafts/*.md
resources = img/ tones/
tabs = numpy, plain
eval_notebook = True

[html]
header_links = Source, https://code.example/strings, fab fa-github,
               PDF, ###_PDF_###, fas fa-file-pdf

[library]
version_file = tones/__init__.py

[library-numpy]
lib_file = tones/grid.py
lib_name = np
simple_alias = ones, arange, concat -> concatenate, sin
fluent_alias = reshape, reduce_sum -> sum, numpy -> copy
alias = size = lambda a: a.size
        pi = np.pi
reverse_alias = d2l.twice\\(([\\w]+)\\) -> (2 * \\1)

[library-plain]
lib_file = tones/plain.py

[colab]
replace_svg_url = img, https://strings.example/_images

[slides]
top_right = Strings
"""
INDEX = """\
# How Strings Sound
:label:`sec_strings_book`

Strings have been plucked for :numref:`sec_pluck` reasons.

:begin_tab:toc
 - [preface](preface.ipynb)
 - [waves/index](waves/index.ipynb)
:end_tab:

```toc
:maxdepth: 1

preface
```

```toc
:numbered:
:maxdepth: 2

waves/index
```

```toc
:maxdepth: 1

references
```
"""
PREFACE = """\
# Preface

Whoever tunes a string listens.

:begin_tab:`numpy`
This edition is written with NumPy.
:end_tab:

:begin_tab:`plain`
This edition needs nothing.
:end_tab:

```{.python .input  n=1}
import sys
#@save
import math
from collections import deque
tones = sys.modules[__name__]
```
"""
WAVES = """\
# Waves
:label:`chap_waves`

Two sections follow.

```toc
:maxdepth: 2

pluck
sound
```
"""
PLUCK = """\
# Plucking a String
:label:`sec_pluck`

(**A plucked string**) swings as a sum of modes, as :citet:`Hooke1678` saw,
and others after him :cite:`Hooke1678,Taylor1713`.
(~~modes of a string~~)
Look at :numref:`fig_string`, :numref:`tab_modes`,
:eqref:`eq_mode` and :numref:`sec_sound`; :ref:`sec_sound` has the tones.
In code, ``:numref:`x` `` stays, and so does `f(**options)`.

![A string of length $L$ with [two] nodes, see :eqref:`eq_mode`.](../img/string.svg)
:width:`320px`
:label:`fig_string`

## [**Modes**]
:label:`subsec_modes`

The mode of order $n$ is

$$
u_n(x) = \\sin\\left(\\frac{n \\pi x}{L}\\right).
$$
:eqlabel:`eq_mode`

$$E = m c^2$$

:Tones of the first modes, as in :eqref:`eq_mode`,
over two lines.

|Mode|Tone|
|:--|--:|
|1|a|
|2|a'|
:label:`tab_modes`

: A table with its label above.
:label:`tab_above`

|Order|Nodes|
|---|---|
|1|0|

See :numref:`tab_above`.

```{.python .input  n=4}
%matplotlib inline
from tones import grid as d2l
import numpy as np
```

```{.python .input  n=5}
#@tab plain
from tones import plain as d2l
```

```{.python .input #mode  n=6}
#@tab all
def mode(order, points):  #@save
    \"\"\"Return a mode at some points.\"\"\"
    if tab.selected('numpy'):
        x = d2l.arange(points) / points
        return d2l.sin(order * d2l.pi * x)
    elif tab.selected('plain'):
        return [math.sin(order * math.pi * i / points) for i in range(points)]

#@save
LENGTH = 1.0
def frequency(order):
    return order / (2 * LENGTH)
```

```{.json .output n=6}
[{"data": {"text/plain": "1"}}]
```

```{.python .input}
# Hide code
table = d2l.reshape(mode(1, 6), (2, -1))
d2l.size(table), d2l.reduce_sum(table + 1, axis=0).shape, d2l.twice(table).shape
```

```{.bash}
pip install tones
```

## Exercises

1. How long is the string of :numref:`fig_string`?
1. And why?

:begin_tab:`numpy`
[Discussions](https://talk.example/t/17)
:end_tab:

:begin_tab:`plain`
[Discussions](https://talk.example/t/18)
:end_tab:
"""
SOUND = """\
# Sound
:label:`sec_sound`

See [the section before](pluck.ipynb) and :numref:`subsec_modes`.

```{.python .input}
from tones import grid as d2l
import numpy as np
```

```{.python .input}
def frequency(order):  #@save
    \"\"\"Return the frequency in hertz.\"\"\"
    return 220.0 * order
frequency(2)
```

## Scan the QR Code to [Discuss](https://talk.example/t/sound/19)

![](../img/qr_sound.svg)
"""
REFERENCES = """\
# References

:bibliography:`strings.bib`
"""
BIB = """\
@book{Hooke1678, author = {Hooke, Robert}, title = {Lectures of Spring}, year = {1678}, publisher = {Martyn}}
@article{Taylor1713, author = {Taylor, Brook}, title = {Of the Motion of a String}, year = {1713},
  journal = {Transactions}}
"""
HEAD = """\
import numpy as np

TUNING = 440.0


def semitone(count):
    \"\"\"Return the ratio of some semitones.\"\"\"
    return 2 ** (count / 12)

#################   WARNING   ################
# The below part is generated automatically through:
#    d2lbook build lib
# Don't edit it directly

def mode():
    pass
"""
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="320" height="40" viewBox="0 0 320 40">'
    '<path d="M0 20 Q80 0 160 20 T320 20" fill="none" stroke="black"/></svg>\n'
)
FILES = {
    "config.ini": CONFIG,
    "index.md": INDEX,
    "preface.md": PREFACE,
    "waves/index.md": WAVES,
    "waves/pluck.md": PLUCK,
    "waves/sound.md": SOUND,
    "references.md": REFERENCES,
    "strings.bib": BIB,
    "README.md": "# The sources\n",
    "drafts/later.md": "# Later\n",
    "img/string.svg": SVG,
    "img/qr_sound.svg": SVG,
    "tones/__init__.py": '"""Tones."""\n\n__version__ = "0.3.1"\n',
    "tones/grid.py": HEAD,
    "tones/plain.py": "# This file is generated automatically through:\n#    d2lbook build lib\n\nx = 1\n",
    "requirements.txt": "d2lbook\nnumpy\n",
}
