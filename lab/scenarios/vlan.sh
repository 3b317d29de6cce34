# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Traffic in VLAN 42 (802.1Q). The NIC takes the tag off, the core switches the device.

setup()
{
	for _end in tx:t0:10.42.0.1/24:fd42::1/64 rx:r0:10.42.0.2/24:fd42::2/64; do
		_ns=${_end%%:*} _rest=${_end#*:}
		_dev=${_rest%%:*} _rest=${_rest#*:}
		_v4=${_rest%%:*} _v6=${_rest#*:}
		ip -n "$_ns" -batch - <<-END || stop "cannot make $_dev.42"
		link add link $_dev name $_dev.42 type vlan id 42
		addr add $_v4 dev $_dev.42
		link set dev $_dev.42 up
		addr add $_v6 dev $_dev.42 nodad
		END
	done
}

warm_up_more()
{
	in_tx ping -q -c 1 -W 5 10.42.0.2 >/dev/null || stop "warm-up: no answer in VLAN 42"
	in_tx ping -q -c 1 -W 5 fd42::2 >/dev/null || stop "warm-up: no answer in VLAN 42"
	know_neighbours t0.42 10.42.0.1 fd42::1 r0.42 10.42.0.2 fd42::2
}

generate()
{
	fact vlan_id 42
	echo_requests ping4 tx -c 50 -i 0.005 10.42.0.2
	echo_requests ping6 tx -c 20 -i 0.005 fd42::2

	receiver reader rx udp-recv port=7001 count=300
	send datagrams udp-send to=10.42.0.2 port=7001 count=300 size=64 gap_us=100
	finish reader

	receiver bulk_reader rx tcp-recv port=7002
	send bulk tcp-send to=10.42.0.2 port=7002 bytes=500000 size=16384
	finish bulk_reader
}
