#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Writes the golden screens anew. Look at the difference before you commit it.
set -eu
cd "$(dirname "$0")/../.."
export O=${O:-build}
mkdir -p tests/tui/golden
for view in path packets packet latency napi flows drops log help; do
	tests/tui/screens.sh $view > tests/tui/golden/$view.txt
done
git --no-pager diff --stat -- tests/tui/golden
