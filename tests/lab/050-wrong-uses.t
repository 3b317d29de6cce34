#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Wrong uses: one clear line, and the exit status of the design.
. tests/lab/lib.sh

d=$work/wrong
rm -rf "$d"
mkdir -p "$d"
printf 'no recording' > "$d/text"
: > "$d/empty"
exits "unknown command" 2 "unknown command|no command" "$rxscope" recrod
exits "unknown option" 2 "nosuch" "$rxscope" report --nosuch "$d/text"
exits "option without its value" 2 "" "$rxscope" report --from
exits "unknown stage" 2 "nostage" "$rxscope" report --from nostage --to app "$d/text"
exits "no file" 2 "" "$rxscope" report
exits "file that is not there" 4 "[Nn]o such file" "$rxscope" report "$d/nothing.rxs"
exits "file of another kind" 4 "text" "$rxscope" report "$d/text"
exits "empty file" 4 "empty" "$rxscope" report "$d/empty"
exits "wrong filter" 2 "" "$rxscope" report --filter "tcp prot 80" "$work/ping/rec.rxs"
exits "a graph of what is not deterministic" 2 "goes with --deterministic" "$rxscope" lab --graph --scenario ping -o "$d/x.rxs"
exits "a program for the guest that is not there" 3 "no program nosuch" "$rxscope" lab --add nosuch -- true
exits "groups cannot be explained" 2 "two recordings" "$rxscope" diff --explain "$d/a" "$d/b" -- "$d/c"

guest -- '. "$RXS_LIB"
	one() { # name status pattern command...
		name=$1 want=$2 pat=$3; shift 3
		"$@" > out 2> err; rc=$?
		if [ $rc = "$want" ] && [ "$(wc -l < err)" = 1 ] && grep -qE "$pat" err; then echo "ok - $name"
		else echo "not ok - $name"; echo "#   status $rc"; sed "s/^/#   /" err; fi; }
	one "no such device" 2 "nodev" rxscope record -i nodev -o x.rxs -d 1
	one "not root" 3 "root" setpriv --reuid 65534 --clear-groups rxscope record -o y.rxs -d 1
	umount /sys/kernel/tracing; umount /sys/kernel/debug/tracing 2> /dev/null; umount /sys/kernel/debug 2> /dev/null
	one "no tracefs" 3 "mount -t tracefs" rxscope record -o z.rxs -d 1
' 2> "$work/wrong.log" || fail "the guest ran the test" "$(tail -n 20 "$work/wrong.log")"
