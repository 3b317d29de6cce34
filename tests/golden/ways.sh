#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Makes the recordings way-*.rxs in tests/golden/data anew: packets that take other ways than from a NIC straight
# to a socket. Only needed when the hooks change; the expectations have to be rewritten afterwards (update.sh).

set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/guest.sh" <<'GUEST'
set -eu
. "$RXS_LIB"
in_box() { enter -n box "$@"; }

# received NS PORT COUNT [SENDER...]: a reader in NS, and then what is sent to it.
cat > /tmp/received <<-'END'
	#!/bin/sh
	. "$RXS_LIB"
	ns=$1 port=$2 count=$3
	shift 3
	rm -f /run/ready
	enter -n $ns timeout 30 traffic udp-recv port=$port count=$count ready=/run/ready >/dev/null &
	wait_for 20 test -e /run/ready
	"$@" >/dev/null
	wait
END
# joined GROUP PORT COUNT SENDER...: three sockets in rx that have joined it.
cat > /tmp/joined.py <<-'END'
	import os, socket, subprocess, sys
	group, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
	socks = []
	for _ in range(3):
	    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
	    s.bind((group, port))
	    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
	                 socket.inet_aton(group) + socket.inet_aton(os.environ["RX4"]))
	    s.settimeout(20)
	    socks.append(s)
	sender = subprocess.Popen(sys.argv[4:], stdout=subprocess.DEVNULL)
	for _ in range(count):
	    for s in socks:
	        s.recv(2000)
	sender.wait()
END
chmod +x /tmp/received
export RX4 TX4

# A container behind rx.
ip netns add box
ip -n rx link add vr0 type veth peer name eth0 netns box
for end in "rx vr0 1" "box eth0 2"; do
	set -- $end
	ip -n $1 addr add 10.8.0.$3/24 dev $2
	ip -n $1 link set $2 up
	ip -n $1 link set lo up
done
ip -n box route add default via 10.8.0.1
ip -n tx route add 10.8.0.0/24 via $RX4
ip netns exec rx sysctl -qw net.ipv4.ip_forward=1
for dev in all vr0; do
	ip netns exec rx sysctl -qw net.ipv6.conf.$dev.disable_ipv6=1
done
wait_for 20 in_tx ping -q -c 2 -i 0.1 -W 5 10.8.0.2 >/dev/null
wait_for 20 in_rx ping -q -c 2 -i 0.1 127.0.0.1 >/dev/null

to="enter -n tx traffic udp-send size=64 gap_us=200"
rxscope record -o /out/way-forward.rxs -- /tmp/received box 7001 20 $to to=10.8.0.2 port=7001 count=20
rxscope record -o /out/way-loopback.rxs -- /tmp/received rx 7002 20 \
	enter -n rx traffic udp-send to=127.0.0.1 port=7002 count=20 size=64 gap_us=200

in_rx sh -c 'mkdir -p /run/s; mount -t sysfs sysfs /run/s; echo 3 >/run/s/class/net/r0/queues/rx-0/rps_cpus'
rxscope record -o /out/way-rps.rxs -- /tmp/received rx 7003 20 $to to=$RX4 port=7003 count=20
echo 0 >/run/s/class/net/r0/queues/rx-0/rps_cpus

# r0 and the container's veth in one bridge.
ip -n rx link add br0 type bridge
ip -n rx addr flush dev r0
ip -n rx addr flush dev vr0
ip -n rx link set r0 master br0
ip -n rx link set vr0 master br0
ip -n rx addr add $RX4/24 dev br0
ip -n rx link set br0 up
ip -n box addr add 10.9.0.3/24 dev eth0
wait_for 20 in_tx ping -q -c 2 -i 0.1 -W 5 $RX4 >/dev/null
wait_for 20 in_tx ping -q -c 2 -i 0.1 -W 5 10.9.0.3 >/dev/null
rxscope record -o /out/way-bridge-host.rxs -- /tmp/received rx 7004 20 $to to=$RX4 port=7004 count=20
rxscope record -o /out/way-bridge-box.rxs -- /tmp/received box 7005 20 $to to=10.9.0.3 port=7005 count=20
ip -n tx route add 239.0.0.0/8 dev t0
rxscope record -o /out/way-multicast.rxs -- enter -n rx python3 /tmp/joined.py 239.1.1.1 7006 10 \
	$to to=239.1.1.1 port=7006 count=10
GUEST

"$top/lab/lab.sh" --timeout 300 --out "$work" -- ". $work/guest.sh"
for file in "$work"/way-*.rxs; do
	install -m 644 "$file" "$here/data/${file##*/}"
done
ls -l "$here"/data/way-*
