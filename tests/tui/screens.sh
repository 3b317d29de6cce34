#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Prints the golden screens of one view: every size, in UTF-8 and ASCII, in colour and without.
#	tests/tui/screens.sh VIEW
set -eu
view=$1
draw=${DRAW:-${O:-build}/tests/tui/draw_screen}

# Where the picture is: in the middle of a poll for Path, elsewhere where there is something to see.
place=
keys=
case $view in
path) place='#58' keys=$(printf '~>%.0s' {1..48}) ;;
packet) place='#61' keys="~v~v~v~v~v~v" ;;
latency) keys="~v~v~v~v~v" ;;
napi) place=12.5ms ;;
packets) keys="~^~^x~^" ;;
flows) keys="ss~v" ;;
drops) keys="~v" ;;
esac

screen() {
	echo "== $view $1, ${2:-UTF-8}, $3"
	# shellcheck disable=SC2086
	"$draw" -v ${2:+-a} -t "$3" -p 900 -k "$keys" "$view" "$1" $place
}

for size in 80x24 120x40 200x60; do
	screen "$size" "" default
	screen "$size" ascii mono
done
screen 60x16 "" default
screen 80x24 "" safe
screen 80x24 "" mono
screen 80x24 ascii default
