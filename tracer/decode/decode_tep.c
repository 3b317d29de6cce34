// SPDX-License-Identifier: GPL-2.0
/*
 * Trace events of the kernel (tracefs, trace.dat, perf.data) to events of the stage table. A type is
 * resolved at its first event (tep_type.c); after that an event costs a few loads and no allocation.
 */
#include "decode_ops.h"
#include "tep_type.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NR_TYPES	65536	/* common_type is 16 bits wide */
#define VARIANTS_MAX	64	/* addresses of one kprobe event; more than that is no real recording */
#define PIDS_KEPT	1024
#define SYMBOLS_KEPT	256

/* kernel/trace/trace.h, enum trace_flag_type */
#define FLAG_HARDIRQ	0x08
#define FLAG_SOFTIRQ	0x10

struct kept_pid {
	u32 pid;
	u16 flags;
	u16 ask_again;		/* events until an unknown name is asked for again */
};

struct kept_symbol {
	u64 address;
	u32 name;
};

struct tep_decoder {
	struct rxs_decode_ctx ctx;
	struct tep_handle *tep;
	struct tep_type **type;	/* by common_type; NULL = not seen yet */
	struct kept_pid pid[PIDS_KEPT];
	struct kept_symbol symbol[SYMBOLS_KEPT];
};

static inline u64 load(const u8 *p, unsigned int size)
{
	u64 v8;
	u32 v4;
	u16 v2;

	switch (size) {
	case 8:
		memcpy(&v8, p, 8);
		return v8;
	case 4:
		memcpy(&v4, p, 4);
		return v4;
	case 2:
		memcpy(&v2, p, 2);
		return v2;
	default:
		return *p;
	}
}

static inline u64 load_num(const u8 *p, const struct tep_num *n)
{
	u64 v = load(p + n->off, n->size);
	unsigned int shift = 64 - 8 * n->size;

	return n->is_signed ? (u64)((s64)(v << shift) >> shift) : v;
}

/* The event's numbers out of the record at p. */
static inline void fill_numbers(struct rxs_event *ev, const struct tep_type *type, const u8 *p)
{
	const struct tep_num *n = type->num, *end = n + type->nr_copy8;
	u8 *to = (u8 *)ev;
	u64 v8;
	u32 v4;

	for (; n < end; n++)
		memcpy(to + n->to, p + n->off, 8);
	for (end += type->nr_copy4; n < end; n++)
		memcpy(to + n->to, p + n->off, 4);
	for (end = type->num + type->nr_nums; n < end; n++) {
		v8 = load_num(p, n);
		v4 = v8;
		if (n->to_size == 8)
			memcpy(to + n->to, &v8, 8);
		else
			memcpy(to + n->to, &v4, 4);
	}
}

/* The bytes a field stands for, or NULL when it points outside of the record. */
static inline const u8 *locate(const u8 *p, u32 len, u8 place, u16 off, u16 size, u32 *out_len)
{
	u32 loc, at;

	if (place == TEP_AT_FIXED) {
		*out_len = size;
		return p + off;
	}
	loc = load(p + off, 4);
	at = loc & 0xffff;
	if (place == TEP_AT_RELATIVE)
		at += off + 4;
	*out_len = loc >> 16;
	return at + *out_len <= len ? p + at : NULL;
}

/* len is at most TEP_NAME_KEPT_BYTES; names are too short for a call to pay. */
static inline bool same_bytes(const char *a, const char *b, u32 len)
{
	u64 x, y;

	for (; len >= 8; a += 8, b += 8, len -= 8) {
		memcpy(&x, a, 8);
		memcpy(&y, b, 8);
		if (x != y)
			return false;
	}
	for (; len; a++, b++, len--)
		if (*a != *b)
			return false;
	return true;
}

static u32 new_name(struct tep_decoder *d, struct tep_str *s, const char *text, u32 len)
{
	u32 id;

	/* What the kernel writes when a kprobe could not read the string. */
	id = strnlen(text, len) == 7 && !memcmp(text, "(fault)", 7) ? 0 :
	     rxs_strtab_intern(d->ctx.strtab, text, len);
	if (len <= TEP_NAME_KEPT_BYTES) {
		memcpy(s->kept[s->next].text, text, len);
		s->kept[s->next].len = len;
		s->kept[s->next].id = id;
		s->next = (s->next + 1) % TEP_NAMES_KEPT;
	}
	return id;
}

static inline u32 read_name(struct tep_decoder *d, struct tep_str *s, const u8 *p, u32 len)
{
	u32 n;
	const char *text = (const char *)locate(p, len, s->place, s->off, s->size, &n);

	if (!text || !n)
		return 0;
	for (unsigned int i = 0; i < TEP_NAMES_KEPT; i++)
		if (s->kept[i].len == n && same_bytes(s->kept[i].text, text, n))
			return s->kept[i].id;
	return new_name(d, s, text, n);
}

static const char *ask_comm(struct tep_decoder *d, u32 pid)
{
	struct rxs_source *s = d->ctx.src;

	return s->ops->comm ? s->ops->comm(s, pid) : NULL;
}

static u16 pid_flags_slow(struct tep_decoder *d, struct kept_pid *k, u32 pid)
{
	const char *comm = ask_comm(d, pid);

	k->pid = pid;
	k->flags = comm && !strncmp(comm, "ksoftirqd/", 10) ? RXS_EV_KSOFTIRQD : 0;
	k->ask_again = comm ? 0 : 1000;
	return k->flags;
}

static inline u16 pid_flags(struct tep_decoder *d, u32 pid)
{
	struct kept_pid *k = &d->pid[pid % PIDS_KEPT];

	if (!pid)
		return 0;
	if (k->pid != pid || (k->ask_again && !--k->ask_again))
		return pid_flags_slow(d, k, pid);
	return k->flags;
}

static u32 read_comm(struct tep_decoder *d, u32 pid)
{
	const char *comm = pid ? ask_comm(d, pid) : "swapper";

	return comm ? rxs_strtab_intern(d->ctx.strtab, comm, strlen(comm)) : 0;
}

static u32 read_symbol(struct tep_decoder *d, u64 address)
{
	struct kept_symbol *k = &d->symbol[(address ^ address >> 8) % SYMBOLS_KEPT];
	const char *name;

	if (!address || k->address == address)
		return address ? k->name : 0;
	name = tep_find_function(d->tep, address);
	k->address = address;
	k->name = name ? rxs_strtab_intern(d->ctx.strtab, name, strlen(name)) : 0;
	return k->name;
}

/* The name of a drop reason; one without a name is told by its number. */
static u32 read_reason(struct tep_decoder *d, struct tep_type *type, const u8 *p)
{
	u64 v = load(p + type->reason_off, type->reason_size);
	char text[24];
	struct tep_sym *more;

	for (u32 i = 0; i < type->nr_syms; i++)
		if (type->syms[i].value == v)
			return type->syms[i].name;
	snprintf(text, sizeof(text), v > 0xffff ? "0x%" PRIx64 : "%" PRIu64, v);
	if (type->nr_syms > 4096)
		return rxs_strtab_intern(d->ctx.strtab, text, strlen(text));
	more = realloc(type->syms, (type->nr_syms + 1) * sizeof(*more));
	if (!more)
		return 0;
	type->syms = more;
	more[type->nr_syms].value = v;
	more[type->nr_syms].name = rxs_strtab_intern(d->ctx.strtab, text, strlen(text));
	return more[type->nr_syms++].name;
}

/* First event of this type number. */
static struct tep_type *learn(struct tep_decoder *d, u16 id)
{
	struct tep_event *event = tep_find_event(d->tep, id);

	if (event)
		d->type[id] = tep_type_new(event, 0, d->ctx.strtab);
	return d->type[id];
}

/* A kprobe event at an address not seen last: one event can stand for probes at several. */
static struct tep_type *at_address(struct tep_decoder *d, u16 id, u64 ip)
{
	struct tep_type *first = d->type[id], **link = &first->other, *t;
	unsigned int n = 0;

	for (; *link && (*link)->ip != ip; link = &(*link)->other)
		if (++n >= VARIANTS_MAX)
			return first;
	if (!*link)
		*link = tep_type_new(first->event, ip, d->ctx.strtab);
	if (!*link)
		return NULL;
	/* To the second place, where the next event finds it at once. */
	t = *link;
	*link = t->other;
	t->other = first->other;
	first->other = t;
	return t;
}

static int fill(struct tep_decoder *d, struct tep_type *type, const struct rxs_raw *r, struct rxs_event *ev)
{
	const u8 *p = r->data;
	u8 flags = p[type->flags_off];
	u32 hdr_len;

	*ev = type->proto;
	ev->ts_ns = r->ts_ns;
	ev->cpu = r->cpu;
	ev->stream = r->stream;
	ev->pid = load(p + type->pid_off, 4);
	ev->flags = pid_flags(d, ev->pid) | (flags & (FLAG_HARDIRQ | FLAG_SOFTIRQ) ? 0 : RXS_EV_IN_TASK);
	fill_numbers(ev, type, p);
	for (unsigned int i = 0; i < type->nr_strs; i++) {
		u32 id = read_name(d, &type->str[i], p, r->len_bytes);

		memcpy((u8 *)ev + type->str[i].to, &id, sizeof(id));
	}
	if (type->hdr_place) {
		ev->hdr = locate(p, r->len_bytes, type->hdr_place, type->hdr_off, type->hdr_size, &hdr_len);
		if (ev->hdr)
			ev->hdr_len = hdr_len < RXS_HDR_MAX_BYTES ? hdr_len : RXS_HDR_MAX_BYTES;
	}
	if (type->reason_size)
		ev->reason = read_reason(d, type, p);
	if (type->need_symbol)
		ev->symbol = read_symbol(d, ev->peer);
	if (type->need_comm && (ev->flags & RXS_EV_IN_TASK))
		ev->comm = read_comm(d, ev->pid);
	d->ctx.hook_hits[type->hook]++;
	d->ctx.stats->decoded++;
	return 1;
}

static int tep_record_decode(void *priv, const struct rxs_raw *r, struct rxs_event *ev, struct rxs_lost *lost)
{
	struct rxs_decode_stats *st;
	struct tep_decoder *d = priv;
	const u8 *p = r->data;
	struct tep_type *type;
	u64 ip;
	u16 id;

	(void)lost;
	st = d->ctx.stats;
	if (r->len_bytes < 8)
		goto malformed;
	id = load(p, 2);
	type = d->type[id];
	if (!type)
		type = d->tep ? learn(d, id) : NULL;
	if (!type || r->len_bytes < type->min_len)
		goto malformed;
	if (type->ip_size) {
		ip = load(p + type->ip_off, type->ip_size);
		type = type->other && type->other->ip == ip ? type->other : at_address(d, id, ip);
		if (!type)
			return -ENOMEM;
		if (r->len_bytes < type->min_len)
			goto malformed;
	}
	if (type->state == TEP_TYPE_OK) {
		if (type->filter_size && load(p + type->filter_off, type->filter_size) != type->filter_value)
			goto foreign;
		return fill(d, type, r, ev);
	}
	if (type->state == TEP_TYPE_UNUSABLE) {
		st->unusable++;
		return 0;
	}
foreign:
	st->foreign++;
	return 0;
malformed:
	st->malformed++;
	return 0;
}

static int tep_decoder_new(void **priv, const struct rxs_decode_ctx *ctx, struct rxs_err *e)
{
	struct rxs_source_info info = { 0 };
	struct tep_decoder *d;

	(void)e;
	d = calloc(1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	d->type = calloc(NR_TYPES, sizeof(*d->type));
	if (!d->type) {
		free(d);
		return -ENOMEM;
	}
	d->ctx = *ctx;
	ctx->src->ops->info(ctx->src, &info);
	d->tep = info.tep;
	*priv = d;
	return 0;
}

static void tep_decoder_free(void *priv)
{
	struct tep_decoder *d = priv;

	for (unsigned int i = 0; i < NR_TYPES; i++)
		tep_type_free(d->type[i]);
	free(d->type);
	free(d);
}

const struct rxs_decoder_ops rxs_decoder_tep = {
	.kind = RXS_RAW_TEP,
	.new = tep_decoder_new,
	.record = tep_record_decode,
	.free = tep_decoder_free,
};
