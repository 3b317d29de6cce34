#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every cmocka program of the sanitized build, as TAP.
set -u
export CMOCKA_MESSAGE_OUTPUT=TAP
for src in tests/unit/test_*.c; do
	t=$(basename "$src" .c)
	out=$(timeout 120 "$ASAN_O/tests/unit/$t" 2>&1)
	rc=$?
	printf '%s\n' "$out" | sed -E "s/^(not ok|ok) [0-9]+ - /\1 - $t: /"
	if [ $rc -ne 0 ] && ! printf '%s\n' "$out" | grep -q '^not ok'; then
		echo "not ok - $t: ended with status $rc"
	fi
done
