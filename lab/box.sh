# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The deterministic lab has no ports, no share, nothing that the host has a hand in. What comes out
# of it lies in a piece of memory that is a file here, as a tar archive behind its length:
# guest/box.c. Sourced by lab.sh.

box_mb=512

# The memory, as a PCI device.
qemu_box()
{
	qemu_args+=(
		-object "memory-backend-file,id=box,share=on,mem-path=$run_dir/box,size=${box_mb}M"
		-device "ivshmem-plain,memdev=box,addr=0x9")
}

# open_box: what is in it goes where the ports' would have gone. Sets box_status, the command's exit
# status; it stays empty if the guest did not get so far.
open_box()
{
	local length dir=$run_dir/results

	box_status=''
	[ -s "$run_dir/box" ] || return 0
	length=$(od -An -tu8 -N8 "$run_dir/box" | tr -d ' ')
	[ "$length" -gt 0 ] || return 0
	mkdir "$dir"
	tail -c +9 "$run_dir/box" | head -c "$length" | tar -x -f - -C "$dir" --no-same-owner ||
		die "$EXIT_INTERNAL" "the results did not come through"
	rm -f "$run_dir/box"
	cat "$dir/err" >&2
	case $opt_stream in
	'') cat "$dir/out" ;;
	-) cat "$dir/out" >&2; cat "$dir/stream" ;;
	*) cat "$dir/out"; socat -u "OPEN:$dir/stream" "UNIX-CONNECT:$opt_stream" ;;
	esac
	[ -z "$opt_truth" ] || cp "$dir/truth" "$opt_truth"
	[ -z "$opt_out" ] || cp -r "$dir/files/." "$opt_out/"
	box_status=$(cat "$dir/status")
}
