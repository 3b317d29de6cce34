/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the members of kernel structures lie, and which argument of a function is what, as the
 * kernel's own BTF tells (Documentation/bpf/btf.rst). Reading is libbpf's; this adds members of
 * unnamed structs and unions, and a look-up by name that is fast enough for hundreds of questions.
 */
#ifndef RXS_BTF_H
#define RXS_BTF_H

#include "../base/rxs_err.h"
#include "../base/rxs_types.h"

#define RXS_BTF_VMLINUX "/sys/kernel/btf/vmlinux"

struct rxs_btf;

/* What one finds at the end of a chain of members. */
struct rxs_btf_member {
	u32 offset_bytes;	/* from the start of the structure asked for */
	u32 size_bytes;
	bool is_pointer;
	bool is_array;
};

/*
 * Load BTF from path: raw, as the kernel shows it, or an ELF file with a .BTF section. 0 and a handle
 * to be freed with rxs_btf_free(), or -errno: -ENOENT the kernel has none (CONFIG_DEBUG_INFO_BTF).
 */
int rxs_btf_open(struct rxs_btf **out, const char *path, struct rxs_err *e);
/* NULL is fine. */
void rxs_btf_free(struct rxs_btf *b);

/*
 * Find "a" or "a.b.c" in struct name. Members of unnamed structs and unions count as members of what
 * holds them, as in C. -ENOENT: no such structure or member; -EINVAL: a bit field.
 */
int rxs_btf_member(const struct rxs_btf *b, const char *name, const char *path,
		   struct rxs_btf_member *out);

/*
 * Which argument of function func is a pointer to struct name, through depth pointers (1: struct x *,
 * 2: struct x **). want is where it is expected, counted from 1: it is returned when it fits, else the
 * only other argument that does. -ESRCH: BTF does not know the function; -ENOENT: none fits, or several.
 */
int rxs_btf_func_arg(const struct rxs_btf *b, const char *func, unsigned int want, const char *name,
		     unsigned int depth);

#endif
