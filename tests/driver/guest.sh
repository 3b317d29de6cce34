# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154 # addresses and helpers are those of lab/guest/lib.sh
#
# Runs in the lab's machine, for tests/lab/015-driver.t: what driver/README.md says of refnic, held against
# the NIC's own registers, the other end, the tracepoints and the kernel's log. Prints TAP.

events=/sys/kernel/tracing/events/refnic
pci=/sys/bus/pci/drivers/refnic
knobs=/sys/kernel/debug/refnic/0000:00:07.0
dir=/run/driver-test
mkdir -p $dir

pass() { echo "ok - $*"; }

fail()
{
	echo "not ok - $1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" | head -n 25 | sed 's/^/#   /'
}

# check NAME COMMAND...: passes when the command does; its output is the reason when it does not.
check()
{
	_name=$1
	shift
	if _out=$("$@" 2>&1); then
		pass "$_name"
	else
		fail "$_name" "$*: $_out"
	fi
}

# equal NAME GOT WANTED
equal()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "$2, not $3"
	fi
}

# within SECONDS COMMAND...: until it succeeds. Says what the command said last, and fails, when the time is
# over; wait_for counts tries, which take long in a slow machine.
within()
{
	read -r _now _ </proc/uptime
	_until=$((${_now%.*} + $1))
	shift
	until "$@" >$dir/last 2>&1; do
		read -r _now _ </proc/uptime
		[ "${_now%.*}" -lt $_until ] || { cat $dir/last; return 1; }
		/run/rxs/busybox usleep 50000
	done
}

# agree NAME COMMAND COMMAND: both must say the same. They are asked one after the other and a frame may come
# in between, of ARP say: so again, for a while.
agree()
{
	check "$1" within 10 same "$2" "$3"
}

same()
{
	_one=$(eval "$1") _other=$(eval "$2")
	[ "$_one" = "$_other" ] || { echo "$_one, not $_other"; return 1; }
}

# ---- counters ----

# value FILE NAME: of a counter, from what ethtool -S said.
value()
{
	awk -v name="$2:" '$1 == name { print $2 }' "$1"
}

take_counters()
{
	in_rx ethtool -S r0 >$dir/r0 && in_tx ethtool -S t0 >$dir/t0
}

# since NAME: how far a counter of r0 has come since mark.
since()
{
	in_rx ethtool -S r0 >$dir/r0
	echo $(($(value $dir/r0 "$1") - $(value $dir/r0.mark "$1")))
}

mark()
{
	take_counters
	cp $dir/r0 $dir/r0.mark
	cp $dir/t0 $dir/t0.mark
}

# own_counters_agree: of each end, what the driver counted against what the NIC did. From README.md.
own_counters_agree()
{
	take_counters && awk '
	FNR == 1 { nic[++n] = FILENAME; sub(/.*\//, "", nic[n]) }
	{ sub(/:$/, "", $1); v[n, $1] = $2 }
	function same(what, a, b) {
		if (a == b && a != "")
			return
		printf "%s: %s: %s, not %s\n", nic[i], what, a, b
		bad = 1
	}
	END {
		for (i = 1; i <= n; i++) {
			same("rx_packets + rx_too_long = nic_gprc",
			     v[i, "rx_packets"] + v[i, "rx_too_long"], v[i, "nic_gprc"])
			if (v[i, "rx_too_long"] == 0)
				same("rx_bytes + 4 * nic_gprc = nic_gorc",
				     v[i, "rx_bytes"] + 4 * v[i, "nic_gprc"], v[i, "nic_gorc"])
			same("tx_packets = nic_gptc", v[i, "tx_packets"], v[i, "nic_gptc"])
		}
		if (n != 2 || v[1, "rx_packets"] + 0 == 0) {
			print "no counters"
			bad = 1
		}
		exit bad
	}' $dir/r0 $dir/t0
}

# other_end_agrees: since mark, what one end sent is what the other got or had to miss. Without multicasts:
# of these the filters refuse some.
other_end_agrees()
{
	take_counters && awk '
	FNR == 1 { file = FILENAME; sub(/.*\//, "", file) }
	{ sub(/:$/, "", $1); v[file, $1] = $2 }
	function since(nic, name) {
		return v[nic, name] - v[nic ".mark", name]
	}
	function compare(from, to) {
		sent = since(from, "nic_gptc") - since(from, "nic_mptc")
		got = since(to, "nic_gprc") - since(to, "nic_mprc")
		if (sent > 0 && sent == got + since(to, "nic_mpc"))
			return
		printf "%s sent %d, %s got %d and missed %d\n", from, sent, to, got, since(to, "nic_mpc")
		bad = 1
	}
	END {
		compare("t0", "r0")
		compare("r0", "t0")
		exit bad
	}' $dir/r0.mark $dir/t0.mark $dir/r0 $dir/t0
}

# ---- events, counted by the kernel without a buffer that could overflow ----

# count_events EVENT KEY: from now on, those of r0.
count_events()
{
	echo "hist:keys=$2 if name == \"r0\"" >$events/"$1"/trigger
}

# counted EVENT KEY [VALUE]: how many since.
counted()
{
	awk -v key="$2:" -v value="$3" '
	$1 == "{" && $2 == key && (value == "" || $3 == value) {
		sub(/.*hitcount: */, "")
		sum += $1
	}
	END { print sum + 0 }' $events/"$1"/hist
}

stop_counting()
{
	echo "!hist:keys=$2 if name == \"r0\"" >$events/"$1"/trigger
}

# ---- traffic ----

answers()
{
	in_tx ping -q -c 1 -W 1 "${1:-$RX4}" >/dev/null
}

# transfer: bulk data, small and middling packets to r0, each lot to its end.
transfer()
{
	rm -f $dir/ready
	in_rx traffic tcp-recv port=7101 ready=$dir/ready >$dir/tcp-recv &
	within 20 [ -e $dir/ready ] &&
		in_tx traffic tcp-send to="$RX4" port=7101 bytes=2000000 size=16384 >$dir/tcp-send &&
		wait $! &&
		in_tx ping -q -f -c 200 -s 1000 -W 5 "$RX4" >/dev/null &&
		in_tx ping -q -c 30 -i 0.01 -W 5 "$RX4" >/dev/null
}

# load_loop COMMAND...: over and over, whether it succeeds or not, as devices come and go under it.
load_loop()
{
	while [ -e $dir/load ]; do
		"$@" >/dev/null 2>&1 || /run/rxs/busybox usleep 20000
	done
}

# Big frames that are answered, and small ones faster than they can be taken.
start_load()
{
	: >$dir/load
	load_loop in_tx ping -q -f -l 8 -c 500 -w 2 -s 1400 "$RX4" &
	load_pids=$!
	load_loop in_tx traffic udp-send to="$RX4" port=7109 count=500 size=60 gap_us=100 &
	load_pids="$load_pids $!"
}

stop_load()
{
	rm -f $dir/load
	# shellcheck disable=SC2086 # two pids
	wait $load_pids
}

# load_arrives: the load goes through r0 now, so that what follows happens under it.
load_arrives()
{
	_before=$(in_rx ethtool -S r0 | awk '$1 == "rx_packets:" { print $2 }')
	within 20 load_passed "$((_before + 50))"
}

load_passed()
{
	[ "$(in_rx ethtool -S r0 | awk '$1 == "rx_packets:" { print $2 }')" -ge "$1" ]
}

# ---- devices ----

nic_name()
{
	for _net in /sys/bus/pci/devices/0000:00:0"$1".0/net/*; do
		[ -e "$_net" ] && echo "${_net##*/}"
	done
}

has_nic()
{
	[ -n "$(nic_name "$1")" ]
}

# attach SLOT NAMESPACE DEV IPv4: gives the device of a fresh probe its place again.
attach()
{
	within 10 has_nic "$1" &&
		ip link set "$(nic_name "$1")" netns "$2" name "$3" &&
		ip -n "$2" addr add "$4/24" dev "$3" &&
		ip -n "$2" link set "$3" up
}

attach_both()
{
	attach 5 tx t0 "$TX4" && attach 7 rx r0 "$RX4"
}

# ---- the tests ----

desc_and_drops()
{
	echo $(($(counted refnic_rx_desc copybreak) + $(since rx_no_memory) + $(since rx_fault_dropped) +
		$(since rx_down_dropped)))
}

# counters_under GRO: 1 or 0.
counters_under()
{
	_how="GRO $([ "$1" = 1 ] && echo on || echo off)"
	mark
	count_events refnic_rx_desc copybreak
	count_events refnic_rx_skb gro
	check "$_how: traffic passes" transfer
	check "$_how: the driver counts what the NICs count" within 10 own_counters_agree
	check "$_how: each end got what the other sent" within 10 other_end_agrees
	agree "$_how: rx_packets are refnic_rx_desc events and drops" desc_and_drops 'since rx_packets'
	agree "$_how: rx_copybreak are refnic_rx_desc events with copybreak=1" \
		'counted refnic_rx_desc copybreak 1' 'since rx_copybreak'
	agree "$_how: every skb is handed up that way" \
		"counted refnic_rx_skb gro $1" 'counted refnic_rx_desc copybreak'
	stop_counting refnic_rx_desc copybreak
	stop_counting refnic_rx_skb gro
}

test_counters()
{
	counters_under 1
	in_rx ethtool -K r0 gro off
	counters_under 0
	in_rx ethtool -K r0 gro on
}

test_faults()
{
	mark
	count_events refnic_rx_skip reason
	_before=$(cat $knobs/rx_dropped)
	echo 5 >$knobs/rx_drop_every
	in_tx ping -q -c 50 -i 0.01 -W 1 "$RX4" >/dev/null
	echo 0 >$knobs/rx_drop_every
	_dropped=$(($(cat $knobs/rx_dropped) - _before))
	check "every fifth frame is dropped when asked for" [ "$_dropped" -ge 10 ]
	equal "each of them is counted" "$(since rx_fault_dropped)" "$_dropped"
	equal "each of them is a refnic_rx_skip event" "$(counted refnic_rx_skip reason)" "$_dropped"
	stop_counting refnic_rx_skip reason
	check "none is dropped afterwards" in_tx ping -q -c 20 -i 0.01 -W 5 "$RX4"
}

test_copybreak()
{
	in_rx ethtool --set-tunable r0 rx-copybreak 0
	mark
	in_tx ping -q -c 10 -i 0.01 -W 5 "$RX4" >/dev/null
	check "rx-copybreak 0: frames come" [ "$(since rx_packets)" -ge 10 ]
	equal "rx-copybreak 0: none is copied" "$(since rx_copybreak)" 0
	in_rx ethtool --set-tunable r0 rx-copybreak 2048
	mark
	in_tx ping -q -c 10 -i 0.01 -W 5 -s 1400 "$RX4" >/dev/null
	agree "rx-copybreak 2048: every frame is copied" 'since rx_copybreak' 'since rx_packets'
	if in_rx ethtool --set-tunable r0 rx-copybreak 2049 2>/dev/null; then
		fail "rx-copybreak beyond a buffer is refused"
	else
		pass "rx-copybreak beyond a buffer is refused"
	fi
	in_rx ethtool --set-tunable r0 rx-copybreak 256
	equal "rx-copybreak is back at 256" "$(in_rx ethtool --get-tunable r0 rx-copybreak | grep -o '[0-9]*$')" 256
}

vlan_end()
{
	ip -n "$1" link add link "$2" name "$2.42" type vlan id 42 &&
		ip -n "$1" addr add "$3/24" dev "$2.42" &&
		ip -n "$1" link set "$2.42" up
}

test_vlan()
{
	modprobe 8021q
	check "VLAN devices are made" eval 'vlan_end tx t0 10.42.0.1 && vlan_end rx r0 10.42.0.2'
	within 15 answers 10.42.0.2
	mark
	check "VLAN: full-sized packets pass" in_tx ping -q -c 10 -i 0.01 -W 5 -s 1472 -M 'do' 10.42.0.2
	check "VLAN: the NIC takes the tags off" [ "$(since rx_vlan)" -ge 10 ]
	in_rx ethtool -K r0 rxvlan off >/dev/null
	within 15 answers 10.42.0.2
	mark
	check "VLAN: they pass with rxvlan off" in_tx ping -q -c 10 -i 0.01 -W 5 -s 1472 -M 'do' 10.42.0.2
	equal "VLAN: the kernel takes the tags off then" "$(since rx_vlan)" 0
	in_rx ethtool -K r0 rxvlan on >/dev/null
	ip -n tx link del t0.42
	ip -n rx link del r0.42
	within 15 answers
}

# foreign_frames: sends ten to an address that nobody has. A ping behind them tells that they have passed.
foreign_frames()
{
	in_tx traffic frame dev=t0 kind=ethertype mac=52:54:00:00:00:99 count=10 >/dev/null
	in_tx ping -q -c 1 -W 5 "$RX4" >/dev/null
}

# ethertype_frames: how many skbs of the frames' type (0x88b5) came since count_events.
ethertype_frames()
{
	counted refnic_rx_skb protocol $((0x88b5))
}

test_promisc()
{
	count_events refnic_rx_skb protocol
	foreign_frames
	equal "frames for another address stay outside" "$(ethertype_frames)" 0
	ip -n rx link set r0 promisc on
	within 15 answers
	foreign_frames
	equal "promiscuous: they come in" "$(ethertype_frames)" 10
	ip -n rx link set r0 promisc off
	within 15 answers
	foreign_frames
	equal "promiscuous no more: they stay outside again" "$(ethertype_frames)" 10
	stop_counting refnic_rx_skb protocol
}

# ring_sizes: "RX TX" as they are now.
ring_sizes()
{
	in_rx ethtool -g r0 | awk '/^Current/ { now = 1 } now && /^RX:/ { rx = $2 } now && /^TX:/ { print rx, $2 }'
}

resize_rounds()
{
	for _round in 1 2; do
		for _size in 80 4096 512 256; do
			in_rx ethtool -G r0 rx $_size tx $_size || return 1
			in_tx ethtool -G t0 rx $_size tx $_size || return 1
			[ "$(ring_sizes)" = "$_size $_size" ] || { ring_sizes; return 1; }
		done
	done
}

test_rings()
{
	start_load
	check "load passes before the rings are resized" load_arrives
	check "rings are resized under load" resize_rounds
	check "load passes after it" load_arrives
	stop_load
	check "no frame is lost to the counters by it" within 10 own_counters_agree
	if in_rx ethtool -G r0 rx 4097 2>/dev/null; then
		fail "a ring too long is refused"
	else
		equal "a ring too long is refused, and nothing changes" "$(ring_sizes)" "256 256"
	fi
	in_rx ethtool -G r0 rx 101
	equal "a ring of 101 becomes one of 104" "$(ring_sizes)" "104 256"
	in_rx ethtool -G r0 rx 256
	check "packets pass afterwards" within 15 answers
}

updown_rounds()
{
	for _round in 1 2 3 4; do
		for _end in rx:r0 tx:t0; do
			ip -n "${_end%:*}" link set "${_end#*:}" down || return 1
			ip -n "${_end%:*}" link set "${_end#*:}" up || return 1
		done
	done
}

test_updown()
{
	start_load
	check "load passes before the NICs go down" load_arrives
	check "the NICs go down and up under load" updown_rounds
	check "load passes after it" load_arrives
	stop_load
	check "packets pass after down and up" within 15 answers
	check "down and up keep the counters in agreement" within 10 own_counters_agree
	equal "the transmitters never hung" "$(value $dir/t0 tx_timeouts) $(value $dir/r0 tx_timeouts)" "0 0"
}

rebind_rounds()
{
	for _round in 1 2 3; do
		echo 0000:00:07.0 >$pci/unbind || return 1
		[ ! -e $knobs ] || { echo "$knobs is still there"; return 1; }
		echo 0000:00:07.0 >$pci/bind || return 1
		attach 7 rx r0 "$RX4" || return 1
		load_arrives || { echo "round $_round: no packets"; return 1; }
	done
}

test_rebind()
{
	start_load
	check "load passes before unbind" load_arrives
	check "unbind and bind under load" rebind_rounds
	stop_load
	check "packets pass after bind" within 15 answers
	check "the counters of the new device agree" within 10 own_counters_agree
}

# Events are on and fill the buffer while the module goes.
reload_rounds()
{
	for _round in 1 2; do
		echo 1 >$events/enable
		load_arrives || { echo "round $_round: no packets"; return 1; }
		rmmod refnic || return 1
		for _left in $events /sys/kernel/debug/refnic /sys/module/refnic; do
			[ ! -e $_left ] || { echo "$_left is still there"; return 1; }
		done
		insmod "$(echo /run/rxs/driver/refnic.ko*)" || return 1
		attach_both || return 1
	done
}

test_reload()
{
	start_load
	check "rmmod and insmod under load, with tracing on" reload_rounds
	check "load passes after insmod" load_arrives
	stop_load
	check "packets pass after insmod" within 15 answers
	check "the counters agree after insmod" within 10 own_counters_agree
	check "rmmod with nothing going on" rmmod refnic
}

begin_log()
{
	echo "driver test begins" >/dev/kmsg
}

# The line written at the begin must be there: else this log would tell nothing.
test_log()
{
	dmesg >$dir/log
	check "the kernel's log is whole" grep -q 'driver test begins' $dir/log
	grep -nE -A 20 'WARNING:|BUG:|Oops|Call Trace|WATCHDOG|UBSAN|DMA-API|rcu.*stall|blocked for more than|refcount_t|to become free|general protection|does not come out of reset' \
		$dir/log >$dir/warnings
	if [ -s $dir/warnings ]; then
		fail "no warning in the kernel's log" "$(cat $dir/warnings)"
	else
		pass "no warning in the kernel's log"
	fi
}

begin_log
for part in counters faults copybreak vlan promisc rings updown rebind reload log; do
	read -r start _ </proc/uptime
	test_$part
	read -r end _ </proc/uptime
	echo "# $part: ${start%.*} s to ${end%.*} s"
done
echo "# all parts ran"
