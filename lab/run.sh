# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Runs the machine and looks after it: relays its ports, ends it at the time limit, tells why it
# died. Sourced by lab.sh.

# With the parent's death the child dies too, even when the parent is killed outright.
mortal()
{
	exec setpriv --pdeathsig KILL "$@"
}

# Left behind by one that was killed outright. The folder's name ends in its owner's pid.
sweep_run_dirs()
{
	local dir

	for dir in "$lab_out"/run/*; do
		[ -d "$dir" ] && [ ! -d "/proc/${dir##*.}" ] && rm -rf "$dir"
	done
	return 0
}

make_run_dir()
{
	mkdir -p "$lab_out/run"
	sweep_run_dirs
	run_dir=$lab_out/run/lab.$$
	rm -rf "$run_dir"
	mkdir -p "$run_dir/tree/rxs"
}

# relay PORT: copies what the guest writes there to our standard output.
relay()
{
	mortal "$lab_out/relay" "$run_dir/$1.out" "$run_dir/totals" "$1"
}

# read_ctl: keeps what the guest says of itself, until it has said that it is through. How much it
# sent through the other ports becomes the file their relays wait for.
read_ctl()
{
	local line

	exec <"$run_dir/ctl.out"
	while read -r line; do
		echo "$line" >>"$run_dir/ctl"
		case $line in
		'exit '*)
			sed -n 's/^sent //p' "$run_dir/ctl" >"$run_dir/totals.new"
			mv "$run_dir/totals.new" "$run_dir/totals"
			return ;;
		esac
	done
}

start_relays()
{
	read_ctl &
	ctl_pid=$!
	relay err >&2 &
	relay_pids=($!)
	case $opt_stream in
	'')
		relay out &
		relay_pids+=($!) ;;
	-)
		relay out >&2 &
		relay_pids+=($!)
		relay stream &
		stream_pid=$! ;;
	*)
		relay out &
		relay_pids+=($!)
		relay stream > >(mortal socat -u - "UNIX-CONNECT:$opt_stream") &
		stream_pid=$! ;;
	esac
	[ -z "$stream_pid" ] || relay_pids+=("$stream_pid")
	if [ -n "$opt_truth" ]; then
		relay truth >"$opt_truth" &
		relay_pids+=($!)
	fi
	if [ -n "$opt_out" ] && [ -n "$opt_in_memory" ]; then
		# -B: a pipe gives a block in several parts.
		{ relay files | tar -x -B -f - -C "$opt_out" --no-same-owner; } &
		files_pid=$!
		relay_pids+=($!)
	fi
}

# start_console: shows what the guest's kernel says.
start_console()
{
	if [ -n "$opt_verbose" ] && [ -z "$opt_shell" ]; then
		: >"$run_dir/console.log"
		mortal tail -f "$run_dir/console.log" >&2 &
		helper_pids+=($!)
	fi
}

start_qemu()
{
	qemu_command
	[ -z "$opt_verbose" ] || say "${qemu_args[*]}"
	if [ -n "$opt_shell" ]; then
		saved_stty=$(stty -g </dev/tty 2>/dev/null) || :
		mortal "${qemu_args[@]}" <&0 2>"$run_dir/qemu.log" &
	else
		mortal "${qemu_args[@]}" </dev/null >/dev/null 2>"$run_dir/qemu.log" &
	fi
	qemu_pid=$!
}

# end_qemu: lets it close its files, but not for long.
end_qemu()
{
	kill "$qemu_pid" 2>/dev/null || return 0
	mortal sleep 3 &
	helper_pids+=($!)
	wait -n "$qemu_pid" $! || :
	kill -KILL "$qemu_pid" 2>/dev/null || :
}

stop_machine()
{
	[ -z "$qemu_pid" ] || end_qemu
	# Those still there wait for a machine that never opened their other end.
	kill "${helper_pids[@]}" "${relay_pids[@]}" "$ctl_pid" 2>/dev/null || :
	[ -z "$saved_stty" ] || stty "$saved_stty" 2>/dev/null </dev/tty || :
	[ -n "$opt_keep" ] || rm -rf "$run_dir"
}

# wait_machine: until the guest is through, QEMU ends, the time is over, or nobody reads the stream
# any more. Sets how.
wait_machine()
{
	local who

	how=''
	while [ -z "$how" ]; do
		who=''
		wait -n -p who "$qemu_pid" "$timer_pid" ${ctl_pid:+"$ctl_pid"} \
			${stream_pid:+"$stream_pid"} || :
		case $who in
		"$qemu_pid") how=ended ;;
		"${ctl_pid:-none}") how=through ;;
		"$timer_pid") how='time' ;;
		"${stream_pid:-none}") how=reader ;;
		esac
	done
}

# drain: waits for the relays, for as long as there is time. Sets files_lost and how.
drain()
{
	local who pid status left

	while [ ${#relay_pids[@]} -gt 0 ]; do
		who='' status=0
		wait -n -p who "${relay_pids[@]}" "$timer_pid" || status=$?
		if [ "$who" = "$timer_pid" ]; then
			how='time'
			return
		fi
		[ "$who" != "$files_pid" ] || [ $status -eq 0 ] || files_lost=yes
		left=()
		for pid in "${relay_pids[@]}"; do
			[ "$pid" = "$who" ] || left+=("$pid")
		done
		[ -n "$who" ] || return
		relay_pids=("${left[@]}")
	done
}

run_machine()
{
	qemu_pid='' ctl_pid='' stream_pid='' files_pid='' files_lost='' saved_stty=''
	helper_pids=() relay_pids=()
	trap stop_machine EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP

	: >"$run_dir/ctl"
	if [ -z "$opt_deterministic" ]; then
		mkfifos
		start_relays
	fi
	start_console
	start_qemu
	mortal sleep "$opt_timeout" &
	timer_pid=$!
	helper_pids+=("$timer_pid")
	wait_machine
	case $how in
	through) drain ;;
	ended) [ ! -s "$run_dir/ctl" ] || drain ;;
	esac
	end_qemu
}

# last_words: the lines of the console's log that tell most, for a person.
last_words()
{
	local log=$run_dir/console.log

	[ -s "$log" ] || return 0
	echo "--- last lines of the guest's console:"
	tr -d '\r' <"$log" | tail -n 25
	echo "---"
}

# verdict: exit status of the command, or why there is none.
verdict()
{
	local log=$run_dir/console.log state cause

	if [ -n "$opt_deterministic" ]; then
		open_box
		[ -z "$box_status" ] || return "$box_status"
	fi
	state=$(tail -n1 "$run_dir/ctl")
	case $state in
	'exit '*)
		[ "$how" != reader ] || return 141
		[ "$how" != 'time' ] ||
			die "$EXIT_INTERNAL" "the time limit of $opt_timeout s was reached while output was read"
		[ -z "$files_lost" ] || die "$EXIT_INTERNAL" "the files in /out did not come through"
		return "${state#exit }" ;;
	ready) state='while the command ran' ;;
	*) state=${opt_deterministic:+before it was through} state=${state:-while it booted} ;;
	esac
	[ "$how" = reader ] && exit 141

	cause=$(tr -d '\r' <"$log" 2>/dev/null | sed -n 's/.*rxs-lab: //p' | tail -n1)
	[ -n "$cause" ] || cause=$(tr -d '\r' <"$log" 2>/dev/null |
		grep -Eo -m1 '(Kernel panic|BUG:|Oops:|general protection fault|unable to handle).*' || :)
	if [ "$how" = time ]; then
		cause="the time limit of $opt_timeout s was reached $state${cause:+ ($cause)}"
	elif [ -s "$run_dir/qemu.log" ] && [ ! -s "$log" ]; then
		cause="QEMU: $(tail -n1 "$run_dir/qemu.log")"
	else
		cause="the guest died $state: ${cause:-it told no reason}"
	fi
	last_words >&2
	die "$EXIT_INTERNAL" "$cause"
}
