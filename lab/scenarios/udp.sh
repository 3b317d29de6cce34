# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Datagrams to a reader that reads all of them, and questions with answers.

generate()
{
	receiver reader rx udp-recv port=7001 count=1000
	send datagrams udp-send to=$RX4 port=7001 count=1000 size=64 gap_us=100
	finish reader

	receiver reader_large rx udp-recv port=7002 count=200
	send datagrams_large udp-send to=$RX4 port=7002 count=200 size=1472 gap_us=100
	finish reader_large

	receiver reader6 rx udp-recv port=7003 count=200
	send datagrams6 udp-send to=$RX6 port=7003 count=200 size=64 gap_us=100
	finish reader6

	receiver answers rx udp-echo port=7004 count=300
	send questions udp-ask to=$RX4 port=7004 count=300 size=64
	finish answers
}
