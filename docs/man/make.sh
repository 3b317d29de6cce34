#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Makes the man pages from the option tables and from src/*.in, in which a line @OPTIONS@ stands for the options.
# make.sh [FOLDER] writes to FOLDER (default: here). rxscope is taken from $RXSCOPE or the build folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
to=${1:-$here}
O=${O:-build}
case $O in /*) ;; *) O=$here/../../$O ;; esac
rxscope=${RXSCOPE:-$O/rxscope}
version=$("$rxscope" --version)
table=$(mktemp)
trap 'rm -f "$table"' EXIT

for in in "$here"/src/rxscope-*.in; do
	page=$(basename "$in" .in)
	"$rxscope" help --man "${page#rxscope-}" > "$table"
	{
		echo ".TH ${page^^} 1 \"\" \"$version\" \"User Commands\""
		sed '/^\.SH OPTIONS$/,$d' "$table"
		sed -n '/^@OPTIONS@$/q; p' "$in"
		sed -n '/^\.SH OPTIONS$/,$p' "$table"
		sed '1,/^@OPTIONS@$/d' "$in"
		echo '.SH SEE ALSO'
		echo '\fBrxscope\fR(1)'
	} > "$to/$page.1"
done
{
	echo ".TH RXSCOPE 1 \"\" \"$version\" \"User Commands\""
	cat "$here/src/rxscope.in"
} > "$to/rxscope.1"
