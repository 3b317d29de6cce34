// SPDX-License-Identifier: GPL-2.0
/* Members and arguments from the kernel's BTF. */
#include "rxs_btf.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Types nest (typedef of const of …), and a damaged file may nest them for ever. */
#define DEPTH_MAX 32

struct rxs_btf {
	struct btf *btf;
	u32 *slots;		/* type ids of structs and functions, open addressing by name; 0 = free */
	u32 mask;
};

static u32 name_hash(const char *s)
{
	u32 h = 2166136261u;	/* FNV-1a */

	for (; *s; s++)
		h = (h ^ (u8)*s) * 16777619u;
	return h;
}

static bool is_indexed(const struct btf_type *t)
{
	return btf_is_struct(t) || btf_is_func(t);
}

/* btf__find_by_name() walks all types at each call: a hundred thousand string compares. */
static int build_index(struct rxs_btf *b)
{
	u32 nr = btf__type_cnt(b->btf), slots = 1024;

	while (slots < nr)
		slots *= 2;
	b->slots = calloc(slots, sizeof(*b->slots));
	if (!b->slots)
		return -ENOMEM;
	b->mask = slots - 1;
	for (u32 id = 1; id < nr; id++) {
		const struct btf_type *t = btf__type_by_id(b->btf, id);
		const char *name = btf__name_by_offset(b->btf, t->name_off);
		u32 i;

		if (!is_indexed(t) || !name || !*name)
			continue;
		for (i = name_hash(name) & b->mask; b->slots[i]; i = (i + 1) & b->mask)
			;
		b->slots[i] = id;
	}
	return 0;
}

static const struct btf_type *find(const struct rxs_btf *b, const char *name, u32 kind)
{
	for (u32 i = name_hash(name) & b->mask; b->slots[i]; i = (i + 1) & b->mask) {
		const struct btf_type *t = btf__type_by_id(b->btf, b->slots[i]);

		if (btf_kind(t) == kind && !strcmp(btf__name_by_offset(b->btf, t->name_off), name))
			return t;
	}
	return NULL;
}

int rxs_btf_open(struct rxs_btf **out, const char *path, struct rxs_err *e)
{
	struct rxs_btf *b = calloc(1, sizeof(*b));
	int err;

	if (!b)
		return -ENOMEM;
	if (access(path, R_OK)) {
		err = -errno;
		rxs_err_set(e, err, "no BTF at %s: the kernel is built without CONFIG_DEBUG_INFO_BTF",
			    path);
		goto fail;
	}
	b->btf = btf__parse(path, NULL);
	if (!b->btf) {
		err = errno ? -errno : -EINVAL;
		rxs_err_set(e, err, "cannot read the BTF in %s: %s", path, strerror(-err));
		goto fail;
	}
	err = build_index(b);
	if (err)
		goto fail;
	*out = b;
	return 0;
fail:
	rxs_btf_free(b);
	return err;
}

void rxs_btf_free(struct rxs_btf *b)
{
	if (!b)
		return;
	btf__free(b->btf);
	free(b->slots);
	free(b);
}

/* Through typedefs, const, volatile, restrict and type tags to what it is. */
static const struct btf_type *strip(const struct rxs_btf *b, u32 id)
{
	const struct btf_type *t = btf__type_by_id(b->btf, id);

	for (int i = 0; t && i < DEPTH_MAX; i++) {
		if (!btf_is_mod(t) && !btf_is_typedef(t) && !btf_is_type_tag(t))
			return t;
		t = btf__type_by_id(b->btf, t->type);
	}
	return NULL;
}

/* One name (len bytes) in a struct or union; unnamed members are searched too. */
static int find_member(const struct rxs_btf *b, const struct btf_type *t, const char *name, size_t len,
		       u32 *offset_bits, u32 *type, int depth)
{
	const struct btf_member *m = btf_members(t);

	if (depth >= DEPTH_MAX)
		return -ENOENT;
	for (u32 i = 0; i < btf_vlen(t); i++, m++) {
		const char *mname = btf__name_by_offset(b->btf, m->name_off);
		u32 at = btf_member_bit_offset(t, i);
		const struct btf_type *inner;

		if (mname && *mname) {
			if (strlen(mname) != len || memcmp(mname, name, len))
				continue;
			if (btf_member_bitfield_size(t, i) || at % 8)
				return -EINVAL;
			*offset_bits += at;
			*type = m->type;
			return 0;
		}
		inner = strip(b, m->type);
		if (inner && btf_is_composite(inner)) {
			u32 sum = *offset_bits + at;
			int err = find_member(b, inner, name, len, &sum, type, depth + 1);

			if (err == -ENOENT)
				continue;
			*offset_bits = sum;
			return err;
		}
	}
	return -ENOENT;
}

int rxs_btf_member(const struct rxs_btf *b, const char *name, const char *path,
		   struct rxs_btf_member *out)
{
	const struct btf_type *t = find(b, name, BTF_KIND_STRUCT);
	u32 offset_bits = 0, type = 0;
	s64 size;

	if (!t)
		return -ENOENT;
	for (;;) {
		size_t len = strcspn(path, ".");
		int err;

		if (!t || !btf_is_composite(t))
			return -ENOENT;
		err = find_member(b, t, path, len, &offset_bits, &type, 0);
		if (err)
			return err;
		t = strip(b, type);
		if (!path[len])
			break;
		path += len + 1;
	}
	size = btf__resolve_size(b->btf, type);
	if (!t || size < 0)
		return -ENOENT;
	out->offset_bytes = offset_bits / 8;
	out->size_bytes = size;
	out->is_pointer = btf_is_ptr(t);
	out->is_array = btf_is_array(t);
	return 0;
}

static bool points_at(const struct rxs_btf *b, u32 id, const char *name, unsigned int depth)
{
	const struct btf_type *t = strip(b, id);

	for (; depth; depth--) {
		if (!t || !btf_is_ptr(t))
			return false;
		t = strip(b, t->type);
	}
	return t && (btf_is_struct(t) || btf_is_fwd(t)) &&
	       !strcmp(btf__name_by_offset(b->btf, t->name_off), name);
}

int rxs_btf_func_arg(const struct rxs_btf *b, const char *func, unsigned int want, const char *name,
		     unsigned int depth)
{
	const struct btf_type *t = find(b, func, BTF_KIND_FUNC);
	const struct btf_param *p;
	int found = -ENOENT;

	t = t ? btf__type_by_id(b->btf, t->type) : NULL;
	if (!t || !btf_is_func_proto(t))
		return -ESRCH;
	p = btf_params(t);
	if (want >= 1 && want <= btf_vlen(t) && points_at(b, p[want - 1].type, name, depth))
		return want;
	for (u32 i = 0; i < btf_vlen(t); i++) {
		if (!points_at(b, p[i].type, name, depth))
			continue;
		if (found > 0)
			return -ENOENT;
		found = i + 1;
	}
	return found;
}
