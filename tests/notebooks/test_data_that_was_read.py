"""The data that a page's run has read goes with its notebook, by whatever name the code asked for it."""

from __future__ import annotations

import zipfile
from typing import Any

HELPER = """\
```{code-cell}
#@save
from pathlib import Path

#@save
def data_file(name):
    here = Path.cwd()
    return next(folder / "data" / name for folder in (here, *here.parents) if (folder / "data" / name).is_file())
```
"""
USER = """\
```{code-cell}
from tales import data_file

kind = "csv"
print(data_file("prices." + kind).read_text())
(data_file("prices.csv").with_name("made.txt")).write_text("made")
data_file("asked.csv").stat().st_size
```
"""


def test_data_that_a_function_of_the_package_opens(project: Any, page: Any) -> None:
    project.conf += "d2lbook_package = 'tales'\nd2lbook_outputs = ['notebooks']\n"
    project.write(
        {
            "index.md": "# Root\n\n```{toctree}\nhelper\ndeep/user\n```\n",
            "helper.md": page(f"# Helper\n\n{HELPER}"),
            "deep/user.md": page(f"# User\n\n{USER}"),
            "data/prices.csv": "1,2\n",
            "data/asked.csv": "3\n",
            "data/other.csv": "4\n",
        }
    )
    done = project.run("book")
    assert (done.returncode, done.stderr) == (0, "")
    folder = project.build_folder / "book" / "notebooks"
    assert [path.name for path in (folder / "data").iterdir()] == ["prices.csv"]
    with zipfile.ZipFile(folder / "a-book-notebooks.zip") as archive:
        assert archive.read("a-book-notebooks/data/prices.csv") == b"1,2\n"

    project.write({"data/prices.csv": "5,6\n"})
    assert project.run("book").returncode == 0
    assert (folder / "data" / "prices.csv").read_text("utf-8") == "5,6\n"

    project.write({"deep/user.md": page("# User\n\n```{code-cell}\n1 + 1\n```\n")})
    assert project.run("book").returncode == 0
    assert not (folder / "data").exists() or list((folder / "data").iterdir()) == []
