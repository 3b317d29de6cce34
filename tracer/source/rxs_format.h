/* SPDX-License-Identifier: GPL-2.0 */
/* The .rxs format as numbers: docs/rxs-format.md in words. Shared by its writer and its reader. */
#ifndef RXS_FORMAT_H
#define RXS_FORMAT_H

#include <string.h>

#include "../base/rxs_types.h"

#define RXS_FILE_MAGIC		"\x89RXS\r\n\x1a\n"
#define RXS_FILE_MAGIC_BYTES	8
#define RXS_FILE_PREAMBLE_BYTES	16
#define RXS_FILE_MAJOR		1	/* a reader refuses another one */
#define RXS_FILE_MINOR		0

#define RXS_BLOCK_SYNC		"\xb7rxb"
#define RXS_BLOCK_SYNC_BYTES	4
#define RXS_BLOCK_HEADER_BYTES	48
#define RXS_BLOCK_HEADER_MAX	256
#define RXS_BLOCK_MAX_BYTES	(1u << 20)	/* payload, stored and unpacked */

enum rxs_block_type { RXS_BLOCK_HEAD = 1, RXS_BLOCK_EVENTS = 2, RXS_BLOCK_END = 3 };
#define RXS_BLOCK_ZSTD		0x01	/* flag: the payload is one zstd frame */

/* Items of a HEAD block. */
enum rxs_head_item {
	RXS_HEAD_KERNEL = 1,
	RXS_HEAD_CLOCK = 2,
	RXS_HEAD_CLOCK_RES_NS = 3,
	RXS_HEAD_NR_CPUS = 4,
	RXS_HEAD_PROBE_COST_NS = 5,
	RXS_HEAD_WRITER = 6,
	RXS_HEAD_NOTE = 7,
	RXS_HEAD_DETERMINISTIC = 8,
	RXS_HEAD_STAGE = 16,	/* repeated; the n-th has number n, from 0 */
	RXS_HEAD_OP = 17,
	RXS_HEAD_HOOK = 18,
	RXS_HEAD_LOST_KIND = 19,
};

/* Records of an EVENTS block. Greater numbers: an event of template number tag − RXS_REC_EVENT. */
enum rxs_record_tag { RXS_REC_STRING = 0, RXS_REC_TEMPLATE = 1, RXS_REC_LOST = 2, RXS_REC_EVENT = 3 };

/*
 * Fields of an event: F(bit, member of struct rxs_event, coding). An absent field is 0. Adding one is a row; a
 * reader skips those it does not know, as each is one varint.
 * PLAIN: as it is; SIGNED: zigzag; DELTA: zigzag of the difference to this field's value before in the block;
 * STR: number of a string of the block.
 */
#define RXS_FILE_FIELDS(F) \
	F(0, cpu, SIGNED) \
	F(1, skb, DELTA) \
	F(2, head, DELTA) \
	F(3, peer, DELTA) \
	F(4, len, PLAIN) \
	F(5, ifindex, PLAIN) \
	F(6, dev, STR) \
	F(7, netns, DELTA) \
	F(8, pid, PLAIN) \
	F(9, comm, STR) \
	F(10, aux, PLAIN) \
	F(11, aux2, PLAIN) \
	F(12, reason, STR) \
	F(13, symbol, STR) \
	F(14, flags, PLAIN) \
	F(15, stream, PLAIN)

enum rxs_file_field {
#define F(bit, member, coding) RXS_FF_##member = bit,
	RXS_FILE_FIELDS(F)
#undef F
	RXS_FF_NR = 16,
	RXS_FF_BYTES = 32,	/* fields from this bit on are a length and that many bytes */
	RXS_FF_HDR = 32,
};

enum rxs_file_coding { RXS_FC_PLAIN, RXS_FC_SIGNED, RXS_FC_DELTA, RXS_FC_STR };

/* What a reader takes at most of one block, whatever the block says. */
#define RXS_BLOCK_STRINGS_MAX	65536
#define RXS_BLOCK_TEMPLATES_MAX	4096
#define RXS_FILE_TABLE_MAX	1024	/* stages, operations, hooks of a file */
#define RXS_FILE_NAME_MAX	512	/* bytes of one name */

#define RXS_VARINT_MAX_BYTES	10

static inline u64 rxs_zigzag(s64 v)
{
	return ((u64)v << 1) ^ (u64)(v >> 63);
}

static inline s64 rxs_unzigzag(u64 v)
{
	return (s64)(v >> 1) ^ -(s64)(v & 1);
}

/* Little end first, 7 bits a byte, the high bit says that more follow. Returns behind what was written. */
static inline u8 *rxs_put_varint(u8 *p, u64 v)
{
	for (; v >= 0x80; v >>= 7)
		*p++ = v | 0x80;
	*p++ = v;
	return p;
}

/* Returns behind what was read, or NULL: cut off at end, or longer than 64 bits. */
static inline const u8 *rxs_get_varint(const u8 *p, const u8 *end, u64 *v)
{
	unsigned int shift = 0;

	*v = 0;
	while (p < end && shift < 64) {
		u8 b = *p++;

		if (shift == 63 && b > 1)
			return NULL;
		*v |= (u64)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return p;
		shift += 7;
	}
	return NULL;
}

static inline void rxs_put_le(u8 *p, u64 v, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++, v >>= 8)
		p[i] = v;
}

static inline u64 rxs_get_le(const u8 *p, unsigned int bytes)
{
	u64 v = 0;

	while (bytes--)
		v = v << 8 | p[bytes];
	return v;
}

#endif
