// SPDX-License-Identifier: GPL-2.0
/* .rxs: damage costs what was damaged and is told; nothing crashes. */
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

static void damaged_block_costs_itself_and_is_counted(void **state)
{
	char *path = rf_write(3, NR_EVENTS, 1, true);
	struct rf_bytes b = rf_load(path);
	size_t at = rf_block_at(&b, 4);
	u64 in_block = rxs_get_le(b.p + at + 20, 4);
	struct rf_result res;

	(void)state;
	b.p[at + RXS_BLOCK_HEADER_BYTES + 100] ^= 0x10;
	rf_store(path, b.p, b.len);
	res = rf_read_all(path);
	assert_int_equal(res.end, 0);
	assert_int_equal(res.lost, in_block);
	assert_int_equal(res.events, NR_EVENTS - in_block);
	assert_int_equal(res.lost_unknown, 0);

	/* The header itself: the next block says how many are missing. */
	b.p[at + RXS_BLOCK_HEADER_BYTES + 100] ^= 0x10;
	b.p[at + 9] ^= 0x40;
	rf_store(path, b.p, b.len);
	res = rf_read_all(path);
	assert_int_equal(res.lost, in_block);
	assert_int_equal(res.events, NR_EVENTS - in_block);
	unlink(path);
	free(path);
	free(b.p);
}

static void missing_block_is_counted(void **state)
{
	char *path = rf_write(4, NR_EVENTS, 1, true);
	struct rf_bytes b = rf_load(path);
	size_t from = rf_block_at(&b, 2), to = rf_block_at(&b, 5);
	struct rf_result res;

	(void)state;
	memmove(b.p + from, b.p + to, b.len - to);
	rf_store(path, b.p, b.len - (to - from));
	res = rf_read_all(path);
	assert_int_equal(res.events + res.lost, NR_EVENTS);
	assert_true(res.lost > 0);
	unlink(path);
	free(path);
	free(b.p);
}

static void cut_file_gives_what_is_whole_and_tells(void **state)
{
	char *path = rf_write(5, 5000, 1, true);
	struct rf_bytes b = rf_load(path);
	size_t first = rf_block_at(&b, 1), step = b.len / 200;
	struct rf_result res;
	u64 last = 0;

	(void)state;
	for (size_t len = 1; len < b.len; len += step) {
		rf_store(path, b.p, len);
		res = rf_read_all(path);
		if (len < first) {
			assert_int_equal(res.open_err, -EBADMSG);
			continue;
		}
		assert_int_equal(res.open_err, 0);
		assert_int_equal(res.end, 0);
		assert_true(res.events >= last);
		assert_int_equal(res.lost_unknown, 1);
		last = res.events;
	}
	assert_true(last > 3000);
	unlink(path);
	free(path);
	free(b.p);
}

static void recorder_that_was_killed_leaves_a_readable_file(void **state)
{
	char *path = rf_write(6, 5000, 1, false);
	struct rf_result res = rf_read_all(path);

	(void)state;
	assert_int_equal(res.events, 5000);
	assert_int_equal(res.lost_unknown, 1);
	unlink(path);
	free(path);
}

static void flipped_bytes_never_crash(void **state)
{
	char *path = rf_write(7, 400, 0, true);
	struct rf_bytes b = rf_load(path);
	struct rf_rng r = { .s = 99 };

	(void)state;
	for (unsigned int i = 0; i < 600; i++) {
		size_t at = rf_rnd(&r) % b.len;
		u8 was = b.p[at];
		struct rf_result res;

		b.p[at] ^= 1u << (rf_rnd(&r) % 8);
		rf_store(path, b.p, b.len);
		res = rf_read_all(path);
		assert_true(!res.open_err || res.open_err == -EBADMSG);
		if (!res.open_err)
			assert_int_equal(res.events + res.lost, 400);
		b.p[at] = was;
	}
	unlink(path);
	free(path);
	free(b.p);
}

/* Bytes that make no sense under checksums that are right: a hostile writer. */
static void nonsense_with_right_checksums_never_crashes(void **state)
{
	char *path = rf_write(8, 400, 0, true);
	struct rf_bytes b = rf_load(path);
	struct rf_rng r = { .s = 77 };
	size_t block[2] = { rf_block_at(&b, 0), rf_block_at(&b, 1) };

	(void)state;
	for (unsigned int i = 0; i < 600; i++) {
		u8 *p = b.p + block[i % 2];
		size_t len = rxs_get_le(p + 8, 4), at = RXS_BLOCK_HEADER_BYTES + rf_rnd(&r) % len;
		u8 was = p[at];
		struct rf_result res;

		p[at] = rf_rnd(&r);
		rf_reseal(p);
		rf_store(path, b.p, b.len);
		res = rf_read_all(path);
		assert_true(!res.open_err || res.open_err == -EBADMSG);
		p[at] = was;
		rf_reseal(p);
	}
	unlink(path);
	free(path);
	free(b.p);
}

/* --- other versions */

static void replace_text(struct rf_bytes *b, size_t at, const char *from, const char *to)
{
	size_t len = rxs_get_le(b->p + at + 8, 4);
	u8 *p = memmem(b->p + at, RXS_BLOCK_HEADER_BYTES + len, from, strlen(from));

	assert_non_null(p);
	memcpy(p, to, strlen(to));
	rf_reseal(b->p + at);
}

static char *write_plain_head(unsigned int nr)
{
	struct rxs_strtab *t = rxs_strtab_new();
	struct rxs_event ev = { .ts_ns = 1, .op = RXS_OP_PASS, .skb = 7 };
	struct rxs_writer *w;
	char path[64];
	int fd = rf_new_temp(path);

	assert_int_equal(rxs_writer_new(&w, fd, &rf_info, t, NULL), 0);
	rxs_writer_set_level(w, 0);
	for (unsigned int i = 0; i < nr; i++) {
		ev.ts_ns += 10;
		ev.stage = i % 2 ? RXS_ST_IP_RCV : RXS_ST_UDP_RCV;
		assert_int_equal(rxs_writer_event(w, &ev), 0);
	}
	assert_int_equal(rxs_writer_close(w), 0);
	close(fd);
	rxs_strtab_free(t);
	return strdup(path);
}

static void stages_are_matched_by_name_and_unknown_ones_counted(void **state)
{
	char *path = write_plain_head(100);
	struct rf_bytes b = rf_load(path);
	struct rxs_decode_stats st;
	struct rxs_event ev;
	struct rxs_lost lost;
	struct rf_reader rd;
	unsigned int nr = 0;

	(void)state;
	replace_text(&b, rf_block_at(&b, 0), "\x06ip_rcv", "\x06ip_rcX");
	rf_store(path, b.p, b.len);
	assert_int_equal(rf_open(&rd, path), 0);
	while (rf_next(&rd, &ev, &lost) == 1) {
		assert_int_equal(ev.stage, RXS_ST_UDP_RCV);
		nr++;
	}
	rxs_decode_stats_get(rd.d, &st);
	assert_int_equal(nr, 50);
	assert_int_equal(st.foreign, 50);
	rf_close(&rd);
	unlink(path);
	free(path);
	free(b.p);
}

static size_t put_block(u8 *p, u8 type, const u8 *data, size_t len, u32 events, u64 first)
{
	memset(p, 0, RXS_BLOCK_HEADER_BYTES);
	memcpy(p, RXS_BLOCK_SYNC, RXS_BLOCK_SYNC_BYTES);
	p[4] = type;
	rxs_put_le(p + 6, RXS_BLOCK_HEADER_BYTES, 2);
	rxs_put_le(p + 8, len, 4);
	rxs_put_le(p + 12, len, 4);
	rxs_put_le(p + 20, events, 4);
	rxs_put_le(p + 24, first, 8);
	rxs_put_le(p + 32, 1000, 8);
	memcpy(p + RXS_BLOCK_HEADER_BYTES, data, len);
	rf_reseal(p);
	return RXS_BLOCK_HEADER_BYTES + len;
}

static void fields_and_blocks_of_later_versions_are_passed_over(void **state)
{
	char *path = write_plain_head(0);
	struct rf_bytes b = rf_load(path);
	size_t at = rf_block_at(&b, 1);
	u8 out[4096], data[64], *p = data;
	struct rxs_event ev;
	struct rxs_lost lost;
	struct rf_reader rd;

	(void)state;
	memcpy(out, b.p, at);
	at += put_block(out + at, 9, (const u8 *)"later", 5, 0, 0);
	*p++ = RXS_REC_TEMPLATE;
	p = rxs_put_varint(p, RXS_ST_IP_RCV);
	p = rxs_put_varint(p, RXS_OP_PASS);
	p = rxs_put_varint(p, 0);
	p = rxs_put_varint(p, 1ull << RXS_FF_len | 1ull << 20 | 1ull << 40);
	*p++ = RXS_REC_EVENT;
	p = rxs_put_varint(p, rxs_zigzag(5));
	p = rxs_put_varint(p, 60);	/* len */
	p = rxs_put_varint(p, 123456);	/* field 20 */
	p = rxs_put_varint(p, 3);	/* field 40 */
	memcpy(p, "abc", 3);
	p += 3;
	at += put_block(out + at, RXS_BLOCK_EVENTS, data, (size_t)(p - data), 1, 0);
	at += put_block(out + at, RXS_BLOCK_END, (const u8 *)"\1\0", 2, 0, 1);
	rf_store(path, out, at);

	assert_int_equal(rf_open(&rd, path), 0);
	assert_int_equal(rf_next(&rd, &ev, &lost), 1);
	assert_int_equal(ev.ts_ns, 1005);
	assert_int_equal(ev.len, 60);
	assert_int_equal(rf_next(&rd, &ev, &lost), 0);
	rf_close(&rd);
	unlink(path);
	free(path);
	free(b.p);
}

static void another_major_version_is_refused(void **state)
{
	char *path = rf_write(1, 10, 1, true);
	struct rf_bytes b = rf_load(path);
	struct rf_reader rd;

	(void)state;
	b.p[8]++;
	rf_store(path, b.p, b.len);
	assert_int_equal(rf_open(&rd, path), -EBADMSG);
	assert_non_null(strstr(rd.e.text, "newer"));
	unlink(path);
	free(path);
	free(b.p);
}

static void joined_files_are_read_one_after_the_other(void **state)
{
	char *one = rf_write(11, 300, 1, true), *two = rf_write(12, 200, 1, true);
	struct rf_bytes a = rf_load(one), b = rf_load(two);
	u8 *both = malloc(a.len + b.len);
	struct rf_result res;

	(void)state;
	memcpy(both, a.p, a.len);
	memcpy(both + a.len, b.p, b.len);
	rf_store(one, both, a.len + b.len);
	res = rf_read_all(one);
	assert_int_equal(res.end, 0);
	assert_int_equal(res.events, 500);
	assert_int_equal(res.lost + res.lost_unknown, 0);
	unlink(one);
	unlink(two);
	free(one);
	free(two);
	free(both);
	free(a.p);
	free(b.p);
}

/* --- numbers */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damaged_block_costs_itself_and_is_counted),
		cmocka_unit_test(missing_block_is_counted),
		cmocka_unit_test(cut_file_gives_what_is_whole_and_tells),
		cmocka_unit_test(recorder_that_was_killed_leaves_a_readable_file),
		cmocka_unit_test(flipped_bytes_never_crash),
		cmocka_unit_test(nonsense_with_right_checksums_never_crashes),
		cmocka_unit_test(stages_are_matched_by_name_and_unknown_ones_counted),
		cmocka_unit_test(fields_and_blocks_of_later_versions_are_passed_over),
		cmocka_unit_test(another_major_version_is_refused),
		cmocka_unit_test(joined_files_are_read_one_after_the_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
