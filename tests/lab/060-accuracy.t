#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A delay of known length is shown at its stage and nowhere else. refnic delays a poll and a packet by itself;
# rxs_delay.ko delays at PRE_ROUTING and LOCAL_IN.
#
# The delays are long against what a busy virtual machine adds by itself (a preempted vCPU), and medians are
# compared, so that the machine's noise does not decide.
. tests/lab/lib.sh

dir=$work/accuracy delay_ns=${DELAY_NS:-500000}
rm -rf "$dir"
mkdir -p "$dir"
cp "$O/tests/lab/delay/6.1/rxs_delay.ko" "$dir/"

guest --smp 1 --timeout 180 --out "$dir" --env DELAY_NS=$delay_ns -- '. "$RXS_LIB"
	insmod /out/rxs_delay.ko min_bytes=0 || exit 1
	P=/sys/module/rxs_delay/parameters
	D=/sys/kernel/debug/refnic/0000:00:07.0
	run() { # name: 200 datagrams, one at a time, to a reader
		rm -f $PWD/ready
		RXS_READY_FILE=$PWD/ready rxscope record -q -o "/out/$1.rxs" & rec=$!
		wait_for 20 test -e $PWD/ready
		rm -f $PWD/reader
		in_rx traffic udp-recv port=7001 count=200 ready=$PWD/reader > /dev/null & reader=$!
		wait_for 20 test -e $PWD/reader
		in_tx traffic udp-send to=$RX4 port=7001 count=200 size=64 gap_us=2000 > /dev/null
		wait $reader; kill -INT $rec; wait $rec; }
	in_tx ping -q -c 2 -i 0.2 $RX4 > /dev/null
	run warm
	run base
	echo $DELAY_NS > $P/prerouting_ns; run prerouting; echo 0 > $P/prerouting_ns
	echo $DELAY_NS > $P/local_in_ns; run local_in; echo 0 > $P/local_in_ns
	echo $DELAY_NS > $D/poll_delay_ns; run rx_desc; echo 0 > $D/poll_delay_ns
	echo $DELAY_NS > $D/rx_delay_ns; run gro; echo 0 > $D/rx_delay_ns
' > "$dir/log" 2>&1 || fail "the guest ran the test" "$(tail -n 20 "$dir/log")"

for r in base prerouting local_in rx_desc gro; do
	"$rxscope" report --json --filter "udp dst port 7001" "$dir/$r.rxs" > "$dir/$r.json" ||
		fail "report of $r"
done
python3 tests/lab/accuracy.py "$dir" "$delay_ns"
