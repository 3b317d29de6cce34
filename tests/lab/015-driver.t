#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# refnic in a machine: its counters against the NICs' and the other end's, and what is done to it under load.
# The tests are in tests/driver/guest.sh; one boot runs them all.
. tests/lab/lib.sh

log=$work/driver.log
guest --driver refnic --timeout "${DRIVER_TIMEOUT:-300}" -- '. "$RXS_LIB"; . tests/driver/guest.sh' > "$log" 2>&1
status=$?
grep -E '^(ok|not ok|#)' "$log"
if [ $status -ne 0 ] || ! grep -q '^# all parts ran' "$log"; then
	fail "refnic: every part of the test ran" "status $status" \
		"$(grep -vE '^(ok|not ok|#)' "$log" | tail -n 20)"
fi
