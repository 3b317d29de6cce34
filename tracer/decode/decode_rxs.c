// SPDX-License-Identifier: GPL-2.0
/*
 * Events of a .rxs file to events of this build. The file has its own numbers for stages, operations and
 * hooks, and names for them; they are matched by name. What this build does not know is counted as foreign.
 */
#include "decode_ops.h"
#include "../source/src_rxs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct rxs_decode_rxs {
	struct rxs_decode_ctx ctx;
	u32 generation;		/* of the file's tables that the maps are for */
	s16 stage[RXS_FILE_TABLE_MAX];	/* file's number to ours, -1 = not known */
	s16 op[RXS_FILE_TABLE_MAX];
	u16 hook[RXS_FILE_TABLE_MAX];	/* file's to 1 + ours, 0 = not known */
	u64 block;		/* the block that names[] is for */
	u32 *name;		/* file's number in the block to string id; UINT32_MAX = not asked yet */
	u32 max_names;
};

static u16 find_hook(const struct rxs_decode_rxs *d, const struct rxs_file_hook *h)
{
	for (unsigned int i = 0; i < rxs_hooks_nr; i++) {
		const struct rxs_hook_info *our = &rxs_hooks[i];

		if (h->stage < RXS_FILE_TABLE_MAX && d->stage[h->stage] == (s16)our->stage &&
		    h->op < RXS_FILE_TABLE_MAX && d->op[h->op] == (s16)our->op &&
		    h->is_kprobe == (our->kind == RXS_HOOK_KP) && !strcmp(h->group, our->group) &&
		    !strcmp(h->name, our->name))
			return i + 1;
	}
	return 0;
}

static void map_tables(struct rxs_decode_rxs *d, const struct rxs_file_tables *t)
{
	for (u32 i = 0; i < RXS_FILE_TABLE_MAX; i++) {
		d->stage[i] = i < t->nr_stages ? rxs_stage_by_id(t->stage[i]) : -1;
		d->op[i] = i < t->nr_ops ? rxs_op_by_id(t->op[i]) : -1;
	}
	for (u32 i = 0; i < RXS_FILE_TABLE_MAX; i++)
		d->hook[i] = i < t->nr_hooks ? find_hook(d, &t->hook[i]) : 0;
	d->generation = t->generation;
}

static int make_room(struct rxs_decode_rxs *d, u32 nr)
{
	u32 max = d->max_names ? d->max_names : 64;
	u32 *more;

	while (max <= nr)
		max *= 2;
	more = realloc(d->name, max * sizeof(*more));
	if (!more)
		return -ENOMEM;
	memset(more + d->max_names, 0xff, (max - d->max_names) * sizeof(*more));
	d->name = more;
	d->max_names = max;
	return 0;
}

/* String id of a name of the block; 0 as well when memory runs out: a name not known. */
static u32 name_id(struct rxs_decode_rxs *d, u64 nr)
{
	const char *s;
	u32 len;

	if (!nr || nr > RXS_BLOCK_STRINGS_MAX)
		return 0;
	if (nr >= d->max_names && make_room(d, nr))
		return 0;
	if (d->name[nr] == UINT32_MAX) {
		s = rxs_rxs_name(d->ctx.src, nr, &len);
		d->name[nr] = s ? rxs_strtab_intern(d->ctx.strtab, s, len) : 0;
	}
	return d->name[nr];
}

static void fill(struct rxs_decode_rxs *d, const struct rxs_file_event *f, struct rxs_event *ev)
{
#define RXS_TAKE_PLAIN(v) (v)
#define RXS_TAKE_SIGNED(v) (v)
#define RXS_TAKE_DELTA(v) (v)
#define RXS_TAKE_STR(v) name_id(d, v)
#define F(bit, member, coding) ev->member = RXS_TAKE_##coding(f->field[bit]);
	RXS_FILE_FIELDS(F)
#undef F
	ev->hdr = f->hdr;
	ev->hdr_len = f->hdr_len <= RXS_HDR_MAX_BYTES ? f->hdr_len : RXS_HDR_MAX_BYTES;
}

static int record_rxs(void *priv, const struct rxs_raw *r, struct rxs_event *ev, struct rxs_lost *lost)
{
	const struct rxs_file_event *f = r->data;
	struct rxs_decode_rxs *d = priv;
	const struct rxs_file_tables *t = rxs_rxs_tables(d->ctx.src);

	(void)lost;
	if (t->generation != d->generation)
		map_tables(d, t);
	if (d->block != rxs_rxs_block(d->ctx.src)) {
		d->block = rxs_rxs_block(d->ctx.src);
		memset(d->name, 0xff, d->max_names * sizeof(*d->name));
	}
	if (f->stage >= RXS_FILE_TABLE_MAX || f->op >= RXS_FILE_TABLE_MAX || d->stage[f->stage] < 0 ||
	    d->op[f->op] < 0) {
		d->ctx.stats->foreign++;
		return 0;
	}
	memset(ev, 0, sizeof(*ev));
	fill(d, f, ev);
	ev->ts_ns = r->ts_ns;
	ev->stage = d->stage[f->stage];
	ev->op = d->op[f->op];
	ev->hook = f->hook && f->hook <= RXS_FILE_TABLE_MAX ? d->hook[f->hook - 1] : 0;
	/* Streams are told apart anew by whoever merges files. */
	ev->stream = r->stream;
	if (ev->hook)
		d->ctx.hook_hits[ev->hook - 1]++;
	d->ctx.stats->decoded++;
	return 1;
}

static int new_rxs(void **priv, const struct rxs_decode_ctx *ctx, struct rxs_err *e)
{
	struct rxs_decode_rxs *d = calloc(1, sizeof(*d));

	(void)e;
	if (!d)
		return -ENOMEM;
	d->ctx = *ctx;
	if (make_room(d, 0)) {
		free(d);
		return -ENOMEM;
	}
	*priv = d;
	return 0;
}

static void free_rxs(void *priv)
{
	struct rxs_decode_rxs *d = priv;

	free(d->name);
	free(d);
}

const struct rxs_decoder_ops rxs_decoder_rxs = {
	.kind = RXS_RAW_RXS,
	.new = new_rxs,
	.record = record_rxs,
	.free = free_rxs,
};
