#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Another kernel than the other tests', with both drivers: the counts agree with what others counted. All the
# lab's kernels: make test-matrix.
. tests/lab/lib.sh

scenario 6.12-udp-e1000 udp --kernel 6.12 --driver e1000 --env SECONDS_TOTAL=5 -- ""
scenario 6.12-tcp-refnic tcp --kernel 6.12 --driver refnic --env SECONDS_TOTAL=5 -- ""
true
