#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `make bench-screen`: what the screen costs, and how late it shows an event; htop beside it, if there is one.
set -eu
cd "$(dirname "$0")/../.."
O=${O:-build}
rec=tests/golden/data/tcp-refnic.rxs
tool=$O/tests/tui/bench_screen
stream=$O/tests/tui/stream
secs=${SECS:-10}
export LC_ALL=C.UTF-8

echo "# drawing alone at 100,000 events/s, 30 frames/s, 120x40"
"$tool" draw
for fps in 30 1; do
	echo "# the whole program at 100,000 events/s, $fps frames/s, 120x40"
	# exec: what is measured is rxscope alone, not the stream.
	"$tool" cost "$secs" bash -c "exec $O/rxscope live - --fps $fps < <($stream $rec 100000 $((secs + 5)))"
done
echo "# from an event written to the screen that shows it"
"$tool" delay 40 "$stream" "$O/rxscope" "$rec"
if command -v htop > /dev/null; then
	echo "# ten frames a second: rxscope with nothing new, and htop"
	"$tool" cost "$secs" "$O/rxscope" live "$rec" --fps 10 --speed 1us
	"$tool" cost "$secs" htop -d 1
fi
