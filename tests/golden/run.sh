#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Golden tests: a recording goes in, an exact text comes out. TESTLIST has one test a line:
#
#	name   input   expected   command options...
#
# input is a file of data/, or several joined by +; what is run is `rxscope command input options`, in data/.
# expected is a file of expect/: standard output and standard error together, and "exit N" when the status is
# not 0. run.sh [NAME...] prints TAP; UPDATE=1 rewrites the expectations instead.

set -u
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
O=${O:-build}
case $O in /*) ;; *) O=$top/$O ;; esac
rxscope=${RXSCOPE:-$O/rxscope}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C NO_COLOR=1 SOURCE_DATE_EPOCH=0
unset RXSCOPE_LAB

wanted() {
	local name=$1
	shift
	[ $# -eq 0 ] && return 0
	for w in "$@"; do
		[ "$w" = "$name" ] && return 0
	done
	return 1
}

# one NAME INPUT EXPECTED COMMAND OPTION...
one() {
	local name=$1 input=$2 expected=$here/expect/$3 command=$4 status
	shift 4
	local files
	IFS=+ read -r -a files <<< "$input"
	(cd "$here/data" && timeout 60 "$rxscope" "$command" "${files[@]}" "$@") > "$work/out" 2>&1 < /dev/null
	status=$?
	[ $status -eq 0 ] || echo "exit $status" >> "$work/out"
	if [ -n "${UPDATE:-}" ]; then
		cmp -s "$work/out" "$expected" || { cp "$work/out" "$expected" && echo "updated ${expected##*/}"; }
	elif cmp -s "$work/out" "$expected"; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		diff -a -u "$expected" "$work/out" | head -n 30 | sed 's/^/#   /'
	fi
}

while IFS= read -r line; do
	line=${line%%#*}
	# Quoted options are one word each, as in the shell.
	words=()
	eval "words=($line)"
	[ ${#words[@]} -ge 4 ] || continue
	wanted "${words[0]}" "$@" && one "${words[@]}"
done < "$here/TESTLIST"
exit 0
