"""Run code of tests of the book, each piece in a fork of this process, which has imported the package.

Standard input has a line of JSON for each piece: the file with its code, its folder, and the files for what it prints
and for its result, the value of `result`, as JSON. The answer is a line with its exit code.
"""

import json
import os
import runpy
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np

from d2l import mxnet as d2l

NAMES = {"json": json, "numpy": np, "d2l": d2l, "np": d2l.np, "npx": d2l.npx}


def run(request: dict[str, str]) -> None:
    """Run a piece of code in this fork, and end it."""
    code = 1
    try:
        os.chdir(request["folder"])
        with Path(request["printed"]).open("w", encoding="utf-8") as printed:
            os.dup2(printed.fileno(), 1)
            os.dup2(printed.fileno(), 2)
        names = runpy.run_path(request["code"], init_globals=NAMES)
        Path(request["result"]).write_text(json.dumps(names["result"]), "utf-8")
        code = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            run(json.loads(line))
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
