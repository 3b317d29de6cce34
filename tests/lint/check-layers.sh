#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Prints every #include that points the wrong way: probes <- base <- source <- decode <- path <- stat <- run
# <- view <- tui <- cmd. The folder of the including file must not stand left of the included one.
set -u
cd "$(dirname "$0")/../.." || exit 2

rank() {
	case $1 in
	probes/*) echo 0 ;; tracer/base/*) echo 1 ;; tracer/source/*) echo 2 ;; tracer/decode/*) echo 3 ;;
	tracer/path/*) echo 4 ;; tracer/stat/*) echo 5 ;; tracer/run/*) echo 6 ;; tracer/view/*) echo 7 ;;
	tui/*) echo 8 ;; tracer/*) echo 9 ;; *) echo -1 ;;
	esac
}

git ls-files --cached --others --exclude-standard -- 'probes/*.[ch]' 'tracer/*.[ch]' 'tui/*.[ch]' | while read -r f; do
	own=$(rank "$f")
	sed -nE 's/^[ \t]*#[ \t]*include[ \t]*"([^"]+)".*/\1/p' "$f" | while read -r inc; do
		target=$(realpath -m --relative-to=. "$(dirname "$f")/$inc")
		their=$(rank "$target")
		if [ "$their" -lt 0 ]; then
			echo "$f includes $inc, which is in no layer"
		elif [ "$their" -gt "$own" ]; then
			echo "$f includes $inc, which stands above it"
		fi
	done
done
