#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# With GRO off a driver hands each skb to netif_receive_skb(), as the classic drivers do.
. tests/lab/lib.sh

scenario tcp-gro-off tcp -- "in_rx ethtool -K r0 gro off; in_tx ethtool -K t0 gro off"

hook_hits()
{
	python3 - "$work/tcp-gro-off/report.json" <<-'END'
	import collections, json, sys
	hits = collections.Counter(h["hook"] for p in json.load(open(sys.argv[1]))["packet_list"] for h in p["hops"])
	merged = [p for p in json.load(open(sys.argv[1]))["packet_list"] if p["merge_kind"] == "gro"]
	missing = [f for f in ("netif_receive_skb", "ip_rcv", "ip_local_deliver", "tcp_v4_rcv") if not hits[f]]
	print(dict(hits))
	sys.exit(bool(missing or merged))
	END
}
check "with GRO off the kprobes netif_receive_skb and ip_rcv themselves are hit" hook_hits
