#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# 1,000 truncations and 5,000 changed bytes of a small file of each kind, with the sanitized build; and the exit
# status of the command for some of them.
set -u
cd "$(dirname "$0")/../.." || exit 2
export ASAN_OPTIONS=${ASAN_OPTIONS:-}:handle_abort=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Two at a time: the rest of the tests waits for this one.
pids=()
for f in tests/fuzz/small/*; do
	n=$(basename "$f")
	(timeout 600 "$ASAN_O/tests/fuzz/mutate" "$f" > "$work/$n.log" 2>&1 ||
		echo "not ok - $n: mutate ended with status $?" >> "$work/$n.log") &
	pids+=($!)
	[ ${#pids[@]} -lt 2 ] || { wait "${pids[0]}"; pids=("${pids[@]:1}"); }
done
wait
cat "$work"/*.log

# cut FILE BYTES: what the command itself says.
statuses=''
for f in tests/fuzz/small/*; do
	size=$(stat -c %s "$f")
	for part in 0 1 5 10 30 50 70 90 99 100; do
		head -c $((size * part / 100)) "$f" > "$work/cut"
		timeout 20 "$O/rxscope" report "$work/cut" > /dev/null 2> "$work/err"
		rc=$?
		lines=$(wc -l < "$work/err")
		case $rc:$lines in
		0:* | 4:1) ;;
		*) statuses="$statuses $(basename "$f")/$part%:status=$rc,lines=$lines" ;;
		esac
	done
done
if [ -z "$statuses" ]; then
	echo "ok - report ends with status 0, or 4 and one line, on recordings cut at ten places"
else
	echo "not ok - report ends with status 0, or 4 and one line, on recordings cut at ten places:$statuses"
fi
