#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Golden tests with the sanitized build; outputs for programs against their schemas; man pages against the options.
cd "$(dirname "$0")/../.." || exit 2
case $ASAN_O in /*) ;; *) ASAN_O=$PWD/$ASAN_O ;; esac
export RXSCOPE=$ASAN_O/rxscope
expect=tests/golden/expect

verdict() {
	local lines
	lines=$(cat)
	if [ -z "$lines" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		printf '%s\n' "$lines" | head -n 20 | sed 's/^/#   /'
	fi
}

# Every recording in the tree, damaged ones too: the report is of its schema, and the outcomes add up.
reports() {
	local f name documents=()
	for f in tests/golden/data/*; do
		name=$work/${f##*/}
		for option in top=10 packets; do
			timeout 60 "$RXSCOPE" report "$f" --json --$option < /dev/null > "$name.$option" 2> "$work/report.err"
			case $? in 0 | 4) ;; *) echo "$f: $(head -n 1 "$work/report.err")" ;; esac
			[ ! -s "$name.$option" ] || documents+=("$name.$option")
		done
		[ -s "$name.packets" ] || continue
		jq -r '.packets as $p | [$p.delivered, $p.consumed, $p.forwarded, $p.merged, $p.dropped, $p.open,
			$p.incomplete] | add as $sum | select($sum != $p.seen) |
			"outcomes add up to \($sum), seen \($p.seen)"' "$name.packets" | sed "s|^|$f: |"
		jq -r 'select(.packets.seen != (.packet_list | length)) |
			"\(.packet_list | length) packets listed, seen \(.packets.seen)"' "$name.packets" | sed "s|^|$f: |"
	done
	[ ${#documents[@]} -ge 20 ] || echo "only ${#documents[@]} reports to look at"
	python3 tests/golden/schema.py docs/schema/rxscope-report-1.json "${documents[@]}"
}

man_pages() {
	bash docs/man/make.sh "$work" 2>&1
	for page in "$work"/*.1; do
		cmp -s "$page" "docs/man/${page##*/}" || echo "${page##*/}: run docs/man/make.sh"
	done
	for name in $("$RXSCOPE" --help | sed -n 's/^  \([a-z]*\) .*\.$/\1/p'); do
		[ -e "docs/man/rxscope-$name.1" ] || echo "rxscope-$name.1 is missing"
	done
}

# Output that goes nowhere must not look like success.
lost_output() {
	local data=tests/golden/data
	for args in "report $data/frag-refnic.rxs" "report $data/frag-refnic.rxs --packets" \
		"report $data/frag-refnic.rxs --json" "export $data/frag-refnic.rxs --to pcapng" "--help" \
		"diff $data/frag-refnic.rxs $data/frag-refnic.rxs"; do
		# shellcheck disable=SC2086 # words on purpose
		"$RXSCOPE" $args > /dev/full 2> "$work/err"
		[ $? -eq 5 ] && grep -q 'No space left' "$work/err" || echo "rxscope $args: a full disk went unnoticed"
	done
	"$RXSCOPE" report $data/tcp-refnic.rxs --packets 2> "$work/err" | head -n 1 > "$work/out"
	[ "${PIPESTATUS[0]}" -eq 5 ] && [ ! -s "$work/err" ] || echo "a reader that went away: $(cat "$work/err")"
	"$RXSCOPE" report - < $data/frag-refnic.rxs 2>&1 | head -n 1 | grep -q '^standard input: rxs' ||
		echo "no report from standard input"
}

# A stream comes when it comes: what waits for more must not take a pause for an end or an error.
slow_stream() {
	local file=tests/golden/data/frag-refnic.rxs
	local size
	size=$(stat -c %s $file)
	"$RXSCOPE" report $file | tail -n +2 > "$work/whole"
	for cut in 1 20 300 $((size / 2)) $((size - 3)); do
		# The reader has taken the first part once the pipe is empty again: then, and only then, the rest follows.
		python3 tests/golden/in_two.py "$cut" $file | timeout 60 "$RXSCOPE" report - 2> "$work/err" |
			tail -n +2 | cmp -s - "$work/whole" || echo "cut at byte $cut: $(head -n 1 "$work/err")"
	done
}

# rxscope lab hands its options on to lab.sh: both must know the same ones, but for its own three and --help.
lab_options() {
	bash lab/lab.sh --help | grep -oE '(^| )--[a-z-]+' | tr -d ' ' | sort -u > "$work/lab.sh"
	"$RXSCOPE" lab --help | grep -oE '^  (-., |    )--[a-z-]+' | grep -oE -- '--[a-z-]+' | grep -vxE -- '--(help|output|self-check|graph)' |
		sort -u > "$work/rxscope"
	diff "$work/lab.sh" "$work/rxscope"
}

# The patch's copy stands in refnic_rx_clean(), and is sixteen instructions.
explained() {
	local data=tests/golden/data

	"$RXSCOPE" diff --explain --json $data/explain-base.rxs $data/explain-slow.rxs > "$work/explain.json"
	python3 tests/golden/schema.py docs/schema/rxscope-diff-1.json < "$work/explain.json"
	jq -r '.explain.functions[0] | select(.function != "refnic_rx_clean" or (.added_per_packet - 16 | fabs) > 1)' \
		"$work/explain.json"
	cp $data/explain-base.rxs "$work/alone.rxs"
	"$RXSCOPE" diff --explain $data/explain-base.rxs "$work/alone.rxs" > "$work/out" 2> "$work/err"
	[ $? -eq 4 ] && [ ! -s "$work/out" ] && grep -q 'rxscope lab .*--graph -o .*/alone.rxs makes it' "$work/err" ||
		echo "without a graph: $(cat "$work/err")"
	cp $data/tracecmd-v7.dat "$work/alone.graph.dat"
	"$RXSCOPE" diff --explain $data/explain-base.rxs "$work/alone.rxs" > "$work/out" 2> "$work/err"
	[ $? -eq 4 ] && [ ! -s "$work/out" ] && grep -q 'holds no function_graph trace' "$work/err" ||
		echo "with another trace.dat: $(cat "$work/err")"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bash tests/golden/run.sh > "$work/tap" &
if python3 -c 'import jsonschema' 2> /dev/null; then
	reports | verdict "every recording's JSON report is of its schema, and its outcomes add up"
	sed '/^exit 1$/d' $expect/diff-json.json | python3 tests/golden/schema.py docs/schema/rxscope-diff-1.json |
		verdict "the JSON of a comparison is of its schema"
	explained | verdict "and so is the JSON of one that is explained, function by function"
else
	echo "ok - JSON is of its schema # SKIP python3-jsonschema is not installed"
fi
for f in diff-junit.xml explain-junit.xml; do
	sed '/^exit 1$/d' $expect/$f | python3 tests/golden/junit.py
done | verdict "JUnit files are what CI systems read"
"$RXSCOPE" export tests/golden/data/tcp-refnic.rxs --to perfetto | python3 tests/golden/perfetto.py |
	verdict "the trace for Perfetto has every packet, and its slices nest"
lost_output | verdict "a full disk and a reader that went away are noticed"
slow_stream | verdict "a stream that pauses is waited for"
lab_options | verdict "rxscope lab knows the options of lab.sh"
man_pages | verdict "man pages are those of the option tables"
wait
if [ -s "$work/tap" ]; then
	cat "$work/tap"
else
	echo "not ok - golden tests ran"
fi
