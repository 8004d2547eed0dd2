"""Build the test roots and documentation of the packages that we depend on, with and without the extension.

    python .ci/compat.py FOLDER [--package NAME] [--only PATTERN] [--jobs N] [--plain-again] [--compare]

Downloads the source distribution of each package of `PACKAGES` into FOLDER, in the version of the lock, and builds each
of its roots twice: by `sphinx-build -M html` as it is, and by `-M book` with one more line in its conf.py. Compares the
words of all pages of the website, and those of the pages with the PDF's text, and writes FOLDER/table.md and
FOLDER/table.json. What Sphinx by itself made is kept for the next time; `--plain-again` makes it anew. Ends with 1
where a root crashed, was refused or lost content for another reason than one of `EXCEPTIONS`.
"""

import argparse
import fnmatch
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

from compat_words import (
    Built,
    judged,
    lost_words,
    messages,
    new_messages,
    notebook_text,
    page_words,
    rarer_words,
    squeezed,
    words,
)

HERE = Path(__file__).resolve().parent
LOCK = HERE.parent / "requirements.lock"
PACKAGES = (
    "sphinx",
    "myst-nb",
    "myst-parser",
    "sphinx-book-theme",
    "pydata-sphinx-theme",
    "sphinxcontrib-bibtex",
    "sphinx-proof",
    "sphinx-exercise",
    "sphinx-design",
    "sphinx-copybutton",
    "sphinx-togglebutton",
    "sphinx-tabs",
    "sphinx-thebe",
    "nbsphinx",
    "numpydoc",
    "sphinx-external-toc",
    "sphinx-multitoc-numbering",
)
NEEDED = ("sphinx-togglebutton", "sphinx-tabs", "sphinx-thebe", "numpydoc", "sphinx-external-toc")
"""Extensions that their roots, or those of others, list, and that no lock of ours has."""
LINE = '\n\nextensions = [*globals().get("extensions", ()), "sphinxcontrib_d2lbook"]\n'
"""What is added to a conf.py."""
PATIENCE = 300
"""Seconds that a build may take."""
FIRST_WITHOUT_FONT = "\u0530"
"""From here on, the fonts that come with the compiler have no script whole."""
SIDES = Counter(plain=1000, ours=1000)
"""Names of the folders of both builds."""
BAD = ("crashed", "refused", "lost content")
EXCEPTIONS = {
    "sphinx/*/test-trim_doctest_flags": "flags of doctests are taken out when pages are written, in every output",
    "sphinx-exercise/*/test-mybook": "exercises have the book's numbers; a solution of nothing is called 'Solution'",
    "sphinx-exercise/*/test-simplebook": "references to solutions have the words that their author wrote",
}
"""Package and root, as patterns -> why it is not equal, and need not be."""


@dataclass(frozen=True)
class Root:
    """A folder with a conf.py."""

    package: str
    name: str
    """The path in the source distribution."""
    plain: Path
    ours: Path

    @property
    def title(self) -> str:
        return f"{self.package}/{self.name}"


@dataclass
class Row:
    """What became of a root."""

    package: str
    root: str
    result: str
    plain: dict[str, object]
    ours: dict[str, object]
    why: str = ""
    """Of an exception."""
    lost: dict[str, list[str]] = field(default_factory=dict)
    """Page of the website -> words that it has only without the extension; docname -> words that are not in the PDF;
    notebook -> words of its page that it does not have."""
    more: list[str] = field(default_factory=list)
    """Warnings that only the build with the extension gave."""
    note: str = ""


def locked(name: str) -> str:
    """Return "==" and the version of a package in the lock; "" where it is not there: its newest version is taken."""
    found = re.search(rf"^{re.escape(name)}(==\S+)", LOCK.read_text("utf-8"), re.MULTILINE)
    return found[1] if found else ""


def download(name: str, folder: Path) -> Path:
    """Return the source distribution of a package. Raises CalledProcessError where there is none."""
    folder = folder / "downloads" / name
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    if not any(folder.glob("*.tar.gz")):
        subprocess.run([*command, "--no-binary", name, "--dest", str(folder), name + locked(name)], check=True)
    return next(folder.glob("*.tar.gz"))


def install_needed(folder: Path) -> Path:
    """Return a folder with the extensions of `NEEDED`, for PYTHONPATH."""
    site = folder / "site"
    if not site.is_dir():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, "--target", str(site), *NEEDED], check=True)
    return site


def extract(archive: Path, folder: Path) -> Path:
    """Extract a source distribution, and return its only folder."""
    with tarfile.open(archive) as stream:
        stream.extractall(folder, filter="data")
    return next(path for path in folder.iterdir() if path.is_dir())


def roots(name: str, archive: Path, folder: Path) -> Iterator[Root]:
    """Yield the roots of a package, with a folder for each of both builds; one without a conf.py gets an empty one."""
    trees = {}
    for side in ("plain", "ours"):
        place = folder / "trees" / name / side
        if side == "ours":
            shutil.rmtree(place, ignore_errors=True)
        trees[side] = next(place.iterdir()) if place.is_dir() else extract(archive, place)
        for root in trees[side].glob("tests/roots/test-*"):
            if root.is_dir() and any(root.glob("index.*")) and not (root / "conf.py").exists():
                (root / "conf.py").write_text("", encoding="utf-8")
    for conf in sorted(trees["ours"].rglob("conf.py")):
        root = conf.parent.relative_to(trees["ours"])
        pages = [path for path in conf.parent.iterdir() if path.suffix in (".rst", ".md", ".ipynb", ".txt", ".foo")]
        if not pages:
            continue
        with conf.open("a", encoding="utf-8") as stream:
            stream.write(LINE)
        yield Root(name, root.as_posix(), trees["plain"] / root, conf.parent)


def build(builder: str, source: Path, out: Path, site: Path) -> Built:
    """Build a root by Sphinx's command, in a process of its own that is ended with all that it started."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    command = [sys.executable, "-m", "sphinx", "-M", builder, str(source), str(out)]
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONPATH": str(site), "PYTHONHASHSEED": "0"}
    start = time.monotonic()
    with (out / "stderr").open("w+", encoding="utf-8", errors="replace") as log, (out / "stdout").open("w") as status:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=status, stderr=log, env=environment, start_new_session=True
        )
        try:
            code = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            code = process.wait()
        log.seek(0)
        text = log.read()
    return Built(code, text, round(time.monotonic() - start, 1))


def built(builder: str, source: Path, out: Path, site: Path, *, keep: bool) -> Built:
    """Return how a root is built. ``keep``: a build of an earlier run serves, if there is one."""
    kept = out / "result.json"
    if keep and kept.is_file():
        return Built(**json.loads(kept.read_text("utf-8")))
    made = build(builder, source, out, site)
    kept.write_text(json.dumps(asdict(made)), encoding="utf-8")
    return made


def pages(folder: Path) -> dict[str, Counter[str]]:
    """Return page -> its words. The page of the search has none that matter, and pages may name their own paths."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.htm*") if path.is_file()}
    return {
        name: page_words(path.read_bytes()) - SIDES
        for name, path in found.items()
        if name != "search.html" and not name.startswith(("_static", "_downloads"))
    }


def page_texts(root: Root, out: Path, site: Path) -> tuple[dict[str, list[str]], str]:
    """Return docname -> texts that the page has in every output, and a note where that cannot be said."""
    command = [sys.executable, str(HERE / "compat_doctrees.py"), str(out / "doctrees"), str(root.ours), str(site)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {}, f"the pages cannot be read: {done.stderr.strip().splitlines()[-1]}"
    return json.loads(done.stdout), ""


def pdf_losses(texts_of: dict[str, list[str]], file: Path, log: str) -> dict[str, list[str]]:
    """Return docname -> words that the PDF has less often than all pages together."""
    import pypdfium2

    with pypdfium2.PdfDocument(file) as pdf:
        text = "".join(page.get_textpage().get_text_bounded().replace("\ufffe", "") for page in pdf)
    rare = rarer_words([one for texts in texts_of.values() for one in texts], Counter(words(text)), squeezed(text))
    if "no font of the PDF has" in log:  # which names the characters that print as boxes
        rare = [word for word in rare if max(word) < FIRST_WITHOUT_FONT]
    return {docname: [word for word in rare if word in words(" ".join(texts))] for docname, texts in texts_of.items()}


def notebook_losses(texts_of: dict[str, list[str]], folder: Path) -> dict[str, list[str]]:
    """Return file -> words that it has less often than its page."""
    lost = {}
    for docname, texts in texts_of.items():
        text = notebook_text(json.loads((folder / f"{docname}.ipynb").read_text("utf-8")))
        lost[f"{docname}.ipynb"] = rarer_words(texts, Counter(words(text)), squeezed(text))
    return lost


def around(root: Path, folder: Path) -> list[str]:
    """Return a folder and those around it in ``folder``, the innermost first."""
    return [str(path) for path in (root, *root.parents) if path.is_relative_to(folder)]


def compare(root: Root, folder: Path, site: Path, kept: Collection[str]) -> Row:
    """Build a root twice and compare."""
    out = folder / "built" / root.package / root.name.replace("/", "__")
    plain = built("html", root.plain, out / "plain", site, keep="plain" in kept)
    ours = built("book", root.ours, out / "ours", site, keep="ours" in kept)
    known = messages(plain.log, [str(out / "plain" / "html"), str(out / "plain"), *around(root.plain, folder)])
    told = messages(ours.log, [str(out / "ours" / "book" / "html"), str(out / "ours"), *around(root.ours, folder)])
    more = new_messages(known, told)
    lost, note = {}, ""
    if not plain.code and not ours.code:
        made = out / "ours" / "book"
        lost = lost_words(pages(out / "plain" / "html"), pages(made / "html"))
        texts_of, note = page_texts(root, out / "ours", site)
        lost |= pdf_losses(texts_of, next((made / "pdf").glob("*.pdf")), ours.log)
        lost |= notebook_losses(texts_of, made / "notebooks")
        lost = {name: found for name, found in lost.items() if found}
    result = judged(plain, ours, lost=bool(lost), more=bool(more))
    why = next((why for pattern, why in EXCEPTIONS.items() if fnmatch.fnmatch(root.title, pattern)), "")
    ends = {"code": plain.code, "seconds": plain.seconds}, {"code": ours.code, "seconds": ours.seconds}
    return Row(root.package, root.name, result, *ends, why, lost, more, note)


def table(rows: list[Row]) -> str:
    """Return the report as Markdown: a summary by package, and what is not equal."""
    results = ["equal", "warned more", *reversed(BAD), "excepted", "Sphinx fails"]
    lines = ["| package | roots | " + " | ".join(results) + " |", "|" + " --- |" * (len(results) + 2)]
    for package in dict.fromkeys(row.package for row in rows):
        own = [row for row in rows if row.package == package]
        counts = Counter("excepted" if row.why and row.result in BAD else row.result for row in own)
        cells = [package, str(len(own)), *(str(counts[result]) for result in results)]
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "| root | ordinary | ours | result | what |", "|" + " --- |" * 5]
    for row in rows:
        what = [row.why, row.note, *row.more[:2]]
        for name, lost in row.lost.items():
            what.append(f"{name}: {len(lost)} words, {' '.join(lost[:8])}")
        text = "; ".join(one for one in what[:6] if one).replace("|", "\\|").replace("\n", " ")
        lines.append(f"| {row.package}/{row.root} | {row.plain['code']} | {row.ours['code']} | {row.result} | {text} |")
    return "\n".join([*lines, ""])


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Build the roots of other packages with and without the extension.")
    parser.add_argument("folder", type=Path, help="where downloads, builds and the table go")
    parser.add_argument("--package", action="append", metavar="NAME", help="only this package; may be repeated")
    parser.add_argument("--only", default="*", metavar="PATTERN", help="only roots whose path ends so: test-ext-*")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="so many roots at a time")
    parser.add_argument("--plain-again", action="store_true", help="build anew what Sphinx by itself makes, too")
    parser.add_argument("--compare", action="store_true", help="only compare what an earlier run built")
    given = parser.parse_args(arguments)
    folder: Path = given.folder.resolve()
    site = install_needed(folder)
    chosen: list[Root] = []
    for name in given.package or PACKAGES:
        try:
            archive = download(name, folder)
        except subprocess.CalledProcessError:
            print(f"{name}: no source distribution", flush=True)
            continue
        chosen += [root for root in roots(name, archive, folder) if fnmatch.fnmatch(f"/{root.name}", f"*/{given.only}")]
    kept = [*([] if given.plain_again else ["plain"]), *(["ours"] if given.compare else [])]
    rows: list[Row] = []
    with ThreadPoolExecutor(given.jobs) as pool:
        for row in pool.map(lambda root: compare(root, folder, site, kept), chosen):
            print(f"{row.package}/{row.root}: {row.result}", flush=True)
            rows.append(row)
            (folder / "table.json").write_text(json.dumps([asdict(one) for one in rows], indent=1), encoding="utf-8")
            (folder / "table.md").write_text(table(rows), encoding="utf-8")
    bad = [row for row in rows if row.result in BAD and not row.why]
    print(table(rows).split("\n\n")[0])
    print(f"{len(rows)} roots, {len(bad)} of them bad; see {folder / 'table.md'}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
