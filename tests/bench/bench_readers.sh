#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Analysis offline, side by side with the tools that made the files: the same file, the same run, one core,
# processor time of the best of three. bench_readers.sh [TRACE.DAT PERF.DATA]: of your own instead of those of
# the golden tests, which are made long first.

set -u
cd "$(dirname "$0")/../.." || exit 2
O=${O:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dat=${1:-} perf=${2:-}
export LC_ALL=C
pin=''
command -v taskset > /dev/null && pin='taskset -c 0'

if [ -z "$dat" ]; then
	dat=$work/trace.dat
	"$O/tests/bench/enlarge" tests/golden/data/tracecmd-v6.dat "$dat" 1500 || exit 1
fi
if [ -z "$perf" ]; then
	perf=$work/perf.data
	"$O/tests/bench/enlarge" tests/golden/data/perf-file.perf "$perf" 6000 || exit 1
fi

# cpu_time COMMAND...: seconds of processor time, the least of three runs.
cpu_time() {
	local best='' t
	for _ in 1 2 3; do
		t=$( { TIMEFORMAT='%U %S'; time $pin "$@" > "$work/out" 2> "$work/err"; } 2>&1) || return 1
		t=$(echo "$t" | awk '{ print $1 + $2 }')
		best=$(echo "$t $best" | awk '{ print $2 == "" || $1 < $2 ? $1 : $2 }')
	done
	echo "$best"
}

# Most memory that a command had in use, in KiB.
peak_kib() {
	"$O/tests/bench/peak" "$@" > /dev/null 2>> "$work/peak"
	tail -n 1 "$work/peak"
}

printf '%-11s %10s %8s   %-18s %-18s %7s %7s\n' file events MB theirs ours ratio target
# row NAME FILE TARGET THEIR-COMMAND...
row() {
	local name=$1 file=$2 target=$3 theirs ours events
	shift 3
	theirs=$(cpu_time "$@") || { echo "$name: ${1} failed: $(head -n1 "$work/err")"; return 1; }
	events=$(wc -l < "$work/out")
	ours=$(cpu_time "$O/rxscope" report "$file") || { echo "$name: rxscope failed: $(head -n1 "$work/err")"; return 1; }
	awk -v n="$name" -v e="$events" -v mb="$(($(stat -L -c %s "$file") / 1000000))" -v t="$theirs" -v o="$ours" -v want="$target" \
		'BEGIN { printf "%-11s %10d %8d   %5.2f s %5.2f M/s   %5.2f s %5.2f M/s %6.1f× %6d×\n",
			 n, e, mb, t, e / t / 1e6, o, e / o / 1e6, t / o, want; exit t / o < want }'
}
status=0
row trace.dat "$dat" 20 trace-cmd report "$dat" || status=1
row perf.data "$perf" 15 perf script -i "$perf" || status=1

# Memory: four times the file, the same need.
for f in "$dat" "$perf"; do
	case $f in
	"$work"/trace.dat) "$O/tests/bench/enlarge" tests/golden/data/tracecmd-v6.dat "$work/short" 375 ;;
	"$work"/perf.data) "$O/tests/bench/enlarge" tests/golden/data/perf-file.perf "$work/short" 1500 ;;
	*) continue ;;
	esac
	echo "$(basename "$f"): peak memory $(peak_kib "$O/rxscope" report "$work/short") KiB for a quarter of the file," \
		"$(peak_kib "$O/rxscope" report "$f") KiB for all of it"
done
exit $status
