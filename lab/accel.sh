# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Whether KVM works here. That it is there does not say so: inside some virtual machines a stock
# kernel hangs under it without a word. So a guest is booted once, and the finding is kept. Sourced
# by lab.sh.

# A guest that has KVM boots in about one second.
kvm_trial_s=4

# kvm_works: tries it once per host kernel and QEMU.
kvm_works()
{
	local file

	[ -r /dev/kvm ] && [ -w /dev/kvm ] || return
	file=$lab_out/kvm-$(uname -r)-$(qemu-system-x86_64 --version | awk '{ print $4; exit }')
	(
		flock 8
		[ ! -s "$file" ] || exit 0
		say "trying KVM, once"
		if "$lab_dir/lab.sh" --kernel "$opt_kernel" --accel kvm --driver none \
			--timeout $kvm_trial_s -- true >/dev/null 2>&1; then
			echo works
		else
			echo fails
		fi >"$file"
	) 8>>"$file.lock"
	[ "$(cat "$file")" = works ]
}

# choose_accel: makes "auto" definite.
choose_accel()
{
	[ "$opt_accel" = auto ] || return 0
	if [ -z "$opt_deterministic" ] && kvm_works; then
		opt_accel=kvm
	else
		opt_accel=tcg
	fi
}
