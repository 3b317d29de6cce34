#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Nothing of rxscope stays in the kernel: after a normal end, after signals, and after SIGKILL and a new start.
. tests/lab/lib.sh

guest --out "$work" -- '. "$RXS_LIB"
	T=/sys/kernel/tracing
	left() { ls $T/instances | grep rxscope; grep rxscope $T/kprobe_events; }
	begin() { rm -f ready; RXS_READY_FILE=ready rxscope record -q -o "$1" & pid=$!
		wait_for 20 test -e ready || echo "not ready"; }
	verdict() { if [ -z "$(left)" ]; then echo "ok - nothing is left after $1"
		else echo "not ok - nothing is left after $1"; left | sed "s/^/#   /"; fi; }

	begin a.rxs; kill -INT $pid; wait $pid; verdict SIGINT
	begin a.rxs; kill -TERM $pid; wait $pid; verdict SIGTERM
	begin a.rxs; kill -HUP $pid; wait $pid; verdict SIGHUP
	rxscope record -q -o a.rxs -- true; verdict "the end of the command"
	rxscope record -q -o - -d 5 | head -c 100 > /dev/null; verdict "the end of the reader"
	rxscope record -q -o /nowhere/a.rxs -- true 2> /dev/null; verdict "an output file that cannot be made"

	begin a.rxs; kill -KILL $pid; wait $pid 2> /dev/null
	if [ -n "$(left)" ]; then echo "ok - SIGKILL leaves probes behind, or this test would prove nothing"
	else echo "not ok - SIGKILL leaves probes behind, or this test would prove nothing"; fi
	begin b.rxs; live=$pid
	rxscope record -q -o c.rxs -- true
	if [ "$(ls $T/instances | grep -c rxscope)" = 1 ] && kill -0 $live; then
		echo "ok - a new start removes what the dead one left, and not what a living one uses"
	else echo "not ok - a new start removes what the dead one left, and not what a living one uses"
		left | sed "s/^/#   /"; fi
	kill -INT $live; wait $live; verdict "SIGKILL and a new start"
' 2> "$work/leave.log" || fail "the guest ran the test" "$(tail -n 20 "$work/leave.log")"
