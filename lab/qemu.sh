# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The machine: QEMU's command line. Sourced by lab.sh, which has set the variables.

# Ports between guest and host, each a pair of fifos below $run_dir; the guest knows them by name.
ports='ctl out err truth stream files'

# The kernel's command line must be the same, to the letter, from run to run: one character more
# changes where things lie in memory, and with it the deterministic lab's times. no_timer_check and
# tsc=reliable: on a busy host an emulated CPU comes late, no reason to distrust its clocks.
kernel_command_line()
{
	local line='console=ttyS0 quiet panic=-1 oops=panic no_hash_pointers no_timer_check tsc=reliable'

	[ -n "$opt_deterministic" ] && line+=' nokaslr'
	echo "$line${opt_append:+ $opt_append}"
}

# nic ID SLOT MAC: both hang on hub 0. Slots 5 and 7, because 5 and 6 share an interrupt line.
nic()
{
	local device=e1000,netdev=$1,mac=$3,romfile=,addr=$2

	qemu_args+=(-netdev "hubport,hubid=0,id=$1"
		-device "$device,mitigation=$opt_mitigation,autonegotiation=$opt_autoneg")
}

share()
{
	qemu_args+=(-virtfs
		"local,path=$2,mount_tag=$1,security_model=none,multidevs=remap${3:+,$3}")
}

qemu_console()
{
	local log=$run_dir/console.log

	if [ -n "$opt_shell" ]; then
		qemu_args+=(-chardev "stdio,id=console,signal=off,logfile=$log")
	else
		qemu_args+=(-chardev "file,id=console,path=$log")
	fi
	qemu_args+=(-serial chardev:console)
}

# has_reader PORT: whether anybody here wants what comes through it.
has_reader()
{
	case $1 in
	truth) [ -n "$opt_truth" ] ;;
	stream) [ -n "$opt_stream" ] ;;
	files) [ -n "$opt_out" ] && [ -n "$opt_in_memory" ] ;;
	esac
}

mkfifos()
{
	local port

	for port in $ports; do
		mkfifo "$run_dir/$port.in" "$run_dir/$port.out"
	done
}

qemu_ports()
{
	local port

	qemu_args+=(-device virtio-serial-pci)
	for port in $ports; do
		if has_reader "$port"; then
			qemu_args+=(-chardev "pipe,id=$port,path=$run_dir/$port")
		else
			qemu_args+=(-chardev "file,id=$port,path=/dev/null")
		fi
		qemu_args+=(-device "virtserialport,chardev=$port,name=rxs.$port")
	done
}

# qemu_command: sets the array qemu_args.
qemu_command()
{
	qemu_args=(qemu-system-x86_64 -no-user-config -nodefaults -display none -monitor none -no-reboot
		-m "$opt_mem" -kernel "$kernel_image" -initrd "$run_dir/initrd"
		-append "$(kernel_command_line)")
	if [ -n "$opt_deterministic" ]; then
		qemu_args=(env "LD_PRELOAD=$lab_out/turns.so" "${qemu_args[@]}" -name rxs,debug-threads=on
			-accel tcg -icount shift=0,sleep=off -smp 1 -cpu max
			-rtc base=2025-01-01T00:00:00,clock=vm -seed 1)
	elif [ "$opt_accel" = kvm ]; then
		qemu_args+=(-accel kvm -smp "$opt_smp" -cpu host)
	else
		# One thread for all CPUs. With a thread each, QEMU 7.2 may go on executing a breakpoint
		# that the guest has replaced: a kernel that patches its text under traffic, as it does when
		# probes are attached, crashed (RIP 0 in __napi_poll) or hung once in some 20 times.
		qemu_args+=(-accel tcg,thread=single -smp "$opt_smp" -cpu max)
	fi
	qemu_console
	if [ -n "$opt_deterministic" ]; then
		qemu_box
	else
		qemu_ports
	fi
	if [ -z "$opt_in_memory" ]; then
		share host / readonly=on
		[ -z "$opt_out" ] || share out "$opt_out"
	fi
	nic a 0x5 52:54:00:00:00:01
	nic b 0x7 52:54:00:00:00:02
	# What the netdev sends is what reaches the NIC on slot 7.
	[ -z "$opt_wire" ] || qemu_args+=(-object "filter-dump,id=wire,netdev=b,queue=tx,file=$opt_wire")
}
