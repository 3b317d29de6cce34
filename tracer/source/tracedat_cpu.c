// SPDX-License-Identifier: GPL-2.0
/* The ring of one CPU in a trace.dat: its pages, plain or in compressed chunks, and the events on them. */
#include "src_tracedat.h"

#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#define READ_BYTES	(64 << 10)	/* per CPU at once: large enough for the disk, small enough for caches */
#define CHUNK_MAX_BYTES	(64 << 20)	/* trace-cmd writes chunks of ten pages */

int tracedat_unpack(enum tracedat_codec codec, void *to, u32 to_len, const void *from, u32 from_len)
{
	uLongf len = to_len;
	size_t n;

	switch (codec) {
	case TRACEDAT_ZSTD:
		n = ZSTD_decompress(to, to_len, from, from_len);
		return ZSTD_isError(n) || n != to_len ? -EBADMSG : 0;
	case TRACEDAT_ZLIB:
		return uncompress(to, &len, from, from_len) != Z_OK || len != to_len ? -EBADMSG : 0;
	default:
		return -EBADMSG;
	}
}

static int grow(u8 **buf, u32 *max, u32 len)
{
	u8 *more;

	if (len <= *max)
		return 0;
	more = realloc(*buf, len);
	if (!more)
		return -ENOMEM;
	*buf = more;
	*max = len;
	return 0;
}

static void lose(struct tracedat_cpu *c, u16 kind, s64 count)
{
	if (c->missed < 0) {
		c->missed = count;
		c->missed_kind = kind;
		return;
	}
	/* Two losses before one event: together they are "some" when either is, or when they differ. */
	c->missed = c->missed && count && c->missed_kind == kind ? c->missed + count : 0;
}

/* Give up the rest of this ring: its file is cut off or damaged here. */
static int give_up(struct tracedat_cpu *c)
{
	c->cut_off = true;
	c->pos = c->end;
	c->chunks = 0;
	return 0;
}

/* More pages. 1; 0 at the end; -errno. */
static int fill_plain(struct tracedat *d, struct tracedat_cpu *c)
{
	u32 want = READ_BYTES / d->kernel.page_bytes * d->kernel.page_bytes;
	ssize_t n;
	int err;

	if (!want)
		want = d->kernel.page_bytes;
	if (want > c->end - c->pos)
		want = c->end - c->pos;
	if (!want)
		return 0;
	if (want < d->kernel.page_bytes)
		return give_up(c);
	want -= want % d->kernel.page_bytes;
	err = grow(&c->buf, &c->buf_max, want);
	if (err)
		return err;
	n = rxs_input_pread(d->in, c->buf, want, c->pos);
	if (n < 0)
		return n;
	if (n < want)	/* the file shrank meanwhile */
		c->cut_off = true;
	n -= n % d->kernel.page_bytes;
	c->pos += want;
	c->buf_len = n;
	c->buf_pos = 0;
	d->done_bytes += want;
	return n > 0;
}

static int fill_packed(struct tracedat *d, struct tracedat_cpu *c)
{
	struct tracing_cur cur = { .in = d->in, .pos = c->pos, .end = c->end };
	u32 packed, size;
	int err;

	if (!c->chunks)
		return 0;
	err = tracing_u32(&cur, &packed);
	err = err ? err : tracing_u32(&cur, &size);
	if (!err && (packed > cur.end - cur.pos || packed > CHUNK_MAX_BYTES || size > CHUNK_MAX_BYTES ||
		     size < d->kernel.page_bytes))
		err = -EBADMSG;
	err = err ? err : grow(&d->packed, &d->packed_max, packed);
	err = err ? err : tracing_get(&cur, d->packed, packed);
	err = err ? err : grow(&c->buf, &c->buf_max, size);
	if (err)
		return err == -EBADMSG ? give_up(c) : err;
	d->done_bytes += cur.pos - c->pos;
	c->pos = cur.pos;
	c->chunks--;
	c->buf_pos = 0;
	c->buf_len = size - size % d->kernel.page_bytes;
	if (tracedat_unpack(d->codec, c->buf, size, d->packed, packed)) {
		/* The next chunk may be whole. */
		c->buf_len = 0;
		lose(c, RXS_LOST_FILE, 0);
	}
	return 1;
}

/* The number of chunks stands before the first. */
static int begin_packed(struct tracedat *d, struct tracedat_cpu *c)
{
	struct tracing_cur cur = { .in = d->in, .pos = c->pos, .end = c->end };
	int err;

	c->begun = true;
	if (c->pos == c->end)
		return 0;
	err = tracing_u32(&cur, &c->chunks);
	if (err)
		return err == -EBADMSG ? give_up(c) : err;
	c->pos = cur.pos;
	return 0;
}

static u64 to_ns(const struct tracedat_clock *k, u64 ts)
{
	if (k->mult)
		ts = (u64)((unsigned __int128)ts * k->mult >> k->shift) + k->tsc_offset_ns;
	return ts + k->offset_ns;
}

/* The next page that has a sound header. 1; 0 at the end; -errno. */
static int next_page(struct tracedat *d, struct tracedat_cpu *c)
{
	s64 missed;
	int ret;

	for (;;) {
		while (c->buf_pos >= c->buf_len) {
			ret = c->packed ? fill_packed(d, c) : fill_plain(d, c);
			if (ret <= 0)
				return ret;
		}
		ret = kbuf_load(&c->page, c->buf + c->buf_pos, d->kernel.page_bytes, d->kernel.long_bytes, &missed);
		c->buf_pos += d->kernel.page_bytes;
		if (ret)
			lose(c, RXS_LOST_FILE, 0);
		if (missed >= 0) {
			lose(c, RXS_LOST_RING, missed);
			c->lost = !missed || (u64)missed > c->lost ? 0 : c->lost - missed;
		}
		if (!ret)
			return 1;
	}
}

/* No more events: what was lost behind the last one is told with its time. */
static int end_of_cpu(struct tracedat *d, struct tracedat_cpu *c)
{
	if (c->ended)
		return 0;
	c->ended = true;
	if (c->cut_off) {
		d->cut_off = true;
		lose(c, RXS_LOST_FILE, 0);
	}
	if (c->lost) {
		lose(c, RXS_LOST_RING, c->lost);
		c->last_ns = 0;	/* when is not known */
	}
	return c->missed >= 0;
}

int tracedat_cpu_next(struct tracedat *d, struct tracedat_cpu *c)
{
	int ret;

	c->last_ns = c->ts_ns;
	if (c->ended)
		return 0;
	if (c->packed && !c->begun) {
		ret = begin_packed(d, c);
		if (ret < 0)
			return ret;
	}
	for (;;) {
		ret = kbuf_next(&c->page, &c->data, &c->len_bytes);
		if (ret > 0) {
			c->ts_ns = to_ns(&d->clock, c->page.ts);
			return 1;
		}
		if (ret < 0)
			lose(c, RXS_LOST_FILE, 0);
		ret = next_page(d, c);
		if (ret < 0)
			return ret;
		if (!ret)
			return end_of_cpu(d, c);
	}
}
