/* SPDX-License-Identifier: GPL-2.0 */
/* Blocks out of a .rxs file or stream: found, checked, unpacked. What is in them is src_rxs.c's. */
#ifndef RXS_BLOCKS_H
#define RXS_BLOCKS_H

#include "rxs_format.h"
#include "rxs_input.h"

struct rxs_block {
	u8 type;
	u32 seq, events;
	u64 first_event;	/* events in all blocks before it */
	u64 base_ns;
	const u8 *data;		/* unpacked; borrowed until the next block */
	u32 len_bytes;
	bool restart;		/* a file's preamble stood before it */
};

struct rxs_blocks;

/* 0 or -ENOMEM. in is borrowed. */
int rxs_blocks_new(struct rxs_blocks **out, struct rxs_input *in);
void rxs_blocks_free(struct rxs_blocks *b);	/* NULL is fine */
/*
 * 1: *out is the next good block; damaged bytes before it were passed over (*damaged is set). 0: the end
 * (*damaged: bytes were left over). -EAGAIN: a pipe has nothing now. -EBADMSG: written by a newer format.
 * Else -errno of the read. With wait it waits instead of -EAGAIN.
 */
int rxs_blocks_next(struct rxs_blocks *b, struct rxs_block *out, bool wait, bool *damaged);

#endif
