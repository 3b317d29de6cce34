#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# perf and trace-cmd record refnic's events and print them readably.
. tests/lab/lib.sh

dir=$work/peers
rm -rf "$dir"
mkdir -p "$dir"
guest --timeout 240 --out "$dir" -- '. "$RXS_LIB"
	perf record -q -a -o /out/perf.data -e "refnic:*" -- sh -c ". \"$RXS_LIB\"; in_tx ping -q -c 5 -i 0.2 10.9.0.2" &&
	perf script -i /out/perf.data > /out/perf.txt &&
	trace-cmd record -q -o /out/trace.dat -e refnic sh -c ". \"$RXS_LIB\"; in_tx ping -q -c 5 -i 0.2 10.9.0.2" &&
	trace-cmd report -i /out/trace.dat > /out/trace-cmd.txt' > "$dir/log" 2>&1 ||
	fail "perf and trace-cmd record refnic's events" "$(tail -n 20 "$dir/log")"

for ev in refnic_irq refnic_napi_schedule refnic_poll_begin refnic_rx_desc refnic_rx_skb refnic_rx_refill \
	  refnic_poll_end refnic_irq_enable refnic_tx_queued refnic_tx_cleaned; do
	for tool in perf trace-cmd; do
		# Printed with its fields, not as raw numbers or an error of the parser.
		if grep -E "$ev:.*(name=|dev=)" "$dir/$tool.txt" | grep -qvE 'FAILED|UNKNOWN|\[FAILED'; then
			pass "$tool prints $ev with its fields"
		else
			fail "$tool prints $ev with its fields" "$(grep "$ev" "$dir/$tool.txt" | head -n 3)"
		fi
	done
done
