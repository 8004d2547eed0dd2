"""The work of the cells alone: `python own_work.py ROOT START END` runs the cells of these pages in this one process.

ROOT holds the package. What the cells import is imported before the clock starts. Each page has a namespace of its own
and its figure is drawn as a kernel draws it, to PNG. Prints the CPU seconds of this process, threads included. In a
process that has drawn a figure before, the next takes less, so what this prints is rather too little than too much.
"""

from __future__ import annotations

import io
import sys
import time

import generated


def main(root: str, first: int, end: int) -> None:
    sys.path.insert(0, root)
    import matplotlib as mpl

    mpl.use("agg")
    for cell in (generated.IMPORTS, generated.LIBRARIES):
        exec(cell, {})
    import matplotlib.pyplot as plt
    import mxnet

    start = time.process_time()
    for n in range(first, end):
        names: dict[str, object] = {}
        for cell in generated.cells(n):
            exec(compile(cell, generated.name(n), "exec"), names)
        plt.savefig(io.BytesIO(), format="png", bbox_inches="tight", facecolor="w")
        plt.close("all")
    mxnet.nd.waitall()
    sys.__stdout__.write(f"own work: {time.process_time() - start}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
