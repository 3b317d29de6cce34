# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# A bit of everything at a pace that an eye can follow, for SECONDS_TOTAL seconds (default 10).

seconds=${SECONDS_TOTAL:-10}

setup()
{
	. /run/rxs/scenarios/vlan.sh
	setup
	generate() { generate_mixed; }
	in_rx nft -f - <<-END || stop "cannot load the nft rules"
	table inet lab {
		chain input {
			type filter hook input priority 0
			udp dport 7102 drop
		}
	}
	END
}

# paced NAME PER_SECOND traffic-arguments...: from tx, in the background, over the whole time.
paced()
{
	_name=$1 _rate=$2
	shift 2
	background "$_name" tx "$@" count=$((_rate * seconds)) gap_us=$((1000000 / _rate))
}

generate_mixed()
{
	_idle=idle_ms=$((seconds * 1000 + 10000))
	receiver udp_reader rx udp-recv port=7001 count=$((40 * seconds)) $_idle
	receiver udp6_reader rx udp-recv port=7002 count=$((10 * seconds)) $_idle
	receiver udp_answers rx udp-echo port=7003 count=$((20 * seconds)) $_idle
	receiver tcp_answers rx tcp-echo port=7004 $_idle
	receiver bulk_reader rx tcp-recv port=7005 $_idle
	receiver frag_reader rx udp-recv port=7006 count=$((2 * seconds)) $_idle
	receiver vlan_reader rx udp-recv port=7007 count=$((10 * seconds)) $_idle

	paced udp 40 udp-send to=$RX4 port=7001 size=200
	paced udp6 10 udp-send to=$RX6 port=7002 size=200
	paced udp_questions 20 udp-ask to=$RX4 port=7003 size=64
	paced tcp_questions 20 tcp-ask to=$RX4 port=7004 size=100
	background bulk tx tcp-send to=$RX4 port=7005 size=20000 bytes=$((100000 * seconds)) gap_us=200000
	paced frag 2 udp-send to=$RX4 port=7006 size=4000
	paced vlan 10 udp-send to=10.42.0.2 port=7007 size=200
	paced udp_closed 2 frame dev=t0 kind=udp port=7103 size=32
	paced nft_input 4 frame dev=t0 kind=udp port=7102 size=32
	echo_requests ping4 tx -c $((5 * seconds)) -i 0.2 $RX4
	echo_requests ping6 tx -c 5 -i 0.1 $RX6

	finish udp udp6 udp_questions tcp_questions bulk frag vlan udp_closed nft_input
	finish udp_reader udp6_reader udp_answers tcp_answers bulk_reader frag_reader vlan_reader
}
