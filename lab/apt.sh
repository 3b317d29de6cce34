# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# An apt of its own, for kernels: own sources, lists and cache below the build folder, so that it
# needs no root and leaves the host's apt alone. Sourced by fetch.sh.
#
# The mirror is the one the host's apt uses; the keys are those of debian-archive-keyring.

apt_dir=$lab_out/apt

# The Debian mirror of the host's own sources, whatever form these have. $1: pattern of the suites.
host_mirror()
{
	apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
		awk -v suite="^($1)\$" '$1 ~ suite && !seen++ { sub("/$", "", $2); print $2 }'
}

debian_suites='bullseye|bookworm|trixie|forky|sid|oldstable|stable|testing|unstable'

# mirror_of SUITE: base URI. Suites of "-security" have a mirror of their own.
mirror_of()
{
	local uri

	case $1 in
	*-security)
		uri=$(host_mirror "(${debian_suites})-security")
		echo "${uri:-http://deb.debian.org/debian-security}" ;;
	*)
		uri=$(host_mirror "$debian_suites")
		echo "${uri:-http://deb.debian.org/debian}" ;;
	esac
}

keyring()
{
	local file

	for file in /usr/share/keyrings/debian-archive-keyring.gpg \
		    /usr/share/keyrings/debian-archive-keyring.pgp; do
		[ -r "$file" ] && { echo "$file"; return; }
	done
	die "$EXIT_IMPOSSIBLE" "no Debian keyring; apt-get install debian-archive-keyring"
}

# apt_setup NAME SUITES: writes the configuration for the comma separated suites. The host's Acquire
# settings are kept, because a proxy may be among them.
apt_setup()
{
	local name=$1 suites=$2 suite keys

	keys=$(keyring)
	mkdir -p "$apt_dir"/{lists,cache,state,debs,empty.d}
	: >"$apt_dir/state/status"
	for suite in ${suites//,/ }; do
		echo "deb [arch=amd64 signed-by=$keys] $(mirror_of "$suite") $suite main"
	done >"$apt_dir/$name.sources.list"
	{
		apt-config dump | grep '^Acquire::' | grep -Ev '^Acquire::(IndexTargets|Languages)'
		cat <<-END
		Dir::Etc::main "$apt_dir/empty";
		Dir::Etc::parts "$apt_dir/empty.d";
		Dir::Etc::sourcelist "$apt_dir/$name.sources.list";
		Dir::Etc::sourceparts "$apt_dir/empty.d";
		Dir::Etc::preferences "$apt_dir/empty";
		Dir::Etc::preferencesparts "$apt_dir/empty.d";
		Dir::State "$apt_dir/state";
		Dir::State::status "$apt_dir/state/status";
		Dir::State::lists "$apt_dir/lists";
		Dir::Cache "$apt_dir/cache";
		Dir::Cache::pkgcache "";
		Dir::Cache::srcpkgcache "";
		APT::Architecture "amd64";
		APT::Architectures { "amd64"; };
		APT::Sandbox::User "root";
		APT::Get::List-Cleanup "false";
		Acquire::Languages "none";
		Acquire::Retries "3";
		END
	} >"$apt_dir/$name.conf"
	export APT_CONFIG=$apt_dir/$name.conf
}

# apt_update NAME: once an hour is enough; an image and its headers are fetched one after the other.
apt_update()
{
	local log=$apt_dir/update.log stamp=$apt_dir/$1.updated

	[ -n "$(find "$stamp" -mmin -60 2>/dev/null)" ] && return
	if apt-get -q update >"$log" 2>&1 && ! grep -q '^[WE]:' "$log"; then
		touch "$stamp"
		return
	fi
	die "$EXIT_IMPOSSIBLE" "cannot read the package lists:" \
		"$(grep -m1 '^[WE]:' "$log" || tail -n1 "$log")"
}

# apt_newest REGEX: the newest package whose whole name matches.
apt_newest()
{
	apt-cache pkgnames linux- | grep -Ex -- "$1" | sort -V | tail -n1
}

# apt_field PACKAGE FIELD: from the version that apt would take.
apt_field()
{
	apt-cache show --no-all-versions "$1" | sed -n "s/^$2: //p" | head -n1
}

# apt_unpack DIR PACKAGE...: downloads what is not there yet, and unpacks it.
apt_unpack()
{
	local dir=$1 package deb log=$apt_dir/download.log

	shift
	for package; do
		deb=$(apt_field "$package" Filename)
		[ -n "$deb" ] || die "$EXIT_INTERNAL" "package $package is not in the lists"
		deb=$apt_dir/debs/${deb##*/}
		(cd "$apt_dir/debs" && apt-get -q download "$package") >"$log" 2>&1 ||
			die "$EXIT_IMPOSSIBLE" "cannot download $package: $(grep -m1 '^[WE]:' "$log")"
		# The name on the mirror and the one apt-get gives differ by the epoch only.
		[ -e "$deb" ] || deb=$(find "$apt_dir/debs" -name "${package}_*.deb" | sort -V | tail -n1)
		dpkg -x "$deb" "$dir" || die "$EXIT_INTERNAL" "cannot unpack $deb"
	done
}
