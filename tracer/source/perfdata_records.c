// SPDX-License-Identifier: GPL-2.0
/*
 * The stream of records. It is read into a buffer and looked at there; what has to wait for its turn in time
 * is copied (perfdata_order.c).
 */
#include "src_perfdata.h"

#include <errno.h>
#include <stdlib.h>

#define HEADER_BYTES	8		/* struct perf_event_header: u32 type, u16 misc, u16 size */
#define RECORD_MAX_BYTES 65535
#define PAYLOAD_MAX_BYTES (64 << 20)

/* PERF_RECORD_LOST_SAMPLES of a BPF filter: not lost, not wanted. */
#define MISC_LOST_SAMPLES_BPF (1 << 15)

static u64 tail_time(const struct perfdata *p, const u8 *rec, u32 size)
{
	u32 back = p->nr_attrs ? p->attr[0].tail_time : 0;

	return back && size >= HEADER_BYTES + back ? perfdata_u64(rec + size - back) : 0;
}

static s16 tail_cpu(const struct perfdata *p, const u8 *rec, u32 size)
{
	u32 back = p->nr_attrs ? p->attr[0].tail_cpu : 0;
	u32 cpu;

	if (!back || size < HEADER_BYTES + back)
		return -1;
	cpu = perfdata_u32(rec + size - back);
	return cpu <= INT16_MAX - 2 ? (s16)cpu : -1;
}

/* Bytes of a READ field at p, or 0 when it does not fit into left. */
static u32 read_field_bytes(u64 format, const u8 *p, u32 left)
{
	u32 times = (format & PERF_FORMAT_TOTAL_TIME_ENABLED ? 8 : 0) +
		    (format & PERF_FORMAT_TOTAL_TIME_RUNNING ? 8 : 0);
	u32 value = 8 + (format & PERF_FORMAT_ID ? 8 : 0) + (format & (1 << 4) ? 8 : 0);	/* LOST */
	u64 nr;

	if (!(format & PERF_FORMAT_GROUP))
		return times + value;
	if (left < 8)
		return 0;
	nr = perfdata_u64(p);
	return nr > left / value ? 0 : 8 + times + nr * value;
}

/* Where the raw data's size stands in a sample that has parts of variable length before it; 0 = nowhere. */
static u32 find_raw(const struct perfdata_attr *a, const u8 *rec, u32 size)
{
	u32 off = a->raw_off, n;
	u64 nr;

	if (a->sample_type & PERF_SAMPLE_READ) {
		if (off > size)
			return 0;
		n = read_field_bytes(a->read_format, rec + off, size - off);
		if (!n || n > size - off)
			return 0;
		off += n;
	}
	if (a->sample_type & PERF_SAMPLE_CALLCHAIN) {
		if (size < off + 8)
			return 0;
		nr = perfdata_u64(rec + off);
		if (nr > (size - off - 8) / 8)
			return 0;
		off += 8 + nr * 8;
	}
	return off;
}

static int take_sample(struct perfdata *p, const u8 *rec, u32 size)
{
	const struct perfdata_attr *a;
	struct perfdata_entry e;
	u32 index = 1, off, cpu;

	if (p->has_identifier && p->nr_attrs > 1) {
		if (size < HEADER_BYTES + 8)
			goto damaged;
		index = perfdata_find_attr(p, perfdata_u64(rec + HEADER_BYTES));
	}
	if (index - 1 >= p->nr_attrs)
		goto damaged;
	a = &p->attr[index - 1];
	if (!a->tracepoint || !a->raw_off)
		return 0;	/* of the processor's counters: none of ours */
	off = a->fixed ? a->raw_off : find_raw(a, rec, size);
	if (!off || size < off + 4)
		goto damaged;
	e.len = perfdata_u32(rec + off);
	if (e.len > size - off - 4)
		goto damaged;
	cpu = a->cpu_off ? perfdata_u32(rec + a->cpu_off) : UINT32_MAX;
	e.ts_ns = a->time_off ? perfdata_u64(rec + a->time_off) : 0;
	e.kind = PERFDATA_SAMPLE;
	e.cpu = cpu <= INT16_MAX - 2 ? (s16)cpu : -1;
	if (perfdata_order_add_fast(&p->order, &e, rec + off + 4))
		return 0;
	return perfdata_order_add(&p->order, &e, rec + off + 4);
damaged:
	p->damaged = true;
	return 0;
}

/* Something that has to happen at its time among the samples. */
static int take_other(struct perfdata *p, enum perfdata_kind kind, const u8 *rec, u32 size)
{
	struct perfdata_entry e = { .kind = kind, .len = size };

	e.ts_ns = tail_time(p, rec, size);
	e.cpu = tail_cpu(p, rec, size);
	/* perf makes up records of what was there before it began; they have no time. */
	if (!e.ts_ns && kind == PERFDATA_LOST)
		e.ts_ns = p->order.newest_ns;
	return perfdata_order_add(&p->order, &e, rec);
}

/* A record that says that so many bytes follow it, rounded to a multiple of 8. */
static int begin_payload(struct perfdata *p, struct perfdata_stream *s, const u8 *rec, u32 size)
{
	u32 bytes = size >= 12 ? perfdata_u32(rec + 8) : 0;

	(void)p;
	if (!bytes || bytes > PAYLOAD_MAX_BYTES || s->payload) {
		s->broken = true;
		return 0;
	}
	s->payload = malloc(bytes);
	if (!s->payload)
		return -ENOMEM;
	s->payload_bytes = bytes;
	s->payload_have = 0;
	return 0;
}

static int take_attr(struct perfdata *p, const u8 *rec, u32 size)
{
	u32 attr_bytes = size >= 16 ? perfdata_u32(rec + 12) : 0;
	int err = -EBADMSG;

	if (attr_bytes && attr_bytes <= size - HEADER_BYTES)
		err = perfdata_add_attr(p, rec + HEADER_BYTES, attr_bytes, rec + HEADER_BYTES + attr_bytes,
					(size - HEADER_BYTES - attr_bytes) / 8);
	if (err == -EBADMSG) {
		p->damaged = true;
		err = 0;
	}
	return err;
}

static int take_feature(struct perfdata *p, const u8 *rec, u32 size)
{
	struct tracing_cur c = { .mem = rec, .pos = 16, .end = size };
	u64 feature = size >= 16 ? perfdata_u64(rec + 8) : 0;
	int err;

	if (!feature || feature == PERFDATA_FEAT_TRACING_DATA || feature > PERFDATA_FEAT_BITS)
		return 0;
	err = perfdata_feature(p, feature, &c);
	return err == -EBADMSG ? 0 : err;
}

/* The records inside of this one come next. */
static int begin_unpack(struct perfdata *p, struct perfdata_stream *s, const u8 *rec, u32 size, u32 type)
{
	u32 at = type == PERFDATA_COMPRESSED2 ? 16 : 8;
	u64 len = size - HEADER_BYTES;

	if (s != &p->outer || size < at)
		goto damaged;
	if (type == PERFDATA_COMPRESSED2)
		len = perfdata_u64(rec + 8);
	if (len > size - at)
		goto damaged;
	if (!p->zstd) {
		p->zstd = ZSTD_createDStream();
		if (!p->zstd)
			return -ENOMEM;
	}
	p->packed = (ZSTD_inBuffer){ .src = rec + at, .size = len };
	p->unpacking = true;
	return 0;
damaged:
	p->damaged = true;
	return 0;
}

static int take_record(struct perfdata *p, struct perfdata_stream *s, const u8 *rec, u32 size)
{
	u32 type = perfdata_u32(rec);

	switch (type) {
	case PERF_RECORD_COMM:
	case PERF_RECORD_FORK:
		return take_other(p, PERFDATA_TASK, rec, size);
	case PERF_RECORD_LOST_SAMPLES:
		if (perfdata_u16(rec + 4) & MISC_LOST_SAMPLES_BPF)
			return 0;
		return take_other(p, PERFDATA_LOST, rec, size);
	case PERF_RECORD_LOST:
		return take_other(p, PERFDATA_LOST, rec, size);
	case PERFDATA_FINISHED_ROUND:
		perfdata_order_round(&p->order);
		return 0;
	case PERFDATA_COMPRESSED:
	case PERFDATA_COMPRESSED2:
		return begin_unpack(p, s, rec, size, type);
	case PERFDATA_HEADER_ATTR:
		return p->pipe_mode ? take_attr(p, rec, size) : 0;
	case PERFDATA_HEADER_FEATURE:
		return p->pipe_mode ? take_feature(p, rec, size) : 0;
	case PERFDATA_HEADER_TRACING_DATA:
		return begin_payload(p, s, rec, size);
	case PERFDATA_AUXTRACE:
		s->skip_bytes = size >= 16 ? perfdata_u64(rec + 8) : 0;
		return 0;
	default:
		return 0;
	}
}

/* Bytes of the buffer that belong to what was begun by the record before. */
static int eat_payload(struct perfdata *p, struct perfdata_stream *s)
{
	u64 left = s->fill - s->parsed, n;
	struct tracing_cur c;
	int err = 0;

	n = s->skip_bytes < left ? s->skip_bytes : left;
	s->skip_bytes -= n;
	s->parsed += n;
	left -= n;
	if (!s->payload)
		return 0;
	n = s->payload_bytes - s->payload_have;
	n = n < left ? n : left;
	memcpy(s->payload + s->payload_have, s->buf + s->parsed, n);
	s->payload_have += n;
	s->parsed += n;
	if (s->payload_have < s->payload_bytes)
		return 0;
	c = (struct tracing_cur){ .mem = s->payload, .end = s->payload_bytes };
	if (!p->has_formats)
		err = perfdata_feature(p, PERFDATA_FEAT_TRACING_DATA, &c);
	free(s->payload);
	s->payload = NULL;
	if (err == -EBADMSG) {
		p->damaged = true;
		err = 0;
	}
	return err;
}

/* A record other than a sample, which may begin something that follows it. */
static int take_rare(struct perfdata *p, struct perfdata_stream *s, const u8 *rec, u32 size)
{
	int err;

	err = take_record(p, s, rec, size);
	if (!err && (s->skip_bytes || s->payload))
		err = eat_payload(p, s);
	return err;
}

/* Look at all whole records of the buffer, or up to one whose inside comes first. */
static int parse(struct perfdata *p, struct perfdata_stream *s)
{
	const u8 *rec, *end = s->buf + s->fill;
	u32 size;
	int err = 0;

	if (s->skip_bytes || s->payload)
		err = eat_payload(p, s);
	while (!err && !s->broken && !(p->unpacking && s == &p->outer)) {
		rec = s->buf + s->parsed;
		if (end - rec < HEADER_BYTES)
			break;
		size = perfdata_u16(rec + 6);
		if (size > end - rec)
			break;
		if (size < HEADER_BYTES) {
			s->broken = true;
			break;
		}
		s->parsed += size;
		if (__builtin_expect(perfdata_u32(rec) == PERF_RECORD_SAMPLE, 1))
			err = take_sample(p, rec, size);
		else
			err = take_rare(p, s, rec, size);
	}
	if (s->broken) {
		p->damaged = true;
		s->parsed = s->fill;
	}
	return err;
}

/* Room for a read: what is not looked at yet, less than a record, goes to the buffer's beginning. */
static int make_room(struct perfdata_stream *s)
{
	if (!s->buf) {
		s->buf = malloc(PERFDATA_BUFFER_BYTES);
		return s->buf ? 0 : -ENOMEM;
	}
	memmove(s->buf, s->buf + s->parsed, s->fill - s->parsed);
	s->fill -= s->parsed;
	s->parsed = 0;
	return 0;
}

/* The next part of the compressed record. */
static int unpack(struct perfdata *p)
{
	struct perfdata_stream *s = &p->inner;
	ZSTD_outBuffer out;
	size_t ret;
	int err;

	err = make_room(s);
	if (err)
		return err;
	out = (ZSTD_outBuffer){ .dst = s->buf, .size = s->fill + PERFDATA_READ_BYTES, .pos = s->fill };
	ret = ZSTD_decompressStream(p->zstd, &out, &p->packed);
	s->fill = out.pos;
	if (ZSTD_isError(ret)) {
		p->damaged = true;
		p->unpacking = false;
		ZSTD_initDStream(p->zstd);
	} else if (p->packed.pos == p->packed.size && out.pos < out.size) {
		p->unpacking = false;
	}
	return parse(p, s);
}

static ssize_t read_stream(struct perfdata *p, u8 *to, u32 size, bool wait)
{
	ssize_t n;

	if (p->pipe_mode) {
		if (!wait && !rxs_input_ready(p->in))
			return -EAGAIN;
		return rxs_input_read(p->in, to, size);
	}
	if (size > p->end - p->pos)
		size = p->end - p->pos;
	n = rxs_input_pread(p->in, to, size, p->pos);
	if (n > 0)
		p->pos += n;
	return n;
}

int perfdata_more(struct perfdata *p, bool wait)
{
	struct perfdata_stream *s = &p->outer;
	ssize_t n;
	int err;

	if (p->unpacking) {
		err = unpack(p);
		return err ? err : 1;
	}
	if (s->broken)
		return 0;
	/* What a compressed record has interrupted goes on first. */
	if (s->parsed < s->fill) {
		u32 before = s->parsed;

		err = parse(p, s);
		if (err || s->parsed > before)
			return err ? err : 1;
	}
	err = make_room(s);
	if (err)
		return err;
	n = read_stream(p, s->buf + s->fill, PERFDATA_READ_BYTES, wait);
	if (n < 0)
		return n;
	if (!n) {
		p->damaged |= s->fill || s->payload;
		return 0;
	}
	s->fill += n;
	err = parse(p, s);
	return err ? err : 1;
}

void perfdata_streams_free(struct perfdata *p)
{
	free(p->outer.buf);
	free(p->inner.buf);
	free(p->outer.payload);
	free(p->inner.payload);
	ZSTD_freeDStream(p->zstd);
}
