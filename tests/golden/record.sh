#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Makes the recordings of others in tests/golden/data anew: plain trace-cmd and perf on the in-tree e1000, in
# the lab. Only needed when one is to be added; the expectations have to be rewritten afterwards (update.sh).
# record.sh [NAME...] makes only those.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
names=("$@")
[ ${#names[@]} -gt 0 ] || names=(tracecmd-v6.dat tracecmd-v7.dat tracecmd-instance.dat perf-file.perf perf-pipe.perf
	perf-zstd.perf perf-callchain.perf)

cat > "$work/guest.sh" <<'GUEST'
set -eu
tracing=/sys/kernel/tracing
[ -d $tracing/events ] || mount -t tracefs tracefs $tracing
. "$RXS_LIB"

# Kprobes as people make them: in any group, under any name, by name or by number of the argument.
cat > /tmp/kprobes <<-'END'
	p:mine/ip_rcv_core ip_rcv_core skb=$arg1
	p:mine/arrived ip_local_deliver skbaddr=$arg1
	p:mine/tcp_v4_rcv_1 tcp_v4_rcv skb=$arg1 len=+0x70($arg1):u32
	p:mine/udp_rcv udp_rcv arg1=$arg1
	p ip_local_deliver_finish arg3=$arg3
	p:mine/icmp_rcv icmp_rcv
	r:mine/ip_rcv ip_rcv_core $retval
END
while read -r line; do
	echo "$line" >> $tracing/kprobe_events
done < /tmp/kprobes

# The recorders keep all of kallsyms, which is 4 MB. Here they find the functions that the tests name, each with
# its neighbour, so that the end of each is known.
awk '$2 ~ /[tT]/ && !$4 {
	if (name ~ /^(ip_rcv_core|ip_local_deliver|ip_local_deliver_finish|tcp_v4_rcv|udp_rcv|icmp_rcv)$/ ||
	    name ~ /^(__udp4_lib_rcv|tcp_v4_do_rcv|sk_stream_kill_queues|udp_destruct_common|unix_release_sock)$/ ||
	    name ~ /^(__netif_receive_skb_core.constprop.0|skb_queue_purge|arp_process|ip_error|nf_hook_slow)$/) {
		print line; print
	}
	name = $3; line = $0
}' /proc/kallsyms | sort -u > /tmp/kallsyms
mount --bind /tmp/kallsyms /proc/kallsyms

in_rx iperf3 -s -D -p 5201 > /dev/null 2>&1
cat > /tmp/traffic <<-END
	#!/bin/bash
	in_tx() { nsenter --net=/run/netns/tx -- "\$@"; }
	in_tx ping -q -c 2 -i 0.05 $RX4 > /dev/null
	in_tx bash -c 'echo to a closed port > /dev/udp/$RX4/9'
	in_tx bash -c 'echo a short connection > /dev/tcp/$RX4/5201'
	[ "\$1" = light ] && exit 0
	in_tx timeout 5 iperf3 -c $RX4 -n 12K > /dev/null 2>&1
	in_tx timeout 5 iperf3 -u -c $RX4 -n 2K -l 500 > /dev/null 2>&1
	exit 0
END
chmod +x /tmp/traffic
wait_for 20 in_tx ping -q -c 1 -W 1 $RX4 > /dev/null
/tmp/traffic light

static="-e net -e napi -e skb -e irq:softirq_entry -e irq:softirq_exit -e irq:softirq_raise"
kprobes="-e mine -e kprobes:p_ip_local_deliver_finish_0"
# Disk and console interrupt too, and would fill the files: only the NICs' lines, and in most only NET_RX.
lines=$(sed -n 's/^ *\([0-9]*\):.* [rt]0$/irq==\1/p' /proc/interrupts | tr '\n' '|' | sed 's/|$//; s/|/||/')
perf="-e net:* -e napi:* -e skb:* -e irq:irq_handler_* --filter $lines -e mine:* -e kprobes:*"
net_rx='-e irq:softirq_* --filter vec==3'
cd /tmp
for name in $NAMES; do
	case $name in
	tracecmd-v6.dat)
		trace-cmd record -e net -e napi -e skb -e irq:softirq_entry -f vec==3 -e irq:softirq_exit -f vec==3 \
			-e irq:softirq_raise -f vec==3 -e irq:irq_handler_entry -f "$lines" \
			-e irq:irq_handler_exit -f "$lines" --file-version 6 -o /out/$name /tmp/traffic ;;
	tracecmd-v7.dat)
		trace-cmd record $static $kprobes --file-version 7 --compression zstd -C mono -o /out/$name /tmp/traffic ;;
	tracecmd-instance.dat)
		trace-cmd record -e irq:softirq_entry -B packets -e net -e skb $kprobes --file-version 7 \
			--compression zstd -o /out/$name /tmp/traffic ;;
	perf-file.perf)
		perf record -q -a $perf $net_rx -o /out/$name /tmp/traffic light ;;
	perf-pipe.perf)
		perf record -q -a $perf $net_rx -k mono -o - /tmp/traffic light > /out/$name ;;
	perf-zstd.perf)
		perf record -q -a -z $perf -e irq:softirq_* -o /out/$name /tmp/traffic ;;
	perf-callchain.perf)
		perf record -q -a -g -e 'net:netif_receive_skb' -e 'skb:*' -e cpu-clock -F 10 -o /out/$name /tmp/traffic ;;
	esac > /tmp/log 2>&1 || { cat /tmp/log; exit 1; }
done
GUEST

"$top/lab/lab.sh" --driver e1000 --timeout 300 --out "$work" --env NAMES="${names[*]}" -- "set -f; . $work/guest.sh"
for name in "${names[@]}"; do
	install -m 644 "$work/$name" "$here/data/$name"
done
ls -l "$here/data"
