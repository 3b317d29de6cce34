#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# `make pictures`: the screens of README and docs, drawn from recordings in the tree. They are the very cells that
# the screen shows, so that they cannot grow old unnoticed: the suite compares docs/pictures with what this makes.
#	tests/tui/pictures.sh FOLDER
set -eu
cd "$(dirname "$0")/../.."
out=$1
rxscope=${RXSCOPE:-build/rxscope}
data=tests/golden/data
mkdir -p "$out"

# name recording place size view [options...]
picture() {
	local name=$1 rec=$2 at=$3 size=$4 view=$5
	shift 5
	NO_COLOR='' LC_ALL=C.UTF-8 "$rxscope" live "$data/$rec.rxs" --once --as svg --theme default --utf8 --at "$at" \
		--size "$size" --view "$view" "$@" > "$out/$name.svg.new"
	mv "$out/$name.svg.new" "$out/$name.svg"
}

picture path tcp-refnic 30% 120x34 path
picture path-drops drop-refnic '#260' 120x34 path --keys '....'
picture packets drop-refnic 100% 120x30 packets
picture packet tcp-refnic '#100' 120x34 packet
picture latency tcp-refnic 100% 120x34 latency --keys jjjjj
picture napi tcp-refnic 30% 120x30 napi
picture flows tcp-refnic 100% 120x20 flows
picture drops drop-refnic 100% 120x30 drops
picture log frag-refnic 100% 120x16 log
