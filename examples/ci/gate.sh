#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Did a change to a driver make the receive path slower? See README.md.
#
# BASE and NEW are built for one kernel, recorded in the deterministic lab of this machine, where the same code
# takes the same time to the nanosecond, and compared.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=${here%/examples/ci}
O=${O:-$top/build}
export O
lab=${RXSCOPE_LAB:-$top/lab}
rxscope=${RXSCOPE:-$O/rxscope}

usage()
{
	cat <<-END
	usage: gate.sh [OPTION...] BASE NEW [-- OPTION OF rxscope diff...]
	       gate.sh [OPTION...] --baseline NAME NEW [-- ...]
	       gate.sh [OPTION...] --baseline NAME --update NEW

	BASE and NEW: a module FILE.ko; a FILE.patch, made to the driver as it lies there; a folder with the
	driver's sources; or a git commit of the driver's repository.

	  --driver DIR     the driver's sources, with a Kbuild or Makefile (default: refnic's)
	  --kernel NAME    one of lab/kernels.list (default 6.1)
	  --scenario S     traffic; may be repeated (default udp)
	  --out DIR        recordings and results (default gate-results)
	  --self-check     record BASE twice first: is this machine's QEMU deterministic?
	  --explain        when NEW is slower, record both once more and name the functions it comes from
  --baseline NAME  compare with a file made earlier, on a machine like this one
	  --dir DIR        where such files are (default baselines)
	  --update         make it, or make it anew
	  --timeout S      for each run of the lab (default 300)

	Exit status: 0 no slower, 1 slower or another path, 2 wrong use, 3 cannot be done here (a baseline of
	another machine, a machine that is not deterministic), 4 a file is bad, 5 a build or a run failed.
	END
}

die()
{
	status=$1
	shift
	echo "gate.sh: $*" >&2
	exit "$status"
}

say()
{
	echo "gate.sh: $*" >&2
}

parse()
{
	driver=$top/driver kernel=6.1 scenarios='' out=gate-results self_check='' explain='' baseline='' update=''
	dir=baselines timeout=300
	while [ $# -gt 0 ]; do
		case $1 in
		-h | --help) usage; exit 0 ;;
		--self-check) self_check=yes; shift; continue ;;
		--explain) explain=yes; shift; continue ;;
		--update) update=yes; shift; continue ;;
		--driver | --kernel | --scenario | --out | --baseline | --dir | --timeout)
			[ $# -ge 2 ] || die 2 "$1 needs a value" ;;
		--) break ;;
		-*) die 2 "unknown option $1; see --help" ;;
		*) break ;;
		esac
		case $1 in
		--driver) driver=$2 ;;
		--kernel) kernel=$2 ;;
		--scenario) scenarios="$scenarios $2" ;;
		--out) out=$2 ;;
		--baseline) baseline=$2 ;;
		--dir) dir=$2 ;;
		--timeout) timeout=$2 ;;
		esac
		shift 2
	done
	: "${scenarios:=udp}"
	base='' new=''
	[ -z "$explain" ] || [ -z "$baseline" ] || die 2 "--explain needs BASE, not a baseline"
	if [ -z "$baseline" ]; then
		[ -z "$update" ] || die 2 "--update goes with --baseline NAME"
		[ $# -ge 2 ] && [ "$1" != -- ] && [ "$2" != -- ] || die 2 "BASE and NEW are needed; see --help"
		base=$1
		shift
	fi
	[ $# -ge 1 ] && [ "$1" != -- ] || die 2 "NEW is needed; see --help"
	new=$1
	shift
	[ $# -eq 0 ] || [ "$1" = -- ] || die 2 "unexpected '$1'; options of rxscope diff come after --"
	[ $# -eq 0 ] || shift
	diff_options=$#
}

# sources WHAT FOLDER: the driver's sources as WHAT has them, into FOLDER.
sources()
{
	case $1 in
	*.patch | *.diff)
		[ -r "$1" ] || die 2 "cannot read $1"
		patch_file=$(realpath "$1")
		cp -R "$driver/." "$2"
		# Paths as git writes them: from the top of the repository.
		prefix=$(git -C "$driver" rev-parse --show-prefix 2>/dev/null) || prefix=driver/
		depth=$(printf %s "$prefix" | tr -cd / | wc -c)
		patch -s -p"$((depth + 1))" -d "$2" <"$patch_file" >&2 || die 5 "$1 does not apply to $driver" ;;
	*)
		if [ -d "$1" ]; then
			cp -R "$1/." "$2"
		elif git -C "$driver" rev-parse -q --verify "$1^{commit}" >/dev/null 2>&1; then
			git -C "$driver" archive "$1" | tar -x -C "$2" || die 5 "$1 has no $driver"
		else
			die 2 "$1 is no module, patch, folder, or commit in the repository of $driver"
		fi ;;
	esac
}

# module WHAT SIDE: makes $work/SIDE/NAME.ko. Both sides are built in folders with names of one length, and the
# modules have one name: nothing but the code is to differ.
module()
{
	mkdir -p "$work/$2.src" "$work/$2"
	case $1 in
	*.ko)
		[ -r "$1" ] || die 2 "cannot read $1"
		made=$1 ;;
	*)
		sources "$1" "$work/$2.src"
		say "building $1"
		# Kbuild would take our variables for its own.
		env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u O -u V make -s -C "$O/lab/kernels/$kernel/build" \
			M="$work/$2.src" modules >"$work/$2.log" 2>&1 ||
			{ tail -n 20 "$work/$2.log" >&2; die 5 "$1 does not build"; }
		made=$(find "$work/$2.src" -name '*.ko')
		[ "$(printf '%s\n' "$made" | wc -l)" -eq 1 ] && [ -n "$made" ] ||
			die 5 "$1 makes not one module but these: $made" ;;
	esac
	name=$(modinfo -F name "$made") || die 4 "$made is no module"
	strip --strip-debug -o "$work/$2/$name.ko" "$made"
}

# record SIDE SCENARIO FILE [--graph]
record()
{
	say "recording $1, $2${4:+, and its functions}"
	for ko in "$work/$1"/*.ko; do
		"$rxscope" lab --deterministic --kernel "$kernel" --scenario "$2" --driver "$ko" \
			--timeout "$timeout" ${4:+"$4"} -o "$3" >"$3.log" 2>&1 </dev/null ||
			{ tail -n 20 "$3.log" >&2; die 5 "the lab failed"; }
	done
}

hash_of()
{
	sha256sum | cut -c1-16
}

# machine SCENARIO: all that must be the same where a baseline is to hold, beside the driver. The lab's scripts
# hold QEMU's and the kernel's command lines.
machine()
{
	echo "# machine qemu $(qemu-system-x86_64 --version | head -n 1)"
	echo "# machine kernel $(cat "$O/lab/kernels/$kernel/release") $(hash_of <"$O/lab/kernels/$kernel/vmlinuz")"
	echo "# machine lab $(cd "$lab" && find . -type f ! -name '*.md' | LC_ALL=C sort | xargs cat | hash_of)"
	echo "# machine rxscope $("$rxscope" --version | head -n 1) $(hash_of <"$rxscope")"
	echo "# machine scenario $1"
}

update_baseline()
{
	"$rxscope" baseline save --update --dir "$dir" "$baseline-$1" "$out/new-$1.rxs"
	file=$dir/$baseline-$1.baseline
	# Comments, to rxscope. At the end, as a baseline is known by its first line.
	machine "$1" >>"$file"
}

# check_machine SCENARIO: refuse a baseline from elsewhere rather than blame the driver for another kernel.
check_machine()
{
	file=$dir/$baseline-$1.baseline
	[ -r "$file" ] || die 4 "there is no $file; --update makes it"
	machine "$1" >"$work/machine"
	grep '^# machine ' "$file" | diff - "$work/machine" >"$work/differs" && return
	{
		echo "gate.sh: $file is of another machine (< its own, > this one); times of the two cannot be compared:"
		sed -n 's/^\([<>]\) # machine /  \1 /p' "$work/differs"
		echo "gate.sh: compare two builds here instead (gate.sh BASE NEW), or make it anew with --update"
	} >&2
	exit 3
}

# check_self SCENARIO: on a host with far more to do than CPUs a recording may hold one idle loop more than another.
# That shifts times, but none of the figures that are judged.
check_self()
{
	record old "$1" "$out/again-$1.rxs"
	if cmp -s "$out/old-$1.rxs" "$out/again-$1.rxs"; then
		say "two recordings of $1 are the same to the last byte"
	elif "$rxscope" diff "$out/old-$1.rxs" "$out/again-$1.rxs" >"$out/self-$1.txt"; then
		say "two recordings of $1 differ in some bytes, but in no median"
	else
		die 3 "two recordings of one module differ (see $out/self-$1.txt): this machine's QEMU is not deterministic"
	fi
}

# compare OPTION...: the two recordings of scenario $s; sets status.
compare()
{
	status=0
	"$rxscope" diff --also "junit=$out/$s.xml" --also "markdown=$out/$s.md" --also "json=$out/$s.json" "$@" \
		"$out/old-$s.rxs" "$out/new-$s.rxs" || status=$?
}

# judge SCENARIO OPTION...: sets worst.
judge()
{
	s=$1 status=0
	shift
	if [ -n "$baseline" ]; then
		"$rxscope" baseline check --dir "$dir" --also "junit=$out/$s.xml" --also "markdown=$out/$s.md" \
			--also "json=$out/$s.json" "$@" "$baseline-$s" "$out/new-$s.rxs" || status=$?
	elif [ -z "$explain" ]; then
		compare "$@"
	else
		compare "$@" >"$work/verdict"
		if [ "$status" -eq 1 ]; then
			record old "$s" "$out/old-$s.rxs" --graph
			record new "$s" "$out/new-$s.rxs" --graph
			compare --explain "$@"
		else
			cat "$work/verdict"
		fi
	fi
	[ "$status" -le "$worst" ] || worst=$status
}

main()
{
	parse "$@"
	shift $(($# - diff_options))
	[ -x "$rxscope" ] || die 3 "no $rxscope; run make in $top, or set RXSCOPE"
	PATH=$PATH:/usr/sbin:/sbin
	mkdir -p "$out"
	work=$(mktemp -d "${TMPDIR:-/tmp}/rxscope-gate.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	"$lab/fetch.sh" --headers "$kernel" || die 5 "cannot fetch the kernel $kernel"

	if [ -n "$baseline" ] && [ -z "$update" ]; then
		for s in $scenarios; do
			check_machine "$s"
		done
	fi
	[ -z "$base" ] || module "$base" old
	module "$new" new
	worst=0
	for s in $scenarios; do
		if [ -n "$base" ]; then
			record old "$s" "$out/old-$s.rxs"
			[ -z "$self_check" ] || check_self "$s"
		fi
		record new "$s" "$out/new-$s.rxs"
		if [ -n "$update" ]; then
			update_baseline "$s"
		else
			judge "$s" "$@"
		fi
	done
	exit "$worst"
}

main "$@"
