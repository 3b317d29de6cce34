// SPDX-License-Identifier: GPL-2.0
/*
 * Writer of .rxs (docs/rxs-format.md). A block holds everything needed to read it, names included: one that
 * is damaged takes nothing else with it.
 */
#include "rxs_file.h"
#include "../source/rxs_format.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define BLOCK_BYTES	65536	/* a block is closed when its payload reaches this */
#define HEAD_EVERY	256	/* blocks between two copies of the header */
#define ZSTD_LEVEL	1
#define TEMPLATE_SLOTS	1024	/* hash table; at most half of it is used */
#define RECORD_MAX	512	/* bytes of one event or loss without strings */

struct template {
	u64 mask;
	u32 key;		/* stage, op, hook */
	u32 block;		/* 1 + number of the block it was defined in */
	u32 nr;
};

/* A name in the current block. */
struct name {
	u32 block;		/* as above */
	u32 nr;
};

struct rxs_writer {
	int fd;
	int level;
	const struct rxs_strtab *strtab;
	ZSTD_CCtx *zstd;
	u8 *head;		/* payload of the HEAD block */
	size_t head_len;
	u8 *buf;		/* payload being filled */
	size_t len, max;
	u8 *packed;
	size_t packed_max;
	bool begun;		/* base_ns is set for the block being filled */
	u32 block;		/* its number */
	u32 since_head;
	u32 block_events;
	u32 nr_templates, nr_names;
	u64 events, losses;	/* in closed blocks and this one */
	u64 first_event;
	u64 base_ns, last_ns;
	u64 last[RXS_FF_NR];
	u64 bytes;
	struct template template[TEMPLATE_SLOTS];
	struct name *name;	/* by string id */
	u32 name_max;
	bool ended;
	int err;		/* the first failed write: nothing more is written after it */
};

static int write_all(struct rxs_writer *w, const u8 *p, size_t len)
{
	while (len && !w->err) {
		ssize_t n = write(w->fd, p, len);

		if (n < 0 && errno == EAGAIN) {
			struct pollfd f = { .fd = w->fd, .events = POLLOUT };

			poll(&f, 1, -1);
		} else if (n < 0 && errno != EINTR) {
			w->err = -errno;
		} else if (n > 0) {
			p += n;
			len -= n;
			w->bytes += n;
		}
	}
	return w->err;
}

/* Pack when it pays. Returns what to store; *len is its length. */
static const u8 *pack(struct rxs_writer *w, const u8 *raw, size_t *len, u8 *flags)
{
	size_t n;

	*flags = 0;
	if (!w->level || *len < 64)
		return raw;
	n = ZSTD_compressCCtx(w->zstd, w->packed, w->packed_max, raw, *len, w->level);
	if (ZSTD_isError(n) || n >= *len)
		return raw;
	*flags = RXS_BLOCK_ZSTD;
	*len = n;
	return w->packed;
}

static int write_block(struct rxs_writer *w, u8 type, const u8 *raw, size_t raw_len, u32 events)
{
	u8 h[RXS_BLOCK_HEADER_BYTES], flags;
	size_t len = raw_len;
	const u8 *data = raw;

	/* The header is left readable to a person with a hex dump. */
	flags = 0;
	if (type != RXS_BLOCK_HEAD)
		data = pack(w, raw, &len, &flags);
	memcpy(h, RXS_BLOCK_SYNC, RXS_BLOCK_SYNC_BYTES);
	h[4] = type;
	h[5] = flags;
	rxs_put_le(h + 6, RXS_BLOCK_HEADER_BYTES, 2);
	rxs_put_le(h + 8, len, 4);
	rxs_put_le(h + 12, raw_len, 4);
	rxs_put_le(h + 16, w->block++, 4);
	rxs_put_le(h + 20, events, 4);
	rxs_put_le(h + 24, w->first_event, 8);
	rxs_put_le(h + 32, w->base_ns, 8);
	rxs_put_le(h + 40, crc32(0, data, len), 4);
	rxs_put_le(h + 44, crc32(0, h, 44), 4);
	w->first_event += events;
	write_all(w, h, sizeof(h));
	return write_all(w, data, len);
}

int rxs_writer_flush(struct rxs_writer *w)
{
	if (w->err || !w->len)
		return w->err;
	if (w->since_head++ >= HEAD_EVERY) {
		w->since_head = 0;
		write_block(w, RXS_BLOCK_HEAD, w->head, w->head_len, 0);
	}
	write_block(w, RXS_BLOCK_EVENTS, w->buf, w->len, w->block_events);
	w->len = 0;
	w->begun = false;
	w->block_events = w->nr_templates = w->nr_names = 0;
	memset(w->last, 0, sizeof(w->last));
	return w->err;
}

/* Room for n more bytes in the block, or a new block. */
static int make_room(struct rxs_writer *w, size_t n)
{
	if (w->len + n <= w->max)
		return 0;
	return n <= w->max ? rxs_writer_flush(w) : -EMSGSIZE;
}

static void begin_block(struct rxs_writer *w, u64 ts_ns)
{
	if (w->begun)
		return;
	w->begun = true;
	w->base_ns = ts_ns;
	w->last_ns = ts_ns;
}

static void put_bytes(struct rxs_writer *w, const void *p, size_t len)
{
	u8 *at = rxs_put_varint(w->buf + w->len, len);

	if (len)
		memcpy(at, p, len);
	w->len = at + len - w->buf;
}

static void put(struct rxs_writer *w, u64 v)
{
	w->len = rxs_put_varint(w->buf + w->len, v) - w->buf;
}

/* Is the name known in this block already? */
static bool is_named(const struct rxs_writer *w, u32 id)
{
	return !id || (id < w->name_max && w->name[id].block == w->block + 1);
}

static int grow_names(struct rxs_writer *w, u32 id)
{
	u32 max = w->name_max ? w->name_max : 256;
	struct name *v;

	if (id < w->name_max)
		return 0;
	while (max <= id)
		max *= 2;
	v = realloc(w->name, max * sizeof(*v));
	if (!v)
		return -ENOMEM;
	memset(v + w->name_max, 0, (max - w->name_max) * sizeof(*v));
	w->name = v;
	w->name_max = max;
	return 0;
}

/* Define the names that the next record uses. A new block begins when they do not fit. */
static int define_names(struct rxs_writer *w, const u32 *id, unsigned int nr)
{
	size_t need = RECORD_MAX;
	int err = 0;

	for (unsigned int i = 0; i < nr; i++)
		if (!is_named(w, id[i]))
			need += RXS_FILE_NAME_MAX + 2 * RXS_VARINT_MAX_BYTES;
	err = make_room(w, need);
	if (!err && (w->nr_names + nr > RXS_BLOCK_STRINGS_MAX || w->nr_templates >= TEMPLATE_SLOTS / 2))
		err = rxs_writer_flush(w);
	for (unsigned int i = 0; i < nr && !err; i++) {
		const char *s;

		if (is_named(w, id[i]))
			continue;
		err = grow_names(w, id[i]);
		if (err)
			break;
		s = rxs_strtab_get(w->strtab, id[i]);
		put(w, RXS_REC_STRING);
		put_bytes(w, s, strnlen(s, RXS_FILE_NAME_MAX));
		w->name[id[i]] = (struct name){ .block = w->block + 1, .nr = ++w->nr_names };
	}
	return err;
}

static u64 name_nr(const struct rxs_writer *w, u32 id)
{
	return id ? w->name[id].nr : 0;
}

/* Number of the template for this kind of event with these fields, defined when it is new. */
static u32 template_nr(struct rxs_writer *w, const struct rxs_event *ev, u64 mask)
{
	u32 key = (u32)ev->stage << 22 ^ (u32)ev->op << 16 ^ ev->hook;
	u32 i = (key * 2654435761u ^ (u32)(mask ^ mask >> 32) * 40503u) % TEMPLATE_SLOTS;
	struct template *t;

	for (;; i = (i + 1) % TEMPLATE_SLOTS) {
		t = &w->template[i];
		if (t->block != w->block + 1)
			break;
		if (t->key == key && t->mask == mask)
			return t->nr;
	}
	*t = (struct template){ .mask = mask, .key = key, .block = w->block + 1, .nr = w->nr_templates++ };
	put(w, RXS_REC_TEMPLATE);
	put(w, ev->stage);
	put(w, ev->op);
	put(w, ev->hook);
	put(w, mask);
	return t->nr;
}

static u64 mask_of(const struct rxs_event *ev)
{
	u64 mask = 0;

#define F(bit, member, coding) mask |= ev->member ? 1ull << bit : 0;
	RXS_FILE_FIELDS(F)
#undef F
	if (ev->hdr_len)
		mask |= 1ull << RXS_FF_HDR;
	return mask;
}

static void put_field(struct rxs_writer *w, unsigned int bit, enum rxs_file_coding coding, u64 v)
{
	switch (coding) {
	case RXS_FC_PLAIN:
		put(w, v);
		break;
	case RXS_FC_SIGNED:
		put(w, rxs_zigzag((s64)v));
		break;
	case RXS_FC_DELTA:
		put(w, rxs_zigzag((s64)(v - w->last[bit])));
		w->last[bit] = v;
		break;
	case RXS_FC_STR:
		put(w, name_nr(w, v));
		break;
	}
}

int rxs_writer_event(struct rxs_writer *w, const struct rxs_event *ev)
{
	const u32 names[] = { ev->dev, ev->comm, ev->reason, ev->symbol };
	u64 mask = mask_of(ev);
	int err = w->err;
	u32 nr;

	if (!err)
		err = define_names(w, names, RXS_ARRAY_SIZE(names));
	if (err)
		return err;
	begin_block(w, ev->ts_ns);
	nr = template_nr(w, ev, mask);
	put(w, RXS_REC_EVENT + nr);
	put(w, rxs_zigzag((s64)(ev->ts_ns - w->last_ns)));
	w->last_ns = ev->ts_ns;
#define F(bit, member, coding) \
	if (mask & 1ull << bit) \
		put_field(w, bit, RXS_FC_##coding, (u64)(s64)ev->member);
	RXS_FILE_FIELDS(F)
#undef F
	if (ev->hdr_len)
		put_bytes(w, ev->hdr, ev->hdr_len <= RXS_HDR_MAX_BYTES ? ev->hdr_len : RXS_HDR_MAX_BYTES);
	w->block_events++;
	w->events++;
	return w->len >= BLOCK_BYTES ? rxs_writer_flush(w) : 0;
}

int rxs_writer_lost(struct rxs_writer *w, const struct rxs_lost *l)
{
	int err = w->err;

	if (!err)
		err = define_names(w, &l->symbol, 1);
	if (err)
		return err;
	begin_block(w, l->until_ns);
	put(w, RXS_REC_LOST);
	put(w, l->kind);
	put(w, rxs_zigzag(l->cpu));
	put(w, l->since_ns);
	put(w, l->until_ns);
	put(w, l->count);
	put(w, name_nr(w, l->symbol));
	put(w, l->stream);
	w->losses++;
	return w->len >= BLOCK_BYTES ? rxs_writer_flush(w) : 0;
}

/* --- the header */

static void item(struct rxs_writer *w, u64 tag, const void *p, size_t len)
{
	if (w->len + len + 2 * RXS_VARINT_MAX_BYTES > w->max)
		return;
	put(w, tag);
	put_bytes(w, p, len);
}

static void item_text(struct rxs_writer *w, u64 tag, const char *s)
{
	item(w, tag, s ? s : "", s ? strnlen(s, RXS_FILE_NAME_MAX) : 0);
}

static void item_num(struct rxs_writer *w, u64 tag, u64 v)
{
	u8 tmp[RXS_VARINT_MAX_BYTES];

	item(w, tag, tmp, rxs_put_varint(tmp, v) - tmp);
}

static void item_hook(struct rxs_writer *w, const struct rxs_hook_info *h)
{
	size_t group = strlen(h->group), name = strlen(h->name);
	u8 tmp[2 * RXS_FILE_NAME_MAX], *p = tmp;

	if (group + name > RXS_FILE_NAME_MAX)
		group = name = 0;
	p = rxs_put_varint(p, h->stage);
	p = rxs_put_varint(p, h->op);
	p = rxs_put_varint(p, h->kind == RXS_HOOK_KP);
	p = rxs_put_varint(p, group);
	memcpy(p, h->group, group);
	p = rxs_put_varint(p + group, name);
	memcpy(p, h->name, name);
	item(w, RXS_HEAD_HOOK, tmp, p + name - tmp);
}

/* Names of everything that blocks refer to by number: another build has other numbers. */
static int make_head(struct rxs_writer *w, const struct rxs_source_info *info)
{
	item_text(w, RXS_HEAD_KERNEL, info->kernel);
	item_text(w, RXS_HEAD_CLOCK, info->clock);
	item_num(w, RXS_HEAD_CLOCK_RES_NS, info->clock_res_ns);
	item_num(w, RXS_HEAD_NR_CPUS, info->nr_cpus);
	item_num(w, RXS_HEAD_PROBE_COST_NS, info->probe_cost_ns);
	item_text(w, RXS_HEAD_WRITER, "rxscope " RXS_VERSION);
	item_text(w, RXS_HEAD_NOTE, info->note);
	item_num(w, RXS_HEAD_DETERMINISTIC, info->deterministic);
	for (unsigned int i = 0; i < RXS_ST_NR; i++)
		item_text(w, RXS_HEAD_STAGE, rxs_stages[i].id);
	for (unsigned int i = 0; i < RXS_OP_NR; i++)
		item_text(w, RXS_HEAD_OP, rxs_ops[i]);
	for (unsigned int i = 0; i < rxs_hooks_nr; i++)
		item_hook(w, &rxs_hooks[i]);
	for (unsigned int i = 0; i < RXS_LOST_NR; i++)
		item_text(w, RXS_HEAD_LOST_KIND, rxs_lost_id(i));
	w->head = malloc(w->len);
	if (!w->head)
		return -ENOMEM;
	memcpy(w->head, w->buf, w->len);
	w->head_len = w->len;
	w->len = 0;
	return 0;
}

static int write_preamble(struct rxs_writer *w)
{
	u8 p[RXS_FILE_PREAMBLE_BYTES] = { 0 };

	memcpy(p, RXS_FILE_MAGIC, RXS_FILE_MAGIC_BYTES);
	rxs_put_le(p + 8, RXS_FILE_MAJOR, 2);
	rxs_put_le(p + 10, RXS_FILE_MINOR, 2);
	return write_all(w, p, sizeof(p));
}

static void free_writer(struct rxs_writer *w)
{
	ZSTD_freeCCtx(w->zstd);
	free(w->head);
	free(w->buf);
	free(w->packed);
	free(w->name);
	free(w);
}

int rxs_writer_new(struct rxs_writer **out, int fd, const struct rxs_source_info *info,
		   const struct rxs_strtab *t, struct rxs_err *e)
{
	struct rxs_writer *w = calloc(1, sizeof(*w));
	int err = -ENOMEM;

	if (!w)
		return -ENOMEM;
	w->fd = fd;
	w->level = ZSTD_LEVEL;
	w->strtab = t;
	/* A record and the names it defines may go beyond the mark; the reader's limit is far above. */
	w->max = BLOCK_BYTES + 8192;
	w->packed_max = ZSTD_compressBound(w->max);
	w->buf = malloc(w->max);
	w->packed = malloc(w->packed_max);
	w->zstd = ZSTD_createCCtx();
	if (!w->buf || !w->packed || !w->zstd)
		goto fail;
	err = make_head(w, info);
	if (!err)
		err = write_preamble(w);
	if (!err)
		err = write_block(w, RXS_BLOCK_HEAD, w->head, w->head_len, 0);
	if (err) {
		rxs_err_set(e, err, "cannot write the recording: %s", strerror(-err));
		goto fail;
	}
	*out = w;
	return 0;
fail:
	free_writer(w);
	return err;
}

void rxs_writer_set_level(struct rxs_writer *w, int level)
{
	w->level = level;
}

u64 rxs_writer_bytes(const struct rxs_writer *w)
{
	return w->bytes;
}

int rxs_writer_end(struct rxs_writer *w)
{
	int err;

	if (w->ended)
		return w->err;
	err = rxs_writer_flush(w);
	if (err)
		return err;
	w->ended = true;
	w->base_ns = w->last_ns;
	put(w, w->events);
	put(w, w->losses);
	return write_block(w, RXS_BLOCK_END, w->buf, w->len, 0);
}

int rxs_writer_close(struct rxs_writer *w)
{
	int err;

	if (!w)
		return 0;
	err = rxs_writer_end(w);
	free_writer(w);
	return err;
}
