# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Bulk transfers both ways, and a conversation of small requests.

generate()
{
	receiver bulk_reader rx tcp-recv port=7001
	send bulk tcp-send to=$RX4 port=7001 bytes=4000000 size=16384
	finish bulk_reader

	receiver bulk6_reader rx tcp-recv port=7002
	send bulk6 tcp-send to=$RX6 port=7002 bytes=500000 size=16384
	finish bulk6_reader

	# Here r0 gets the acknowledgements only.
	receiver back_reader tx tcp-recv port=7003
	background back rx tcp-send to=$TX4 port=7003 bytes=500000 size=16384
	finish back_reader back

	receiver answers rx tcp-echo port=7004
	send questions tcp-ask to=$RX4 port=7004 count=200 size=100
	finish answers
}
