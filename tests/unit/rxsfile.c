// SPDX-License-Identifier: GPL-2.0
/* Recordings of random events for the tests of .rxs. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "rxsfile.h"

u64 rf_rnd(struct rf_rng *r)
{
	r->s ^= r->s << 13;	/* xorshift64 */
	r->s ^= r->s >> 7;
	r->s ^= r->s << 17;
	return r->s;
}

static u32 some_name(struct rf_rng *r, struct rxs_strtab *t, const char *stem, unsigned int nr)
{
	char text[64];
	unsigned int n = rf_rnd(r) % nr;

	if (!n)
		return 0;
	snprintf(text, sizeof(text), "%s%u", stem, n);
	return rxs_strtab_intern(t, text, strlen(text));
}

void rf_make_event(struct rf_rng *r, struct rxs_strtab *t, struct rxs_event *ev, u8 *hdr, u64 ts_ns)
{
	memset(ev, 0, sizeof(*ev));
	ev->ts_ns = ts_ns;
	ev->hook = rf_rnd(r) % (rxs_hooks_nr + 1);
	ev->stage = ev->hook ? rxs_hooks[ev->hook - 1].stage : rf_rnd(r) % RXS_ST_NR;
	ev->op = ev->hook ? rxs_hooks[ev->hook - 1].op : rf_rnd(r) % RXS_OP_NR;
	ev->cpu = (s16)(rf_rnd(r) % 9) - 1;
	ev->skb = rf_rnd(r) % 3 ? 0xffff888000000000 + (rf_rnd(r) % 64) * 256 : 0;
	ev->head = rf_rnd(r) % 3 ? rf_rnd(r) : 0;
	ev->peer = rf_rnd(r) % 5 ? 0 : rf_rnd(r);
	ev->len = rf_rnd(r) % 2 ? rf_rnd(r) % 1515 : 0;
	ev->ifindex = rf_rnd(r) % 4;
	ev->netns = rf_rnd(r) % 2 ? 4026531840u : 0;
	ev->pid = rf_rnd(r) % 3 ? 0 : (u32)rf_rnd(r);
	ev->aux = rf_rnd(r) % 3 ? 0 : (u32)rf_rnd(r);
	ev->aux2 = rf_rnd(r) % 3 ? 0 : (u32)rf_rnd(r);
	ev->flags = rf_rnd(r) % 4;
	ev->dev = some_name(r, t, "eth", 5);
	ev->comm = some_name(r, t, "task-", 300);
	ev->reason = some_name(r, t, "REASON_", 40);
	ev->symbol = some_name(r, t, "function_", 40);
	if (rf_rnd(r) % 4 == 0) {
		ev->hdr_len = 1 + rf_rnd(r) % RXS_HDR_MAX_BYTES;
		for (u16 i = 0; i < ev->hdr_len; i++)
			hdr[i] = rf_rnd(r);
		ev->hdr = hdr;
	}
}

u64 rf_next_time(struct rf_rng *r, u64 ts)
{
	u64 step = rf_rnd(r) % 20000;

	/* Now and then a clock of another CPU is a little behind. */
	return rf_rnd(r) % 100 ? ts + step : ts - step / 10;
}

const struct rxs_source_info rf_info = {
	.kind = "live", .name = "", .kernel = "6.1.0-test", .clock = "mono", .clock_res_ns = 7, .nr_cpus = 8,
	.probe_cost_ns = 321, .note = "a note", .deterministic = true,
};

int rf_new_temp(char path[64])
{
	int fd;

	strcpy(path, "/tmp/rxs-test-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	return fd;
}

/* nr events from seed; level of zstd; end: with the end mark. Returns the path, to be freed. */
char *rf_write(u64 seed, unsigned int nr, int level, bool end)
{
	struct rxs_strtab *t = rxs_strtab_new();
	struct rf_rng r = { .s = seed };
	char path[64];
	int fd = rf_new_temp(path);
	struct rxs_writer *w;
	u64 ts = 1000000000000;
	u8 hdr[RXS_HDR_MAX_BYTES];

	assert_int_equal(rxs_writer_new(&w, fd, &rf_info, t, NULL), 0);
	rxs_writer_set_level(w, level);
	for (unsigned int i = 0; i < nr; i++) {
		struct rxs_event ev;

		ts = rf_next_time(&r, ts);
		rf_make_event(&r, t, &ev, hdr, ts);
		assert_int_equal(rxs_writer_event(w, &ev), 0);
	}
	if (end)
		assert_int_equal(rxs_writer_end(w), 0);
	else
		assert_int_equal(rxs_writer_flush(w), 0);
	/* A writer that was not ended ends itself when it is freed: into nowhere here. */
	if (!end) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, fd);
		close(null);
	}
	assert_int_equal(rxs_writer_close(w), 0);
	close(fd);
	rxs_strtab_free(t);
	return strdup(path);
}

int rf_open(struct rf_reader *rd, const char *uri)
{
	struct rxs_source_opts o = { .uri = uri };
	int err;

	memset(rd, 0, sizeof(*rd));
	err = rxs_source_open(&rd->s, &o, &rd->e);
	if (err)
		return err;
	rd->t = rxs_strtab_new();
	assert_int_equal(rxs_decode_new(&rd->d, rd->s, rd->t, &rd->e), 0);
	return 0;
}

void rf_close(struct rf_reader *rd)
{
	rxs_decode_free(rd->d);
	rxs_source_close(rd->s);
	rxs_strtab_free(rd->t);
}

/* As rxs_decode_record(); 0 the end, -EAGAIN or another error of rf_next(). Records that mean nothing are passed over. */
int rf_next(struct rf_reader *rd, struct rxs_event *ev, struct rxs_lost *lost)
{
	struct rxs_raw raw;
	int rc;

	do {
		rc = rd->s->ops->next(rd->s, &raw, &rd->e);
		if (rc != 1)
			return rc;
		rc = rxs_decode_record(rd->d, &raw, ev, lost);
	} while (!rc);
	return rc;
}

static void same_name(struct rxs_strtab *a, u32 x, struct rxs_strtab *b, u32 y)
{
	assert_string_equal(rxs_strtab_get(a, x), rxs_strtab_get(b, y));
}

void rf_same_event(struct rxs_strtab *ta, const struct rxs_event *a, struct rxs_strtab *tb,
		       const struct rxs_event *b)
{
	assert_int_equal(a->ts_ns, b->ts_ns);
	assert_int_equal(a->skb, b->skb);
	assert_int_equal(a->head, b->head);
	assert_int_equal(a->peer, b->peer);
	assert_int_equal(a->len, b->len);
	assert_int_equal(a->ifindex, b->ifindex);
	assert_int_equal(a->netns, b->netns);
	assert_int_equal(a->pid, b->pid);
	assert_int_equal(a->aux, b->aux);
	assert_int_equal(a->aux2, b->aux2);
	assert_int_equal(a->stage, b->stage);
	assert_int_equal(a->op, b->op);
	assert_int_equal(a->cpu, b->cpu);
	assert_int_equal(a->hook, b->hook);
	assert_int_equal(a->flags, b->flags);
	assert_int_equal(a->hdr_len, b->hdr_len);
	if (a->hdr_len)
		assert_memory_equal(a->hdr, b->hdr, a->hdr_len);
	same_name(ta, a->dev, tb, b->dev);
	same_name(ta, a->comm, tb, b->comm);
	same_name(ta, a->reason, tb, b->reason);
	same_name(ta, a->symbol, tb, b->symbol);
}


struct rf_bytes rf_load(const char *path)
{
	struct rf_bytes b;
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	fseek(f, 0, SEEK_END);
	b.len = (size_t)ftell(f);
	rewind(f);
	b.p = malloc(b.len);
	assert_int_equal(fread(b.p, 1, b.len, f), b.len);
	fclose(f);
	return b;
}

void rf_store(const char *path, const u8 *p, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(p, 1, len, f), len);
	fclose(f);
}

struct rf_result rf_read_all(const char *path)
{
	struct rf_result res = { 0 };
	struct rxs_event ev;
	struct rxs_lost lost;
	struct rf_reader rd;

	res.open_err = rf_open(&rd, path);
	if (res.open_err)
		return res;
	while ((res.end = rf_next(&rd, &ev, &lost)) > 0) {
		if (res.end == 1) {
			res.events++;
		} else {
			res.lost += lost.count;
			res.lost_unknown += !lost.count;
		}
	}
	rf_close(&rd);
	return res;
}

/* Where block number n begins, found by walking the headers. */
size_t rf_block_at(const struct rf_bytes *b, unsigned int n)
{
	size_t at = RXS_FILE_PREAMBLE_BYTES;

	while (n--)
		at += rxs_get_le(b->p + at + 6, 2) + rxs_get_le(b->p + at + 8, 4);
	assert_true(at < b->len);
	assert_memory_equal(b->p + at, RXS_BLOCK_SYNC, RXS_BLOCK_SYNC_BYTES);
	return at;
}

/* Make checksums right again after a change to the block at p. */
void rf_reseal(u8 *p)
{
	size_t header = rxs_get_le(p + 6, 2), stored = rxs_get_le(p + 8, 4);

	rxs_put_le(p + 40, crc32(0, p + header, stored), 4);
	rxs_put_le(p + 44, crc32(0, p, 44), 4);
}
