#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs the test suites named (default: all) and counts their TAP lines. Ends with "N passed, N failed".
#
# A suite is tests/<name>/suite.sh: it prints TAP ("ok - what", "not ok - what", "ok - what # SKIP why"),
# gets O (build folder) and ASAN_O (sanitized build folder), and may print anything else beside it.
# A suite that ends non-zero without a "not ok", or prints no result at all, counts as one failure.
set -u
cd "$(dirname "$0")/.." || exit 2
export O=${O:-build}
export ASAN_O=${ASAN_O:-$O/asan}
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
export LC_ALL=C.UTF-8

suites=("$@")
[ ${#suites[@]} -gt 0 ] || suites=(lint unit golden tui fuzz driver lab)
logs=$O/tests/logs
mkdir -p "$logs"
passed=0 failed=0 skipped=0 reasons=

count() { grep -cE "$1" "$2" || true; }

# What failed, each with the reasons that stand below it.
failures() { awk '/^not ok/ { on = 1 } !/^not ok/ && !/^#/ { on = 0 } on { print "  " $0 }' "$1"; }

for s in "${suites[@]}"; do
	script=tests/$s/suite.sh
	log=$logs/$s.log
	[ -f "$script" ] || { echo "no such suite: $s"; failed=$((failed + 1)); continue; }
	start=$(date +%s)
	timeout "${SUITE_TIMEOUT:-1800}" bash "$script" > "$log" 2>&1 < /dev/null
	rc=$?
	skip=$(count '^ok\b.*# SKIP' "$log")
	good=$(($(count '^ok\b' "$log") - skip))
	bad=$(count '^not ok\b' "$log")
	if [ $rc -ne 0 ] && [ "$bad" -eq 0 ]; then
		echo "not ok - $s: ended with status $rc" >> "$log"
		bad=1
	elif [ $((good + bad + skip)) -eq 0 ]; then
		echo "not ok - $s: printed no result" >> "$log"
		bad=1
	fi
	printf '%-8s %4d passed %3d failed %3d skipped  %4d s\n' "$s" "$good" "$bad" "$skip" \
		$(($(date +%s) - start))
	grep -E '^ok\b.*# SKIP' "$log" | sed 's/^/  /'
	if [ "$bad" -gt 0 ]; then
		echo "  --- last lines of $log"
		tail -n 10 "$log" | sed 's/^/  | /'
		reasons+=$(echo "$s:"; failures "$log")$'\n'
	fi
	passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skip))
done

# Last, because a CI often shows the end of the output only.
printf %s "$reasons"
if [ $skipped -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ $failed -eq 0 ]
