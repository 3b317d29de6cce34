#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Rewrites the expectations of the golden tests named (default: all) with what rxscope prints now. Look at the
# difference before committing it: git diff tests/golden/expect
UPDATE=1 exec bash "$(dirname "$0")/run.sh" "$@"
