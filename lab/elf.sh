#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# elf.sh BZIMAGE VMLINUX: takes the kernel's ELF file out of a bzImage; it has the kernel's BTF.
#
# Where the compressed kernel lies is in the image's header: Documentation/x86/boot.rst, fields
# setup_sects (0x1f1), payload_offset (0x248), payload_length (0x24c).

set -eu
. "$(dirname -- "$0")/common.sh"

image=$1
elf=$2

# field OFFSET SIZE
field()
{
	od -An -t "u$2" -j "$(($1))" -N "$2" "$image" | tr -d ' '
}

payload()
{
	tail -c +$((start + 1)) "$image" | head -c "$length"
}

sectors=$(field 0x1f1 1)
start=$(((sectors + 1) * 512 + $(field 0x248 4)))
length=$(field 0x24c 4)

case $(payload | od -An -tx1 -N4 | tr -d ' ') in
1f8b*) unpack='gzip -dc' ;;
fd377a58) unpack='xz -dc --single-stream' ;;
28b52ffd) unpack='zstd -dc' ;;
02214c18) unpack='lz4 -dc' ;;
*) die "$EXIT_IMPOSSIBLE" "$image: the kernel in it is packed in a way not known here" ;;
esac

# After the packed kernel comes its size, which the unpackers complain of: the ELF header decides.
payload | $unpack >"$elf.tmp" 2>/dev/null || :
[ "$(od -An -tx1 -N4 "$elf.tmp" | tr -d ' ')" = 7f454c46 ] ||
	die "$EXIT_INTERNAL" "$image: what was unpacked is no ELF file"
mv "$elf.tmp" "$elf"
