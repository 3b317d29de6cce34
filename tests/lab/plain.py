#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Hits per stage of a recording of static tracepoints against the events that the tool which made it prints.

    plain.py RXSCOPE FILE TOOL...

TOOL... prints FILE as text, one event a line. Ends with 1 and says what differs.
"""
import collections
import json
import re
import subprocess
import sys

EVENT = re.compile(r"\s(?:[a-z]+:)?([a-z_0-9]+):\s+(.*)")
# Stage: the events that are its hits, with what their text must say.
STAGES = {
    "napi_schedule": [("softirq_raise", "NET_RX")],
    "softirq": [("softirq_entry", "NET_RX")],
    "napi_poll": [("napi_poll", "")],
    "gro": [("napi_gro_receive_entry", ""), ("napi_gro_frags_entry", "")],
    "netif_receive_skb": [("netif_receive_skb", "")],
}


def main():
    rxscope, path, tool = sys.argv[1], sys.argv[2], sys.argv[3:]
    seen = collections.Counter()
    text = subprocess.run(tool, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    for line in text.decode(errors="replace").splitlines():
        m = EVENT.search(line)
        for stage, events in STAGES.items() if m else ():
            seen[stage] += any(m[1] == name and says in m[2] for name, says in events)
    rep = json.loads(subprocess.run([rxscope, "report", "--json", path], check=True, stdout=subprocess.PIPE).stdout)
    hits = {s["id"]: s["hits"] for s in rep["stages"]}
    bad = [f"{s}: {hits[s]} hits, {seen[s]} events" for s in STAGES if hits[s] != seen[s] or not seen[s]]
    # Of an interrupt only the NICs' count, and of a free only those of skbs that were received.
    for stage, least in (("irq", seen["softirq"] // 2), ("end", rep["packets"]["seen"] // 2)):
        if hits[stage] < least:
            bad.append(f"{stage}: only {hits[stage]} hits")
    print("\n".join(bad))
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
