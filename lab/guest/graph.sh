#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# graph.sh FILE [OPTION...]: a scenario's command. Records which functions the receive path calls and how
# long each takes (function_graph), until it is interrupted, into the trace.dat FILE. More options are for
# trace-cmd: -l FUNCTION records only these.

set -u
tracing=/sys/kernel/tracing

fail()
{
	echo "graph.sh: $*" >&2
	trace-cmd reset >/dev/null 2>&1
	exit 1
}

finish()
{
	trace-cmd stop || fail "cannot stop"
	trace-cmd extract -o "$1" >/dev/null 2>&1 || fail "cannot write $1"
	trace-cmd reset >/dev/null
	exit 0
}

file=$1
shift
# Where the path begins: the interrupt's handler and the softirq. The reader's call would hold its sleep.
for f in __handle_irq_event_percpu net_rx_action; do
	grep -q "^$f\$" $tracing/available_filter_functions || fail "this kernel has no function_graph tracer"
	set -- "$@" -g $f
done
# What would overrun the ring is not recorded, and counted.
said=$(trace-cmd start -p function_graph -C mono -b 65536 -O nooverwrite "$@" 2>&1) ||
	fail "cannot start function_graph: $said"
[ -z "${RXS_READY_FILE-}" ] || : >"$RXS_READY_FILE"
trap 'finish "$file"' INT TERM
while :; do
	sleep 1000 &
	wait $!
done
