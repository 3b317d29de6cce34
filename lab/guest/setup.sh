# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What guest/main does, step by step. Processes are dear here (each is read over 9p and translated
# anew), so busybox from the tmpfs does what it can, and ip runs in batches.

bb=/run/rxs/busybox

# fail WORDS: the reason goes to the console, where lab.sh looks for it.
fail()
{
	echo "rxs-lab: $*" >/dev/console
	power_off
}

power_off()
{
	# At once, and QEMU ends on it (-no-reboot); nothing here is worth a sync.
	echo b >/proc/sysrq-trigger
	$bb sleep 60
}

# end_machine STATUS: tells lab.sh that all is done, and how much was sent through each port. The
# end itself comes from there, when all of it has arrived.
end_machine()
{
	_totals=$(for _port in /sys/class/virtio-ports/*; do
		read -r _name <"$_port/name"
		_sent=$($bb sed -n 's/^bytes_sent: //p' "/sys/kernel/debug/virtio-ports/${_port##*/}")
		echo "sent ${_name#rxs.} ${_sent:--1}"
	done 2>/dev/null)
	ctl "$_totals
exit $1"
	$bb sleep 1000000
}

# ctl WORDS: a line to lab.sh.
ctl()
{
	echo "$*" >/dev/rxs.ctl
}

setup_mounts()
{
	$bb mkdir -p /dev/pts /dev/shm
	$bb mount -t devpts devpts /dev/pts
	$bb mount -t tmpfs tmpfs /dev/shm
	$bb ln -s /proc/self/fd /dev/fd
	$bb ln -s /proc/self/fd/0 /dev/stdin
	$bb ln -s /proc/self/fd/1 /dev/stdout
	$bb ln -s /proc/self/fd/2 /dev/stderr
	$bb mount -t debugfs debugfs /sys/kernel/debug
	$bb mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
	$bb mount -t bpf bpf /sys/fs/bpf 2>/dev/null
	$bb mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null
	$bb hostname rxs-lab
	echo 5 >/proc/sys/kernel/printk
	if [ -e /run/rxs/in-memory ]; then
		$bb mkdir -p /run/rxs/applets
		$bb --install -s /run/rxs/applets
	fi
}

# What of the host's is mounted beside its root.
setup_shares()
{
	if [ -n "$RXS_MODULES" ]; then
		$bb mkdir -p /lib/modules
		$bb mount --bind "$RXS_MODULES" /lib/modules
	fi
	if [ -n "$RXS_OUT" ]; then
		$bb mkdir -p /out
		$bb mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=none out /out ||
			fail "cannot mount /out"
	fi
}

# The ports have names, but there is no udev to make links of them.
setup_ports()
{
	for _port in /sys/class/virtio-ports/*; do
		read -r _name 2>/dev/null <"$_port/name" && [ -n "$_name" ] && [ ! -e "/dev/$_name" ] &&
			$bb ln -s "${_port##*/}" "/dev/$_name"
	done
	[ -e /dev/rxs ] || $bb ln -s rxs.stream /dev/rxs
	[ -e /dev/rxs.ctl ]
}

# The driver's modules come with the run's archive, in the order to load them.
setup_driver()
{
	while read -r _module; do
		$bb insmod "/run/rxs/driver/$_module" || fail "cannot load $_module"
	done </run/rxs/driver/order
}

# nic_name SLOT: the network device that the driver made of it.
nic_name()
{
	for _net in /sys/bus/pci/devices/0000:00:0"$1".0/net/*; do
		[ -e "$_net" ] && echo "${_net##*/}"
	done
}

has_both_nics()
{
	[ -n "$(nic_name 5)" ] && [ -n "$(nic_name 7)" ]
}

# setup_end NAMESPACE DEV NIC IPv4 IPv6: moves the NIC there and gives it its name and addresses. By
# busybox, whose ip is no other program; it takes a namespace by the pid of a process that is in
# there, the one that goes on with the work.
#
# No router, no other host, no duplicate addresses: IPv6 need not wait for any of it. What it
# reports of its multicast groups comes at once, so that nothing is on the wire later that nobody
# asked for.
setup_end()
{
	$bb mkfifo "/run/rxs/$1.pid" "/run/rxs/$1.moved"
	# shellcheck disable=SC2016
	$bb nsenter --net="/run/netns/$1" -- $bb sh -euc '
		echo $$ >/run/rxs/$1.pid
		read -r moved </run/rxs/$1.moved
		ip link set dev $3 name $2
		cd /proc/sys/net/ipv6/conf
		for dir in all default $2; do
			echo 0 >$dir/accept_dad; echo 0 >$dir/accept_ra; echo 0 >$dir/router_solicitations
			echo 1 >$dir/mldv2_unsolicited_report_interval
		done
		ip addr add $4/24 dev $2
		ip link set dev $2 up
		ip addr add $5/64 dev $2
		tries=1000
		until ip link show dev $2 | grep -q LOWER_UP; do
			tries=$((tries - 1))
			[ $tries -gt 0 ]
			usleep 20000
		done
		' sh "$@" &
	read -r _pid <"/run/rxs/$1.pid"
	$bb ip link set dev "$3" netns "$_pid" || fail "cannot move $3 to namespace $1"
	echo moved >"/run/rxs/$1.moved"
}

setup_network()
{
	$bb mkdir /run/netns
	for _ns in tx rx; do
		: >/run/netns/$_ns
		$bb unshare --net=/run/netns/$_ns $bb ip link set dev lo up ||
			fail "cannot make the network namespace $_ns"
	done
	$bb ip link set dev lo up
	[ "$RXS_DRIVER" = none ] && return
	wait_for 10 has_both_nics || fail "driver $RXS_DRIVER did not take both NICs"
	setup_end tx t0 "$(nic_name 5)" $TX4 $TX6
	_t0=$!
	setup_end rx r0 "$(nic_name 7)" $RX4 $RX6
	wait $_t0 || fail "t0 does not come up (driver $RXS_DRIVER)"
	wait $! || fail "r0 does not come up (driver $RXS_DRIVER)"
}

# run_command: the command, or the scenario around it. Commands write into pipes, not into the ports
# themselves: a port opens once only, and a program may well open /dev/stdout.
run_command()
{
	cd "$RXS_CWD" 2>/dev/null || cd /
	$bb mkfifo /run/rxs/out /run/rxs/err
	$bb cat /run/rxs/out >/dev/rxs.out &
	_out=$!
	$bb cat /run/rxs/err >/dev/rxs.err &
	_err=$!
	run_script </dev/null >/run/rxs/out 2>/run/rxs/err
	_status=$?
	kill_others $_out $_err
	wait $_out $_err
	return $_status
}

# run_script: what there is to run, in a session of its own.
run_script()
{
	_run=/run/rxs/cmd
	[ -z "$RXS_SCENARIO" ] || _run=/run/rxs/guest/scenario.sh
	$bb setsid /bin/sh $_run
}

# run_on_console: the command, or a shell, with the terminal that the serial line is.
run_on_console()
{
	cd "$RXS_CWD" 2>/dev/null || cd /
	[ -s /run/rxs/cmd ] || echo 'exec bash -i' >/run/rxs/cmd
	$bb stty rows "${RXS_TTY_SIZE% *}" cols "${RXS_TTY_SIZE#* }" sane </dev/ttyS0
	$bb setsid -c /bin/sh /run/rxs/cmd </dev/ttyS0 >/dev/ttyS0 2>&1
}

# kill_others PID...: all processes but these and this one, so that nothing keeps the pipes open.
kill_others()
{
	for _proc in /proc/[0-9]*; do
		case " 1 $* " in
		*" ${_proc#/proc/} "*) ;;
		*) kill -9 "${_proc#/proc/}" 2>/dev/null ;;
		esac
	done
}

# run_deterministic: to files. Only when all is over they go into the box, which stands for the
# ports and /out.
run_deterministic()
{
	_results=/run/rxs/results
	$bb mkdir $_results
	: >$_results/stream
	: >$_results/truth
	$bb ln -s $_results/stream /dev/rxs
	$bb ln -s $_results/truth /dev/rxs.truth
	cd /out || fail "no /out"
	run_script </dev/null >$_results/out 2>$_results/err
	echo $? >$_results/status
	kill_others
	$bb ln -s /out $_results/files
	echo 1 >/sys/bus/pci/devices/0000:00:09.0/enable
	$bb tar -c -h -C $_results . | box /sys/bus/pci/devices/0000:00:09.0/resource2 ||
		fail "the results do not fit into the box"
	power_off
}
