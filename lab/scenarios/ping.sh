# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Echo requests both ways, IPv4 and IPv6, small and as large as a frame; first the sender asks for
# its neighbour, by ARP and by neighbour discovery.

generate()
{
	ip -n tx -batch - <<-END || stop "cannot forget the neighbours"
	neigh del $RX4 dev t0
	neigh del $RX6 dev t0
	END
	fact arp_requests 1
	fact neighbour_solicitations 1
	echo_requests ping4 tx -c 100 -i 0.005 $RX4
	echo_requests ping4_large tx -c 20 -i 0.005 -s 1472 $RX4
	echo_requests ping6 tx -c 100 -i 0.005 $RX6
	echo_requests ping4_back rx -c 20 -i 0.005 $TX4
}
