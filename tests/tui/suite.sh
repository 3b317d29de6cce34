#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The screen: golden screens of every view, then the program on a terminal (libvterm, tmux).
# A script of tests/tui/scripts/ is one test. Its comments say:
#	# what: the behaviour
#	# run: arguments of rxscope ($REC is a recording of $SEEN packets, $TMP a folder of its own)
#	# env: NAME=VALUE...	# term: terminal type	# build: asan
#	# pipe: a command whose output is standard input	# prepare: a command to run before
set -u
rec=$PWD/tests/golden/data/tcp-refnic.rxs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bin=$(realpath "$O/rxscope")
asan_bin=$(realpath "$ASAN_O/rxscope")
seen=$("$bin" report "$rec" --json | jq -r .packets.seen | sed -E ':a; s/([0-9])([0-9]{3})($|,)/\1,\2\3/; ta')
drive=$(realpath "$O/tests/tui/drive")

for view in path packets packet latency napi flows drops log help; do
	if DRAW=$ASAN_O/tests/tui/draw_screen bash tests/tui/screens.sh $view > "$work/screen" 2> "$work/err" &&
	   cmp -s "$work/screen" tests/tui/golden/$view.txt; then
		echo "ok - $view looks as it should in every size, in UTF-8 and ASCII, in colour and without"
	else
		echo "not ok - $view looks as it should in every size, in UTF-8 and ASCII, in colour and without"
		head -n 20 "$work/err"
		diff tests/tui/golden/$view.txt "$work/screen" | head -n 40
	fi
done

if "$O/tests/tui/draw_screen" -K | diff - <(sed -n '/^<!-- keys/,/^<!-- end/p' docs/tui.md | sed '1d; $d') > "$work/keys"; then
	echo "ok - docs/tui.md has the keys that there are"
else
	echo "not ok - docs/tui.md has the keys that there are"
	cat "$work/keys"
fi
if RXSCOPE=$bin bash tests/tui/pictures.sh "$work/pictures" 2> "$work/err" && diff -rq "$work/pictures" docs/pictures > "$work/stale"; then
	echo "ok - docs/pictures are the screens as they are drawn now"
else
	echo "not ok - docs/pictures are the screens as they are drawn now (make pictures)"
	cat "$work/err" "$work/stale"
fi

header() { sed -n "s/^# $1: //p" "$2" | head -n 1; }

run_script() {
	local f=$1 tmp=$work/${1##*/} run term env pipe prepare prog=$bin

	mkdir "$tmp"
	run=$(header run "$f") term=$(header term "$f") env=$(header env "$f") pipe=$(header pipe "$f")
	[ "$(header build "$f")" = asan ] && prog=$asan_bin
	run=${run//\$REC/$rec} run=${run//\$TMP/$tmp} pipe=${pipe//\$REC/$rec}
	prepare=$(header prepare "$f")
	prepare=${prepare//\$REC/$rec} prepare=${prepare//\$TMP/$tmp}
	[ -z "$prepare" ] || sh -c "$prepare"
	# shellcheck disable=SC2086
	if [ -n "$pipe" ]; then
		sed "s|\$TMP|$tmp|g; s|\$SEEN|$seen|g" "$f" | (cd "$tmp" && env $env timeout 120 "$drive" -t "${term:-xterm-256color}" -o "$tmp/err" \
			sh -c "$pipe | $prog $run" 2>&1)
	else
		sed "s|\$TMP|$tmp|g; s|\$SEEN|$seen|g" "$f" | (cd "$tmp" && env $env timeout 120 "$drive" -t "${term:-xterm-256color}" -o "$tmp/err" \
			"$prog" $run 2>&1)
	fi
}

for f in tests/tui/scripts/*.txt; do
	what=$(header what "$f")
	if out=$(run_script "$PWD/$f") && ! grep -qE 'ERROR: AddressSanitizer|runtime error|LeakSanitizer' "$work/${f##*/}/err" 2>/dev/null; then
		echo "ok - $what"
	else
		echo "not ok - $what"
		printf '%s\n' "$out" | head -n 60
		[ ! -s "$work/${f##*/}/err" ] || { echo "standard error:"; head -n 40 "$work/${f##*/}/err"; }
	fi
done

BIN=$bin REC=$rec TMP=$work bash tests/tui/tmux.sh
BIN=$bin REC=$rec TMP=$work bash tests/tui/plain.sh
