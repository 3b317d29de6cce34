#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Fetches a Debian kernel into $O/lab/kernels/NAME, without root and without touching the host:
#
#	release          the kernel's release, as in uname -r
#	vmlinuz          the kernel image
#	vmlinux          the same as an ELF file, which has the BTF
#	kernel           which of the two to boot
#	lib/modules/     its modules, with depmod's tables
#	build/           with --headers: where an out-of-tree module is built (KDIR)
#
# A second call finds its stamp and returns at once.

set -eu
. "$(dirname -- "$0")/common.sh"
. "$lab_dir/apt.sh"

usage()
{
	cat <<-END
	usage: fetch.sh [--headers] [--update] [--list] [NAME]

	Fetches the kernel NAME (default 6.1) of lab/kernels.list.
	  --headers  also what is needed to build modules for it
	  --update   look for a newer one, though one is there
	  --list     print the names
	END
}

# table_row NAME: "suites regex", or nothing.
table_row()
{
	awk -v name="$1" '$1 == name { print $2, $3 }' "$lab_dir/kernels.list"
}

table_names()
{
	awk '!/^#/ && NF { print $1 }' "$lab_dir/kernels.list"
}

fetch_image()
{
	local image=$1 dir=$2 release

	release=${image#linux-image-}
	release=${release#linux-binary-}
	case $image in
	linux-binary-*) apt_unpack "$dir" "$image" "linux-modules-$release" "linux-base-$release" ;;
	*) apt_unpack "$dir" "$image" ;;
	esac

	# Packages of a merged /usr have their modules in usr/lib only.
	[ -e "$dir/lib/modules" ] || { mkdir -p "$dir/lib"; ln -s ../usr/lib/modules "$dir/lib/modules"; }
	if [ -e "$dir/boot/vmlinuz-$release" ]; then
		ln -sf "boot/vmlinuz-$release" "$dir/vmlinuz"
	else
		ln -sf "lib/modules/$release/vmlinuz" "$dir/vmlinuz"
	fi
	[ -r "$dir/vmlinuz" ] || die "$EXIT_INTERNAL" "$image holds no kernel image where one was expected"
	"$lab_dir/elf.sh" "$dir/vmlinuz" "$dir/vmlinux"
	depmod -b "$dir" "$release"
	# The ELF file boots 3 s faster in an emulated machine, which need not unpack it then. QEMU
	# wants the PVH entry point for that: a note of the owner Xen, XEN_ELFNOTE_PHYS32_ENTRY (18).
	if readelf -n "$dir/vmlinux" 2>/dev/null | grep -Eq 'Xen .*0x0*12\>'; then
		ln -sf vmlinux "$dir/kernel"
	else
		ln -sf vmlinuz "$dir/kernel"
	fi
	echo "$release" >"$dir/release"
}

# The headers' Makefiles name each other by their place in /usr; here they are below $dir.
fetch_headers()
{
	local image=$1 dir=$2 release headers package tool wanted=()

	release=$(cat "$dir/release")
	headers=linux-headers-$release
	for package in $(apt_field "$headers" Depends | tr ',' '\n' | awk '{ print $1 }'); do
		case $package in
		linux-headers-*-common* | linux-kbuild-*) wanted+=("$package") ;;
		esac
	done
	apt_unpack "$dir" "$headers" "${wanted[@]}"

	rm -f "$dir/lib/modules/$release/build" "$dir/lib/modules/$release/source"
	ln -sfn "usr/src/$headers" "$dir/build"
	sed -i "s|/usr/src/|$dir/usr/src/|g" "$dir/build/Makefile"

	# Kbuild gives a module its own BTF when it finds the kernel's here. Some of Debian's packages
	# lack the tool for the last step of that, which has work to do only in modules that define
	# functions for BPF (BTF_ids).
	ln -sf ../../../vmlinux "$dir/build/vmlinux"
	tool=$dir/build/tools/bpf/resolve_btfids/resolve_btfids
	[ -e "$tool" ] || { mkdir -p "${tool%/*}"; ln -s /bin/true "$tool"; }
}

# Both kinds of package are wanted in one version: what was unpacked stays until --update.
fetch()
{
	local name=$1 headers=$2 update=$3 row suites regex image dir=$lab_out/kernels/$1

	row=$(table_row "$name")
	[ -n "$row" ] || die "$EXIT_USAGE" "no kernel '$name'; known: $(table_names | tr '\n' ' ')"
	[ -n "$update" ] && rm -f "$dir"/.stamp-*
	[ -e "$dir/.stamp-image" ] && { [ -z "$headers" ] || [ -e "$dir/.stamp-headers" ]; } && return

	suites=${row% *}
	regex=${row#* }
	need depmod kmod
	say "fetching kernel $name${headers:+ and its headers}"
	apt_setup "$name" "$suites"
	[ -z "$update" ] || rm -f "$apt_dir/$name.updated"
	apt_update "$name"
	if [ -e "$dir/.stamp-image" ]; then
		image=$(cat "$dir/.stamp-image")
	else
		image=$(apt_newest "$regex")
		[ -n "$image" ] || die "$EXIT_IMPOSSIBLE" "no package matches $regex in $suites"
		rm -rf "$dir"
		mkdir -p "$dir"
		fetch_image "$image" "$dir"
		echo "$image" >"$dir/.stamp-image"
	fi
	if [ -n "$headers" ]; then
		fetch_headers "$image" "$dir"
		echo "$image" >"$dir/.stamp-headers"
	fi
}

main()
{
	local name=6.1 headers='' update=''

	while [ $# -gt 0 ]; do
		case $1 in
		--headers) headers=yes ;;
		--update) update=yes ;;
		--list) table_names; return ;;
		-h | --help) usage; return ;;
		-*) die "$EXIT_USAGE" "unknown option $1; see --help" ;;
		*) name=$1 ;;
		esac
		shift
	done
	# sbin is not on an ordinary user's PATH in Debian.
	PATH=$PATH:/usr/sbin:/sbin
	mkdir -p "$lab_out/kernels"
	exec 9>"$lab_out/fetch.lock"
	flock 9
	fetch "$name" "$headers" "$update"
}

main "$@"
