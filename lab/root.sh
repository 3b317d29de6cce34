# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Builds what the guest boots into. Sourced by lab.sh.
#
# The initramfs is two archives, one after the other: one per kernel, kept, and one per run (the
# scripts and small programs of the guest, the command). Neither is compressed: unpacking costs an
# emulated CPU more than reading does. The one per kernel holds
#
#	modules/   what is needed to reach the host's root over 9p, and the ports to the host
#	rxs/       busybox, and links to it for the scripts
#	base/      the programs that every run needs, with their libraries: a layer above the host's
#	           root, because each file opened over 9p costs milliseconds; where the root is in
#	           memory there is no other

# Modules for the root over 9p and for the ports. Those built into a kernel are skipped.
root_modules='virtio_pci 9pnet_virtio 9p overlay virtio_console'

# What the guest's scripts call by name and busybox can do as well, in a tenth of the time: it is
# static, and linking is what takes longest when a program starts in an emulated machine.
busybox_links='awk cat kill mkdir mkfifo rm sed sleep tee touch'

# Programs for the base layer; those that this machine lacks are left out.
base_programs='sh ip nft ethtool ping modprobe'

# module_files DIR RELEASE MODULE...: their files in the order to load them.
module_files()
{
	local dir=$1 release=$2 module

	shift 2
	[ -e "$dir/lib/modules/$release/modules.dep" ] || return 0
	for module; do
		# One that the kernel has built in, or not at all, has no file.
		modprobe -d "$dir" -S "$release" -D "$module" 2>/dev/null || :
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

# pack_modules FOLDER FILE...: into it, not compressed, with their order.
pack_modules()
{
	local folder=$1 file name

	shift
	mkdir -p "$folder"
	for file; do
		name=${file##*/}
		case $name in
		*.xz) name=${name%.xz}; xz -dc "$file" >"$folder/$name" ;;
		*.zst) name=${name%.zst}; zstd -qdc "$file" >"$folder/$name" ;;
		*.gz) name=${name%.gz}; gzip -dc "$file" >"$folder/$name" ;;
		*) cp "$file" "$folder/$name" ;;
		esac
		echo "$name"
	done >"$folder/order"
}

# pack TREE FILE: a cpio archive that depends on names and contents only.
pack()
{
	find "$1" -exec touch -h -d @0 {} +
	(cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --reproducible --quiet) >"$2.$$"
	mv "$2.$$" "$2"
}

busybox_static()
{
	local file

	for file in /bin/busybox /usr/bin/busybox; do
		# A dynamic one would miss its libraries in the initramfs.
		[ -x "$file" ] && ! ldd "$file" >/dev/null 2>&1 && { echo "$file"; return; }
	done
	die "$EXIT_IMPOSSIBLE" "no static busybox; run $lab_dir/deps.sh (Debian package busybox-static)"
}

# libraries FILE...: the shared libraries they load.
libraries()
{
	ldd "$@" 2>/dev/null | grep -o '/[^ )]*' | grep -v ':$' | sort -u
}

# base_files: the programs of the base layer, their libraries and those of rxscope.
base_files()
{
	local program files=()

	for program in $base_programs; do
		program=$(command -v "$program") && files+=("$program")
	done
	printf '%s\n' "${files[@]}"
	[ ! -x "$O/rxscope" ] || files+=("$O/rxscope")
	libraries "${files[@]}"
}

# install_file FILE TREE: at its place below TREE, with the links on the way to it.
install_file()
{
	local file=$1 tree=$2 dir target

	while :; do
		dir=$(realpath "$(dirname "$file")")
		mkdir -p "$tree$dir"
		cp -a -u "$file" "$tree$dir/"
		[ -L "$file" ] || break
		target=$(readlink "$file")
		case $target in
		/*) file=$target ;;
		*) file=$dir/$target ;;
		esac
	done
}

# same_as_in LIST: whether the files named there are still the ones it was made of, with rxscope
# among them if there is one now.
same_as_in()
{
	[ ! -x "$O/rxscope" ] || grep -qsxF "${O}/rxscope" <(cut -f3 "$1" 2>/dev/null) || return
	[ -s "$1" ] && [ "$1" -nt "$lab_dir/root.sh" ] && cut -f3 "$1" |
		xargs -d '\n' stat -L -c '%s	%Y	%n' 2>/dev/null | cmp -s - "$1"
}

# root_tiny DIR RELEASE FILE: the archive per kernel, made anew when what it is made of changed.
root_tiny()
{
	local dir=$1 release=$2 file=$3 busybox tree link modules files

	same_as_in "$file.list" && return
	busybox=$(busybox_static)
	tree=$(mktemp -d "$lab_out/root.XXXXXX")
	mkdir -p "$tree"/{bin,rxs/bin,base,proc,sys,dev,host,upper,new}
	cp "$busybox" "$tree/rxs/busybox"
	ln -s /rxs/busybox "$tree/bin/busybox"
	for link in $busybox_links; do
		ln -s ../busybox "$tree/rxs/bin/$link"
	done
	# shellcheck disable=SC2086 # a list of words
	mapfile -t modules < <(module_files "$dir" "$release" $root_modules)
	pack_modules "$tree/modules" "${modules[@]}"
	# Where / has links only, as with a merged /usr, so must the base.
	for link in bin sbin lib lib32 lib64; do
		[ ! -L "/$link" ] || cp -a "/$link" "$tree/base/"
	done
	mapfile -t files < <(base_files)
	for link in "${files[@]}"; do
		install_file "$link" "$tree/base"
	done
	[ ! -e "$O/rxscope" ] || files+=("$O/rxscope")
	pack "$tree" "$file"
	stat -L -c '%s	%Y	%n' "$busybox" "${modules[@]}" "${files[@]}" >"$file.list.$$"
	mv "$file.list.$$" "$file.list"
	rm -rf "$tree"
}

# has_9p DIR RELEASE: whether that kernel can have the host's root. Debian's cloud kernels cannot.
has_9p()
{
	local tables=$1/lib/modules/$2

	[ ! -e "$tables/modules.dep" ] || grep -q '/9p\.ko' "$tables"/modules.{dep,builtin}
}

# What the scenarios make the kernel load, for a root in memory.
scenario_modules='8021q nf_tables nft_compat nft_counter nf_conntrack pktgen sch_fq_codel'

# root_in_memory TREE DIR RELEASE FILE...: the rest of a root that needs no host: the modules of the
# scenarios, and further programs with their libraries.
root_in_memory()
{
	local tree=$1 dir=$2 release=$3 file modules

	shift 3
	# shellcheck disable=SC2086 # a list of words
	mapfile -t modules < <(module_files "$dir" "$release" $scenario_modules)
	: >"$tree/rxs/in-memory"
	mkdir -p "$tree/base/usr/lib/modules/$release"
	cp "$dir/lib/modules/$release"/modules.{builtin,order}* "$tree/base/usr/lib/modules/$release/"
	for file in "${modules[@]}"; do
		cp "$file" "$tree/base/usr/lib/modules/$release/"
	done
	depmod -b "$tree/base/usr" "$release"
	for file; do
		file=$(realpath "$file")
		install_file "$file" "$tree/base"
		while read -r file; do
			install_file "$file" "$tree/base"
		done < <(libraries "$file")
	done
}

# root_run TREE FILE: the archive per run. TREE/rxs/ has the command and the environment already.
root_run()
{
	local tree=$1 file=$2

	cp -r "$lab_dir/guest" "$lab_dir/scenarios" "$tree/rxs/"
	mkdir -p "$tree/rxs/tools"
	cp "$lab_out/traffic" "$lab_out/enter" "$lab_out/box" "$tree/rxs/tools/"
	[ ! -x "$O/rxscope" ] || cp "$O/rxscope" "$tree/rxs/tools/"
	cp "$lab_dir/guest/init" "$tree/init"
	chmod 755 "$tree/init"
	pack "$tree" "$file"
}
