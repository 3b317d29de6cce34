#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a reviewer would otherwise have to look for: walls, globals, printing libraries, form.
set -u

# Prints a result: "ok" when stdin is empty, else "not ok" with its lines as the reason.
verdict() {
	local lines
	lines=$(cat)
	if [ -z "$lines" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		printf '%s\n' "$lines" | head -n 20 | sed 's/^/#   /'
	fi
}

tracked() { git ls-files --cached --others --exclude-standard -- "$@"; }

bash tests/lint/check-layers.sh | verdict "includes point only from right to left through the walls"

tracked '*.c' '*.h' '*.sh' '*.def' '*.mk' Makefile | while read -r f; do
	head -n 2 "$f" | grep -q 'SPDX-License-Identifier: GPL-2.0' || echo "$f"
done | verdict "every source file starts with its SPDX line"

objdump -t "$O/librxscope.a" 2>&1 |
	awk '/file format/ { split($1, n, ":"); obj = n[1] }
	     NF > 3 && ($(NF-2) == ".data" || $(NF-2) == ".bss") && $NF !~ /^\./ { print obj " " $NF }' |
	verdict "the library has no mutable globals"

nm -A -u "$O/librxscope.a" 2>&1 |
	grep -E ' U (exit|abort|_exit|printf|puts|putchar|perror|vprintf|err|errx|warn|warnx|stdout|stderr|__printf_chk|__vprintf_chk)$' |
	grep -v 'tui_term\.o' |
	verdict "the library neither prints nor exits"

tracked '*.c' '*.h' '*.sh' | xargs wc -l | awk '$2 != "total" && $1 > 660 { print $1 " lines: " $2 }' |
	verdict "files stay near 600 lines"

tracked | grep -vE '\.(dat|perf|rxs|pcap|svg|zst|gz|patch)$|^LICENSE$' | xargs grep -nIE ' +$|	+$' -- 2>/dev/null |
	cut -c1-120 | verdict "no trailing white space"

tracked | grep -v '^tests/lint/' | xargs grep -nIE '(^|[ "=:(])/(work|root)/|/tmp/rxs/'  -- 2>/dev/null | cut -c1-120 |
	verdict "no path of one machine in the tree"

tracked | xargs grep -nIE 'TODO|FIXME|XXX' -- 2>/dev/null | grep -vE '^tests/lint/|mktemp|XXXXXX|^LICENSE' | cut -c1-120 |
	verdict "nothing unfinished by its own words"

if command -v shellcheck >/dev/null; then
	tracked '*.sh' lab/guest/init lab/guest/main .ci/run | xargs -r shellcheck -S warning -x 2>&1 | head -n 30 |
		verdict "shellcheck finds nothing in the scripts"
else
	echo "ok - shellcheck finds nothing in the scripts # SKIP shellcheck is not installed"
fi

tr '\n' ' ' < probes/stages.def | grep -oE 'RXS_STAGE\([A-Z0-9_]+, "[^"]*"' | awk -F'"' '
	$2 !~ /^[a-z][a-z0-9_]*$/ { print "bad id: " $2 } seen[$2]++ { print "twice: " $2 }' |
	verdict "stage ids are unique and well formed"
