#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How often rxscope diff is wrong about recordings of an ordinary, noisy machine: the lab's, while the host's load
# changes all the time. Each round is fifteen recordings: five of BASE, five of the same again (diff must find
# nothing), five with 20 % more at one stage (diff must find it, at that stage, against the ten without). ROUNDS=20 if
# not given.

set -u
cd "$(dirname "$0")/../.." || exit 2
export O=${O:-build}
rxscope=$O/rxscope rounds=${ROUNDS:-20}
dir=$O/tests/bench/noise
rm -rf "$dir"
mkdir -p "$dir"
cp "$O/tests/lab/delay/6.1/rxs_delay.ko" "$dir/"

# change_load: up to two busy loops more on the host, others every few seconds, until this shell ends.
change_load()
{
	local pids=() n

	trap 'kill "${pids[@]}" 2>/dev/null; exit' TERM
	while :; do
		pids=()
		for ((n = RANDOM % 3; n > 0; n--)); do
			(while :; do :; done) &
			pids+=($!)
		done
		sleep $((1 + RANDOM % 5)) &
		wait $!
		[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}"
	done
}

# in_guest FIRST LAST: records the rounds FIRST to LAST in one machine.
in_guest()
{
	# shellcheck disable=SC2016 # text for the guest's shell
	O=$O lab/lab.sh --timeout 1200 --out "$dir" --env FIRST="$1" --env LAST="$2" -- '. "$RXS_LIB"
	insmod /out/rxs_delay.ko min_bytes=0 || exit 1
	loops=/sys/module/rxs_delay/parameters/prerouting_loops
	run() { # name: 300 datagrams to a reader
		rm -f ready reader
		RXS_READY_FILE=$PWD/ready rxscope record -q -o "/out/$1.rxs" & rec=$!
		wait_for 20 test -e ready
		in_rx traffic udp-recv port=7001 count=300 ready=$PWD/reader > /dev/null & reader=$!
		wait_for 20 test -e reader
		in_tx traffic udp-send to=$RX4 port=7001 count=300 size=64 gap_us=1000 > /dev/null
		wait $reader; kill -INT $rec; wait $rec; }
	figure() { # name column: of prerouting, ns
		rxscope report --csv -f "udp dst port 7001" "/out/$1.rxs" | awk -F, -v column="$2" \
			"NR == 1 { for (i = 1; i <= NF; i++) at[\$i] = i }
			\$at[\"id\"] == \"prerouting\" { print \$at[column] }"; }
	mkdir -p /tmp/w; cd /tmp/w
	in_tx ping -q -c 2 -i 0.2 $RX4 > /dev/null
	# What a loop costs where it is run.
	run warm; run none-$FIRST; echo 10000 > $loops; run loops-$FIRST; echo 0 > $loops
	per_us=$((10000000 / ($(figure loops-$FIRST min_ns) - $(figure none-$FIRST min_ns))))
	echo "$per_us loops a microsecond"
	for r in $(seq $FIRST $LAST); do
		for i in 1 2 3 4 5; do run base-$r-$i; done
		for i in 1 2 3 4 5; do run same-$r-$i; done
		# A slower function is slower still on a slow machine: a fifth of what it takes at the best of times.
		ns=$(for i in 1 2 3 4 5; do figure base-$r-$i p50_ns; done | sort -n | head -n 1)
		echo $((ns / 5)) > /out/delay-$r; echo $((ns / 5 * per_us / 1000)) > $loops
		for i in 1 2 3 4 5; do run more-$r-$i; done
		echo 0 > $loops
	done' < /dev/null > "$dir/log" 2>&1 || { tail -n 5 "$dir/log" >&2; return 1; }
}

files() { printf "$dir/$1-%s-%s.rxs\n" "$2" 1 "$2" 2 "$2" 3 "$2" 4 "$2" 5; }

# compare ROUND KIND BASE...: the kinds of recordings that are BASE; sets status, and text to what failed.
compare()
{
	local round=$1 kind=$2 base=()

	for k in "${@:3}"; do
		mapfile -t -O ${#base[@]} base < <(files "$k" "$round")
	done
	mapfile -t new < <(files "$kind" "$round")
	"$rxscope" diff -f "udp dst port 7001" --fail-on '*.p50>+0%' "${base[@]}" -- "${new[@]}" \
		> "$dir/$kind-$round.txt" 2>&1
	status=$?
	text=$(sed -n 's/^FAIL *//p' "$dir/$kind-$round.txt" | cut -c1-90)
}

# found: the stage was named.
found()
{
	[ $status -eq 1 ] && [[ $text == prerouting.p50:* || $text == *$'\n'prerouting.p50:* ]]
}

change_load &
load=$!
trap 'kill $load 2>/dev/null' EXIT
for ((r = 1; r <= rounds; r += 5)); do
	in_guest "$r" $((r + 4 < rounds ? r + 4 : rounds)) || exit 1
done

alarms=0 by_five=0 by_ten=0 others=0
for ((r = 1; r <= rounds; r++)); do
	compare "$r" same base
	[ $status -eq 0 ] || { alarms=$((alarms + 1)); echo "round $r: false alarm: $text"; }
	compare "$r" more base
	! found || by_five=$((by_five + 1))
	compare "$r" more base same
	if found; then
		by_ten=$((by_ten + 1))
		[ "$(wc -l <<< "$text")" -eq 1 ] || { others=$((others + 1)); echo "round $r: more than the stage: $text"; }
	else
		echo "round $r: $(cat "$dir/delay-$r") ns more at prerouting not found: ${text:-status $status}"
	fi
done
echo "Noise: recordings of 300 datagrams each, while the host's load changes; medians of all stages, at 99 %"
echo "  false alarms, 5 recordings against 5                   $alarms of $rounds"
echo "  20 % more at one stage found, 5 against 5              $by_five of $rounds"
echo "  20 % more at one stage found, 10 of BASE against 5     $by_ten of $rounds"
echo "  and another stage named as well                        $others of $rounds"
[ $alarms -le $(((rounds + 19) / 20)) ] && [ $by_ten -ge $((rounds - (rounds + 19) / 20)) ]
