"""List what the Nu Html Checker finds wrong in a built website: `python .ci/html_faults.py VNU_JAR SITE`.

VNU_JAR is the checker's file `vnu.jar`, which needs Java; npm has it in the package `vnu-jar`. It is no
part of what `.ci/system-packages` installs, so no suite runs this.

Messages about what others write, or about rules that are older than the browsers, are in `THEIRS`. Any other message is
printed with its page and line, and the exit code is 1.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

THEIRS = {
    r"“(scriptlevel|displaystyle)” not allowed on element “m\w+”": "MathML Core allows them on all elements",
    r"“aria-controls” attribute must not be used on any “label”": "tabs of sphinx-design",
    r"“p” not allowed as child of element “summary”": "folded cells of MyST-NB",
    r"“scoped” not allowed on element “style”": "tables of pandas",
    r"element that comes before the parent of this “style” element": "tables of pandas",
}
"""Pattern of a message -> what it is about."""
OWN_FOLDERS = ("_downloads", "_static", "go")
"""Folders of a site with files that are not pages."""


def pages(site: Path) -> list[Path]:
    """Return the pages of a website."""
    return sorted(file for file in site.rglob("*.html") if file.relative_to(site).parts[0] not in OWN_FOLDERS)


def faults(messages: Iterable[Mapping[str, Any]], site: Path) -> Iterator[str]:
    """Yield page, line and text of each error in the checker's answer that is not known to be of others."""
    for message in messages:
        text = str(message["message"])
        if message["type"] != "error" or any(re.search(pattern, text) for pattern in THEIRS):
            continue
        page = str(message["url"]).removeprefix("file:").removeprefix(str(site)).lstrip("/")
        yield f"{page}:{message.get('lastLine', 1)}: {text}"


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    jar, site = Path(arguments[0]), Path(arguments[1]).resolve()
    files = pages(site)
    if not jar.is_file() or not files:
        print(f"error: {jar if not jar.is_file() else site}: nothing is there", file=sys.stderr)
        return 2
    # MathML and drawings nest deeper than the stack that Java takes by itself.
    command = ["java", "-Xss8m", "-jar", str(jar), "--format", "json", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = list(faults(json.loads(done.stderr)["messages"], site))
    print(*found, sep="\n", end="\n" if found else "")
    print(f"{len(files)} pages, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
