// SPDX-License-Identifier: GPL-2.0
/* .rxs files and streams as a source (docs/rxs-format.md). */
#include "src_rxs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/rxs_fmt.h"
#include "rxs_blocks.h"

#define CUT_OFF "the recording was cut off: its end is missing"

struct template {
	u32 stage, op, hook;
	u64 mask;
};

struct name {
	const char *s;
	u32 len;
};

struct rxs_reader {
	struct rxs_input *in;
	struct rxs_blocks *blocks;
	struct rxs_file_tables tables;
	char *kernel, *clock, *note;
	bool deterministic;
	u64 clock_res_ns, nr_cpus, probe_cost_ns;

	struct rxs_block block;	/* the one being read */
	const u8 *p, *end;	/* what is left of it; p NULL: none */
	u64 block_nr;		/* counts blocks, for rxs_rxs_block() */
	u32 events;		/* taken of this block */
	u64 last_ns;		/* time of the last event, here and before */
	u64 last[RXS_FF_NR];
	struct template *template;
	u32 nr_templates;
	struct name *name;	/* number 1 is name[0] */
	u32 nr_names, max_names;

	u64 expected;		/* events that stand before the next block */
	bool damaged;		/* bytes were passed over since the last good block */
	bool finished;		/* an END block was the last one */
	bool ended;
	struct rxs_file_event event;
};

/* --- header tables */

static void free_names(char **v, u32 nr)
{
	for (u32 i = 0; i < nr; i++)
		free(v[i]);
	free(v);
}

static void free_tables(struct rxs_file_tables *t)
{
	free_names(t->stage, t->nr_stages);
	free_names(t->op, t->nr_ops);
	free_names(t->lost_kind, t->nr_lost_kinds);
	for (u32 i = 0; i < t->nr_hooks; i++) {
		free(t->hook[i].group);
		free(t->hook[i].name);
	}
	free(t->hook);
	memset(t, 0, sizeof(*t));
}

static int add_name(char ***v, u32 *nr, const u8 *p, size_t len)
{
	char **more;

	if (*nr >= RXS_FILE_TABLE_MAX || len > RXS_FILE_NAME_MAX)
		return -EBADMSG;
	more = realloc(*v, (*nr + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	*v = more;
	more[*nr] = strndup((const char *)p, len);
	if (!more[*nr])
		return -ENOMEM;
	(*nr)++;
	return 0;
}

static const u8 *get_bytes(const u8 *p, const u8 *end, const u8 **bytes, u64 *len)
{
	p = p ? rxs_get_varint(p, end, len) : NULL;
	if (!p || *len > (u64)(end - p))
		return NULL;
	*bytes = p;
	return p + *len;
}

static int add_hook(struct rxs_file_tables *t, const u8 *p, size_t size)
{
	const u8 *end = p + size, *group, *name;
	u64 stage, op, kind, group_len, name_len;
	struct rxs_file_hook *more;

	p = rxs_get_varint(p, end, &stage);
	p = p ? rxs_get_varint(p, end, &op) : NULL;
	p = p ? rxs_get_varint(p, end, &kind) : NULL;
	p = get_bytes(p, end, &group, &group_len);
	p = get_bytes(p, end, &name, &name_len);
	if (!p || t->nr_hooks >= RXS_FILE_TABLE_MAX || group_len > RXS_FILE_NAME_MAX ||
	    name_len > RXS_FILE_NAME_MAX)
		return -EBADMSG;
	more = realloc(t->hook, (t->nr_hooks + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	t->hook = more;
	more[t->nr_hooks] = (struct rxs_file_hook){
		.stage = stage < UINT32_MAX ? stage : UINT32_MAX,
		.op = op < UINT32_MAX ? op : UINT32_MAX,
		.is_kprobe = kind,
		.group = strndup((const char *)group, group_len),
		.name = strndup((const char *)name, name_len),
	};
	t->nr_hooks++;
	return more[t->nr_hooks - 1].group && more[t->nr_hooks - 1].name ? 0 : -ENOMEM;
}

/* The first one stays, since what info() gave out is valid until close: files may follow each other. */
static int set_text(char **text, const u8 *p, size_t len)
{
	if (!*text)
		*text = strndup((const char *)p, len < RXS_FILE_NAME_MAX ? len : RXS_FILE_NAME_MAX);
	if (!*text)
		return -ENOMEM;
	rxs_fmt_plain(*text);
	return 0;
}

static int head_item(struct rxs_reader *r, u64 tag, const u8 *p, size_t len)
{
	struct rxs_file_tables *t = &r->tables;
	u64 v = 0;

	rxs_get_varint(p, p + len, &v);
	switch (tag) {
	case RXS_HEAD_KERNEL:
		return set_text(&r->kernel, p, len);
	case RXS_HEAD_CLOCK:
		return set_text(&r->clock, p, len);
	case RXS_HEAD_NOTE:
		return set_text(&r->note, p, len);
	case RXS_HEAD_DETERMINISTIC:
		r->deterministic = v != 0;
		return 0;
	case RXS_HEAD_CLOCK_RES_NS:
		r->clock_res_ns = v;
		return 0;
	case RXS_HEAD_NR_CPUS:
		r->nr_cpus = v;
		return 0;
	case RXS_HEAD_PROBE_COST_NS:
		r->probe_cost_ns = v;
		return 0;
	case RXS_HEAD_STAGE:
		return add_name(&t->stage, &t->nr_stages, p, len);
	case RXS_HEAD_OP:
		return add_name(&t->op, &t->nr_ops, p, len);
	case RXS_HEAD_LOST_KIND:
		return add_name(&t->lost_kind, &t->nr_lost_kinds, p, len);
	case RXS_HEAD_HOOK:
		return add_hook(t, p, len);
	default:
		return 0;	/* a later version's */
	}
}

/* Copies of the header change nothing; one behind a preamble is another file's. */
static int read_head(struct rxs_reader *r, const struct rxs_block *b)
{
	const u8 *p = b->data, *end = p + b->len_bytes, *bytes;
	u32 generation = r->tables.generation + 1;
	u64 tag, len;
	int err = 0;

	if (r->tables.generation && !b->restart)
		return 0;
	free_tables(&r->tables);
	r->tables.generation = generation;
	while (p < end && !err) {
		p = rxs_get_varint(p, end, &tag);
		p = get_bytes(p, end, &bytes, &len);
		if (!p)
			return -EBADMSG;
		err = head_item(r, tag, bytes, len);
	}
	return err;
}

/* --- blocks */

static void begin_block(struct rxs_reader *r)
{
	r->p = r->block.data;
	r->end = r->p + r->block.len_bytes;
	r->block_nr++;
	r->events = 0;
	r->nr_templates = r->nr_names = 0;
	memset(r->last, 0, sizeof(r->last));
}

static void fill_lost(struct rxs_raw *raw, u64 since_ns, u64 until_ns, u64 count)
{
	*raw = (struct rxs_raw){
		.kind = RXS_RAW_LOST,
		.lost_kind = RXS_LOST_FILE,
		.cpu = -1,
		.ts_ns = until_ns,
		.lost = count,
		.lost_since_ns = since_ns,
	};
}

/* A good block came: 1 when events are missing before it (told in raw), else 0. */
static int account(struct rxs_reader *r, struct rxs_raw *raw)
{
	const struct rxs_block *b = &r->block;
	u64 missing;
	bool gap;

	if (b->restart)
		r->expected = b->first_event;
	gap = b->first_event > r->expected;
	missing = gap ? b->first_event - r->expected : 0;
	/* The number is exact: each block says how many events stand before it. */
	if (gap)
		fill_lost(raw, r->last_ns, b->base_ns, missing);
	r->damaged = false;
	r->expected = b->first_event + b->events;
	return gap;
}

/* The file ended, or nothing readable is left. 1: told in raw; 0: all is well. */
static int account_end(struct rxs_reader *r, struct rxs_raw *raw)
{
	r->ended = true;
	if (r->finished && !r->damaged)
		return 0;
	fill_lost(raw, r->last_ns, r->last_ns, 0);
	return 1;
}

static int out_of_blocks(int rc, struct rxs_err *e)
{
	if (rc == -EAGAIN)
		return rc;
	if (rc == -EBADMSG)
		return rxs_err_set(e, rc, "the recording was written by a newer rxscope, in another format");
	return rxs_err_set(e, rc, "reading the recording: %s", strerror(-rc));
}

/* Go to the next block. 1: a loss is told in raw; 0: go on; 2: the end; else -errno. */
static int next_block(struct rxs_reader *r, struct rxs_raw *raw, struct rxs_err *e)
{
	int rc = rxs_blocks_next(r->blocks, &r->block, false, &r->damaged), lost;

	if (rc < 0)
		return out_of_blocks(rc, e);
	if (!rc)
		return account_end(r, raw) ? 1 : 2;
	lost = account(r, raw);
	r->finished = r->block.type == RXS_BLOCK_END;
	if (r->block.type == RXS_BLOCK_EVENTS)
		begin_block(r);
	else if (r->block.type == RXS_BLOCK_HEAD)
		rc = read_head(r, &r->block);
	if (rc == -ENOMEM)
		return rc;
	return lost;
}

/* The checksum is right but the contents are not: what is left of the block is lost. */
static int give_up_block(struct rxs_reader *r, struct rxs_raw *raw)
{
	r->p = NULL;
	if (r->block.events <= r->events)
		return 0;
	fill_lost(raw, r->last_ns, r->last_ns, r->block.events - r->events);
	return 1;
}

/* --- records */

static int add_string(struct rxs_reader *r)
{
	const u8 *bytes;
	u64 len;

	r->p = get_bytes(r->p, r->end, &bytes, &len);
	if (!r->p || len > RXS_FILE_NAME_MAX || r->nr_names >= RXS_BLOCK_STRINGS_MAX)
		return -EBADMSG;
	if (r->nr_names == r->max_names) {
		u32 max = r->max_names ? 2 * r->max_names : 64;
		struct name *more = realloc(r->name, max * sizeof(*more));

		if (!more)
			return -ENOMEM;
		r->name = more;
		r->max_names = max;
	}
	r->name[r->nr_names++] = (struct name){ (const char *)bytes, len };
	return 0;
}

static int add_template(struct rxs_reader *r)
{
	u64 v[4];

	for (int i = 0; i < 4; i++) {
		r->p = rxs_get_varint(r->p, r->end, &v[i]);
		if (!r->p || (i < 3 && v[i] > UINT32_MAX))
			return -EBADMSG;
	}
	if (r->nr_templates >= RXS_BLOCK_TEMPLATES_MAX)
		return -EBADMSG;
	r->template[r->nr_templates++] = (struct template){ v[0], v[1], v[2], v[3] };
	return 0;
}

static int lost_kind(const struct rxs_reader *r, u64 nr)
{
	for (int k = 0; nr < r->tables.nr_lost_kinds && k < RXS_LOST_NR; k++)
		if (!strcmp(r->tables.lost_kind[nr], rxs_lost_id(k)))
			return k;
	return RXS_LOST_READER;
}

static int read_lost(struct rxs_reader *r, struct rxs_raw *raw)
{
	u64 kind, cpu, since, until, count, symbol, stream;
	u64 *const v[] = { &kind, &cpu, &since, &until, &count, &symbol, &stream };
	s64 cpu_nr;

	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(v); i++) {
		r->p = rxs_get_varint(r->p, r->end, v[i]);
		if (!r->p)
			return -EBADMSG;
	}
	cpu_nr = rxs_unzigzag(cpu);
	fill_lost(raw, since, until, count);
	raw->lost_kind = lost_kind(r, kind);
	raw->cpu = cpu_nr >= -1 && cpu_nr <= INT16_MAX ? cpu_nr : -1;
	if (symbol && symbol <= r->nr_names) {
		raw->data = r->name[symbol - 1].s;
		raw->len_bytes = r->name[symbol - 1].len;
	}
	return 1;
}

static const enum rxs_file_coding codings[RXS_FF_NR] = {
#define F(bit, member, coding) [bit] = RXS_FC_##coding,
	RXS_FILE_FIELDS(F)
#undef F
};

static u64 decode_field(struct rxs_reader *r, unsigned int bit, u64 v)
{
	switch (codings[bit]) {
	case RXS_FC_SIGNED:
		return rxs_unzigzag(v);
	case RXS_FC_DELTA:
		return r->last[bit] += (u64)rxs_unzigzag(v);
	case RXS_FC_STR:
		return v <= r->nr_names ? v : 0;
	default:
		return v;
	}
}

/* Fields in order of their bits; those this version does not know are passed over. */
static int read_fields(struct rxs_reader *r, u64 mask)
{
	struct rxs_file_event *ev = &r->event;
	const u8 *bytes;
	u64 v;

	for (; mask; mask &= mask - 1) {
		unsigned int bit = __builtin_ctzll(mask);

		if (bit >= RXS_FF_BYTES) {
			r->p = get_bytes(r->p, r->end, &bytes, &v);
			if (r->p && bit == RXS_FF_HDR) {
				ev->hdr = bytes;
				ev->hdr_len = v;
			}
		} else {
			r->p = rxs_get_varint(r->p, r->end, &v);
			if (r->p && bit < RXS_FF_NR)
				ev->field[bit] = decode_field(r, bit, v);
		}
		if (!r->p)
			return -EBADMSG;
	}
	return 0;
}

static int read_event(struct rxs_reader *r, u64 nr, struct rxs_raw *raw)
{
	const struct template *t;
	u64 delta;

	if (nr >= r->nr_templates)
		return -EBADMSG;
	t = &r->template[nr];
	r->p = rxs_get_varint(r->p, r->end, &delta);
	if (!r->p)
		return -EBADMSG;
	memset(&r->event, 0, sizeof(r->event));
	r->event.stage = t->stage;
	r->event.op = t->op;
	r->event.hook = t->hook;
	if (read_fields(r, t->mask))
		return -EBADMSG;
	r->last_ns = (r->events++ ? r->last_ns : r->block.base_ns) + (u64)rxs_unzigzag(delta);
	*raw = (struct rxs_raw){
		.kind = RXS_RAW_RXS,
		.ts_ns = r->last_ns,
		.data = &r->event,
		.len_bytes = sizeof(r->event),
		.cpu = (s16)r->event.field[RXS_FF_cpu],
	};
	return 1;
}

/* 1: *raw is set; 0: it was a definition; -errno. */
static int read_record(struct rxs_reader *r, struct rxs_raw *raw)
{
	u64 tag;

	r->p = rxs_get_varint(r->p, r->end, &tag);
	if (!r->p)
		return -EBADMSG;
	switch (tag) {
	case RXS_REC_STRING:
		return add_string(r);
	case RXS_REC_TEMPLATE:
		return add_template(r);
	case RXS_REC_LOST:
		return read_lost(r, raw);
	default:
		return read_event(r, tag - RXS_REC_EVENT, raw);
	}
}

static int rxs_next(struct rxs_source *s, struct rxs_raw *raw, struct rxs_err *e)
{
	struct rxs_reader *r = s->priv;
	int rc;

	for (;;) {
		while (r->p && r->p < r->end) {
			rc = read_record(r, raw);
			if (rc == -EBADMSG)
				rc = give_up_block(r, raw);
			if (rc)
				return rc;
		}
		if (r->ended)
			return 0;
		r->p = NULL;
		rc = next_block(r, raw, e);
		if (rc)
			return rc == 2 ? 0 : rc;
	}
}

/* --- the rest */

static int rxs_probe_file(const void *head, size_t len)
{
	return len >= RXS_FILE_MAGIC_BYTES && !memcmp(head, RXS_FILE_MAGIC, RXS_FILE_MAGIC_BYTES) ? 100 : 0;
}

static void rxs_close(struct rxs_source *s)
{
	struct rxs_reader *r = s->priv;

	if (!r)
		return;
	rxs_blocks_free(r->blocks);
	free_tables(&r->tables);
	free(r->kernel);
	free(r->clock);
	free(r->note);
	free(r->template);
	free(r->name);
	free(r);
	s->priv = NULL;
}

/* Up to the header, which stands first and, should it be damaged, again further on. */
static int find_head(struct rxs_reader *r, struct rxs_err *e)
{
	int rc;

	while (!r->tables.generation) {
		rc = rxs_blocks_next(r->blocks, &r->block, true, &r->damaged);
		if (rc < 0)
			return out_of_blocks(rc, e);
		if (!rc)
			return rxs_err_set(e, -EBADMSG, "%s: damaged: no header is left in it", r->in->name);
		if (r->block.type != RXS_BLOCK_HEAD)
			continue;
		rc = read_head(r, &r->block);
		if (rc)
			return rc == -EBADMSG ? rxs_err_set(e, rc, "%s: its header makes no sense",
							    r->in->name) : rc;
	}
	return 0;
}

static int rxs_open(struct rxs_source *s, const struct rxs_source_opts *o, struct rxs_err *e)
{
	struct rxs_reader *r = calloc(1, sizeof(*r));
	int err = -ENOMEM;

	(void)o;
	if (!r)
		return -ENOMEM;
	s->priv = r;
	r->in = s->in;
	r->template = malloc(RXS_BLOCK_TEMPLATES_MAX * sizeof(*r->template));
	if (r->template)
		err = rxs_blocks_new(&r->blocks, r->in);
	if (!err)
		err = find_head(r, e);
	if (err)
		rxs_close(s);
	return err;
}

static int rxs_pollfd(struct rxs_source *s)
{
	return s->in->is_pipe ? s->in->fd : -1;
}

static u64 rxs_position(struct rxs_source *s)
{
	return s->in->pos;
}

static void rxs_info(struct rxs_source *s, struct rxs_source_info *i)
{
	const struct rxs_reader *r = s->priv;
	const char *note = r->note ? r->note : "";

	if (r->ended && !r->finished)
		note = CUT_OFF;
	*i = (struct rxs_source_info){
		.kind = "rxs",
		.name = r->in->name,
		.kernel = r->kernel ? r->kernel : "",
		.clock = r->clock ? r->clock : "",
		.clock_res_ns = r->clock_res_ns <= UINT32_MAX ? r->clock_res_ns : 0,
		.nr_cpus = r->nr_cpus <= UINT16_MAX ? r->nr_cpus : 0,
		.probe_cost_ns = r->probe_cost_ns,
		.size_bytes = r->in->size_bytes,
		.note = note,
		.deterministic = r->deterministic,
	};
}

const struct rxs_file_tables *rxs_rxs_tables(const struct rxs_source *s)
{
	return &((const struct rxs_reader *)s->priv)->tables;
}

u64 rxs_rxs_block(const struct rxs_source *s)
{
	return ((const struct rxs_reader *)s->priv)->block_nr;
}

const char *rxs_rxs_name(const struct rxs_source *s, u32 nr, u32 *len_bytes)
{
	const struct rxs_reader *r = s->priv;

	if (!nr || nr > r->nr_names)
		return NULL;
	*len_bytes = r->name[nr - 1].len;
	return r->name[nr - 1].s;
}

const struct rxs_source_ops rxs_source_rxs = {
	.name = "rxs",
	.probe = rxs_probe_file,
	.open = rxs_open,
	.next = rxs_next,
	.pollfd = rxs_pollfd,
	.position = rxs_position,
	.info = rxs_info,
	.close = rxs_close,
};
