# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For the lab tests: . tests/lab/lib.sh. A test prints TAP.

set -u
O=${O:-build}
ASAN_O=${ASAN_O:-$O/asan}
rxscope=$ASAN_O/rxscope		# outside the guest everything runs sanitized
work=$O/tests/lab
mkdir -p "$work"

pass() { echo "ok - $*"; }
skip() { echo "ok - $1 # SKIP $2"; }
fail()
{
	echo "not ok - $1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" | head -n 30 | sed 's/^/#   /'
}

# check NAME COMMAND...: passes when the command does; its output is the reason when it does not.
check()
{
	local name=$1 out

	shift
	if out=$("$@" 2>&1); then
		pass "$name"
	else
		fail "$name" "status $? of: $*" "$out"
	fi
}

# exits NAME STATUS PATTERN COMMAND...: the command must end with STATUS and say PATTERN, in one line of
# stderr.
exits()
{
	local name=$1 want=$2 pattern=$3 status lines

	shift 3
	"$@" > "$work/stdout" 2> "$work/stderr"
	status=$?
	lines=$(wc -l < "$work/stderr")
	if [ $status -ne "$want" ]; then
		fail "$name" "status $status, not $want, of: $*" "$(cat "$work/stderr")"
	elif [ "$lines" -ne 1 ]; then
		fail "$name" "$lines lines on stderr, not 1" "$(cat "$work/stderr")"
	elif ! grep -qE "$pattern" "$work/stderr"; then
		fail "$name" "stderr does not say /$pattern/" "$(cat "$work/stderr")"
	else
		pass "$name"
	fi
}

# guest [lab.sh options] -- COMMAND: its stdout is ours.
guest()
{
	O=$O lab/lab.sh "$@" < /dev/null
}

# record_scenario NAME SCENARIO [lab.sh options] -- COMMANDS BEFORE: into $work/NAME.
record_scenario()
{
	local name=$1 scen=$2 dir=$work/$1 before

	shift 2
	before=${*: -1}
	set -- "${@:1:$#-2}"
	rm -rf "$dir"
	mkdir -p "$dir"
	if ! guest --timeout "${LAB_TIMEOUT:-180}" "$@" --scenario "$scen" --out "$dir" --truth "$dir/truth.json" \
		--wire "$dir/wire.pcap" -- ". \"\$RXS_LIB\"; $before
		exec rxscope record -o /out/rec.rxs" > "$dir/log" 2>&1; then
		fail "$name: recorded" "$(tail -n 15 "$dir/log")"
		return 1
	fi
	if ! "$rxscope" report --json --packets "$dir/rec.rxs" > "$dir/report.json" 2> "$dir/stderr"; then
		fail "$name: reported" "$(cat "$dir/stderr")"
		return 1
	fi
}

# How many kprobes the recording says the kernel missed.
missed_kprobes()
{
	jq '[.loss[] | select(.kind == "kprobe") | .events] | add // 0' "$work/$1/report.json"
}

# scenario NAME SCENARIO [lab.sh options] -- COMMANDS BEFORE: records the scenario and holds it against
# the truth. COMMANDS BEFORE is text for the guest's shell, run before recording, "" for none.
#
# The kernel misses kprobes when an interrupt comes while one runs in a task, seldom but not never on an
# emulated CPU. Counts can be held against others' to the last one only where none was missed: so it is
# recorded again, twice at most, and said.
scenario()
{
	local name=$1 dir=$work/$1 missed try

	for try in 1 2 3; do
		record_scenario "$@" || return 1
		missed=$(missed_kprobes "$name")
		[ "$missed" -gt 0 ] && [ $try -lt 3 ] || break
		echo "# $name: the recording tells $missed missed kprobes; recorded again"
	done
	python3 tests/lab/check.py "$name" "$dir/report.json" "$dir/truth.json" "$dir/wire.pcap"
}
