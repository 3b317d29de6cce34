#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Boots the lab, runs a command in it, and brings back what came of it. See README.md.

set -eu
. "$(dirname -- "$0")/common.sh"
. "$lab_dir/root.sh"
. "$lab_dir/qemu.sh"
. "$lab_dir/run.sh"
. "$lab_dir/accel.sh"
. "$lab_dir/box.sh"

usage()
{
	cat <<-END
	usage: lab.sh [OPTION...] [-- COMMAND...]

	Boots a virtual machine with two 82540EM NICs wired back to back, and runs COMMAND in it as root:
	one word is taken as text for the shell, several as they are. The exit status is COMMAND's.

	  --kernel NAME         one of lab/kernels.list (default 6.1)
	  --kernel-image FILE   a kernel of your own (bzImage or ELF), with
	  --modules DIR         the folder that holds its lib/modules
  --append TEXT         more for the kernel's command line
	  --driver D            refnic, e1000, none, or a module FILE.ko (default refnic)
	  --scenario S          traffic around COMMAND, or by itself; one of lab/scenarios
	  --truth FILE          what the scenario did, counted by others, as JSON
	  --out DIR             /out in the guest
	  --stream -|SOCKET     /dev/rxs in the guest; with - it has our standard output for itself
	  --wire FILE.pcap      every frame that reached the receiving NIC
	  --env NAME=VALUE      in COMMAND's environment; may be repeated
	  --timeout SECONDS     for all of it, boot included (default 120)
	  --shell               COMMAND, or a shell, with this terminal
	  --deterministic       one virtual nanosecond is one guest instruction. Implies
  --in-memory           the guest sees nothing of this machine but rxscope, the lab's own programs,
  --add FILE|NAME       and this one, which comes along with its libraries; may be repeated
	  --accel auto|tcg|kvm  (default auto: KVM where a trial shows that it works)
	  --smp N  --mem MB     (default 2, 1024)
	  --mitigation on|off   the NIC's interrupt throttling (default on; off when deterministic)
  --autoneg on|off      link negotiation, as on a wire: 2 s until the link is up (default off)
	  --console FILE        keep the guest's console log
	  --verbose             show it, and QEMU's command line
	  --keep                keep the run's folder
	END
}

parse_options()
{
	opt_kernel=6.1 opt_append='' opt_image='' opt_modules='' opt_driver='' opt_scenario='' opt_truth=''
	opt_out='' opt_stream='' opt_wire='' opt_env=() opt_add=() opt_timeout=120 opt_shell=''
	opt_deterministic='' opt_in_memory='' opt_accel=auto opt_smp=2 opt_mem=1024
	opt_mitigation='' opt_autoneg=off opt_console='' opt_verbose='' opt_keep=''

	while [ $# -gt 0 ]; do
		case $1 in
		--) shift; break ;;
		-h | --help) usage; exit 0 ;;
		--shell) opt_shell=yes; shift; continue ;;
		--deterministic) opt_deterministic=yes opt_in_memory=yes; shift; continue ;;
		--in-memory) opt_in_memory=yes; shift; continue ;;
		--verbose) opt_verbose=yes; shift; continue ;;
		--keep) opt_keep=yes; shift; continue ;;
		--*) ;;
		*) die "$EXIT_USAGE" "unexpected '$1'; the command comes after --" ;;
		esac
		[ $# -ge 2 ] || set -- "$1" ''
		case $1 in
		--kernel) opt_kernel=$2 ;;
		--kernel-image) opt_image=$2 ;;
		--modules) opt_modules=$2 ;;
		--append) opt_append=$2 ;;
		--driver) opt_driver=$2 ;;
		--scenario) opt_scenario=$2 ;;
		--truth) opt_truth=$2 ;;
		--out) opt_out=$2 ;;
		--stream) opt_stream=$2 ;;
		--wire) opt_wire=$2 ;;
		--env) opt_env+=("$2") ;;
		--add) opt_add+=("$2") ;;
		--timeout) opt_timeout=$2 ;;
		--accel) opt_accel=$2 ;;
		--smp) opt_smp=$2 ;;
		--mem) opt_mem=$2 ;;
		--mitigation) opt_mitigation=$2 ;;
		--autoneg) opt_autoneg=$2 ;;
		--console) opt_console=$2 ;;
		*) die "$EXIT_USAGE" "unknown option $1; see --help" ;;
		esac
		[ -n "$2" ] || die "$EXIT_USAGE" "option $1 needs a value"
		shift 2
	done
	command=("$@")
}

check_number()
{
	[[ $2 =~ ^[1-9][0-9]{0,6}$ ]] || die "$EXIT_USAGE" "$1 takes a positive number, not '$2'"
}

check_switch()
{
	[ "$2" = on ] || [ "$2" = off ] || die "$EXIT_USAGE" "$1 takes on or off, not '$2'"
}

# check_file OPTION FILE: whether it can be written, before it takes a boot to find out.
check_file()
{
	[ -z "$2" ] || { : >"$2"; } 2>/dev/null || die "$EXIT_USAGE" "$1: cannot write $2"
}

# find_added: programs named without a folder are those of the PATH.
find_added()
{
	local i file

	for i in "${!opt_add[@]}"; do
		file=${opt_add[i]}
		[[ $file == */* ]] || file=$(PATH=$PATH:/usr/sbin:/sbin command -v "$file") ||
			die "$EXIT_IMPOSSIBLE" "--add: there is no program ${opt_add[i]}; install it, or give its file"
		[ -r "$file" ] || die "$EXIT_USAGE" "--add: cannot read $file"
		opt_add[i]=$file
	done
}

check_options()
{
	find_added
	check_file --wire "$opt_wire"
	check_file --truth "$opt_truth"
	check_file --console "$opt_console"
	check_number --timeout "$opt_timeout"
	check_number --smp "$opt_smp"
	check_number --mem "$opt_mem"
	case $opt_accel in
	auto | tcg | kvm) ;;
	*) die "$EXIT_USAGE" "--accel takes auto, tcg or kvm, not '$opt_accel'" ;;
	esac
	[ -n "$opt_mitigation" ] || opt_mitigation=${opt_deterministic:+off}
	check_switch --mitigation "${opt_mitigation:=on}"
	check_switch --autoneg "$opt_autoneg"
	if [ -n "$opt_scenario" ] && [ ! -e "$lab_dir/scenarios/$opt_scenario.sh" ]; then
		die "$EXIT_USAGE" "no scenario '$opt_scenario'; known:$(cd "$lab_dir/scenarios" &&
			printf ' %s' *.sh | sed 's/\.sh//g')"
	fi
	if [ -n "$opt_shell" ]; then
		[ -t 0 ] || die "$EXIT_USAGE" "--shell needs a terminal"
		[ -z "$opt_scenario$opt_deterministic" ] ||
			die "$EXIT_USAGE" "--shell goes with neither --scenario nor --deterministic"
	fi
	if [ -n "$opt_out" ]; then
		mkdir -p "$opt_out" 2>/dev/null ||
			die "$EXIT_USAGE" "--out: cannot make the folder $opt_out"
		opt_out=$(cd "$opt_out" && pwd -P)
	fi
	case $opt_stream in
	'' | -) ;;
	*) [ -S "$opt_stream" ] || die "$EXIT_USAGE" "--stream: $opt_stream is no socket" ;;
	esac
	if [ ${#command[@]} -eq 0 ] && [ -z "$opt_shell" ] && [ -z "$opt_scenario" ]; then
		die "$EXIT_USAGE" "nothing to do: give a command after --, a --scenario, or --shell"
	fi
}

# find_kernel: sets kernel_image, kernel_dir (has lib/modules; may be empty) and kernel_release.
find_kernel()
{
	if [ -z "$opt_image" ]; then
		"$lab_dir/fetch.sh" "$opt_kernel"
		kernel_dir=$lab_out/kernels/$opt_kernel
		kernel_image=$kernel_dir/kernel
		kernel_release=$(cat "$kernel_dir/release")
		return
	fi
	[ -r "$opt_image" ] || die "$EXIT_USAGE" "cannot read the kernel $opt_image"
	kernel_image=$opt_image
	kernel_dir=${opt_modules:-}
	[ -z "$kernel_dir" ] || kernel_dir=$(cd "$kernel_dir" && pwd)
	kernel_release=$(image_release "$opt_image")
}

# image_release FILE: what a kernel says of itself. In a bzImage the offset of the text is at 0x20e,
# counted from 0x200 (Documentation/x86/boot.rst, kernel_version).
image_release()
{
	local offset

	if [ "$(od -An -tx1 -N4 "$1" | tr -d ' ')" = 7f454c46 ]; then
		grep -aom1 'Linux version [^ ]*' "$1" | head -n1 | cut -d' ' -f3
		return
	fi
	offset=$(od -An -tu2 -j $((0x20e)) -N2 "$1" | tr -d ' ')
	[ "${offset:-0}" -gt 0 ] || die "$EXIT_USAGE" "$1 is no bzImage"
	tail -c +$((offset + 0x200 + 1)) "$1" | head -c 128 | tr '\0' '\n' | head -n1 | cut -d' ' -f1
}

# build TARGET...: one at a time, as several labs may start at once. Speaks only if it fails.
build()
{
	(
		flock 7
		make -s -C "$top_dir" "O=$O" "KERNEL=$opt_kernel" "$@" >"$lab_out/make.log" 2>&1 ||
			{ cat "$lab_out/make.log" >&2; exit 1; }
	) 7>"$lab_out/make.lock"
}

# find_driver: sets driver, a file or a name.
find_driver()
{
	driver=${opt_driver:-refnic}
	case $driver in
	*.ko)
		[ -r "$driver" ] || die "$EXIT_USAGE" "cannot read the module $driver" ;;
	refnic)
		[ -z "$opt_image" ] || die "$EXIT_USAGE" \
			"refnic is built for the kernels of the list; give --driver FILE.ko or e1000"
		driver=$O/driver/$kernel_release/refnic.ko
		build driver || die "$EXIT_IMPOSSIBLE" \
			"refnic does not build for $kernel_release; try --driver e1000" ;;
	none) ;;
	*)
		# Without its modules a kernel cannot be asked; the guest finds out.
		[ -z "$kernel_dir" ] ||
			modprobe -q -d "$kernel_dir" -S "$kernel_release" -n "$driver" 2>/dev/null ||
			die "$EXIT_IMPOSSIBLE" "no driver $driver in kernel $kernel_release" ;;
	esac
}

# driver_files: the driver's modules, those it needs first.
driver_files()
{
	local needed

	case $driver in
	none) ;;
	*.ko)
		needed=$(modinfo -F depends "$driver" | tr , ' ')
		# shellcheck disable=SC2086 # a list of words
		module_files "$kernel_dir" "$kernel_release" $needed
		echo "$driver" ;;
	*) module_files "$kernel_dir" "$kernel_release" "$driver" ;;
	esac
}

# tty_size: rows and columns; a terminal that does not know says 0.
tty_size()
{
	local size

	size=$(stty size)
	[ "$size" != '0 0' ] || size='24 80'
	echo "$size"
}

# quote TEXT: for any shell; printf %q writes what only bash reads.
quote()
{
	printf "'%s'" "${1//\'/\'\\\'\'}"
}

# write_command: the command as a shell script, and the guest's settings.
write_command()
{
	local tree=$run_dir/tree/rxs word module_dir='' cwd=$PWD term=${TERM:-dumb}
	local path=/run/rxs/tools:$O:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

	[ -z "$opt_deterministic" ] || : >"$tree/deterministic"
	# What differs from machine to machine must not be seen where runs are compared.
	if [ -n "$opt_in_memory" ]; then
		path=/run/rxs/tools:/usr/sbin:/usr/bin:/sbin:/bin:/run/rxs/applets cwd=/out term=dumb
	elif [ -n "$kernel_dir" ]; then
		module_dir=$(realpath "$kernel_dir/lib/modules")
	fi
	{
		echo "export RXS_KERNEL=$(quote "$kernel_release")"
		echo "export RXS_DRIVER=$(quote "${driver##*/}")"
		echo "export RXS_SCENARIO=$(quote "$opt_scenario")"
		[ -z "$opt_deterministic" ] || echo "export RXSCOPE_DETERMINISTIC=1"
		echo "export RXS_LIB=/run/rxs/guest/lib.sh"
		echo "export PATH=$(quote "$path")"
		echo "export HOME=/root TERM=$(quote "$term") LC_ALL=C.UTF-8"
		echo "RXS_MODULES=$(quote "$module_dir")"
		echo "RXS_OUT=${opt_out:+yes}"
		echo "RXS_CWD=$(quote "$cwd")"
		echo "RXS_SHELL=$opt_shell"
		[ -z "$opt_shell" ] || echo "RXS_TTY_SIZE=$(quote "$(tty_size)")"
		for word in "${opt_env[@]}"; do
			[[ $word =~ ^[A-Za-z_][A-Za-z0-9_]*= ]] ||
				die "$EXIT_USAGE" "--env takes NAME=VALUE, not '$word'"
			echo "export ${word%%=*}=$(quote "${word#*=}")"
		done
	} >"$tree/env"
	# Interrupted, a text goes on after what it runs, and a single command is all there is.
	case ${#command[@]} in
	0) ;;
	1) printf 'trap : INT\n%s\n' "${command[0]}" ;;
	*)
		printf exec
		for word in "${command[@]}"; do
			printf ' %s' "$(quote "$word")"
		done ;;
	esac >"$tree/cmd"
}

main()
{
	parse_options "$@"
	check_options
	PATH=$PATH:/usr/sbin:/sbin
	need qemu-system-x86_64 qemu-system-x86
	need setpriv util-linux
	need cpio cpio
	need modprobe kmod
	mkdir -p "$lab_out/root"
	find_kernel
	has_9p "$kernel_dir" "$kernel_release" || opt_in_memory=yes
	find_driver
	choose_accel
	make_run_dir
	trap 'rm -rf "$run_dir"' EXIT
	write_command
	mapfile -t driver_modules < <(driver_files)
	pack_modules "$run_dir/tree/rxs/driver" "${driver_modules[@]}"
	root=$lab_out/root/$kernel_release
	[ -z "$opt_image" ] || root=$lab_out/root/own-$(echo "$kernel_dir" | cksum | cut -d' ' -f1)
	root_tiny "$kernel_dir" "$kernel_release" "$root.cpio"
	[ -z "$opt_in_memory" ] ||
		root_in_memory "$run_dir/tree" "$kernel_dir" "$kernel_release" "${opt_add[@]}"
	build "$lab_out"/{traffic,enter,box,relay,turns.so} ||
		die "$EXIT_INTERNAL" "cannot build the programs for the guest"
	root_run "$run_dir/tree" "$run_dir/run.cpio"
	cat "$root.cpio" "$run_dir/run.cpio" >"$run_dir/initrd"
	run_machine
	[ -z "$opt_console" ] || tr -d '\r' <"$run_dir/console.log" >"$opt_console"
	verdict
}

main "$@"
