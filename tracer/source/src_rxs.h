/* SPDX-License-Identifier: GPL-2.0 */
/* What the source of .rxs files and streams has for its decoder (decode/decode_rxs.c). */
#ifndef RXS_SRC_RXS_H
#define RXS_SRC_RXS_H

#include "rxs_format.h"
#include "rxs_source.h"

/* The data of a RXS_RAW_RXS record: an event as the file has it. Numbers are the file's own. */
struct rxs_file_event {
	u32 stage, op, hook;	/* into the file's tables; hook: 0 = none, else 1 + number */
	u64 field[RXS_FF_NR];	/* by enum rxs_file_field; names: number in the block, 0 = none */
	const u8 *hdr;
	u32 hdr_len;
};

struct rxs_file_hook {
	u32 stage, op;
	bool is_kprobe;
	char *group, *name;
};

/* The header's tables. They change (and generation with them) when files were put one behind the other. */
struct rxs_file_tables {
	u32 generation;
	char **stage, **op, **lost_kind;
	u32 nr_stages, nr_ops, nr_lost_kinds;
	struct rxs_file_hook *hook;
	u32 nr_hooks;
};

/* Borrowed; valid until the next next(). */
const struct rxs_file_tables *rxs_rxs_tables(const struct rxs_source *s);
/* Number of the block that the last record came from: names are numbered anew in each. */
u64 rxs_rxs_block(const struct rxs_source *s);
/* Name number nr of that block, not terminated, or NULL. Borrowed until the next next(). */
const char *rxs_rxs_name(const struct rxs_source *s, u32 nr, u32 *len_bytes);

extern const struct rxs_source_ops rxs_source_rxs;

#endif
