#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""perfetto.py < FILE: is it a trace in the Trace Event Format whose slices nest? Prints what is wrong."""
import json
import sys

wrong = []
document = json.load(sys.stdin)
stacks = {}
packets = 0
for n, e in enumerate(document["traceEvents"]):
    missing = {"ph", "name", "ts", "pid", "tid"} - e.keys()
    if missing:
        wrong.append(f"event {n} without {missing}")
        continue
    if e["ph"] in "be":
        stack = stacks.setdefault((e["pid"], e["id"]), [])
        if e["ph"] == "b":
            if stack and e["ts"] < stack[-1][1]:
                wrong.append(f"event {n} begins before what it is in")
            packets += not stack
            stack.append((e["name"], e["ts"]))
        elif not stack or stack[-1][0] != e["name"] or stack[-1][1] > e["ts"]:
            wrong.append(f"event {n} ends what did not begin")
        else:
            stack.pop()
    elif e["ph"] == "X" and e["dur"] < 0:
        wrong.append(f"event {n} lasts {e['dur']}")
    elif e["ph"] not in "XiM":
        wrong.append(f"event {n} is of kind {e['ph']}")
wrong += [f"packet {key[1]} does not end" for key, stack in stacks.items() if stack]
if not packets:
    wrong.append("no packets")
print("\n".join(wrong[:10]), end="\n" if wrong else "")
sys.exit(1 if wrong else 0)
