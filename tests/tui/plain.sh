#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# rxscope live without a terminal, and its wrong uses. Prints TAP. BIN, REC, TMP come from suite.sh.
set -u
check() {
	local what=$1
	shift
	if "$@"; then echo "ok - $what"; else echo "not ok - $what"; fi
}

# Status and one line on standard error, nothing on standard output.
refuses() {
	local status=$1 words=$2
	shift 2
	"$BIN" live "$@" > "$TMP/out" 2> "$TMP/err" < /dev/null
	local rc=$?
	if [ $rc -eq "$status" ] && [ "$(wc -l < "$TMP/err")" -eq 1 ] && grep -q -- "$words" "$TMP/err" && [ ! -s "$TMP/out" ]; then
		return 0
	fi
	echo "# status $rc, not $status; said:"
	sed 's/^/#   /' "$TMP/err"
	return 1
}
plain_report() {
	"$BIN" live "$REC" > "$TMP/out" < /dev/null && "$BIN" report "$REC" | cmp -s - "$TMP/out"
}
# The first line of figures: it comes after a second in which the stream said nothing.
first_line() {
	local i
	for ((i = 0; i < 400; i++)); do
		! grep -q ' s  seen ' "$TMP/out" || return 0
		sleep 0.05
	done
}
plain_stream() {
	: > "$TMP/out"
	(head -c 100000 "$REC"; first_line; tail -c +100001 "$REC") | "$BIN" live - > "$TMP/out" &&
		grep -q '^[12] s  seen [0-9,]* (' "$TMP/out" && grep -q '^4,[0-9]* packets seen' "$TMP/out" &&
		! grep -q "$(printf '\033')" "$TMP/out"
}
once() {
	"$BIN" live "$REC" --once --size 100x30 --view flows > "$TMP/out" && [ "$(wc -l < "$TMP/out")" -eq 30 ] &&
		grep -q 'who sends' "$TMP/out"
}
figures_are_the_reports() {
	local seen stage p50 screen
	seen=$("$BIN" report "$REC" --json | jq -r .packets.seen)
	screen=$("$BIN" live "$REC" --once --utf8 --size 120x40 --view latency | tr -d ,)
	[ "$(grep -oE 'seen [0-9]+' <<< "$screen")" = "seen $seen" ] || return 1
	# Medians of three digits, as both print them.
	for stage in napi_schedule rx_desc gro ip_rcv local_in socket app end; do
		p50=$("$BIN" report "$REC" | awk -v s="$stage" '$1 == s { print $3, $4 }' | sed 's/us$/µs/')
		grep -qE "^ $stage +$p50 " <<< "$screen" || { echo "# $stage: not $p50"; return 1; }
	done
}

check "without a terminal there is the report" plain_report
check "without a terminal a stream gives a line a second, then the report" plain_stream
check "--once prints one screen of the size asked for" once
check "the screen's figures are the report's" figures_are_the_reports
check "a missing file is one line, status 4" refuses 4 'No such file' nothing.rxs
check "a file that is no recording is one line, status 4" refuses 4 'nothing\|no source\|not' /etc/passwd
check "a wrong filter is one line, status 2" refuses 2 'filter' "$REC" 'tcp and'
check "a wrong view is one line, status 2" refuses 2 'view' "$REC" --view nothing
check "a wrong size is one line, status 2" refuses 2 'size' "$REC" --once --size 10
check "--once without a recording is one line, status 2" refuses 2 'recording' --once
