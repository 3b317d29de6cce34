#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The screen in tmux: a real terminal, with a shell around it. Prints TAP. BIN, REC, TMP come from suite.sh.
set -u
if ! command -v tmux > /dev/null; then
	echo "ok - the screen in tmux # SKIP tmux is not installed"
	exit 0
fi
sock=$TMP/tmux.sock
tm() { tmux -S "$sock" -f /dev/null "$@"; }
trap 'tm kill-server 2> /dev/null' EXIT

screen() { tm capture-pane -p -t t; }

# Until the screen has (no: has not) the text; at most 20 seconds.
seen() {
	local want=$1 no=${2:-} i
	for ((i = 0; i < 200; i++)); do
		if screen | grep -qF -- "$want"; then
			[ -n "$no" ] || return 0
		else
			[ -z "$no" ] || return 0
		fi
		sleep 0.1
	done
	echo "# '$want' ${no:+stays }${no:-does not appear}; the screen was:"
	screen | sed 's/^/#   /'
	return 1
}

check() {
	local what=$1
	shift
	if "$@"; then echo "ok - $what"; else echo "not ok - $what"; fi
}

opens() {
	tm new-session -d -s t -x 120 -y 40 "env PS1='shell-prompt ' sh" && seen shell-prompt &&
		tm send-keys -t t "clear; $BIN live $REC" Enter && seen "packets from NIC to application" && seen PLAYING
}
moves_and_freezes() {
	local a b i
	a=$(screen)
	for ((i = 0; i < 100; i++)); do
		b=$(screen)
		[ "$a" = "$b" ] || break
		sleep 0.1
	done
	[ "$a" != "$b" ] || { echo "# nothing moves"; return 1; }
	tm send-keys -t t Space && seen PAUSED || return 1
	a=$(screen)
	for ((i = 0; i < 5; i++)); do
		[ "$(screen)" = "$a" ] || { echo "# it is not frozen"; return 1; }
		sleep 0.1
	done
}
opens_a_packet() {
	tm send-keys -t t F 2 && seen "begins at" && seen "10.9.0." && tm send-keys -t t Up Enter && seen "since, µs"
}
follows_the_size() {
	tm resize-window -t t -x 80 -y 24 && tm send-keys -t t 1 && seen "times: since" &&
		tm resize-window -t t -x 40 -y 10 && seen "rxscope needs" && tm resize-window -t t -x 120 -y 40 &&
		seen "Enter open"
}
redraws() {
	tm send-keys -t t E && seen END || return 1
	local a
	a=$(screen)
	# Somebody writes over the screen, as wall(1) does.
	printf '\r\n*** over the screen ***\r\n' > "$(tm display-message -p -t t '#{pane_tty}')"
	seen "over the screen" && tm send-keys -t t C-l && seen "over the screen" gone || return 1
	[ "$(screen)" = "$a" ]
}
suspends() {
	tm send-keys -t t C-z && seen shell-prompt && [ "$(tm display-message -p -t t '#{alternate_on}')" = 0 ] &&
		tm send-keys -t t fg Enter && seen "packets from NIC to application"
}
quits() {
	tm send-keys -t t q && seen shell-prompt &&
		[ "$(tm display-message -p -t t '#{alternate_on} #{cursor_flag}')" = "0 1" ] &&
		tm send-keys -t t 'echo status-$?' Enter && seen status-0
}
check "tmux: it opens on a recording" opens
check "tmux: packets move, pause freezes them" moves_and_freezes
check "tmux: a packet is opened" opens_a_packet
check "tmux: it follows the terminal's size" follows_the_size
check "tmux: Ctrl-L mends a screen that was written over" redraws
check "tmux: Ctrl-Z and fg" suspends
check "tmux: q leaves the terminal as it was, status 0" quits
