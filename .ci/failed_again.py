"""Run the tests that have just failed once more, each by itself, and name them: of thousands, one can fail by chance.

    .ci/failed_again.py MARKERS

Exits with 1 where more than three had failed, or one fails again. The names of the others are added to NAMES.
"""

import json
import subprocess
import sys
from pathlib import Path

FAILED = Path(".pytest_cache/v/cache/lastfailed")
"""What pytest's cache keeps of its last runs."""
NAMES = Path("_build/failed-at-first.txt")
MOST = 3
"""A change that breaks something fails in more tests than chance does."""


def main(markers: str) -> int:
    failed = sorted(json.loads(FAILED.read_text(encoding="utf-8"))) if FAILED.is_file() else []
    if not failed:
        print("error: the suite did not come to its end, see above", file=sys.stderr)
        return 1
    if len(failed) > MOST:
        print(f"error: {len(failed)} tests failed, see above", file=sys.stderr)
        return 1
    for test in failed:
        done = subprocess.run([sys.executable, "-m", "pytest", "-n", "0", "-m", markers, test], check=False)
        if done.returncode:
            print(f"error: failed twice: {test}", file=sys.stderr)
            return 1
    NAMES.parent.mkdir(exist_ok=True)
    with NAMES.open("a", encoding="utf-8") as names:
        names.writelines(f"{test}\n" for test in failed)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
