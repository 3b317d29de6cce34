# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# As fast as the machine can, a bounded number of small frames: pktgen in the kernel, without a
# socket or queue on the sending side. The NIC may lose some; its counters tell.

FLOOD_FRAMES=${FLOOD_FRAMES:-20000}

# pktgen FILE LINE...
pktgen()
{
	_file=/proc/net/pktgen/$1
	shift
	for _line; do
		in_tx sh -c 'echo "$1" >"$2"' sh "$_line" "$_file" || stop "pktgen refuses $_line"
	done
}

setup()
{
	modprobe pktgen || stop "no pktgen in this kernel"
}

generate()
{
	receiver reader rx udp-recv port=7001 count="$FLOOD_FRAMES" idle_ms=2000
	pktgen kpktgend_0 rem_device_all 'add_device t0'
	pktgen t0 "count $FLOOD_FRAMES" 'pkt_size 60' 'delay 0' "dst $RX4" "dst_mac $RX_MAC" \
		"src_min $TX4" "src_max $TX4" 'udp_dst_min 7001' 'udp_dst_max 7001'
	pktgen pgctrl start
	fact frames "$(in_tx sed -n 's/.*pkts-sofar: \([0-9]*\).*/\1/p' /proc/net/pktgen/t0)"
	finish reader
}
