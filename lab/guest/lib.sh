# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# For commands and scenarios inside the guest: . "$RXS_LIB"
#
# Only the network namespace is changed by in_tx and in_rx. `ip netns exec` would bring a new /sys
# as well, and hide tracefs, debugfs and bpf with it.

in_tx()
{
	enter -n tx "$@"
}

in_rx()
{
	enter -n rx "$@"
}

# Addresses of the two ends.
TX4=10.9.0.1 RX4=10.9.0.2
TX6=fd09::1 RX6=fd09::2
TX_MAC=52:54:00:00:00:01 RX_MAC=52:54:00:00:00:02

# wait_for SECONDS COMMAND...: until it succeeds; fails when the time is over.
wait_for()
{
	_tries=$(($1 * 20))
	shift
	while ! "$@"; do
		[ $_tries -gt 0 ] || return 1
		_tries=$((_tries - 1))
		/run/rxs/busybox usleep 50000
	done
}
