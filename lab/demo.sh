#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `make demo`: packets of a real kernel, in the lab, on this screen. The guest records and streams;
# the screen is here, so that keys, colours and resizing are this terminal's own. Without a terminal,
# a plain report.
#
#	DEMO_SECONDS=N   length of the traffic (default: 10 for a report, 600 on a screen)
#	DEMO_KERNEL=V    one of lab/kernels.list

set -eu
. "$(dirname -- "$0")/common.sh"

log=$O/lab/demo.log
rxscope=$O/rxscope
mkdir -p "$O/lab"

# The lab's own words go to a log: on the screen they would only be in the way.
lab()
{
	"$lab_dir/lab.sh" --kernel "${DEMO_KERNEL:-6.1}" --scenario mixed --stream - --timeout $(($1 + 60)) \
		--env SECONDS_TOTAL="$1" -- rxscope record -q -o /dev/rxs < /dev/null 2> "$log"
}

explain_failure()
{
	echo "demo: the lab failed; its last words (all of them: $log):" >&2
	tail -n 8 "$log" >&2
}

if [ -t 1 ] && [ -r /dev/tty ]; then
	seconds=600 show=live
else
	seconds=10 show=report
fi

# Who quits the screen ends the lab: its status counts only when it ended by itself.
set +e
lab "${DEMO_SECONDS:-$seconds}" | "$rxscope" $show -
status=("${PIPESTATUS[@]}")
[ "${status[1]}" -eq 0 ] || { explain_failure; exit "${status[1]}"; }
[ "$show" = live ] || [ "${status[0]}" -eq 0 ] || { explain_failure; exit "${status[0]}"; }
