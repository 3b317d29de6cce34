// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever stands in the file, lengths are bounded before they are used and checksums come first. After
 * damage the search goes on byte by byte for the next block whose header is right.
 */
#include "rxs_blocks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define BUF_BYTES (2 * (RXS_BLOCK_MAX_BYTES + RXS_BLOCK_HEADER_MAX))

struct rxs_blocks {
	struct rxs_input *in;
	ZSTD_DCtx *zstd;
	u8 *buf;
	size_t pos, len;	/* unread bytes are buf[pos..len) */
	u8 *raw;		/* of an unpacked block */
	bool eof, restart;
};

int rxs_blocks_new(struct rxs_blocks **out, struct rxs_input *in)
{
	struct rxs_blocks *b = calloc(1, sizeof(*b));

	if (!b)
		return -ENOMEM;
	b->in = in;
	b->buf = malloc(BUF_BYTES);
	b->raw = malloc(RXS_BLOCK_MAX_BYTES);
	b->zstd = ZSTD_createDCtx();
	if (!b->buf || !b->raw || !b->zstd) {
		rxs_blocks_free(b);
		return -ENOMEM;
	}
	*out = b;
	return 0;
}

void rxs_blocks_free(struct rxs_blocks *b)
{
	if (!b)
		return;
	ZSTD_freeDCtx(b->zstd);
	free(b->buf);
	free(b->raw);
	free(b);
}

/* Have n unread bytes (n is at most half of the buffer): 1; 0: the file ends before; -EAGAIN; -errno. */
static int need(struct rxs_blocks *b, size_t n, bool wait)
{
	ssize_t got;

	while (b->len - b->pos < n) {
		if (b->eof)
			return 0;
		if (BUF_BYTES - b->pos < n || b->pos > BUF_BYTES / 2) {
			memmove(b->buf, b->buf + b->pos, b->len - b->pos);
			b->len -= b->pos;
			b->pos = 0;
		}
		if (!wait && !rxs_input_ready(b->in))
			return -EAGAIN;
		got = rxs_input_read(b->in, b->buf + b->len, BUF_BYTES - b->len);
		if (got < 0)
			return got;
		b->len += got;
		b->eof = !got;
	}
	return 1;
}

/* The header at p; false: it is none. *stored and *raw_len are in bounds. */
static bool parse_header(const u8 *p, size_t have, u32 *header, u32 *stored, u32 *raw_len)
{
	if (have < RXS_BLOCK_HEADER_BYTES || memcmp(p, RXS_BLOCK_SYNC, RXS_BLOCK_SYNC_BYTES))
		return false;
	*header = rxs_get_le(p + 6, 2);
	*stored = rxs_get_le(p + 8, 4);
	*raw_len = rxs_get_le(p + 12, 4);
	/* A longer header is a later version's; what is known of it stands where it stands here. */
	return *header >= RXS_BLOCK_HEADER_BYTES && *header <= RXS_BLOCK_HEADER_MAX &&
	       *stored <= RXS_BLOCK_MAX_BYTES && *raw_len <= RXS_BLOCK_MAX_BYTES &&
	       crc32(0, p, 44) == rxs_get_le(p + 44, 4);
}

static bool unpack(struct rxs_blocks *b, const u8 *p, u32 header, u32 stored, u32 raw_len,
		   struct rxs_block *out)
{
	const u8 *data = p + header;
	size_t n;

	if (crc32(0, data, stored) != rxs_get_le(p + 40, 4))
		return false;
	if (p[5] & RXS_BLOCK_ZSTD) {
		n = ZSTD_decompressDCtx(b->zstd, b->raw, raw_len, data, stored);
		if (ZSTD_isError(n) || n != raw_len)
			return false;
		data = b->raw;
	} else if (raw_len != stored) {
		return false;
	}
	*out = (struct rxs_block){
		.type = p[4],
		.seq = rxs_get_le(p + 16, 4),
		.events = rxs_get_le(p + 20, 4),
		.first_event = rxs_get_le(p + 24, 8),
		.base_ns = rxs_get_le(p + 32, 8),
		.data = data,
		.len_bytes = raw_len,
		.restart = b->restart,
	};
	return true;
}

/* A block at the read position? 1, 0: none here, -EAGAIN, -errno. */
static int try_block(struct rxs_blocks *b, bool wait, struct rxs_block *out)
{
	u32 header, stored, raw_len;
	int rc = need(b, RXS_BLOCK_HEADER_BYTES, wait);

	if (rc <= 0)
		return rc;
	if (!parse_header(b->buf + b->pos, b->len - b->pos, &header, &stored, &raw_len))
		return 0;
	rc = need(b, (size_t)header + stored, wait);
	if (rc <= 0)
		return rc;
	if (!unpack(b, b->buf + b->pos, header, stored, raw_len, out))
		return 0;
	b->pos += (size_t)header + stored;
	return 1;
}

/* A file's first bytes, at the start or where files were joined. 1: passed; 0: none here; -errno. */
static int try_preamble(struct rxs_blocks *b, bool wait)
{
	const u8 *p;
	int rc = need(b, RXS_FILE_PREAMBLE_BYTES, wait);

	if (rc <= 0)
		return rc;
	p = b->buf + b->pos;
	if (memcmp(p, RXS_FILE_MAGIC, RXS_FILE_MAGIC_BYTES))
		return 0;
	if (rxs_get_le(p + 8, 2) != RXS_FILE_MAJOR)
		return -EBADMSG;
	b->pos += RXS_FILE_PREAMBLE_BYTES;
	b->restart = true;
	return 1;
}

/* Pass over the byte here and all that cannot begin anything. */
static void skip(struct rxs_blocks *b)
{
	const u8 *from = b->buf + ++b->pos, *end = b->buf + b->len;
	const u8 *sync = memchr(from, RXS_BLOCK_SYNC[0] & 0xff, end - from);
	const u8 *magic = memchr(from, RXS_FILE_MAGIC[0] & 0xff, end - from);
	const u8 *at = !sync || (magic && magic < sync) ? magic : sync;

	b->pos = (at ? at : end) - b->buf;
}

int rxs_blocks_next(struct rxs_blocks *b, struct rxs_block *out, bool wait, bool *damaged)
{
	int rc;

	for (;;) {
		rc = need(b, 1, wait);
		if (rc <= 0)
			return rc;
		rc = try_block(b, wait, out);
		if (rc) {
			b->restart = rc < 0 && b->restart;
			return rc;
		}
		rc = try_preamble(b, wait);
		if (rc < 0)
			return rc;
		if (!rc) {
			*damaged = true;
			skip(b);
		}
	}
}
