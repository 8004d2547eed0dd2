"""A book with everything that can be numbered, and an author who goes on editing it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="9"><rect width="{0}" height="9"/></svg>'
ROWS = "\n".join(f"| {count} | {count**2} |" for count in range(1, 61))

PLAIN = """(sec_{name})=
# Title of {name}

```{{figure}} img.svg
:name: fig_{name}
:alt: A square

A square of {name}.
```

$$ x = {size} $$ (eq_{name})

See {{numref}}`sec_{other}`, {{ref}}`sec_{other}`, {{numref}}`fig_{other}`, {{eq}}`eq_{other}`, [](#fig_{other}).
"""

DEEP = """
## Level two of {name}

### Level three of {name}

(deep_{name})=
#### Level four of {name}

````{{note}}
```{{figure}} img.svg
:name: fig_note_{name}

In a box, before {{numref}}`deep_{other}`.
```
````

:::{{list-table}} A table with a figure, as {{numref}}`fig_{name}`
:name: tab_{name}

* - Words
  - ```{{figure}} img.svg
    :name: fig_cell_{name}

    In a table.
    ```
:::

```{{code-block}} python
:caption: A listing.
:name: lst_{name}

print()
```

{{numref}}`fig_note_{name}`, {{numref}}`tab_{other}`, {{numref}}`fig_cell_{other}`, {{numref}}`lst_{other}`
"""

FORMULAS = r"""
\begin{{align}}
a &= b \label{{al_one_{name}}} \\
c &= d \\
e &= f \label{{al_two_{name}}}
\end{{align}}

\begin{{gather}}
a = b \\
c = d \label{{ga_{name}}}
\end{{gather}}

\begin{{align}}
a &= b \\
c &= d
\end{{align}}

$$
\begin{{aligned}} a &= b \\ c &= d \end{{aligned}}
$$ (whole_{name})

$$
y = \begin{{cases}} 1 & x \\ 2 & y \end{{cases}}
$$ (cases_{name})

{{eq}}`al_one_{name}`, {{eq}}`al_two_{name}`, {{eq}}`ga_{name}`, [](#whole_{name}), {{numref}}`cases_{name}`
"""

STATEMENTS = """
```{{prf:theorem}} A name
:label: thm_{name}

By {{prf:ref}}`lem_{name}`.
```

```{{prf:lemma}}
:label: lem_{name}

By [](#thm_{other}).
```

```{{prf:definition}}
Without a label.
```

```{{exercise}} A task
:label: ex_{name}

Do it, see {{ref}}`sol_{other}`.
```

{{prf:ref}}`thm_{other}`, {{numref}}`thm_{other}`, {{numref}}`ex_{other}`, {{ref}}`ex_{name}`
"""

SOLUTIONS = """
```{{solution}} ex_{name}
:label: sol_{name}

Done.
```
"""

PARTS = """
:::{{subfigure}} AB|CC
:name: fig_parts_{name}

(fig_left_{name})=
![Left](img.svg)
![Right](img.svg){{#fig_right_{name}}}

```{{figure}} img.svg
:name: fig_low_{name}

Below both, see {{eq}}`eq_{other}`.
```

Three squares.
:::

{{numref}}`fig_left_{name}`, [](#fig_right_{name}), {{ref}}`fig_low_{name}`, {{numref}}`fig_parts_{other}`
"""

CHAPTERS = ("one", "two", "three", "four", "five", "six", "alpha", "beta")
"""Six chapters in three parts, two appendices."""


class Author:
    """Writes the book and changes it at random, the same for the same seed. `pages` is the source folder."""

    def __init__(self, seed: int = 0) -> None:
        self.chance = random.Random(seed)
        self.parts = [["one", "two"], ["three", "four"], ["five", "six"]]
        self.appendices = ["alpha", "beta"]
        self.count = 0
        self.pages = {
            "references.bib": "",
            "solutions.md": "# Solutions\n",
            "preface.md": self._plain("preface", "six"),
        }
        for position, name in enumerate(CHAPTERS):
            other = CHAPTERS[(position + 3) % len(CHAPTERS)]
            text = self._plain(name, other, position + 1)
            text += (DEEP + FORMULAS + STATEMENTS + PARTS).format(name=name, other=other)
            self.pages[f"{name}/index.md"] = text
            self.pages[f"{name}/img.svg"] = PICTURE.format(position + 2)
            self.pages["solutions.md"] += SOLUTIONS.format(name=name)
        self.pages["one/index.md"] += (
            f"\n:::{{table}} A long table\n:name: tab_long\n\n| n | square |\n|---|---|\n{ROWS}\n:::\n"
        )
        self.pages["two/index.md"] += "\n## Γεωμετρία, as {numref}`fig_one` and {eq}`eq_five`\n"
        self.pages["img.svg"] = PICTURE.format(1)
        self.contents()

    def _plain(self, name: str, other: str, size: int = 1) -> str:
        return PLAIN.format(name=name, other=other, size=size)

    def contents(self) -> None:
        """Write the root page."""
        text = "# Root\n\n```{toctree}\n:matter: front\n\npreface\n```\n"
        for position, part in enumerate(self.parts, 1):
            listed = "".join(f"{name}/index\n" for name in part)
            text += f"\n```{{toctree}}\n:matter: main\n:caption: Part {position}\n\n{listed}```\n"
        listed = "".join(f"{name}/index\n" for name in self.appendices)
        text += (
            f"\n```{{toctree}}\n:matter: appendix\n\n{listed}```\n\n```{{toctree}}\n:matter: back\n\nsolutions\n```\n"
        )
        self.pages["index.md"] = text

    def edit(self) -> str:
        """One change; what it was."""
        self.count += 1
        change: Callable[[], str] = self.chance.choice(
            [
                self.insert_figure,
                self.move_chapter,
                self.rename_page,
                self.delete_page,
                self.retitle,
                self.insert_section,
            ]
        )
        return change()

    def _chapter(self) -> str:
        return self.chance.choice([name for part in [*self.parts, self.appendices] for name in part])

    def insert_figure(self) -> str:
        name = self._chapter()
        page = f"{name}/index.md"
        figure = f"\n```{{figure}} img.svg\n:name: fig_new_{self.count}\n\nNew.\n```\n"
        before, middle, after = self.pages[page].partition("\n```{figure}")
        self.pages[page] = before + figure + middle + after
        return f"a figure into {name}"

    def insert_section(self) -> str:
        name = self._chapter()
        self.pages[f"{name}/index.md"] = self.pages[f"{name}/index.md"].replace(
            "\n## Level two", f"\n## New {self.count}\n\n$$ z $$ (eq_new_{self.count})\n\n## Level two", 1
        )
        return f"a section into {name}"

    def retitle(self) -> str:
        name = self._chapter()
        self.pages[f"{name}/index.md"] = self.pages[f"{name}/index.md"].replace("# Title", f"# Title {self.count}", 1)
        return f"a title in {name}"

    def move_chapter(self) -> str:
        name = self._chapter()
        for part in (*self.parts, self.appendices):
            if name in part:
                part.remove(name)
        self.chance.choice([*self.parts, self.appendices]).insert(0, name)
        self.contents()
        return f"{name} moved"

    def rename_page(self) -> str:
        name, new = self._chapter(), f"page{self.count}"
        self._replace(name, new)
        for file in ("index.md", "img.svg"):
            self.pages[f"{new}/{file}"] = self.pages.pop(f"{name}/{file}")
        self.contents()
        return f"{name} renamed {new}"

    def delete_page(self) -> str:
        if sum(map(len, self.parts)) < 4:
            return self.insert_figure()
        name = self.chance.choice([name for part in self.parts for name in part])
        for part in self.parts:
            if name in part:
                part.remove(name)
        for file in ("index.md", "img.svg"):
            del self.pages[f"{name}/{file}"]
        self.contents()
        return f"{name} deleted"

    def _replace(self, name: str, new: str) -> None:
        for part in (*self.parts, self.appendices):
            part[:] = [new if item == name else item for item in part]

    def write(self, project: Any) -> None:
        """Bring the project's source folder to what `pages` is, touching only what differs."""
        for path in [path for path in project.source.rglob("*") if path.is_file()]:
            name = path.relative_to(project.source).as_posix()
            if name not in self.pages:
                path.unlink()
        changed = {
            name: text
            for name, text in self.pages.items()
            if not (project.source / name).is_file() or (project.source / name).read_text(encoding="utf-8") != text
        }
        project.write(changed)
