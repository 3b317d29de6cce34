#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Frames that others counted against packets that rxscope reports, a line for each scenario.

    completeness.py DIR...

A DIR holds what a lab test recorded: report.json (with --packets) and truth.json, the counters of the interfaces. Ends with 1 when a
frame is missing or double, or the outcomes do not add up.
"""
import collections
import json
import os
import sys

OUTCOMES = ("delivered", "consumed", "forwarded", "merged", "dropped", "open", "incomplete")


def load(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as f:
        return json.load(f)


def row(folder):
    rep, truth = load(folder, "report.json"), load(folder, "truth.json")
    pk = rep["packets"]
    # A packet that a clone or a VLAN device made is no frame of its own; the NICs' own are r0's and t0's.
    ours = collections.Counter(p["dev"] for p in rep["packet_list"])
    ids = collections.Counter(p["id"] for p in rep["packet_list"])
    received = truth["r0"]["rx_packets"] + truth["t0"]["rx_packets"]
    reported = ours["r0"] + ours["t0"]
    double = sum(n - 1 for n in ids.values())
    total = sum(pk[o] for o in OUTCOMES)
    sent = truth["r0"]["tx_packets"] + truth["t0"]["tx_packets"]
    print(f"{truth['scenario']:<9}{sent:>8}{received:>10}{reported:>10}{received - reported + double:>9}{double:>7}  "
          + "".join(f"{pk[o]:>{len(o) + 2}}" for o in OUTCOMES)
          + f"{total:>8} {'=' if total == pk['seen'] else '!'} {pk['seen']:<7}{rep['source']['lost']:>5}"
          + f"{100 * pk['completeness']:>9.2f} %")
    return received != reported or double > 0 or total != pk["seen"] or pk["incomplete"] > 0


def main():
    print(f"{'scenario':<9}{'sent':>8}{'received':>10}{'reported':>10}{'missing':>9}{'double':>7}  "
          + "".join(f"{o:>{len(o) + 2}}" for o in OUTCOMES) + f"{'sum':>8} = {'seen':<7}{'lost':>5}{'complete':>11}")
    return 1 if sum(row(d) for d in sys.argv[1:]) else 0


if __name__ == "__main__":
    sys.exit(main())
