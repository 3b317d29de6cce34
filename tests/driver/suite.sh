#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# refnic builds for each kernel it is meant for without a word from the compiler (W=1) or sparse; and that
# check finds what it should. What the driver does in a machine is tested in tests/lab/015-driver.t.
set -u
O=${O:-build}
MAKE=${MAKE:-make}
work=$O/tests/driver
mkdir -p "$work"

fail()
{
	echo "not ok - $1"
	tail -n 25 "$2" | sed 's/^/#   /'
}

# driver_check ARGUMENT...: for make. Its settings are for our build, not for this one.
driver_check()
{
	# shellcheck disable=SC2086 # MAKE may be a command with options
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL $MAKE --no-print-directory O="$O" driver-check "$@"
}

# has_headers NAME: as lab/fetch.sh says; status 3 means that they cannot be had here and now.
has_headers()
{
	O=$O lab/fetch.sh --headers "$1" > "$work/fetch-$1.log" 2>&1
}

# module_is_for NAME: the module's own words: the NIC it drives, its licence, the kernel it is for.
module_is_for()
{
	local ko=$O/driver/check/$1/refnic.ko

	modinfo "$ko" &&
		[ "$(modinfo -F license "$ko")" = GPL ] &&
		modinfo -F alias "$ko" | grep -q '^pci:v00008086d0000100E' &&
		[ "$(modinfo -F vermagic "$ko" | cut -d' ' -f1)" = "$(cat "$O/lab/kernels/$1/release")" ]
}

# check_kernel NAME
check_kernel()
{
	local clean="refnic builds for $1 with W=1 and sparse in silence"
	local says="refnic.ko for $1 names its NIC, licence and kernel" log=$work/check-$1.log

	if driver_check driver_names="$1" > "$log" 2>&1; then
		echo "ok - $clean"
	else
		fail "$clean" "$log"
		return
	fi
	if module_is_for "$1" > "$log" 2>&1; then
		echo "ok - $says"
	else
		fail "$says" "$log"
	fi
}

# check_finds NAME WHAT PATTERN: driver-check must fail for the one line of C on stdin, and say PATTERN.
check_finds()
{
	local dir=$work/bad log=$work/bad.log here what="driver-check finds $2"

	rm -rf "$dir"
	mkdir -p "$dir"
	{
		printf '// SPDX-License-Identifier: GPL-2.0\n#include <linux/module.h>\n'
		cat
		printf 'MODULE_LICENSE("GPL");\nMODULE_DESCRIPTION("a mistake");\n'
	} > "$dir/refnic_bad.c"
	printf 'obj-m := refnic_bad.o\n' > "$dir/Kbuild"
	here=$(realpath --relative-to=. "$dir")
	if driver_check driver_names="$1" driver_src="$here/refnic_bad.c $here/Kbuild" > "$log" 2>&1; then
		echo 'it passed' >> "$log"
		fail "$what" "$log"
	elif grep -qE "$3" "$log"; then
		echo "ok - $what"
	else
		fail "$what" "$log"
	fi
}

command -v modinfo > /dev/null || PATH=$PATH:/usr/sbin:/sbin
if ! command -v sparse > /dev/null; then
	echo "ok - refnic builds with W=1 and sparse in silence # SKIP sparse is not installed"
	exit 0
fi

found=''
for kernel in 6.1 6.12; do
	has_headers "$kernel"
	case $? in
	0)
		found=${found:-$kernel}
		check_kernel "$kernel" ;;
	3)
		echo "ok - refnic builds for $kernel with W=1 and sparse in silence # SKIP" \
			"$(tail -n 1 "$work/fetch-$kernel.log")" ;;
	*)
		fail "headers of $kernel are fetched" "$work/fetch-$kernel.log" ;;
	esac
done

if [ -n "$found" ]; then
	check_finds "$found" "a function without a prototype, by W=1" 'no previous prototype' <<-'END'
		int refnic_bad(void) { return 0; }
	END
	check_finds "$found" "an integer taken for a pointer, by sparse" 'plain integer as NULL pointer' <<-'END'
		static const char *refnic_bad __used = 0;
	END
fi

# The build works on links: everything that comes of it lies in the build folder.
find driver -mindepth 1 \( -name '*.mod.c' -o ! -name '*.[ch]' \) ! -name Kbuild ! -name module.mk \
	! -name '*.md' > "$work/litter"
if [ -s "$work/litter" ]; then
	fail "a build leaves nothing in driver/" "$work/litter"
else
	echo "ok - a build leaves nothing in driver/"
fi
