# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What every script of the lab needs: where things are, and how to fail. Sourced by them.
#
# Build folder: $O, as in the Makefile; a relative one is below the top of the repository.

lab_dir=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
top_dir=${lab_dir%/*}
O=${O:-build}
case $O in
/*) ;;
*) O=$top_dir/$O ;;
esac
export O
lab_out=$O/lab

# Exit status, the same as rxscope's own.
EXIT_USAGE=2
EXIT_IMPOSSIBLE=3
EXIT_INTERNAL=5

# die STATUS WORDS...: one line on stderr, and out.
die()
{
	local status=$1

	shift
	echo "${0##*/}: $*" >&2
	exit "$status"
}

say()
{
	echo "${0##*/}: $*" >&2
}

# need TOOL PACKAGE: a missing tool is told with the package that has it.
need()
{
	PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null ||
		die "$EXIT_IMPOSSIBLE" "$1 is missing; run $lab_dir/deps.sh (Debian package $2)"
}
