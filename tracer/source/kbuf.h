/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Walks one page of the kernel's trace ring buffer (kernel/trace/ring_buffer.c): what trace.dat holds and
 * per_cpu/cpuN/trace_pipe_raw gives. Own code, and inline, because libtraceevent's kbuffer does not bound
 * its reads by the page and costs a call through a pointer per value.
 *
 * Little-endian pages only (the files of others are refused before), so loads are plain.
 */
#ifndef RXS_KBUF_H
#define RXS_KBUF_H

#include <errno.h>
#include <string.h>

#include "../base/rxs_types.h"

#define KBUF_COMMIT_MASK	((1u << 27) - 1)
#define KBUF_MISSED_EVENTS	(1u << 31)	/* events were lost before this page */
#define KBUF_MISSED_STORED	(1u << 30)	/* their number stands behind the data */

#define KBUF_PADDING		29
#define KBUF_TIME_EXTEND	30
#define KBUF_TIME_STAMP		31

#define KBUF_ABS_BITS		59	/* of an absolute time; the rest comes from the page's */

struct kbuf {
	const u8 *pos, *end;
	u64 ts;			/* of the event before */
};

static inline u32 kbuf_u32(const u8 *p)
{
	u32 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline u64 kbuf_u64(const u8 *p)
{
	u64 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Bytes of the page header: time, and commit of the kernel's long (4 or 8 bytes). */
static inline u32 kbuf_header_bytes(u32 long_bytes)
{
	return 8 + long_bytes;
}

/*
 * Begin a page of page_bytes. *missed: -1 none, 0 some events were lost before it, else their number.
 * 0, or -EBADMSG when the header claims more than the page can hold; the walk is then empty.
 */
static inline int kbuf_load(struct kbuf *k, const void *page, u32 page_bytes, u32 long_bytes, s64 *missed)
{
	u32 header = kbuf_header_bytes(long_bytes);
	const u8 *p = page;
	u32 commit, size;

	*missed = -1;
	k->pos = k->end = p;
	k->ts = 0;
	if (page_bytes < header)
		return -EBADMSG;
	k->ts = kbuf_u64(p);
	commit = kbuf_u32(p + 8);
	size = commit & KBUF_COMMIT_MASK;
	if (size > page_bytes - header)
		return -EBADMSG;
	k->pos = p + header;
	k->end = k->pos + size;
	if (commit & KBUF_MISSED_EVENTS) {
		*missed = 0;
		if (commit & KBUF_MISSED_STORED && page_bytes - header - size >= long_bytes)
			*missed = long_bytes == 8 ? (s64)kbuf_u64(k->end) : kbuf_u32(k->end);
		if (*missed < 0)
			*missed = 0;
	}
	return 0;
}

/* rb_fix_abs_ts(): an absolute time lacks the top bits; they are the page's, or one more. */
static inline u64 kbuf_absolute(u64 low, u64 before)
{
	u64 top = before & ~((1ull << KBUF_ABS_BITS) - 1);
	u64 ts = top | low;

	if (top && ts < before && before - ts > 1ull << (KBUF_ABS_BITS - 1))
		ts += 1ull << KBUF_ABS_BITS;
	return ts;
}

/*
 * The next event: 1 with its bytes (common_type first, borrowed from the page) and k->ts its time; 0 at
 * the end of the page; -EBADMSG when the bytes make no sense, the rest of the page is then given up.
 */
static inline int kbuf_next(struct kbuf *k, const u8 **data, u32 *len_bytes)
{
	for (;;) {
		size_t left = k->end - k->pos;
		u32 head, type, delta, len;

		if (left < 8)
			break;
		head = kbuf_u32(k->pos);
		type = head & 31;
		delta = head >> 5;
		if (__builtin_expect(type && type < KBUF_PADDING, 1)) {
			len = type * 4;
			if (len > left - 4)
				goto bad;
			k->ts += delta;
			*data = k->pos + 4;
			*len_bytes = len;
			k->pos += 4 + len;
			return 1;
		}
		len = kbuf_u32(k->pos + 4);
		switch (type) {
		case 0:	/* the length does not fit the header; it counts its own four bytes */
			if (len < 4 || len > left - 4)
				goto bad;
			k->ts += delta;
			*data = k->pos + 8;
			*len_bytes = len - 4;
			len = (len + 3) & ~3u;
			k->pos += 4 + (len > left - 4 ? left - 4 : len);
			return 1;
		case KBUF_PADDING:
			if (!delta) {	/* the rest of the page is empty */
				k->pos = k->end;
				return 0;
			}
			if (len > left - 4)
				goto bad;
			k->ts += delta;	/* an event that was discarded */
			k->pos += 4 + len;
			break;
		case KBUF_TIME_EXTEND:
			k->ts += ((u64)len << 27) + delta;
			k->pos += 8;
			break;
		case KBUF_TIME_STAMP:
			k->ts = kbuf_absolute(((u64)len << 27) + delta, k->ts);
			k->pos += 8;
			break;
		}
	}
	k->pos = k->end;
	return 0;
bad:
	k->pos = k->end;
	return -EBADMSG;
}

#endif
