#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Delays of known length against what the report shows of them.

    accuracy.py [--table] DIR DELAY_NS

DIR holds base.json, recorded without a delay, and STAGE.json, recorded with one before STAGE. Prints TAP, or
with --table one line a stage.
"""
import json
import sys

STAGES = ("prerouting", "local_in", "rx_desc", "gro")
# app waits for the reader to be scheduled, irq and softirq for the vCPU: not the stack's doing.
OTHERS_DOING = ("app", "end", "irq", "softirq")


def medians(folder, name):
    with open(f"{folder}/{name}.json", encoding="utf-8") as f:
        rep = json.load(f)
    cost = rep["source"].get("probe_cost_ns") or 0
    return {s["id"]: s["from_previous_ns"]["p50"] for s in rep["stages"] if s["from_previous_ns"]["count"]}, cost


def compare(folder, delay_ns):
    """(stage, error_ns at it, {other stage: ns added there}) for each, and the error that is allowed."""
    base, cost = medians(folder, "base")
    rows = []
    for stage in STAGES:
        now, _ = medians(folder, stage)
        added = {s: now[s] - base[s] for s in now if s in base}
        here = added.pop(stage, 0)
        rows.append((stage, here - delay_ns, {s: a for s, a in added.items() if s not in OTHERS_DOING}))
    # 10 % of the delay for the machine, and the cost of a probe.
    return rows, delay_ns // 10 + cost


def table(rows, delay_ns, slack):
    for stage, error, elsewhere in rows:
        worst = max(elsewhere, key=lambda s: abs(elsewhere[s]))
        print(f"{stage:<12} {delay_ns / 1000:>9.1f} {(delay_ns + error) / 1000:>9.1f} {error / 1000:>+8.1f} "
              f"{slack / 1000:>8.1f}   {elsewhere[worst] / 1000:+.1f} at {worst}")
    return any(abs(error) > slack for _, error, _ in rows)


def tap(rows, delay_ns, slack):
    print(f"# delay {delay_ns} ns, allowed error {slack} ns")
    for stage, error, elsewhere in rows:
        good = abs(error) <= slack
        print(f"# {stage}: error {error} ns; elsewhere " + " ".join(f"{s}{a:+d}" for s, a in elsewhere.items()))
        print(("ok" if good else "not ok") + f" - a known delay before {stage} is shown there, within the stated error")
        strays = {s: a for s, a in elsewhere.items() if abs(a) > slack}
        print(("not ok" if strays else "ok") + f" - and nowhere else ({stage})")
        if strays:
            print("#  ", strays)
    return False


def main():
    args = [a for a in sys.argv[1:] if a != "--table"]
    folder, delay_ns = args[0], int(args[1])
    rows, slack = compare(folder, delay_ns)
    return (table if "--table" in sys.argv else tap)(rows, delay_ns, slack)


if __name__ == "__main__":
    sys.exit(main())
