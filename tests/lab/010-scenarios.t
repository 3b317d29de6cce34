#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each scenario, on refnic: the counts agree with what others counted.
. tests/lab/lib.sh

for s in ${SCENARIOS:-ping udp tcp vlan drop frag flood mixed}; do
	scenario "$s" "$s" --env SECONDS_TOTAL=5 -- ""
done
true
