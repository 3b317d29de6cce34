# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Packets that do not arrive, each kind for a reason of its own, and some that do.

setup()
{
	in_rx nft -f - <<-END || stop "cannot load the nft rules"
	table inet lab {
		chain prerouting {
			type filter hook prerouting priority 0
			udp dport 7101 counter drop
		}
		chain input {
			type filter hook input priority 0
			udp dport 7102 counter drop
		}
	}
	END
	# A packet for somebody else is forwarded, if its TTL allows.
	in_rx sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
	# Otherwise one answer in a second would be all.
	in_rx sh -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit'
	in_rx sh -c 'echo 100000 >/proc/sys/net/ipv4/icmp_msgs_per_sec' 2>/dev/null
}

# raw NAME KIND [traffic-arguments...]
raw()
{
	_raw=$1 _kind=$2
	shift 2
	send "$_raw" frame dev=t0 "kind=$_kind" gap_us=1000 size=32 "$@"
}

generate()
{
	receiver reader rx udp-recv port=7100 count=100
	send arrives udp-send to=$RX4 port=7100 count=100 size=32 gap_us=500
	finish reader

	raw nft_prerouting udp port=7101 count=40
	raw nft_input udp port=7102 count=40
	raw udp_closed udp port=7103 count=30
	send tcp_closed tcp-knock to=$RX4 port=7104 count=20 gap_us=1000
	raw udp_checksum udp-sum port=7100 count=25
	raw ip_checksum ip-sum port=7100 count=25
	raw ttl ttl to=10.9.0.99 port=7100 count=15
	raw ip_protocol protocol count=10
	raw ethertype ethertype count=10

	# The NIC itself leaves these out; only when promiscuous it hands them up.
	raw wrong_mac udp mac=52:54:00:00:00:77 port=7100 count=15
	ip -n rx link set dev r0 promisc on
	mark
	raw wrong_mac_promisc udp mac=52:54:00:00:00:77 port=7100 count=15
	mark
	ip -n rx link set dev r0 promisc off
	mark

	# More than the socket has room for; how many fit is for the counters to say.
	receiver full rx udp-hold port=7105 rcvbuf=4096
	raw overflow udp port=7105 count=60
	mark
	kill "$pid_full"
	finish full
	nft_facts
}

# What nft itself counted.
nft_facts()
{
	in_rx nft list table inet lab | awk '
		/dport 7101/ { print "nft_prerouting_packets", packets($0) }
		/dport 7102/ { print "nft_input_packets", packets($0) }
		function packets(line) { sub(/.*packets /, "", line); return line + 0 }' >>$dir/facts
}
