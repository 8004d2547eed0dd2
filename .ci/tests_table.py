"""Print a table of what the parts of the test suite take, from the durations that pytest prints.

    make test PYTESTOPTS="-n 2 --dist loadscope --durations=0 --durations-min=0" > FILE
    python .ci/tests_table.py FILE

Each row is a folder of tests: its share of all seconds, and the file in it that takes most, with its own share. Seconds
differ from machine to machine; shares of one run differ less.
"""

import re
import sys
from collections import Counter
from pathlib import Path

DURATION = re.compile(r"^([\d.]+)s (?:call|setup|teardown) +(tests/\S+?\.py)", re.MULTILINE)


def main(file: str) -> None:
    """Print the table of a log. Raise SystemExit if it has no durations."""
    seconds = Counter()
    for number, name in DURATION.findall(Path(file).read_text(encoding="utf-8")):
        seconds[name] += float(number)
    whole = sum(seconds.values())
    if not whole:
        raise SystemExit(f"error: {file} has no durations; run pytest with --durations=0")
    folders = {}
    for name, value in seconds.items():
        parts = name.split("/")
        folders.setdefault("/".join(parts[:2]) if len(parts) > 2 else "tests", Counter())[name] += value
    print("| tests | share | of it, the longest file | |\n| --- | ---: | --- | ---: |")
    for folder, files in sorted(folders.items(), key=lambda item: -sum(item[1].values())):
        longest, most = files.most_common(1)[0]
        print(f"| `{folder}/` | {sum(files.values()) / whole:.1%} | `{Path(longest).name}` | {most / whole:.1%} |")


if __name__ == "__main__":
    main(sys.argv[1])
