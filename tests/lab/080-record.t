#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What record can write and leave out, and recordings that trace-cmd and perf made with our probes: each tells of
# the same pings. 20 echo requests go to r0 by IPv4 and by IPv6, and 20 answers each come back.
. tests/lab/lib.sh

dir=$work/record
rm -rf "$dir"
mkdir -p "$dir"

guest --timeout 300 --out "$dir" --driver e1000 -- '. "$RXS_LIB"
	pings() { for to in $RX4 $RX6; do in_tx ping -q -c 20 -i 0.01 $to; done; traffic settle; }
	pings > /dev/null	# neighbours, and the cold start
	around() { out=$1; shift; "$@" -- sh -c ". \"\$RXS_LIB\"
		for to in \$RX4 \$RX6; do in_tx ping -q -c 20 -i 0.01 \$to; done; traffic settle" > "$out.log" 2>&1 ||
		echo "not ok - $out was recorded, status $?"; }
	cd /out
	around whole rxscope record -o whole.rxs
	around dat rxscope record --format trace.dat -o whole.dat
	around static rxscope record -b tracepoint -o static.rxs
	around icmp6 rxscope record -o icmp6.rxs icmp6
	around device rxscope record -i r0 -o device.rxs
	around boot rxscope record --clock boot -o boot.rxs
	around stream sh -c '\''rxscope record -o - "$@" | cat > stream.rxs'\'' record
	nsenter --net=/run/netns/tx -- ping -q -i 0.01 $RX4 > /dev/null & ping=$!
	rxscope record -q -c 30 -o count.rxs
	kill $ping; wait $ping
	rxscope probes add -q && rxscope probes add -q || echo "not ok - probes can be added, twice"
	trace-cmd record -q -C mono -o tc.dat $(rxscope probes list --for trace-cmd) sh -c ". \"\$RXS_LIB\"
		for to in \$RX4 \$RX6; do in_tx ping -q -c 20 -i 0.01 \$to; done; traffic settle" > tc.log 2>&1
	perf record -q -a -o perf.data $(rxscope probes list --for perf) sh -c ". \"\$RXS_LIB\"
		for to in \$RX4 \$RX6; do in_tx ping -q -c 20 -i 0.01 \$to; done; traffic settle" > perf.log 2>&1
	rxscope probes del
	trace-cmd record -q -C mono -o plain.dat -e net -e napi -e irq -e skb sh -c ". \"\$RXS_LIB\"
		for to in \$RX4 \$RX6; do in_tx ping -q -c 20 -i 0.01 \$to; done; traffic settle" > plain-tc.log 2>&1
	perf record -q -a -o plain.perf -e "net:*" -e "napi:*" -e "irq:*" -e "skb:*" sh -c ". \"\$RXS_LIB\"
		for to in \$RX4 \$RX6; do in_tx ping -q -c 20 -i 0.01 \$to; done; traffic settle" > plain-perf.log 2>&1
	[ -s /sys/kernel/tracing/kprobe_events ] && echo "not ok - probes del removes the probes" ||
		echo "ok - probes can be added, twice, and removed"
' 2> "$dir/log" || fail "the guest ran the test" "$(tail -n 20 "$dir/log")"

# tells NAME FILE JQ: the report of FILE, with the condition that it must meet.
tells()
{
	local json

	if ! json=$("$rxscope" report --json "$dir/$2" 2> "$work/stderr"); then
		fail "$1" "$(cat "$work/stderr")"
	elif [ "$(jq "$3" <<< "$json")" = true ]; then
		pass "$1"
	else
		fail "$1" "not true: $3" "$(jq -c '.source, .packets, [.stages[] | {(.id): .hits}], [.devices[] |
			{(.name): .packets}]' <<< "$json")"
	fi
}

# A stray packet (neighbour discovery) may come in; none may be missing.
all='.packets | .seen >= 80 and .seen < 100 and .delivered == 40 and .dropped == 0 and .incomplete == 0'
stages='[.stages[] | select(.hits > 0) | .id] as $have | ["irq", "softirq", "napi_poll", "rx_desc", "gro",
	"netif_receive_skb", "ip_rcv", "prerouting", "ip_local_deliver", "local_in", "icmp_rcv", "icmpv6_rcv",
	"socket", "app", "end"] - $have == []'
none_lost='.source.lost == 0 and (.source.lost_unknown | not)'

for f in whole.rxs whole.dat stream.rxs boot.rxs tc.dat perf.data; do
	tells "$f has every ping, whole" $f "($all) and ($none_lost)"
	tells "$f has every stage" $f "$stages"
done
# Whether a raw socket read its copy is told by kprobes only.
tells "static tracepoints alone tell of every ping" static.rxs '.packets | .seen >= 80 and .consumed >= 80'
tells "a filter keeps what matches, and nothing else" icmp6.rxs \
	'.packets.seen >= 40 and .packets.delivered == 20 and ([.stages[] | select(.id == "icmp_rcv") | .hits] | add // 0) == 0'
tells "a device keeps what came in on it, and nothing else" device.rxs \
	'[.devices[] | select(.packets > 0) | .name] == ["r0"] and .packets.seen >= 40 and .packets.delivered == 0'
tells "recording stops after so many packets" count.rxs '.packets.seen >= 30 and .packets.seen < 200'
tells "another clock is told" boot.rxs '.source.clock == "boot"'

events=$("$rxscope" report --json "$dir/whole.dat" | jq .source.events)
lines=$(trace-cmd report -i "$dir/whole.dat" 2> /dev/null | grep -c ': ')
if [ "${events:-0}" -gt 0 ] && [ "$events" = "$lines" ]; then
	pass "trace-cmd report reads every event of record --format trace.dat"
else
	fail "trace-cmd report reads every event of record --format trace.dat" "$lines lines, $events events"
fi

# Nothing of rxscope's was there: each stage has as many hits as the tool that recorded prints events of it.
check "trace-cmd without our probes: hits are the events that trace-cmd report prints" \
	python3 tests/lab/plain.py "$rxscope" "$dir/plain.dat" trace-cmd report -i "$dir/plain.dat"
check "perf without our probes: hits are the events that perf script prints" \
	python3 tests/lab/plain.py "$rxscope" "$dir/plain.perf" perf script -i "$dir/plain.perf"
