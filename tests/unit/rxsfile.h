/* SPDX-License-Identifier: GPL-2.0 */
/* Recordings of random events for the tests of .rxs: written, read, and looked at byte by byte. */
#ifndef RXSFILE_H
#define RXSFILE_H

#include "../../tracer/decode/rxs_decode.h"
#include "../../tracer/decode/rxs_file.h"
#include "../../tracer/source/rxs_format.h"

#define NR_EVENTS 30000

struct rf_rng {
	u64 s;
};

struct rf_reader {
	struct rxs_source *s;
	struct rxs_strtab *t;
	struct rxs_decode *d;
	struct rxs_err e;
};

struct rf_bytes {
	u8 *p;
	size_t len;
};

struct rf_result {
	int open_err, end;	/* end: what rf_next() said last */
	u64 events, lost, lost_unknown;
};

/* What the writer is told of the recorder. */
extern const struct rxs_source_info rf_info;

u64 rf_rnd(struct rf_rng *r);
void rf_make_event(struct rf_rng *r, struct rxs_strtab *t, struct rxs_event *ev, u8 *hdr, u64 ts_ns);
u64 rf_next_time(struct rf_rng *r, u64 ts);
int rf_new_temp(char path[64]);
char *rf_write(u64 seed, unsigned int nr, int level, bool end);
int rf_open(struct rf_reader *rd, const char *uri);
void rf_close(struct rf_reader *rd);
int rf_next(struct rf_reader *rd, struct rxs_event *ev, struct rxs_lost *lost);
void rf_same_event(struct rxs_strtab *ta, const struct rxs_event *a, struct rxs_strtab *tb,
		       const struct rxs_event *b);
struct rf_bytes rf_load(const char *path);
void rf_store(const char *path, const u8 *p, size_t len);
struct rf_result rf_read_all(const char *path);
size_t rf_block_at(const struct rf_bytes *b, unsigned int n);
void rf_reseal(u8 *p);

#endif
