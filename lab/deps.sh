#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Installs what is missing of packages.list: as root directly, else through sudo if it asks for no
# password, else it says in one line what to do. With --check nothing is installed.

set -eu
list=$(dirname -- "$0")/../packages.list

wanted=$(sed 's/#.*//' "$list" | tr -s ' \n' ' ')

# missing: those of $wanted that are not installed. A package that dpkg does not know has no line.
missing()
{
	# shellcheck disable=SC2086 # a list of words
	dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null |
		awk -v wanted="$wanted" '
			$1 == "installed" { have[$2] = 1 }
			END {
				n = split(wanted, name, " ")
				for (i = 1; i <= n; i++)
					if (!(name[i] in have))
						printf "%s ", name[i]
			}'
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		env DEBIAN_FRONTEND=noninteractive "$@"
	else
		sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
	fi
}

# apt_lists: whether apt has package lists; a fresh machine or container has none.
apt_lists()
{
	find /var/lib/apt/lists -name '*_Packages*' 2>/dev/null | grep -q .
}

install()
{
	# shellcheck disable=SC2086
	as_root apt-get -y -q install --no-install-recommends $1 >&2
}

if ! command -v dpkg-query >/dev/null; then
	echo "deps.sh: this is no Debian; install what packages.list names" >&2
	exit 3
fi
need=$(missing)
[ -n "$need" ] || exit 0
if [ "${1-}" = --check ] || { [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; }; then
	echo "deps.sh: packages are missing; run: sudo apt-get install --no-install-recommends $need" >&2
	exit 3
fi
echo "deps.sh: installing $need" >&2
apt_lists || as_root apt-get -q update >&2
# Lists that are too old name files that the mirror no longer has.
install "$need" || { as_root apt-get -q update >&2 && install "$need"; }
