#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tracer on every kernel of the lab (make test-matrix): scenarios held against the truth, and a table of
# the hooks each kernel has. On refnic where it builds for that kernel here, else on in-tree e1000.
# MATRIX_KERNELS="6.1 6.12" and MATRIX_SCENARIOS="udp" run only those.
. tests/lab/lib.sh

kernels=${MATRIX_KERNELS:-$(awk '$1 !~ /^#/ && NF { print $1 }' lab/kernels.list)}
scenarios=${MATRIX_SCENARIOS:-ping udp tcp}
table=$work/matrix
mkdir -p "$table"

columns=()
for k in $kernels; do
	driver=refnic
	if ! O=$O lab/fetch.sh "$k" > "$table/$k.log" 2>&1; then
		skip "kernel $k" "cannot be fetched: $(tail -n 1 "$table/$k.log")"
		continue
	fi
	make -s O="$O" driver KERNEL="$k" >> "$table/$k.log" 2>&1 || driver=e1000
	echo "# kernel $k, $(cat "$O/lab/kernels/$k/release"), $driver"
	for s in $scenarios; do
		scenario "$k-$s" "$s" --kernel "$k" --driver "$driver" --timeout 300 -- \
			"rxscope stages --json > /out/stages.json"
	done
	if [ -s "$work/$k-$s/stages.json" ]; then
		cp "$work/$k-$s/stages.json" "$table/$k.json"
		columns+=("$k=$table/$k.json")
	fi
done

if [ ${#columns[@]} -gt 0 ]; then
	python3 tests/lab/matrix_table.py "${columns[@]}" > "$table/table.md"
	sed 's/^/# /' "$table/table.md"
fi
