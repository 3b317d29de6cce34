# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Datagrams larger than a frame: fragments that become one packet again.

generate()
{
	receiver reader rx udp-recv port=7001 count=40
	send datagrams udp-send to=$RX4 port=7001 count=40 size=4000 gap_us=1000
	finish reader

	receiver reader6 rx udp-recv port=7002 count=40
	send datagrams6 udp-send to=$RX6 port=7002 count=40 size=4000 gap_us=1000
	finish reader6

	# 4008 bytes of UDP, in 1480 (IPv4) or 1448 (IPv6) a frame.
	fact fragments_per_datagram 3
	fact fragments_per_datagram6 3
}
