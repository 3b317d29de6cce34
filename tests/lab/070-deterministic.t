#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The gate, on refnic: the deterministic lab gives the same recording to the last byte; 64 bytes copied per
# packet without need are found, to the instruction; a change beside the receive path is let pass.
. tests/lab/lib.sh
export O

dir=$work/deterministic
rm -rf "$dir"
mkdir -p "$dir"
good=$O/driver/$(cat "$O/lab/kernels/6.1/release")/refnic.ko

record() { # NAME DRIVER
	"$rxscope" lab --deterministic --timeout "${LAB_TIMEOUT:-240}" --scenario udp --driver "$2" -o "$dir/$1.rxs" \
		> "$dir/$1.log" 2>&1 < /dev/null || echo "status $?" >> "$dir/$1.log"
}

record base "$good"
record again "$good"
record slow "$O/tests/lab/gate/slow/refnic.ko"
record harmless "$O/tests/lab/gate/harmless/refnic.ko"
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

check "the same code gives the same recording, to the last byte" cmp "$dir/base.rxs" "$dir/again.rxs"
check "they have packets in them" test "$("$rxscope" report --json "$dir/base.rxs" | jq .packets.seen)" -ge 1700
check "diff of the two ends with 0" compare again 0
check "a copy of 64 bytes per packet: diff ends with 1" compare slow 1
check "it names gro, and nothing else, and the instructions added" only_gro_got_slower
check "it says so in words" grep -E '^FAIL +gro\.p50: .* [0-9]+ more instructions per packet' "$dir/slow.txt"
check "a change beside the receive path is another module" \
	eval "! cmp -s '$good' '$O/tests/lab/gate/harmless/refnic.ko'"
check "and diff ends with 0" compare harmless 0
