#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs the scenario $RXS_SCENARIO, with the command around it if there is one: sets up, warms up,
# starts the command and waits until it is ready, lets the traffic flow, interrupts the command, and
# tells what happened from sources other than the command: what the senders and readers of the
# traffic counted, and what the kernel's counters say.

set -u
. "$RXS_LIB"

# busybox for small things, but not for the command.
their_path=$PATH
PATH=/run/rxs/bin:$PATH
dir=/run/rxs/scenario
mkdir -p $dir

# For scenarios.

# fact NAME VALUE: a number for the summary.
fact()
{
	echo "$1 $2" >>$dir/facts
}

# receiver NAME tx|rx traffic-arguments...: in the background; returns when it can receive.
receiver()
{
	_name=$1
	rm -f "$dir/$_name.ready"
	background "$@" "ready=$dir/$_name.ready"
	wait_for 20 test -e "$dir/$_name.ready" || stop "receiver $_name does not start"
}

# background NAME tx|rx traffic-arguments...
background()
{
	_name=$1 _ns=$2
	shift 2
	# Not through in_tx or in_rx: the pid must be that of the program, not that of a shell.
	enter -n $_ns traffic "$@" >"$dir/$_name.json" &
	eval "pid_$_name=$!"
}

# finish NAME...: waits for receivers and others in the background, and notes what they counted.
finish()
{
	for _name; do
		eval "wait \$pid_$_name" || stop "traffic $_name failed"
		count "$_name"
	done
}

# send NAME traffic-arguments...: from tx, in the foreground, and notes what it counted.
send()
{
	_name=$1
	shift
	in_tx traffic "$@" >"$dir/$_name.json" || stop "traffic $_name failed"
	count "$_name"
}

count()
{
	echo "\"$1\":$(cat "$dir/$1.json")" >>$dir/counted
}

# echo_requests NAME tx|rx ping-arguments...: pings, and notes how many it sent and got back.
echo_requests()
{
	_name=$1 _ns=$2
	shift 2
	"in_$_ns" ping -q "$@" >"$dir/$_name.ping" || stop "ping $_name: no answer"
	awk -v name="$_name" '/packets transmitted/ {
		printf "%s_sent %d\n%s_answered %d\n", name, $1, name, $4 }' \
		"$dir/$_name.ping" >>$dir/facts
}

stop()
{
	echo "scenario $RXS_SCENARIO: $*" >&2
	exit 1
}

# mark: an echo request from tx that is waited for. The hub, the NIC and the stack keep the order,
# so all that was sent before has then been received or lost. To be used after a change of the
# receive filter, too: the emulated NIC holds back what comes in the second after one.
marks=0
mark()
{
	in_tx ping -q -c 1 -W 10 $RX4 >/dev/null || stop "no answer from $RX4"
	marks=$((marks + 1))
}

# A scenario defines generate(), and, if it needs more than the two addresses, setup() and
# warm_up_more().
setup()
{
	:
}

warm_up_more()
{
	:
}

# anchor: in the deterministic lab everything but what is compared must be as it was in the run before, the
# phase of the kernel's timers included.
anchor()
{
	[ ! -e /run/rxs/deterministic ] || traffic anchor >/dev/null || stop "cannot wait for a whole second"
}

# Around them.

# The code of the way has been translated once: the first packet of a fresh guest takes hundreds of
# milliseconds. And neighbours stay known, or each would ask for the other some seconds later.
warm_up()
{
	in_tx ping -q -c 2 -i 0.2 -W 10 $RX4 >/dev/null || stop "warm-up: no answer from $RX4"
	in_tx ping -q -c 2 -i 0.2 -W 10 $RX6 >/dev/null || stop "warm-up: no answer from $RX6"
	know_neighbours t0 $TX4 $TX6 r0 $RX4 $RX6
}

# know_neighbours DEV-IN-TX ITS-IPv4 ITS-IPv6 DEV-IN-RX ITS-IPv4 ITS-IPv6
know_neighbours()
{
	ip -n tx -batch - <<-END || stop "cannot set the neighbours"
	neigh replace $5 lladdr $RX_MAC dev $1 nud permanent
	neigh replace $6 lladdr $RX_MAC dev $1 nud permanent
	END
	ip -n rx -batch - <<-END || stop "cannot set the neighbours"
	neigh replace $2 lladdr $TX_MAC dev $4 nud permanent
	neigh replace $3 lladdr $TX_MAC dev $4 nud permanent
	END
}

# snapshot NAME: the counters now.
snapshot()
{
	for _ns in rx tx; do
		enter -n $_ns /run/rxs/bin/cat /proc/net/dev /proc/net/snmp /proc/net/netstat \
			/proc/net/snmp6 >"$dir/$_ns.$1"
	done
	in_rx ethtool -S r0 >"$dir/nic.$1" 2>/dev/null
	cat /proc/net/softnet_stat >"$dir/softnet.$1"
}

running()
{
	[ -d "/proc/$pid" ]
}

is_ready()
{
	[ -e "$RXS_READY_FILE" ] || ! running
}

# The command gets a group of its own, for the interrupt.
start_command()
{
	export RXS_READY_FILE=$dir/ready
	PATH=$their_path enter -s /bin/sh /run/rxs/cmd &
	pid=$!
	[ -n "${RXS_NO_READY-}" ] || wait_for "${RXS_READY_S:-20}" is_ready ||
		echo "scenario $RXS_SCENARIO: the command did not say that it is ready; going on" >&2
	running
}

stop_command()
{
	kill -INT "-$pid" 2>/dev/null
	wait "$pid"
}

summary()
{
	awk -v scenario="$RXS_SCENARIO" -v kernel="$RXS_KERNEL" -v driver="${RXS_DRIVER##*/}" -v dir=$dir \
		-f /run/rxs/guest/summary.awk
}

main()
{
	. "/run/rxs/scenarios/$RXS_SCENARIO.sh"
	: >$dir/facts
	: >$dir/counted
	setup
	warm_up
	warm_up_more
	status=0 pid=''
	anchor
	if [ -s /run/rxs/cmd ] && ! start_command; then
		wait "$pid"
		status=$?
		echo "scenario $RXS_SCENARIO: the command ended before there was any traffic" >&2
		exit $status
	fi
	snapshot before
	anchor
	generate
	mark
	traffic settle >/dev/null || stop "cannot wait for the receive path"
	fact marks $marks
	snapshot after
	if [ -n "$pid" ]; then
		stop_command
		status=$?
		summary >/dev/rxs.truth
	else
		summary | tee /dev/rxs.truth
	fi
	exit $status
}

main
