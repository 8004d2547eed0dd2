"""Run the pages of a book that use a GPU, where there is one.

    python .ci/gpu_pages.py [PROJECT]      the folder of conf.py, with the pages in its folder `book`

Such a page asks for GPUs (`gpus` in its front matter) or looks for them itself (`num_gpus`). With a GPU, the website is
built from nothing into `_build/gpu`, all warnings being errors, so that these pages run; the table that is printed has
the seconds of each. Without one, the pages are named as not run. Ends with 1 if a page failed or did not run.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from sphinxcontrib_d2lbook.execution.machine_resources import local_capacity

ROOT = Path(__file__).resolve().parents[1]
FRONT_MATTER = re.compile(r"\A---\n(.*?)^---$", re.DOTALL | re.MULTILINE)
ASKS = re.compile(r"^ +gpus: *[1-9]", re.MULTILINE)
LOOKS = re.compile(r"\bnum_gpus\(")


def uses_gpu(text: str) -> bool:
    """Return whether a page asks for GPUs or looks for them."""
    front = FRONT_MATTER.match(text)
    return bool(front and ASKS.search(front[1])) or LOOKS.search(text) is not None


def main(project: Path) -> int:
    """Run the pages, print how they ended, and return the exit code."""
    source, build = project / "book", project / "_build" / "gpu"
    files = [path for path in sorted(source.rglob("*.md")) if uses_gpu(path.read_text("utf-8"))]
    pages = [path.relative_to(source).with_suffix("").as_posix() for path in files]
    gpus = local_capacity(0, {}).gpus
    if not pages or not gpus:
        reason = "this machine has no GPU" if pages else "no page uses a GPU"
        print("\n".join([f"not run: {reason}", *(f"    {page}" for page in pages)]))
        return 0
    shutil.rmtree(build, ignore_errors=True)  # what ran before may have run without a GPU
    command = [sys.executable, "-m", "sphinx", "-M", "book", source, build, "-c", project, "-D", "d2lbook_outputs=html"]
    done = subprocess.run([*command, "-W", "--keep-going"], check=False)
    report = json.loads((build / "book" / "report.json").read_text("utf-8"))["pages"]
    print("| page | seconds | |\n| --- | ---: | --- |")
    for page in pages:
        entry = report.get(page, {})
        print(f"| {page} | {entry.get('seconds', '')} | {entry.get('execution', 'not in the book')} |")
    return 1 if done.returncode or any(report.get(page, {}).get("execution") != "ran" for page in pages) else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve() if sys.argv[1:] else ROOT))
