"""Fail if a build, by its report.json, executed a page or wrote an output."""

import json
import sys


def main(path: str) -> int:
    with open(path, encoding="utf-8") as stream:
        report = json.load(stream)
    ran = [name for name, page in report["pages"].items() if page["execution"] in ("ran", "failed")]
    written = [name for name, output in report["outputs"].items() if output["state"] != "unchanged"]
    for name in ran:
        print(f"error: {name} ran again: {report['pages'][name]['reason']}", file=sys.stderr)
    for name in written:
        print(f"error: {name} was written again", file=sys.stderr)
    cached = sum(page["execution"] == "cached" for page in report["pages"].values())
    print(f"second build: {len(ran)} pages ran, {cached} cached, {len(written)} outputs written")
    return 1 if ran or written or not cached else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
