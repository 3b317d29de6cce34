#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How complete and how exact rxscope is, measured against what others know: every scenario of the lab with the
# frames that the interfaces counted and the report has; and delays of known length with what the report
# shows of them. SCENARIOS="udp tcp", DELAYS_NS="500000" to choose.

set -u
cd "$(dirname "$0")/../.." || exit 2
export O=${O:-build}
export ASAN_O=${ASAN_O:-$O}	# what is measured need not be sanitized
scenarios=${SCENARIOS:-ping udp tcp vlan drop frag flood mixed}
status=0

echo "Completeness: frames sent and received by the two NICs, as their counters say, and packets reported"
SCENARIOS=$scenarios bash tests/lab/010-scenarios.t > "$O/tests/bench/completeness.log" || status=1
dirs=()
for s in $scenarios; do dirs+=("$O/tests/lab/$s"); done
python3 tests/bench/completeness.py "${dirs[@]}" || status=1

echo
echo "Accuracy: a delay before a stage, and what the report shows of it there and elsewhere (medians of 200, us)"
printf '%-12s %9s %9s %8s %8s   %s\n' stage delay shown error allowed 'most elsewhere'
for ns in ${DELAYS_NS:-50000 500000}; do
	DELAY_NS=$ns bash tests/lab/060-accuracy.t > "$O/tests/bench/accuracy.log" || status=1
	python3 tests/lab/accuracy.py --table "$O/tests/lab/accuracy" "$ns" || status=1
done
exit $status
