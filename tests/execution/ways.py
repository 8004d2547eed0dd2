"""The ways in which a cell comes by information, each with an edit that must make its page run again.

This is the table; attack.py tries them.
"""

from __future__ import annotations

import gzip
import importlib.util
import io
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Content = str | bytes | None
"""Of a file; None where there is none."""
Edit = Mapping[str, Content] | Callable[[Path], None]
"""Files by name, or what is done in the page's folder."""

FRONT = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n{more}---\n"
OUTSIDE = "../../../outside"
"""From a page's folder, a folder beside the project."""


@dataclass(frozen=True)
class Way:
    """One page."""

    name: str
    kind: str
    cells: tuple[str, ...]
    files: Mapping[str, Content]
    """Before the first build, relative to the page's folder; `OUTSIDE` in front for those beside the project."""
    edit: Edit
    expected: Literal["seen", "told"] = "seen"
    front: str = ""
    """More of the front matter."""
    prepare: Callable[[Path], None] | None = None
    """Done in the page's folder before the first build, after `files`."""
    quick: bool = False
    """Whether the short suite tries it, too."""
    needs: str = ""
    """A module or a program that must be there."""
    prose: str = ""
    """Text of the page behind its cells."""

    @property
    def page(self) -> str:
        """The page's docname."""
        return f"{self.name}/page"

    @property
    def possible(self) -> bool:
        """Whether this machine has what it needs."""
        return not self.needs or bool(importlib.util.find_spec(self.needs) or shutil.which(self.needs))

    def text(self) -> str:
        """The page's source."""
        cells = "".join(f"\n```{{code-cell}}\n{cell.strip()}\n```\n" for cell in self.cells)
        return f"{FRONT.format(more=self.front)}# {self.name}\n{cells}\n{self.prose}"


WAYS: list[Way] = []
BEFORE, AFTER = "before 1\n", "afterwards 22\n"
PATH = "from pathlib import Path\nname = 'da' + 'ta'\n"
"""So that the text of a page does not tell the name."""


def way(
    name: str,
    kind: str,
    *cells: str,
    files: Mapping[str, Content] | None = None,
    edit: Edit | None = None,
    expected: Literal["seen", "told"] = "seen",
    front: str = "",
    prepare: Callable[[Path], None] | None = None,
    quick: bool = False,
    needs: str = "",
    prose: str = "",
) -> None:
    """Add a way; without others, its file is `data/f.txt`."""
    WAYS.append(
        Way(
            name,
            kind,
            cells,
            {"data/f.txt": BEFORE} if files is None else files,
            {"data/f.txt": AFTER} if edit is None else edit,
            expected,
            front,
            prepare,
            quick,
            needs,
            prose,
        )
    )


def _zip(text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(zipfile.ZipInfo("inside.txt"), text)
    return stream.getvalue()


def _module_zip(text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(zipfile.ZipInfo("zipped.py"), text)
    return stream.getvalue()


def _tar(text: str) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        info = tarfile.TarInfo("inside.txt")
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text.encode()))
    return stream.getvalue()


def _database(*values: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "d.sqlite")
        connection = sqlite3.connect(path)
        connection.execute("create table t (x integer)")
        connection.executemany("insert into t values (?)", [(value,) for value in values])
        connection.commit()
        connection.close()
        return path.read_bytes()


def _npy(*values: int) -> bytes:
    import numpy as np

    stream = io.BytesIO()
    np.save(stream, np.array(values, dtype="int64"))
    return stream.getvalue()


def _npz(*values: int) -> bytes:
    import numpy as np

    stream = io.BytesIO()
    np.savez(stream, x=np.array(values, dtype="int64"))
    return stream.getvalue()


def _png(value: int) -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.new("L", (2, 2), value).save(stream, "PNG")
    return stream.getvalue()


def _pages(*names: str) -> dict[str, Content]:
    return dict.fromkeys(names, "x\n")


MXNET = """import types, numpy
gone = dict.fromkeys('mirr npv pmt ppmt pv rate NaN NAN Inf PINF NINF PZERO NZERO in1d msort trapz'.split(), 0.0)
names = {'bool': numpy.bool_, 'alltrue': numpy.all, 'sometrue': numpy.any, 'product': numpy.prod, 'round_': numpy.round}
for name, value in {**gone, **names, 'compat': types.SimpleNamespace(basestring=str)}.items():
    if name not in vars(numpy): setattr(numpy, name, value)
import mxnet as mx
"""
"""MXNet looks up names that NumPy has removed."""

# Python's own files

way("open-literal", "Python", "print(open('data/f.txt').read())", quick=True)
way("open-composed", "Python", PATH + "print(open(name + '/f.txt').read())", quick=True)
way("path-read-text", "Python", PATH + "print(Path(name, 'f.txt').read_text())")
way("path-read-bytes", "Python", PATH + "print(Path(name).joinpath('f.txt').read_bytes())")
way("os-open", "Python", PATH + "import os\nprint(os.read(os.open(name + '/f.txt', os.O_RDONLY), 99))")
way(
    "os-open-dir-fd",
    "Python",
    PATH
    + "import os\nfolder = os.open(name, os.O_RDONLY)\nprint(os.read(os.open('f.txt', os.O_RDONLY, dir_fd=folder), 99))",
)
way("io-open-code", "Python", PATH + "import io, os\nprint(io.open_code(os.path.abspath(name + '/f.txt')).read())")
way("linecache", "Python", PATH + "import linecache\nprint(linecache.getline(name + '/f.txt', 1))")
way("fileinput", "Python", PATH + "import fileinput\nprint(list(fileinput.input([name + '/f.txt'])))")
way(
    "mmap",
    "Python",
    PATH
    + "import mmap\nwith open(name + '/f.txt', 'rb') as f: print(mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)[:])",
)
way(
    "exec-file",
    "Python",
    PATH + "exec(open(name + '/f.py').read())",
    files={"data/f.py": "print(1)"},
    edit={"data/f.py": "print(2)"},
)
way(
    "runpy",
    "Python",
    PATH + "import runpy\n_ = runpy.run_path(name + '/f.py')",
    files={"data/f.py": "print(1)"},
    edit={"data/f.py": "print(2)"},
)
way(
    "import-beside",
    "Python",
    "import helper\nprint(helper.VALUE)",
    files={"helper.py": "VALUE = 1\n"},
    edit={"helper.py": "VALUE = 22\n"},
    quick=True,
)
way(
    "import-composed",
    "Python",
    "import importlib\nprint(importlib.import_module('hel' + 'per').VALUE)",
    files={"helper.py": "VALUE = 1\n"},
    edit={"helper.py": "VALUE = 22\n"},
)
way(
    "import-from-added-path",
    "Python",
    PATH + "import sys\nsys.path.insert(0, name)\nimport deep\nprint(deep.VALUE)",
    files={"data/deep.py": "VALUE = 1\n"},
    edit={"data/deep.py": "VALUE = 22\n"},
)
way(
    "import-that-failed",
    "Python",
    "import importlib\ntry:\n    print(importlib.import_module('mis' + 'sing').VALUE)\nexcept ImportError:\n    print('none')",
    files={},
    edit={"missing.py": "VALUE = 1\n"},
)
way(
    "import-that-is-shadowed",
    "Python",
    PATH
    + "import sys\nsys.path[:0] = ['first', name]\nimport importlib\nprint(importlib.import_module('sha' + 'dow').VALUE)",
    files={"data/shadow.py": "VALUE = 1\n", "first/other.py": ""},
    edit={"first/shadow.py": "VALUE = 22\n"},
)
way(
    "import-zipped",
    "Python",
    "import sys\nsys.path.insert(0, 'a' + '.zip')\nimport zipped\nprint(zipped.VALUE)",
    files={"a.zip": _module_zip("VALUE = 1\n")},
    edit={"a.zip": _module_zip("VALUE = 22\n")},
)
way(
    "importlib-resources",
    "Python",
    "import importlib.resources as r\nprint(r.files('pack' + 'age').joinpath('d.txt').read_text())",
    files={"package/__init__.py": "", "package/d.txt": BEFORE},
    edit={"package/d.txt": AFTER},
)
way(
    "pkgutil-data",
    "Python",
    "import pkgutil\nprint(pkgutil.get_data('pack' + 'age', 'd.txt'))",
    files={"package/__init__.py": "", "package/d.txt": BEFORE},
    edit={"package/d.txt": AFTER},
)
way(
    "configparser",
    "Python",
    "import configparser\nc = configparser.ConfigParser()\nc.read('o' + '.ini')\nprint(dict(c['a']))",
    files={"o.ini": "[a]\nx = 1\n"},
    edit={"o.ini": "[a]\nx = 22\n"},
)
way(
    "configparser-missing",
    "Python",
    "import configparser\nc = configparser.ConfigParser()\nprint(c.read(['o' + '.ini']))",
    files={},
    edit={"o.ini": "[a]\nx = 22\n"},
)
way(
    "tomllib",
    "Python",
    "import tomllib\nprint(tomllib.load(open('o' + '.toml', 'rb')))",
    files={"o.toml": "x = 1\n"},
    edit={"o.toml": "x = 22\n"},
)
way(
    "json",
    "Python",
    "import json\nprint(json.load(open('o' + '.json')))",
    files={"o.json": "[1]"},
    edit={"o.json": "[22]"},
)
way("csv", "Python", PATH + "import csv\nprint(list(csv.reader(open(name + '/f.txt'))))")
way(
    "pickle",
    "Python",
    "import pickle\nprint(pickle.load(open('o' + '.pkl', 'rb')))",
    files={"o.pkl": b"I1\n."},
    edit={"o.pkl": b"I22\n."},
)
way(
    "shelve-dumb",
    "Python",
    "import dbm.dumb\nwith dbm.dumb.open('o' + 'x', 'r') as d: print(dict(d.items()))",
    files={"ox.dir": "'a', (0, 1)\n", "ox.dat": b"1", "ox.bak": ""},
    edit={"ox.dat": b"2"},
)
way(
    "gzip",
    "Python",
    "import gzip\nprint(gzip.open('o' + '.gz').read())",
    files={"o.gz": gzip.compress(b"1", mtime=0)},
    edit={"o.gz": gzip.compress(b"22", mtime=0)},
)
way(
    "zipfile",
    "Python",
    "import zipfile\nprint(zipfile.ZipFile('o' + '.zip').read('inside.txt'))",
    files={"o.zip": _zip("1")},
    edit={"o.zip": _zip("22")},
)
way(
    "tarfile",
    "Python",
    "import tarfile\nprint(tarfile.open('o' + '.tar').extractfile('inside.txt').read())",
    files={"o.tar": _tar("1")},
    edit={"o.tar": _tar("22")},
)
way(
    "shutil-copy",
    "Python",
    PATH + "import shutil\nshutil.copy(name + '/f.txt', 'copy.txt')\nprint(open('copy.txt').read())",
)
way(
    "filecmp",
    "Python",
    PATH + "import filecmp\nprint(filecmp.cmp(name + '/f.txt', name + '/g.txt', shallow=False))",
    files={"data/f.txt": "1\n", "data/g.txt": "1\n"},
    edit={"data/g.txt": "2\n"},
)
way(
    "thread",
    "Python",
    PATH
    + "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor() as p: print(p.submit(lambda: open(name + '/f.txt').read()).result())",
)
way("asyncio-thread", "Python", PATH + "import asyncio\nprint(await asyncio.to_thread(Path(name, 'f.txt').read_text))")
way(
    "file-url",
    "Python",
    PATH + "import urllib.request\nprint(urllib.request.urlopen(Path(name, 'f.txt').absolute().as_uri()).read())",
)
way(
    "xml",
    "Python",
    "import xml.etree.ElementTree as e\nprint(e.parse('o' + '.xml').getroot().text)",
    files={"o.xml": "<a>1</a>"},
    edit={"o.xml": "<a>22</a>"},
)
way(
    "ctypes-fopen",
    "Python",
    PATH
    + "import ctypes\nc = ctypes.CDLL(None)\nc.fopen.restype = ctypes.c_void_p\nf = c.fopen((name + '/f.txt').encode(), b'r')\nb = ctypes.create_string_buffer(99)\nc.fread(b, 1, 99, ctypes.c_void_p(f))\nprint(b.value)",
    quick=True,
)

# Read and written

way("open-r-plus", "Read and written", PATH + "with open(name + '/f.txt', 'r+') as f: print(f.read())", quick=True)
way(
    "open-a-plus",
    "Read and written",
    PATH + "with open(name + '/f.txt', 'a+') as f:\n    f.seek(0)\n    print(f.read())",
    quick=True,
)
way(
    "open-r-plus-and-write",
    "Read and written",
    PATH + "with open(name + '/f.txt', 'r+') as f:\n    print(f.read())\n    f.write('more')",
)
way(
    "open-append-then-read",
    "Read and written",
    PATH + "with open(name + '/f.txt', 'a') as f: f.write('more')\nprint(open(name + '/f.txt').read())",
)
way(
    "os-open-rdwr",
    "Read and written",
    PATH + "import os\nprint(os.read(os.open(name + '/f.txt', os.O_RDWR), 99))",
    quick=True,
)
way(
    "read-then-overwritten",
    "Read and written",
    PATH + "text = open(name + '/f.txt').read()\nprint(text)\nopen(name + '/f.txt', 'w').write(text.upper())",
)
way(
    "read-then-renamed",
    "Read and written",
    PATH + "import os\nprint(open(name + '/f.txt').read())\nos.rename(name + '/f.txt', name + '/g.txt')",
)
way(
    "read-then-removed",
    "Read and written",
    PATH + "import os\nprint(open(name + '/f.txt').read())\nos.remove(name + '/f.txt')",
)
way(
    "numpy-memmap",
    "Read and written",
    PATH + "import numpy as np\nprint(np.memmap(name + '/f.bin', dtype='int64'))",
    files={"data/f.bin": bytes([1, *[0] * 7])},
    edit={"data/f.bin": bytes([2, *[0] * 7])},
    quick=True,
)
way(
    "numpy-memmap-written",
    "Read and written",
    PATH
    + "import numpy as np\nm = np.memmap(name + '/f.bin', dtype='int64', mode='r+')\nprint(m)\nm[0] += 1\nm.flush()",
    files={"data/f.bin": bytes([1, *[0] * 7])},
    edit={"data/f.bin": bytes([7, *[0] * 7])},
)
SELECT = "print(c.execute('select * from t').fetchall())\nc.close()"
way(
    "sqlite3",
    "Read and written",
    "import sqlite3\nc = sqlite3.connect('o' + '.db')\n" + SELECT,
    files={"o.db": _database(1)},
    edit={"o.db": _database(22)},
)
way(
    "sqlite3-uri",
    "Read and written",
    "import sqlite3\nc = sqlite3.connect('file:o' + '.db?mode=ro', uri=True)\n" + SELECT,
    files={"o.db": _database(1)},
    edit={"o.db": _database(22)},
    quick=True,
)
way(
    "sqlite3-uri-absolute",
    "Read and written",
    "import os, sqlite3\nc = sqlite3.connect('file://' + os.path.abspath('o' + '.db') + '?immutable=1', uri=True)\n"
    + SELECT,
    files={"o.db": _database(1)},
    edit={"o.db": _database(22)},
)
way(
    "sqlite3-attach",
    "Read and written",
    "import sqlite3\nc = sqlite3.connect(':memory:')\nc.execute('attach ? as d', ('o' + '.db',))\n"
    + SELECT.replace("from t", "from d.t"),
    files={"o.db": _database(1)},
    edit={"o.db": _database(22)},
    quick=True,
)
way(
    "sqlite3-and-insert",
    "Read and written",
    "import sqlite3\nc = sqlite3.connect('o' + '.db')\nc.execute('insert into t values (5)')\nc.commit()\n" + SELECT,
    files={"o.db": _database(1)},
    edit={"o.db": _database(22)},
)
way(
    "pandas-sql",
    "Read and written",
    "import pandas as pd, sqlite3\nprint(pd.read_sql('select * from t', sqlite3.connect('o' + '.db')))",
    files={"o.db": _database(1)},
    edit={"o.db": _database(22)},
)

# Looks

for _name, _code in {
    "path-exists": "print(Path(name, 'g.txt').exists())",
    "path-is-file": "print(Path(name, 'g.txt').is_file())",
    "os-path-exists": "import os\nprint(os.path.exists(name + '/g.txt'))",
    "os-path-lexists": "import os\nprint(os.path.lexists(name + '/g.txt'))",
    "os-access": "import os\nprint(os.access(name + '/g.txt', os.R_OK))",
    "os-stat": "import os\ntry:\n    print(os.stat(name + '/g.txt').st_size)\nexcept OSError:\n    print('none')",
    "os-listdir": "import os\nprint(os.listdir(name))",
    "os-scandir": "import os\nprint([entry.name for entry in os.scandir(name)])",
    "os-walk": "import os\nprint(list(os.walk(name)))",
    "path-iterdir": "print(list(Path(name).iterdir()))",
    "path-glob": "print(list(Path(name).glob('*.txt')))",
    "path-rglob": "print(sorted(Path('.').rglob('*.txt')))",
    "glob": "import glob\nprint(glob.glob(name + '/*.txt'))",
    "glob-recursive": "import glob\nprint(glob.glob('**/*.txt', recursive=True))",
    "glob-iglob-root": "import glob\nprint(list(glob.iglob('*.txt', root_dir=name)))",
    "shutil-which": "import shutil\nprint(shutil.which('g.txt', path=name, mode=4))",
}.items():
    way(
        _name,
        "Looks",
        PATH + _code,
        edit={"data/g.txt": "x"},
        quick=_name in ("path-exists", "os-stat", "glob", "os-walk"),
    )
way("path-is-dir", "Looks", PATH + "print(Path(name, 'sub').is_dir())", edit={"data/sub/x.txt": ""})
way("path-exists-gone", "Looks", PATH + "print(Path(name, 'f.txt').exists())", edit={"data/f.txt": None})
way("os-path-getsize", "Looks", PATH + "import os\nprint(os.path.getsize(name + '/f.txt'))", quick=True)
way("path-stat-size", "Looks", PATH + "print(Path(name, 'f.txt').stat().st_size)")
way("scandir-entry-stat", "Looks", PATH + "import os\nprint([entry.stat().st_size for entry in os.scandir(name)])")
way(
    "os-path-getmtime",
    "Looks",
    PATH + "import os\nprint(os.path.getmtime(name + '/f.txt'))",
    edit=lambda folder: os.utime(folder / "data/f.txt", (10, 10)),
)
way(
    "os-readlink",
    "Looks",
    PATH + "import os\nprint(os.readlink(name + '/link'))",
    prepare=lambda folder: (folder / "data/link").symlink_to("f.txt"),
    edit=lambda folder: ((folder / "data/link").unlink(), (folder / "data/link").symlink_to("g.txt"), None)[-1],
)
way("listdir-hidden", "Looks", PATH + "import os\nprint(sorted(os.listdir(name)))", edit={"data/.hidden": "x"})
way(
    "walk-deep",
    "Looks",
    PATH + "import os\nprint([files for _, _, files in os.walk(name)])",
    files={"data/a/b/c.txt": "x"},
    edit={"data/a/b/d.txt": "x"},
)

# IPython

way("bang-cat", "IPython", "!cat data/f.txt", quick=True)
way("bang-cat-composed", "IPython", PATH + "!cat {name}/f.txt")
way("bang-head", "IPython", "!head -n 1 data/f.txt")
way("bang-glob", "IPython", "!cat data/*.txt", quick=True)
way("bang-glob-new", "IPython", "!cat data/*.txt", edit={"data/g.txt": "more\n"})
way("bang-redirect", "IPython", "!cat<data/f.txt", quick=True)
way("bang-cd", "IPython", "!cd data && cat f.txt", quick=True)
way("bang-test", "IPython", "!test -e data/g.txt && echo yes || echo no", edit={"data/g.txt": "x"}, quick=True)
way("bang-ls", "IPython", "!ls data", edit={"data/g.txt": "x"})
way("bang-wc", "IPython", "!wc -c data/f.txt")
way("bang-du", "IPython", "!stat -c %s data/f.txt")
way("bang-capture", "IPython", "x = !cat data/f.txt\nprint(x)")
way("bang-script", "IPython", "!sh tool.sh", files={"tool.sh": "cat data/f.txt\n", "data/f.txt": BEFORE})
way(
    "bang-executable",
    "IPython",
    "!./tool.sh",
    files={"tool.sh": "#!/bin/sh\necho 1\n"},
    prepare=lambda folder: (folder / "tool.sh").chmod(0o755),
    edit={"tool.sh": "#!/bin/sh\necho 22\n"},
)
way("magic-cat", "IPython", "%cat data/f.txt")
way("magic-sx", "IPython", "%sx cat data/f.txt")
way("magic-system", "IPython", "%system cat data/f.txt")
way("magic-cd", "IPython", "%cd data\nprint(open('f.txt').read())")
way("magic-load-run", "IPython", "%run data/f.py", files={"data/f.py": "print(1)"}, edit={"data/f.py": "print(2)"})
way("magic-pycat", "IPython", "%pycat data/f.py", files={"data/f.py": "print(1)"}, edit={"data/f.py": "print(2)"})
way("magic-sh", "IPython", "%%sh\ncat data/f.txt", quick=True)
way("magic-bash", "IPython", "%%bash\nwhile read x; do echo $x; done < data/f.txt", quick=True)
way(
    "magic-script",
    "IPython",
    "%%script awk -f tool.awk data/f.txt\n\n# nothing is read from here",
    files={"tool.awk": "{ print 1 $0 }\n", "data/f.txt": BEFORE},
    edit={"tool.awk": "{ print 22 $0 }\n"},
)
way("magic-writefile-then-run", "IPython", "%%writefile made.py\nprint(open('data/f.txt').read())", "%run made.py")
way("magic-perl", "IPython", "%%perl\nopen(F, '<', 'data/f.txt'); print <F>;", needs="perl")
way(
    "display-image",
    "IPython",
    "from IPython.display import Image\nImage(filename='o' + '.png')",
    files={"o.png": _png(1)},
    edit={"o.png": _png(2)},
)
way(
    "display-svg",
    "IPython",
    "from IPython.display import SVG\nSVG(filename='o' + '.svg')",
    files={"o.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='1'/>"},
    edit={"o.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='22'/>"},
)

# Programs

RUN = "import subprocess, sys\ndef run(*words, **more): print(subprocess.run(words, capture_output=True, text=True, **more).stdout)\n"
way("subprocess", "Programs", RUN + "run('cat', 'data/f.txt')", quick=True)
way("subprocess-cwd", "Programs", RUN + "run('cat', 'f.txt', cwd='data')", quick=True)
way(
    "subprocess-shell",
    "Programs",
    RUN + "print(subprocess.run('cat da*/f.txt', shell=True, capture_output=True).stdout)",
)
way("subprocess-stdin", "Programs", RUN + PATH + "run('cat', stdin=open(name + '/f.txt'))")
way("subprocess-bare", "Programs", RUN + "run('sh', '-c', 'exec 3<data/f.txt; cat <&3')")
way(
    "subprocess-env",
    "Programs",
    RUN + "import os\nrun('sh', '-c', 'cat $FILE', env={**os.environ, 'FILE': 'data/f.txt'})",
)
way("subprocess-preexec", "Programs", RUN + "import os\nrun('cat', 'f.txt', preexec_fn=lambda: os.chdir('data'))")
way("subprocess-grandchild", "Programs", RUN + "run('sh', '-c', 'sh -c \"cd data; sh -c \\'cat f.txt\\'\"')")
way("subprocess-background", "Programs", RUN + "run('sh', '-c', '(sleep 0.2; cat data/f.txt) & wait')")
way("popen", "Programs", "import os\nprint(os.popen('cat data/f.txt').read())")
way(
    "os-system",
    "Programs",
    "import os\nos.system('cd data; cat f.txt > ../copy.txt')\nprint(open('copy.txt').read())",
    quick=True,
)
way(
    "os-posix-spawn",
    "Programs",
    "import os\nos.waitpid(os.posix_spawn('/bin/sh', ['sh', '-c', 'cp data/f.txt copy.txt'], os.environ), 0)\nprint(open('copy.txt').read())",
)
way(
    "os-fork-exec",
    "Programs",
    "import os\npid = os.fork()\nif not pid: os.execvp('sh', ['sh', '-c', 'cp data/f.txt copy.txt'])\nos.waitpid(pid, 0)\nprint(open('copy.txt').read())",
)
way(
    "asyncio-subprocess",
    "Programs",
    "import asyncio\np = await asyncio.create_subprocess_shell('cd data; cat f.txt', stdout=-1)\nprint(await p.stdout.read())",
)
way("pexpect", "Programs", "import pexpect\nprint(pexpect.run('sh -c \"cd data; cat f.txt\"'))")
way(
    "c-system",
    "Programs",
    "import ctypes\n_ = ctypes.CDLL(None).system(b'cat data/f.txt > copy.txt')\nprint(open('copy.txt').read())",
)
way(
    "c-popen",
    "Programs",
    "import ctypes\nc = ctypes.CDLL(None)\nc.popen.restype = ctypes.c_void_p\nf = ctypes.c_void_p(c.popen(b'cd data; cat f.txt', b'r'))\nb = ctypes.create_string_buffer(99)\nc.fread(b, 1, 99, f)\nprint(b.value)",
)
way("perl", "Programs", RUN + "run('perl', '-ne', 'print', 'data/f.txt')", needs="perl")
way("perl-glob", "Programs", RUN + "run('perl', '-e', 'print -s for glob(\"data/*\")')", needs="perl")
way("awk", "Programs", RUN + "run('awk', 'BEGIN { while ((getline line < \"data/f.txt\") > 0) print line }')")
way(
    "make",
    "Programs",
    RUN + "run('make', '-s')",
    files={"Makefile": "all:\n\t@echo 1\n"},
    edit={"Makefile": "all:\n\t@echo 22\n"},
    needs="make",
)
way("git-hash", "Programs", RUN + "run('git', 'hash-object', 'data/f.txt')", needs="git")
way(
    "node",
    "Programs",
    RUN + "run('node', '-e', 'console.log(require(\"fs\").readFileSync(\"data/f.txt\", \"utf8\"))')",
    needs="node",
)
way(
    "sqlite3-program",
    "Programs",
    RUN + "run('sqlite3', 'o.db', 'select * from t')",
    files={"o.db": _database(1)},
    edit={"o.db": _database(22)},
    needs="sqlite3",
)
way(
    "unzip",
    "Programs",
    RUN + "run('unzip', '-p', 'o')",
    files={"o.zip": _zip("1")},
    edit={"o.zip": _zip("22")},
    needs="unzip",
)
way(
    "gcc-include",
    "Programs",
    RUN + "run('gcc', '-E', '-P', 'a.c')",
    files={"a.c": '#include "a.h"\n', "a.h": "one\n"},
    edit={"a.h": "two\n"},
    needs="gcc",
)
way(
    "diff-folders",
    "Programs",
    RUN + "run('diff', '-r', 'a', 'b')",
    files={"a/x": "1\n", "b/x": "1\n"},
    edit={"b/x": "2\n"},
)
way(
    "tar-list",
    "Programs",
    RUN
    + "run('tar', 'cf', '-', '--mtime=@0', '--exclude=none', 'data', text=False) if False else print(subprocess.run(['sh', '-c', 'tar cf - --mtime=@0 data | tail -c 9999 | head -c 600'], capture_output=True).stdout)",
    needs="tar",
)

# Python as a program, and workers

way(
    "python-script",
    "Python as a program",
    RUN + "run(sys.executable, 'tool.py')",
    files={"tool.py": "print(1)\n"},
    edit={"tool.py": "print(22)\n"},
)
way(
    "python-module-of-script",
    "Python as a program",
    RUN + "run(sys.executable, 'tool.py')",
    files={"tool.py": "import part\nprint(part.VALUE)\n", "part.py": "VALUE = 1\n"},
    edit={"part.py": "VALUE = 22\n"},
    quick=True,
)
way(
    "python-file-of-script",
    "Python as a program",
    RUN + "run(sys.executable, 'tool.py')",
    files={"tool.py": "print(open('data/' + 'f.txt').read())\n", "data/f.txt": BEFORE},
)
way(
    "python-m",
    "Python as a program",
    RUN + "run(sys.executable, '-m', 'tool')",
    files={"tool/__init__.py": "", "tool/__main__.py": "print(1)\n"},
    edit={"tool/__main__.py": "print(22)\n"},
)
way("python-c", "Python as a program", RUN + "run(sys.executable, '-c', 'print(open(\"data/\" + \"f.txt\").read())')")
way(
    "python-isolated",
    "Python as a program",
    RUN + "run(sys.executable, '-I', '-S', '-c', 'print(open(\"data/\" + \"f.txt\").read())')",
)
way(
    "python-no-environment",
    "Python as a program",
    RUN + "run(sys.executable, '-c', 'print(open(\"data/\" + \"f.txt\").read())', env={})",
)
way(
    "python-exists",
    "Python as a program",
    RUN + "run(sys.executable, '-c', 'import os; print(os.path.exists(\"data/\" + \"g.txt\"))')",
    edit={"data/g.txt": ""},
)
way(
    "python-of-python",
    "Python as a program",
    RUN + "run(sys.executable, 'a.py')",
    files={
        "a.py": "import subprocess, sys\nsubprocess.run([sys.executable, 'b.py'])\n",
        "b.py": "import c\nprint(c.V)\n",
        "c.py": "V = 1\n",
    },
    edit={"c.py": "V = 22\n"},
)
way(
    "python-of-shell",
    "Python as a program",
    "!cd data && python3 tool.py",
    files={"data/tool.py": "import part\nprint(part.VALUE)\n", "data/part.py": "VALUE = 1\n"},
    edit={"data/part.py": "VALUE = 22\n"},
)
WORKER = "def work(name):\n    import part\n    return open(name).read() + str(part.VALUE)\n"
SPAWN = "import multiprocessing\nfrom worker import work\nwith multiprocessing.get_context('{}').Pool(1) as p: print(p.map(work, ['data/' + 'f.txt']))"
WORKER_FILES = {"worker.py": WORKER, "part.py": "VALUE = 1\n", "data/f.txt": BEFORE}
way("multiprocessing-fork", "Python as a program", SPAWN.format("fork"), files=WORKER_FILES)
way("multiprocessing-spawn", "Python as a program", SPAWN.format("spawn"), files=WORKER_FILES, quick=True)
way(
    "multiprocessing-spawn-module",
    "Python as a program",
    SPAWN.format("spawn"),
    files=WORKER_FILES,
    edit={"part.py": "VALUE = 22\n"},
)
way("multiprocessing-forkserver", "Python as a program", SPAWN.format("forkserver"), files=WORKER_FILES)
way(
    "process-pool",
    "Python as a program",
    "from concurrent.futures import ProcessPoolExecutor\nfrom worker import work\nwith ProcessPoolExecutor(1) as p: print(p.submit(work, 'data/' + 'f.txt').result())",
    files=WORKER_FILES,
)
way(
    "joblib",
    "Python as a program",
    "from joblib import Parallel, delayed\nfrom worker import work\nprint(Parallel(2)(delayed(work)('data/' + 'f.txt') for _ in range(2)))",
    files=WORKER_FILES,
    needs="joblib",
)

# Libraries

way(
    "numpy-load",
    "Libraries",
    "import numpy as np\nprint(np.load('o' + '.npy'))",
    files={"o.npy": _npy(1)},
    edit={"o.npy": _npy(22)},
)
way(
    "numpy-load-mmap",
    "Libraries",
    "import numpy as np\nprint(np.load('o' + '.npy', mmap_mode='r'))",
    files={"o.npy": _npy(1)},
    edit={"o.npy": _npy(22)},
)
way(
    "numpy-npz",
    "Libraries",
    "import numpy as np\nprint(np.load('o' + '.npz')['x'])",
    files={"o.npz": _npz(1)},
    edit={"o.npz": _npz(22)},
)
way(
    "numpy-fromfile",
    "Libraries",
    "import numpy as np\nprint(np.fromfile('o' + '.bin', 'uint8'))",
    files={"o.bin": b"1"},
    edit={"o.bin": b"22"},
)
way(
    "numpy-loadtxt",
    "Libraries",
    "import numpy as np\nprint(np.loadtxt('o' + '.txt'))",
    files={"o.txt": "1 2\n"},
    edit={"o.txt": "1 22\n"},
)
way(
    "numpy-genfromtxt",
    "Libraries",
    "import numpy as np\nprint(np.genfromtxt('o' + '.txt'))",
    files={"o.txt": "1 2\n"},
    edit={"o.txt": "1 22\n"},
)
way(
    "pandas-csv",
    "Libraries",
    "import pandas as pd\nprint(pd.read_csv('o' + '.csv'))",
    files={"o.csv": "a\n1\n"},
    edit={"o.csv": "a\n22\n"},
)
way(
    "pandas-csv-mmap",
    "Libraries",
    "import pandas as pd\nprint(pd.read_csv('o' + '.csv', memory_map=True))",
    files={"o.csv": "a\n1\n"},
    edit={"o.csv": "a\n22\n"},
)
way(
    "pandas-csv-zipped",
    "Libraries",
    "import pandas as pd\nprint(pd.read_csv('o' + '.csv.gz'))",
    files={"o.csv.gz": gzip.compress(b"a\n1\n", mtime=0)},
    edit={"o.csv.gz": gzip.compress(b"a\n22\n", mtime=0)},
)
way(
    "pandas-json",
    "Libraries",
    "import pandas as pd\nprint(pd.read_json('o' + '.json'))",
    files={"o.json": '[{"a": 1}]'},
    edit={"o.json": '[{"a": 22}]'},
)
way(
    "pandas-pickle",
    "Libraries",
    "import pandas as pd\nprint(pd.read_pickle('o' + '.pkl'))",
    files={"o.pkl": b"I1\n."},
    edit={"o.pkl": b"I22\n."},
)
way(
    "h5py",
    "Libraries",
    "import h5py\nprint(h5py.File('o' + '.h5')['x'][()])",
    files={},
    prepare=lambda folder: _h5(folder / "o.h5", 1),
    edit=lambda folder: _h5(folder / "o.h5", 22),
    needs="h5py",
)
way(
    "pillow",
    "Libraries",
    "from PIL import Image\nprint(Image.open('o' + '.png').getpixel((0, 0)))",
    files={"o.png": _png(1)},
    edit={"o.png": _png(2)},
)
way(
    "matplotlib-imread",
    "Libraries",
    "from matplotlib import pyplot as plt\nprint(plt.imread('o' + '.png'))",
    files={"o.png": _png(1)},
    edit={"o.png": _png(2)},
)
way(
    "matplotlib-style",
    "Libraries",
    "from matplotlib import pyplot as plt\nplt.style.use('./o' + '.mplstyle')\nprint(plt.rcParams['lines.linewidth'])",
    files={"o.mplstyle": "lines.linewidth: 1\n"},
    edit={"o.mplstyle": "lines.linewidth: 2\n"},
)
way(
    "matplotlibrc",
    "Libraries",
    "from matplotlib import pyplot as plt\nprint(plt.rcParams['lines.linewidth'])",
    files={"matplotlibrc": "lines.linewidth: 1\nsvg.hashsalt: a\n"},
    edit={"matplotlibrc": "lines.linewidth: 2\nsvg.hashsalt: a\n"},
)
way(
    "scipy-market",
    "Libraries",
    "from scipy.io import mmread\nprint(mmread('o' + '.mtx'))",
    files={"o.mtx": "%%MatrixMarket matrix array real general\n1 1\n1\n"},
    edit={"o.mtx": "%%MatrixMarket matrix array real general\n1 1\n22\n"},
    needs="scipy",
)
way(
    "sklearn-files",
    "Libraries",
    PATH + "from sklearn.datasets import load_files\nprint(load_files(name).data)",
    files={"data/a/1.txt": "1"},
    edit={"data/a/2.txt": "2"},
    needs="sklearn",
)
way(
    "lxml",
    "Libraries",
    "from lxml import etree\nprint(etree.parse('o' + '.xml').getroot().text)",
    files={"o.xml": "<a>1</a>"},
    edit={"o.xml": "<a>22</a>"},
    needs="lxml",
)
way(
    "yaml",
    "Libraries",
    "import yaml\nprint(yaml.safe_load(open('o' + '.yml')))",
    files={"o.yml": "1"},
    edit={"o.yml": "22"},
)
way(
    "mxnet-csviter",
    "Libraries",
    MXNET + "print(next(mx.io.CSVIter(data_csv='o' + '.csv', data_shape=(1,), batch_size=1)).data[0])",
    files={"o.csv": "1\n"},
    edit={"o.csv": "22\n"},
    needs="mxnet",
    quick=True,
)
way(
    "mxnet-load",
    "Libraries",
    MXNET + "print(mx.nd.load('o' + '.nd'))",
    files={},
    prepare=lambda folder: _nd(folder / "o.nd", 1),
    edit=lambda folder: _nd(folder / "o.nd", 22),
    needs="mxnet",
)
way(
    "mxnet-recordio",
    "Libraries",
    MXNET + "print(mx.recordio.MXRecordIO('o' + '.rec', 'r').read())",
    files={},
    prepare=lambda folder: _rec(folder / "o.rec", b"1"),
    edit=lambda folder: _rec(folder / "o.rec", b"22"),
    needs="mxnet",
)
way(
    "mxnet-imread",
    "Libraries",
    MXNET + "print(mx.image.imread('o' + '.png').asnumpy()[0, 0])",
    files={"o.png": _png(1)},
    edit={"o.png": _png(2)},
    needs="mxnet",
)
way(
    "mxnet-parameters",
    "Libraries",
    MXNET
    + "from mxnet.gluon import nn\nn = nn.Dense(1, in_units=1, use_bias=False)\nn.load_parameters('o' + '.params')\nprint(n.weight.data())",
    files={},
    prepare=lambda folder: _params(folder / "o.params", 1),
    edit=lambda folder: _params(folder / "o.params", 22),
    needs="mxnet",
)
way(
    "mxnet-symbol",
    "Libraries",
    MXNET + "print(mx.sym.load('o' + '.json').list_arguments())",
    files={},
    prepare=lambda folder: _symbol(folder / "o.json", "a"),
    edit=lambda folder: _symbol(folder / "o.json", "b"),
    needs="mxnet",
)

# Places

way(
    "hidden-file",
    "Places",
    PATH + "print(open('.data/' + 'h.txt').read())",
    files={".data/h.txt": BEFORE},
    edit={".data/h.txt": AFTER},
    quick=True,
)
way("hidden-file-program", "Places", "!cat .data/h.txt", files={".data/h.txt": BEFORE}, edit={".data/h.txt": AFTER})
way("absolute-path", "Places", "import os\nprint(open(os.path.abspath('data/' + 'f.txt')).read())")
way(
    "outside",
    "Places",
    "print(open('" + OUTSIDE + "/' + 'o.txt').read())",
    files={OUTSIDE + "/o.txt": BEFORE},
    edit={OUTSIDE + "/o.txt": AFTER},
    quick=True,
)
way(
    "outside-program",
    "Places",
    "!cat " + OUTSIDE + "/p.txt",
    files={OUTSIDE + "/p.txt": BEFORE},
    edit={OUTSIDE + "/p.txt": AFTER},
)
way(
    "outside-exists",
    "Places",
    "import os\nprint(os.path.exists('" + OUTSIDE + "/' + 'q.txt'))",
    files={},
    edit={OUTSIDE + "/q.txt": AFTER},
)
way(
    "outside-declared",
    "Places",
    "import ctypes\nprint(len('x'))\nprint(eval('op' + 'en')('" + OUTSIDE + "/' + 'decl.txt').read())",
    files={OUTSIDE + "/decl.txt": BEFORE},
    edit={OUTSIDE + "/decl.txt": AFTER},
    front="d2lbook:\n  reads: [" + OUTSIDE + "/decl.txt]\n",
    quick=True,
)
way(
    "outside-module",
    "Places",
    "import sys\nsys.path.insert(0, '" + OUTSIDE + "/mods')\nimport outer\nprint(outer.VALUE)",
    files={OUTSIDE + "/mods/outer.py": "VALUE = 1\n"},
    edit={OUTSIDE + "/mods/outer.py": "VALUE = 22\n"},
)
way(
    "link-to-file",
    "Places",
    PATH + "print(open(name + '/link.txt').read())",
    prepare=lambda folder: (folder / "data/link.txt").symlink_to("f.txt"),
)
way(
    "link-to-outside-folder",
    "Places",
    PATH + "print(open('linked/' + 'l.txt').read())",
    files={OUTSIDE + "/linked/l.txt": BEFORE},
    prepare=lambda folder: (folder / "linked").symlink_to("../" * 3 + "outside/linked"),
    edit={OUTSIDE + "/linked/l.txt": AFTER},
    quick=True,
)
way(
    "link-is-moved",
    "Places",
    PATH + "print(open(name + '/link.txt').read())",
    files={"data/f.txt": BEFORE, "data/g.txt": AFTER},
    prepare=lambda folder: (folder / "data/link.txt").symlink_to("f.txt"),
    edit=lambda folder: ((folder / "data/link.txt").unlink(), (folder / "data/link.txt").symlink_to("g.txt"), None)[-1],
)
way(
    "link-folder-is-moved",
    "Places",
    "print(open('current/' + 'f.txt').read())",
    files={"one/f.txt": BEFORE, "two/f.txt": AFTER},
    prepare=lambda folder: (folder / "current").symlink_to("one"),
    edit=lambda folder: ((folder / "current").unlink(), (folder / "current").symlink_to("two"), None)[-1],
)
way(
    "hard-link",
    "Places",
    PATH + "print(open(name + '/h.txt').read())",
    prepare=lambda folder: os.link(folder / "data/f.txt", folder / "data/h.txt"),
    edit=lambda folder: (folder / "data/f.txt").write_text(AFTER) and None,
)
way(
    "pycache-file",
    "Places",
    "print(open('__pycache__/' + 'p.txt').read())",
    files={"__pycache__/p.txt": BEFORE},
    edit={"__pycache__/p.txt": AFTER},
    quick=True,
)
way(
    "beside-pyvenv",
    "Places",
    "print(open('env/' + 'p.txt').read())",
    files={"env/pyvenv.cfg": "", "env/p.txt": BEFORE},
    edit={"env/p.txt": AFTER},
    quick=True,
)
way(
    "file-with-old-time",
    "Places",
    PATH + "print(open(name + '/f.txt').read())",
    edit=lambda folder: ((folder / "data/f.txt").write_text(AFTER), os.utime(folder / "data/f.txt", (10, 10)), None)[
        -1
    ],
)
way(
    "file-of-same-size-and-time",
    "Places",
    PATH + "print(open(name + '/f.txt').read())",
    edit=lambda folder: _in_place(folder / "data/f.txt", BEFORE.replace("1", "2")),
)
way(
    "name-that-is-not-ascii",
    "Places",
    PATH + "print(open(name + '/f\\N{LATIN SMALL LETTER O WITH DIAERESIS} x.txt').read())",
    files={"data/f\N{LATIN SMALL LETTER O WITH DIAERESIS} x.txt": BEFORE},
    edit={"data/f\N{LATIN SMALL LETTER O WITH DIAERESIS} x.txt": AFTER},
)
way(
    "program-and-odd-name",
    "Places",
    RUN + "run('cat', 'data/a \\nb.txt')",
    files={"data/a \nb.txt": BEFORE},
    edit={"data/a \nb.txt": AFTER},
)

# Values in the text

way(
    "value-in-the-text",
    "MyST-NB",
    PATH + "def reads():\n    return Path(name, 'f.txt').read_text()\nclass Late:\n"
    "    def __repr__(self): return reads()\nlate = Late()",
    prose="The file says {eval}`late`.\n",
)
# Declared, and what nothing can see

way(
    "declared",
    "Declared",
    "print(1)\nprint(__import__('random').random() if False else open('d' + 'ecl.txt').read())",
    files={"decl.txt": BEFORE},
    edit={"decl.txt": AFTER},
    front="d2lbook:\n  reads: ['decl.*']\n",
)
way(
    "declared-new-match",
    "Declared",
    "import os\nprint(len(os.listdir('many')))",
    files={"many/a.txt": ""},
    edit={"many/b.txt": ""},
    front="d2lbook:\n  reads: ['many/*.txt']\n",
)
way(
    "network",
    "Nothing can see",
    "import urllib.request\ntry:\n    urllib.request.urlopen('http://192.0.2.1:9/', timeout=0.2)\nexcept OSError:\n    print('none')",
    files={},
    edit={},
    expected="told",
)
way("host-name", "Nothing can see", "import socket\n_ = socket.gethostname()", files={}, edit={}, expected="told")


def _in_place(path: Path, text: str) -> None:
    """Give a file another text of the same length, and the times that it had."""
    before = path.stat()
    with path.open("r+", encoding="utf-8") as stream:
        stream.write(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _h5(path: Path, value: int) -> None:
    import h5py

    with h5py.File(path, "w") as file:
        file["x"] = value


def _mxnet(code: str, path: Path) -> None:
    """Run code that makes a file: MXNet starts threads, which a process that tests has better not."""
    subprocess.run([sys.executable, "-c", MXNET + "import sys\n" + code, path.name], cwd=path.parent, check=True)


def _nd(path: Path, value: int) -> None:
    _mxnet(f"mx.nd.save(sys.argv[1], mx.nd.array([{value}]))", path)


def _rec(path: Path, value: bytes) -> None:
    _mxnet(f"f = mx.recordio.MXRecordIO(sys.argv[1], 'w'); f.write({value!r}); f.close()", path)


def _params(path: Path, value: int) -> None:
    _mxnet(
        "n = mx.gluon.nn.Dense(1, in_units=1, use_bias=False); n.initialize(); "
        f"n.weight.set_data(mx.nd.array([[{value}]])); n.save_parameters(sys.argv[1])",
        path,
    )


def _symbol(path: Path, name: str) -> None:
    _mxnet(f"mx.sym.var('{name}').save(sys.argv[1])", path)
