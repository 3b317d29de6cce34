#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Tests on a real kernel: every tests/lab/*.t boots the lab. LAB_TESTS="010 030" runs only those.
set -u
if ! command -v qemu-system-x86_64 > /dev/null; then
	echo "ok - tests on a real kernel # SKIP qemu-system-x86_64 is not installed"
	exit 0
fi
for t in tests/lab/*.t; do
	n=$(basename "$t" | cut -d- -f1)
	case " ${LAB_TESTS:-$n} " in
	*" $n "*) bash "$t" || echo "not ok - $t: ended with status $?" ;;
	esac
done
