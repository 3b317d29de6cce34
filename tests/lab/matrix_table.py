#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
What each kernel offers, as a table in Markdown: a row for each hook, a column for each kernel.

    matrix_table.py KERNEL=STAGES.json...

STAGES.json is what `rxscope stages --json` said there. refnic's tracepoints are left out: they are the driver's.
"""
import json
import sys

MARK = {"ready": "●", "spare": "○", "unwanted": "○"}


def main():
    kernels = {}
    for arg in sys.argv[1:]:
        name, path = arg.split("=", 1)
        with open(path, encoding="utf-8") as f:
            kernels[name] = json.load(f)["stages"]
    first = next(iter(kernels.values()))
    print("| stage | hook | " + " | ".join(kernels) + " |")
    print("|---|---|" + ":-:|" * len(kernels))
    for at, stage in enumerate(first):
        shown = stage["id"]
        for nr, hook in enumerate(stage["hooks"]):
            if hook["name"].startswith("refnic:"):
                continue
            states = [k[at]["hooks"][nr]["state"] for k in kernels.values()]
            print(f"| {shown} | `{hook['name']}` | " + " | ".join(MARK.get(s, "–") for s in states) + " |")
            shown = ""


if __name__ == "__main__":
    main()
