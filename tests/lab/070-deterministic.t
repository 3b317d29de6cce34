#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The gate, on refnic: the deterministic lab gives the same recording to the last byte; 64 bytes copied per
# packet without need are found, to the instruction, and so is the function that copies them; a change beside the
# receive path is let pass.
. tests/lab/lib.sh
export O

dir=$work/deterministic
rm -rf "$dir"
mkdir -p "$dir"
good=$O/driver/$(cat "$O/lab/kernels/6.1/release")/refnic.ko

record() { # NAME DRIVER [OPTION...]
	local name=$1 driver=$2

	shift 2
	"$rxscope" lab --deterministic --timeout "${LAB_TIMEOUT:-240}" --scenario udp --driver "$driver" "$@" \
		-o "$dir/$name.rxs" > "$dir/$name.log" 2>&1 < /dev/null || echo "status $?" >> "$dir/$name.log"
}

# Each keeps one CPU busy; that another does, too, must not matter.
record base "$good" --graph &
record again "$good"
wait
record slow "$O/tests/lab/gate/slow/refnic.ko" --graph &
record harmless "$O/tests/lab/gate/harmless/refnic.ko"
wait
for r in base again slow harmless; do
	[ -s "$dir/$r.rxs" ] || fail "$r: recorded" "$(tail -n 15 "$dir/$r.log")"
done

compare() { # NAME STATUS
	"$rxscope" diff "$dir/base.rxs" "$dir/$1.rxs" --also "json=$dir/$1.json" > "$dir/$1.txt" 2>&1
	[ $? -eq "$2" ] || { cat "$dir/$1.txt"; return 1; }
}

# The one stage that fails, and by how many instructions; every other stage costs what it cost.
only_gro_got_slower()
{
	python3 - "$dir/slow.json" <<-'END'
	import json, sys
	doc = json.load(open(sys.argv[1], encoding="utf-8"))
	failed = [j["metric"] for j in doc["judgements"] if j["verdict"] == "fail"]
	p50 = {m["id"]: m["p50"]["delta"] for m in doc["metrics"] if m["unit"] == "ns" and "p50" in m}
	others = {m: d for m, d in p50.items() if m not in ("gro", "total") and abs(d) > 4}
	print("failed", failed, "added", p50)
	# 64 bytes are eight loads and eight stores, and not much beside them.
	sys.exit(failed != ["gro"] or doc["method"] != "exact" or not 16 <= p50["gro"] <= 40 or bool(others))
	END
}

# The copy is in refnic_rx_clean(), and nothing else takes longer.
only_rx_clean_takes_longer()
{
	"$rxscope" diff --explain --json "$dir/base.rxs" "$dir/slow.rxs" > "$dir/explain.json"
	jq -e '.explain | .base_lost == 0 and .new_lost == 0 and .functions_seen > 100 and
		.functions[0].function == "refnic_rx_clean" and .functions[0].added_per_packet >= 12 and
		([.functions[1:][].added_per_packet | fabs] | max // 0) < 8' "$dir/explain.json" ||
		{ jq .explain "$dir/explain.json"; return 1; }
}

check "the same code gives the same recording, to the last byte" cmp "$dir/base.rxs" "$dir/again.rxs"
check "they have packets in them" test "$("$rxscope" report --json "$dir/base.rxs" | jq .packets.seen)" -ge 1700
check "diff of the two ends with 0" compare again 0
check "a copy of 64 bytes per packet: diff ends with 1" compare slow 1
check "it names gro, and nothing else, and the instructions added" only_gro_got_slower
check "it says so in words" grep -E '^FAIL +gro\.p50: .* [0-9]+ more instructions per packet' "$dir/slow.txt"
check "--explain names the function that copies, first" only_rx_clean_takes_longer
check "a change beside the receive path is another module" \
	eval "! cmp -s '$good' '$O/tests/lab/gate/harmless/refnic.ko'"
check "and diff ends with 0" compare harmless 0
