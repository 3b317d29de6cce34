// SPDX-License-Identifier: GPL-2.0
/* perf.data: the header, what was recorded (attributes), and what is known of the machine (features). */
#include "src_perfdata.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "../base/rxs_fmt.h"

#define FILE_HEADER_BYTES	104
#define PIPE_HEADER_BYTES	16
#define ATTR_MIN_BYTES		64	/* PERF_ATTR_SIZE_VER0 */
#define ATTR_MAX_BYTES		4096
#define HEADER_BYTES		8	/* struct perf_event_header */

/* Bits of the flags word of struct perf_event_attr. */
#define ATTR_SAMPLE_ID_ALL	(1ull << 18)
#define ATTR_USE_CLOCKID	(1ull << 25)

static int bad(struct perfdata *p, struct rxs_err *e, const char *what)
{
	return rxs_err_set(e, -EBADMSG, "%s: damaged or cut off perf.data (%s)", p->in->name, what);
}

/* Where in a sample time, CPU and raw data are: the order of fields in perf_output_sample(). */
static void lay_out_sample(struct perfdata_attr *a)
{
	u64 type = a->sample_type;
	u32 off = HEADER_BYTES;

	off += type & PERF_SAMPLE_IDENTIFIER ? 8 : 0;
	off += type & PERF_SAMPLE_IP ? 8 : 0;
	off += type & PERF_SAMPLE_TID ? 8 : 0;
	a->time_off = type & PERF_SAMPLE_TIME ? off : 0;
	off += type & PERF_SAMPLE_TIME ? 8 : 0;
	off += type & PERF_SAMPLE_ADDR ? 8 : 0;
	off += type & PERF_SAMPLE_ID ? 8 : 0;
	off += type & PERF_SAMPLE_STREAM_ID ? 8 : 0;
	a->cpu_off = type & PERF_SAMPLE_CPU ? off : 0;
	off += type & PERF_SAMPLE_CPU ? 8 : 0;
	off += type & PERF_SAMPLE_PERIOD ? 8 : 0;
	a->raw_off = type & PERF_SAMPLE_RAW ? off : 0;
	a->fixed = !(type & (PERF_SAMPLE_READ | PERF_SAMPLE_CALLCHAIN));
}

/* Where they are at the end of other records: perf_event__output_id_sample(). */
static void lay_out_tail(struct perfdata_attr *a)
{
	u64 type = a->sample_type;
	u32 off = 0;

	off += type & PERF_SAMPLE_IDENTIFIER ? 8 : 0;
	off += type & PERF_SAMPLE_CPU ? 8 : 0;
	a->tail_cpu = type & PERF_SAMPLE_CPU ? off : 0;
	off += type & PERF_SAMPLE_STREAM_ID ? 8 : 0;
	off += type & PERF_SAMPLE_ID ? 8 : 0;
	off += type & PERF_SAMPLE_TIME ? 8 : 0;
	a->tail_time = type & PERF_SAMPLE_TIME ? off : 0;
}

static struct perfdata_id *find_id(struct perfdata *p, u64 id)
{
	u32 i = (id * 0x9e3779b97f4a7c15ull >> 40) & p->id_mask;

	while (p->id[i].attr && p->id[i].id != id)
		i = (i + 1) & p->id_mask;
	return &p->id[i];
}

u32 perfdata_find_attr(struct perfdata *p, u64 id)
{
	return p->id ? find_id(p, id)->attr : 0;
}

static int add_id(struct perfdata *p, u64 id, u32 attr)
{
	struct perfdata_id *slot;

	if (p->nr_ids >= PERFDATA_IDS_MAX)
		return -EBADMSG;
	if (!p->id || p->nr_ids >= p->id_mask / 2) {
		struct perfdata more = *p;

		more.id_mask = p->id ? p->id_mask * 2 + 1 : 255;
		more.id = calloc((size_t)more.id_mask + 1, sizeof(*more.id));
		if (!more.id)
			return -ENOMEM;
		for (u32 i = 0; p->id && i <= p->id_mask; i++)
			if (p->id[i].attr)
				*find_id(&more, p->id[i].id) = p->id[i];
		free(p->id);
		p->id = more.id;
		p->id_mask = more.id_mask;
	}
	slot = find_id(p, id);
	p->nr_ids += !slot->attr;
	slot->id = id;
	slot->attr = attr + 1;
	return 0;
}

int perfdata_add_attr(struct perfdata *p, const u8 *attr, u32 len, const u8 *ids, u32 nr_ids)
{
	struct perf_event_attr full = { 0 };
	struct perfdata_attr *a;
	u64 flags;
	int err;

	if (len < ATTR_MIN_BYTES || p->nr_attrs >= PERFDATA_ATTRS_MAX)
		return -EBADMSG;
	memcpy(&full, attr, len < sizeof(full) ? len : sizeof(full));
	memcpy(&flags, attr + 40, sizeof(flags));
	a = realloc(p->attr, (p->nr_attrs + 1) * sizeof(*a));
	if (!a)
		return -ENOMEM;
	p->attr = a;
	a += p->nr_attrs++;
	memset(a, 0, sizeof(*a));
	a->tracepoint = full.type == PERF_TYPE_TRACEPOINT;
	a->sample_type = full.sample_type;
	a->read_format = full.read_format;
	lay_out_sample(a);
	if (flags & ATTR_SAMPLE_ID_ALL)
		lay_out_tail(a);
	if (a->sample_type & PERF_SAMPLE_IDENTIFIER)
		p->has_identifier = true;
	if (a->tracepoint && flags & ATTR_USE_CLOCKID)
		p->clockid = full.clockid;
	for (u32 i = 0; i < nr_ids; i++) {
		err = add_id(p, perfdata_u64(ids + i * 8), p->nr_attrs - 1);
		if (err)
			return err;
	}
	return 0;
}

/* "tracing data" as trace-cmd's version 6 has it (tools/perf/util/trace-event-info.c). */
static int read_tracing_data(struct perfdata *p, struct tracing_cur *c)
{
	static const u8 magic[] = { 23, 8, 68, 't', 'r', 'a', 'c', 'i', 'n', 'g' };
	u8 head[sizeof(magic)], endian, long_bytes;
	char version[16];
	u32 page_bytes;
	int err;

	err = tracing_get(c, head, sizeof(head));
	err = err ? err : memcmp(head, magic, sizeof(magic)) ? -EBADMSG : 0;
	err = err ? err : tracing_string(c, version, sizeof(version));
	err = err ? err : tracing_get(c, &endian, 1);
	err = err ? err : tracing_get(c, &long_bytes, 1);
	err = err ? err : tracing_u32(c, &page_bytes);
	if (err)
		return err;
	if (endian)
		return -EBADMSG;
	rxs_kernel_set_long(&p->kernel, long_bytes == 4 ? 4 : 8);
	err = tracing_header_info(&p->kernel, c);
	err = err ? err : tracing_ftrace_formats(&p->kernel, c);
	err = err ? err : tracing_formats(&p->kernel, c);
	if (err)
		return err;
	p->has_formats = true;
	/* Without these the events are still good; versions before 0.6 have no task names. */
	err = tracing_kallsyms(&p->kernel, c);
	err = err ? err : tracing_printk_formats(&p->kernel, c);
	if (!err && strcmp(version, "0.6") >= 0)
		err = tracing_cmdlines(&p->kernel, c);
	return err == -EBADMSG ? 0 : err;
}

/* u32 length, then so many bytes with NULs at the end. */
static int read_feature_string(struct tracing_cur *c, char *to, u32 size)
{
	char *text;
	u32 len;
	int err;

	err = tracing_u32(c, &len);
	err = err ? err : tracing_text(c, len, &text);
	if (err)
		return err;
	snprintf(to, size, "%s", text);
	free(text);
	return 0;
}

int perfdata_feature(struct perfdata *p, u32 feature, struct tracing_cur *c)
{
	u32 available, online;
	u64 ns;
	int err;

	switch (feature) {
	case PERFDATA_FEAT_TRACING_DATA:
		return read_tracing_data(p, c);
	case PERFDATA_FEAT_OSRELEASE:
		err = read_feature_string(c, p->release, sizeof(p->release));
		rxs_fmt_plain(p->release);
		return err;
	case PERFDATA_FEAT_NRCPUS:
		err = tracing_u32(c, &available);
		err = err ? err : tracing_u32(c, &online);
		if (!err)
			p->nr_cpus = online;
		return err;
	case PERFDATA_FEAT_CLOCKID:
		err = tracing_u64(c, &ns);
		if (!err)
			p->clock_res_ns = ns <= UINT32_MAX ? ns : 0;
		return err;
	default:
		return 0;
	}
}

struct section {
	u64 offset, size;
};

static int read_attrs(struct perfdata *p, const struct section *s, u64 entry_bytes)
{
	struct tracing_cur c = { .in = p->in, .pos = s->offset, .end = s->offset + s->size };
	struct section ids;
	u8 attr[ATTR_MAX_BYTES];
	char *text;
	int err = 0;

	if (entry_bytes < ATTR_MIN_BYTES + sizeof(ids) || entry_bytes > sizeof(attr) || c.end < c.pos)
		return -EBADMSG;
	while (!err && c.end - c.pos >= entry_bytes) {
		struct tracing_cur at = { .in = p->in, .end = p->in->size_bytes };

		err = tracing_get(&c, attr, entry_bytes - sizeof(ids));
		err = err ? err : tracing_get(&c, &ids, sizeof(ids));
		if (!err && (ids.size % 8 || ids.size / 8 > PERFDATA_IDS_MAX))
			err = -EBADMSG;
		at.pos = ids.offset;
		err = err ? err : tracing_text(&at, ids.size, &text);
		if (err)
			break;
		err = perfdata_add_attr(p, attr, entry_bytes - sizeof(ids), (u8 *)text, ids.size / 8);
		free(text);
	}
	return err;
}

/* A row per feature that is there stands behind the data, in the order of their numbers. */
static int read_features(struct perfdata *p, u64 pos, const u64 *bits)
{
	struct tracing_cur rows = { .in = p->in, .pos = pos, .end = p->in->size_bytes };
	struct section s;
	int err;

	for (u32 i = 0; i < PERFDATA_FEAT_BITS; i++) {
		struct tracing_cur c = { .in = p->in };

		if (!(bits[i / 64] >> i % 64 & 1))
			continue;
		err = tracing_get(&rows, &s, sizeof(s));
		if (err)
			return err;
		c.pos = s.offset;
		c.end = s.offset + s.size < s.offset ? 0 : s.offset + s.size;
		err = perfdata_feature(p, i, &c);
		if (err == -EBADMSG && i != PERFDATA_FEAT_TRACING_DATA)
			err = 0;
		if (err)
			return err;
	}
	return 0;
}

/* struct perf_file_header */
static int read_file_head(struct perfdata *p, struct rxs_err *e)
{
	struct tracing_cur c = { .in = p->in, .pos = 16, .end = p->in->size_bytes };
	u64 attr_bytes, features[PERFDATA_FEAT_BITS / 64];
	struct section attrs, data, types;
	int err;

	err = tracing_u64(&c, &attr_bytes);
	err = err ? err : tracing_get(&c, &attrs, sizeof(attrs));
	err = err ? err : tracing_get(&c, &data, sizeof(data));
	err = err ? err : tracing_get(&c, &types, sizeof(types));
	err = err ? err : tracing_get(&c, features, sizeof(features));
	if (err)
		return err == -EBADMSG ? bad(p, e, "header") : err;
	if (!data.size)
		return rxs_err_set(e, -EBADMSG, "%s: perf record did not end properly: the file has no "
				   "event formats", p->in->name);
	p->pos = data.offset;
	p->end = data.offset + data.size;
	if (p->end < p->pos)
		return bad(p, e, "data section");
	err = read_attrs(p, &attrs, attr_bytes);
	if (err)
		return err == -EBADMSG ? bad(p, e, "attributes") : err;
	err = read_features(p, p->end, features);
	if (err)
		return err == -EBADMSG ? bad(p, e, "event formats") : err;
	if (!p->has_formats)
		return rxs_err_set(e, -EBADMSG, "%s: holds no tracepoints or kprobes; record with "
				   "perf record $(rxscope probes list --for perf)", p->in->name);
	if (p->end > p->in->size_bytes) {
		p->end = p->in->size_bytes;
		p->damaged = true;
	}
	return 0;
}

int perfdata_read_head(struct perfdata *p, struct rxs_err *e)
{
	u8 head[FILE_HEADER_BYTES];
	ssize_t n;
	int err;

	n = rxs_input_peek(p->in, head, sizeof(head), e);
	if (n < 0)
		return n;
	if (n < PIPE_HEADER_BYTES)
		return bad(p, e, "header");
	p->clockid = -1;
	err = rxs_kernel_init(&p->kernel);
	if (err)
		return err;
	p->pipe_mode = perfdata_u64(head + 8) == PIPE_HEADER_BYTES;
	if (p->pipe_mode) {	/* struct perf_pipe_file_header; the stream goes on behind it */
		n = rxs_input_read(p->in, head, PIPE_HEADER_BYTES);
		return n == PIPE_HEADER_BYTES ? 0 : bad(p, e, "header");
	}
	err = rxs_input_spool(p->in, e);
	return err ? err : read_file_head(p, e);
}
