"""Print a table of the book's sections: their size, figures, exercises, seconds, and what their models reach.

    make book
    python .ci/sections_table.py               all sections
    python .ci/sections_table.py --few         only those with fewer than four figures or exercises
    python .ci/sections_table.py --build DIR   of another build than _build/book

Figures and seconds are those of the last `make book` (numbers.json, report.json). The seconds are those of the run
that made the stored outputs, by the clock: on a busy machine they are too many. Words, cells and exercises are counted
in the sources, hidden cells apart. Baseline and result are found in the readers' notebooks, by the patterns of
`RESULTS`; a pattern that matches nothing ends the program with an error, so that no row keeps a number that its page
has lost.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FEW = 4
"""A section should have as many figures and exercises, or a reason."""

CELL = re.compile(r"^(`{3,})\{code-cell\}.*?^\1$", re.MULTILINE | re.DOTALL)
HIDDEN = re.compile(r"^:?tags: \[[^]]*remove-cell", re.MULTILINE)
NO_PROSE = re.compile(r"^(`{3,}|:{3,})\{(code-cell|figure|toctree|math)\}.*?^\1$", re.MULTILINE | re.DOTALL)
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]*\$", re.DOTALL)


@dataclass(frozen=True)
class Result:
    """What a section measures, and the patterns by which its page says what baseline and model reach.

    `N` in a pattern stands for the number.
    """

    measure: str
    baseline: str
    baseline_at: str
    model: str
    model_at: str


ACCURACY, ERROR = "test accuracy", "root mean squared test error"
RESULTS = {
    "introduction/first-example": Result(
        ACCURACY, "nearest image", r"nearest image +N", "network", r"network, test images +N"
    ),
    "introduction/kinds": Result(
        "error of a forecast, °C", "as this month", r"as this month N", "learned", r", learned N"
    ),
    "preliminaries/autograd": Result(
        "mean squared error", "running level", r"^alpha .*, loss N", "step", r"1898\.6, loss N$"
    ),
    "preliminaries/probability": Result(
        "cross-entropy", "the prior", r"^nothing .*entropy N", "radius, texture", r"texture .*entropy N"
    ),
    "linear-networks/linear-regression": Result(
        "root mean squared error, francs",
        "line",
        r"^line .*squared error N",
        "power law",
        r"^power law .*squared error N",
    ),
    "linear-networks/linear-scratch": Result(ERROR, "mean", r"^mean .*test N", "descent", r"^test error: N"),
    "linear-networks/linear-concise": Result(
        ERROR, "plain, 0.03", r"^plain, 0\.03 .*test N", "momentum, 0.03", r"^momentum, 0\.03 .*test N"
    ),
    "linear-networks/generalization": Result("mean squared test error", "mean", r"^mean +N", "linear", r"^linear +N"),
    "linear-networks/softmax-regression": Result(
        "test loss", "frequencies", r"entropy N, log", "two properties", r"^test +loss N"
    ),
    "linear-networks/image-data": Result(
        ACCURACY, "nearest average", r"^nearest average +N", "nearest image", r"^nearest image +N"
    ),
    "linear-networks/softmax-scratch": Result(
        ACCURACY, "nearest image", r"^nearest image +N", "softmax regression", r"^softmax regression +N"
    ),
    "linear-networks/softmax-concise": Result(
        ACCURACY, "softmax twice", r"^test accuracy .* N$", "once", r"^epoch 5: .*accuracy N"
    ),
    "multilayer-perceptrons/mlp": Result(
        ERROR + ", ppm", "waves, 4 features", r"^waves, 4 .*test N", "16 fixed hinges", r"^16 fixed hinges .*test N"
    ),
    "multilayer-perceptrons/mlp-scratch": Result(
        ACCURACY, "gain over softmax regression", r"^network - softmax regression +N", "network", r"^network +N"
    ),
    "multilayer-perceptrons/mlp-concise": Result(
        "validation accuracy", "no hidden layer", r"^\(\) .*validation N", "256 units", r"^\(256,\) .*validation N"
    ),
    "multilayer-perceptrons/model-selection": Result(
        "median squared error", "highest degree", r"of the highest degree N", "cross-validation", r"of the choice N"
    ),
    "multilayer-perceptrons/weight-decay": Result(
        ERROR, "10 features", r"^10 features: .*test N", "65, with decay", r"falls from [\d.]+ to N"
    ),
    "multilayer-perceptrons/dropout": Result(
        "last validation loss", "none", r"^p = 0: .*last N", "p = 0.5", r"^p = 0\.5: .*last N"
    ),
    "multilayer-perceptrons/initialization": Result(
        ACCURACY, "sigmoids, g = 1", r"^sigmoid .*accuracy N", "g = 4", r"^five layers .*accuracy N"
    ),
    "multilayer-perceptrons/distribution-shift": Result(
        "accuracy in winter", "as trained", r"photographs, accuracy N", "corrected", r"^accuracy N; gain"
    ),
    "multilayer-perceptrons/competition": Result(
        "cross-validated score", "weight only", r"^weight only +N", "ridge, 0.001", r"^ridge, 0\.001 +N"
    ),
    "library/blocks": Result(
        "points more", "hidden - linear", r"^hidden - linear N", "both - hidden", r"^both +- hidden N"
    ),
    "library/parameters": Result(
        "error of a pixel",
        "singular vectors",
        r"^mean square of a pixel .*vectors N",
        "one matrix",
        r"^one matrix +rate.*: N,",
    ),
    "library/deferred": Result(
        "accuracy, 784 pixels", "softmax regression", r"^softmax regression .* N$", "network", r"^network .* N$"
    ),
    "library/own-layers": Result(
        ACCURACY + ", rate 0.05", "wrong gradient", r"^rate 0\.05, wrong.* N$", "right", r"^rate 0\.05, right.* N$"
    ),
    "library/saving": Result(ACCURACY, "32 bits", r"^32 bits .*accuracy N,", "8 bits", r"^ 8 bits .*accuracy N,"),
    "appendix-mathematics/information": Result(
        "bits a letter", "lzma", r"^lzma +N", "context of 4", r"^ +4 +[\d,]+ +[\d.]+ +N"
    ),
}


def counts(text: str) -> tuple[int, int, int, int, int]:
    """Return words of prose, shown cells, hidden cells, exercises and solutions of a page."""
    cells = [match.group() for match in CELL.finditer(text)]
    hidden = sum(HIDDEN.search(cell) is not None for cell in cells)
    prose = FORMULA.sub(" X ", NO_PROSE.sub("", text))
    exercises, solutions = (
        len(re.findall(rf"^`{{3,}}\{{{kind}", text, re.MULTILINE)) for kind in ("exercise", "solution")
    )
    return len(re.findall(r"\w+", prose)), len(cells) - hidden, hidden, exercises, solutions


def reached(docname: str, notebook: dict[str, Any]) -> str:
    """Return measure, baseline and result of a page, with the numbers that stand in the reader's notebook."""
    if docname not in RESULTS:
        return ""
    parts = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    text = "\n".join([*parts, *("".join(output.get("text", "")) for output in outputs)])

    def number(pattern: str) -> str:
        match = re.search(pattern.replace("N", r"([+-]?\d[\d,]*\d(?:\.\d+)?|[+-]?\d(?:\.\d+)?)"), text, re.MULTILINE)
        if match is None:
            sys.exit(f"error: {docname}.ipynb has nothing that matches {pattern!r}: mend RESULTS in {__file__}")
        return match.group(1)

    result = RESULTS[docname]
    return f"{result.measure}: {result.baseline} {number(result.baseline_at)}, {result.model} {number(result.model_at)}"


def rows(build: Path, source: Path) -> Iterator[tuple[list[int], list[str]]]:
    """Yield for each numbered page its number, as a list to sort by, and its cells of the table."""
    numbers = json.loads((build / "numbers.json").read_text("utf-8"))["numbers"]
    pages = json.loads((build / "report.json").read_text("utf-8"))["pages"]
    for docname, page in pages.items():
        own = [entry for entry in numbers if entry["docname"] == docname and entry["number"]]
        sections = [entry for entry in own if entry["kind"] in ("chapter", "section")]
        if page["execution"] == "none" or not sections:
            continue
        first = min(sections, key=lambda entry: entry["number"].count("."))
        words, shown, hidden, exercises, solutions = counts((source / f"{docname}.md").read_text("utf-8"))
        figures = sum(entry["kind"] == "figure" for entry in own)
        # On a page in several frameworks, each has a notebook; the first is the one that is printed.
        files = next(entry["notebook"] for entry in sections if entry["notebook"])
        file = next(iter(files.values())) if isinstance(files, dict) else files
        notebook = json.loads((build / "notebooks" / file).read_text("utf-8"))
        cells = [words, f"{shown} + {hidden}", figures, f"{exercises} ({solutions})", f"{page['seconds']:.1f}"]
        key = [int(part) if part.isdigit() else 0 for part in first["number"].split(".")]
        yield key, [first["number"], first["title"], *map(str, cells), reached(docname, notebook)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=ROOT / "_build" / "book", help="the folder of the built book")
    parser.add_argument("--few", action="store_true", help=f"only with fewer than {FEW} figures or exercises")
    arguments = parser.parse_args()
    print(
        "| section | title | words | cells (+ hidden) | figures | exercises (solved) | seconds | baseline and result |"
    )
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |")
    for _key, cells in sorted(rows(arguments.build, ROOT / "book")):
        if not arguments.few or int(cells[4]) < FEW or int(cells[5].split()[0]) < FEW:
            print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
