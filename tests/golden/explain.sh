#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Makes tests/golden/data/explain-*: ping in the deterministic lab, with refnic and with refnic as
# examples/ci/slow.patch leaves it (make gate-drivers), packets and functions. Only a few functions, and their
# names only: the whole of kallsyms is 4 MB. Only needed when the format of a recording changes; the expectations
# have to be rewritten afterwards (update.sh).

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
O=${O:-$top/build}
data=$top/tests/golden/data
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Each function with its neighbour, so that the end of each is known.
command=$(cat <<'GUEST'
awk '$3 ~ /^(refnic_.*|napi_gro_receive|net_rx_action|eth_type_trans|ip_list_rcv|icmp_rcv)$/ { print; more = 1; next }
more { print; more = 0 }' /proc/kallsyms > /tmp/kallsyms
mount --bind /tmp/kallsyms /proc/kallsyms
exec sh /run/rxs/guest/graph.sh /out/graph.dat -l 'refnic_*' -l napi_gro_receive -l net_rx_action \
	-l eth_type_trans -l ip_list_rcv -l icmp_rcv
GUEST
)

make_one() { # NAME DRIVER
	"$O/rxscope" lab --deterministic --scenario ping --driver "$2" -o "$data/explain-$1.rxs"
	"$O/rxscope" lab --deterministic --scenario ping --driver "$2" --out "$work" --add trace-cmd -- "$command"
	mv "$work/graph.dat" "$data/explain-$1.graph.dat"
}

make_one base "$O/driver/$(cat "$O/lab/kernels/6.1/release")/refnic.ko"
make_one slow "$O/tests/lab/gate/slow/refnic.ko"
