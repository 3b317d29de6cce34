// SPDX-License-Identifier: GPL-2.0
/*
 * enlarge IN OUT TIMES: makes a long recording of a short one, for measuring readers. The events of IN come
 * TIMES times, each time later, so that all of it is in order and any reader can read it.
 *
 * IN is a trace.dat of version 6, or a perf.data that is not compressed.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_BYTES	4096
#define GAP_NS		1000000ull
#define SAMPLE		9	/* PERF_RECORD_SAMPLE */
#define FINISHED_ROUND	68
#define USER_TYPES	64	/* from here on records are perf's own and have no time */

static uint8_t *in;
static size_t in_len;

static uint64_t get(const uint8_t *p, unsigned int bytes)
{
	uint64_t v = 0;

	memcpy(&v, p, bytes);
	return v;
}

static void put64(uint8_t *p, uint64_t v)
{
	memcpy(p, &v, sizeof(v));
}

static int fail(const char *what)
{
	fprintf(stderr, "enlarge: %s\n", what);
	return 1;
}

static int load(const char *path)
{
	FILE *f = fopen(path, "rb");

	if (!f || fseek(f, 0, SEEK_END))
		return fail(strerror(errno));
	in_len = ftell(f);
	rewind(f);
	in = malloc(in_len);
	if (!in || fread(in, 1, in_len, f) != in_len)
		return fail("cannot read the input");
	fclose(f);
	return 0;
}

static const uint8_t *find(const char *what, size_t len)
{
	return memmem(in, in_len, what, len);
}

/* Shift a page in time: its own time, and the absolute times on it (type 31; kernel/trace/ring_buffer.c). */
static void shift_page(uint8_t *page, uint64_t by)
{
	unsigned int end = 16 + (get(page + 8, 4) & 0x7ffffff);

	put64(page, get(page, 8) + by);
	for (unsigned int at = 16; at + 8 <= end && end <= PAGE_BYTES;) {
		uint32_t head = get(page + at, 4), word = get(page + at + 4, 4), type = head & 31;

		if (type == 31) {
			uint64_t ts = ((uint64_t)word << 27) + (head >> 5) + by;

			head = type | (ts & 0x7ffffff) << 5;
			word = ts >> 27;
			memcpy(page + at, &head, 4);
			memcpy(page + at + 4, &word, 4);
		}
		if (type == 29 && !(head >> 5))
			break;
		at += type >= 30 ? 8 : type == 29 ? 4 + word : type ? 4 + type * 4 : 4 + ((word + 3) & ~3u);
	}
}

/* Version 6: behind "flyrecord" stand offset and size of every CPU's pages; a page begins with its time. */
static int enlarge_tracedat(FILE *out, unsigned long times)
{
	uint8_t *table = (uint8_t *)find("flyrecord", 10);
	uint64_t first = UINT64_MAX, last = 0, span, at, *size;
	unsigned int nr = 0;

	if (!table)
		return fail("no trace.dat of version 6");
	table += 10;
	/* CPUs that the table has: their pages follow one another. */
	while (nr < 64 && get(table + nr * 16, 8) >= (uint64_t)(table - in) &&
	       get(table + nr * 16, 8) + get(table + nr * 16 + 8, 8) <= in_len)
		nr++;
	size = calloc(nr + 1, sizeof(*size));
	for (unsigned int c = 0; c < nr; c++) {
		at = get(table + c * 16, 8);
		size[c] = get(table + c * 16 + 8, 8);
		for (uint64_t p = 0; p + PAGE_BYTES <= size[c]; p += PAGE_BYTES) {
			uint64_t ts = get(in + at + p, 8);

			first = ts < first ? ts : first;
			last = ts > last ? ts : last;
		}
	}
	/* The last page lasts beyond its time: on a CPU with little to do, as long as all the others. */
	span = 2 * (last - first) + 10000 * GAP_NS;
	at = get(table, 8);
	fwrite(in, 1, table - in, out);
	for (unsigned int c = 0; c < nr; c++) {
		uint8_t row[16];

		put64(row, at);
		put64(row + 8, size[c] * times);
		fwrite(row, 1, sizeof(row), out);
		at += size[c] * times;
	}
	fwrite(table + nr * 16, 1, in + get(table, 8) - table - nr * 16, out);
	for (unsigned int c = 0; c < nr; c++) {
		uint8_t *pages = in + get(table + c * 16, 8);

		for (unsigned long i = 0; i < times; i++)
			for (uint64_t p = 0; p + PAGE_BYTES <= size[c]; p += PAGE_BYTES) {
				uint8_t page[PAGE_BYTES];

				memcpy(page, pages + p, PAGE_BYTES);
				shift_page(page, i * span);
				fwrite(page, 1, PAGE_BYTES, out);
			}
	}
	free(size);
	return 0;
}

/* Where a record has its time, 0 = nowhere: the order of fields in perf_event_open(2). */
static unsigned int time_at(const uint8_t *rec, uint64_t sample_type)
{
	unsigned int type = get(rec, 4), size = get(rec + 6, 2), off = 8;

	if (!(sample_type & 1 << 2) || type >= USER_TYPES)
		return 0;
	if (type == SAMPLE) {
		off += sample_type & 1 << 16 ? 8 : 0;	/* IDENTIFIER */
		off += sample_type & 1 << 0 ? 8 : 0;	/* IP */
		off += sample_type & 1 << 1 ? 8 : 0;	/* TID */
		return off;
	}
	off = 8;					/* TIME itself, from the end */
	off += sample_type & 1 << 16 ? 8 : 0;
	off += sample_type & 1 << 7 ? 8 : 0;		/* CPU */
	off += sample_type & 1 << 9 ? 8 : 0;		/* STREAM_ID */
	off += sample_type & 1 << 6 ? 8 : 0;		/* ID */
	return size > 8 + off ? size - off : 0;
}

static int is_repeated(const uint8_t *rec)
{
	return get(rec, 4) == SAMPLE || get(rec, 4) == FINISHED_ROUND;
}

/* The first and the last time in the records from rec to end; 0 when one has no length. */
static int find_span(const uint8_t *rec, const uint8_t *end, uint64_t sample_type, uint64_t *span)
{
	uint64_t first = UINT64_MAX, last = 0;

	for (; rec < end; rec += get(rec + 6, 2)) {
		unsigned int off = time_at(rec, sample_type);
		uint64_t ts = off ? get(rec + off, 8) : 0;

		if (get(rec + 6, 2) < 8)
			return 0;
		if (ts) {
			first = ts < first ? ts : first;
			last = ts > last ? ts : last;
		}
	}
	*span = last - first + GAP_NS;
	return 1;
}

/* Write the records once more, all times later than the time before. Returns the bytes written. */
static uint64_t write_again(uint8_t *rec, const uint8_t *end, uint64_t sample_type, uint64_t by, int all, FILE *out)
{
	uint64_t bytes = 0;

	for (; rec < end; rec += get(rec + 6, 2)) {
		unsigned int len = get(rec + 6, 2), off = time_at(rec, sample_type);

		if (off && get(rec + off, 8))
			put64(rec + off, get(rec + off, 8) + by);
		/* What perf writes once, of tasks and maps, is not repeated. */
		if (all || is_repeated(rec))
			bytes += fwrite(rec, 1, len, out);
	}
	return bytes;
}

static int enlarge_perfdata(FILE *out, unsigned long times)
{
	uint64_t attrs = get(in + 24, 8), at = get(in + 40, 8), size = get(in + 48, 8), span, bytes = 0;
	uint8_t *features = in + at + size, *data = in + at, word[8];
	uint64_t sample_type = get(in + attrs + 24, 8);

	if (!find_span(data, features, sample_type, &span))
		return fail("a record has no length");
	fwrite(in, 1, at, out);
	for (unsigned long i = 0; i < times; i++)
		bytes += write_again(data, features, sample_type, i ? span : 0, !i, out);
	/* Sections behind the data move. */
	for (unsigned int bit = 0, row = 0; bit < 256; bit++)
		if (in[72 + bit / 8] >> bit % 8 & 1) {
			put64(features + row * 16, get(features + row * 16, 8) + bytes - size);
			row++;
		}
	fwrite(features, 1, in + in_len - features, out);
	put64(word, bytes);
	return fseek(out, 48, SEEK_SET) || fwrite(word, 1, sizeof(word), out) != sizeof(word);
}

int main(int argc, char **argv)
{
	unsigned long times = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	FILE *out;
	int err;

	if (!times)
		return fail("usage: enlarge IN OUT TIMES");
	if (load(argv[1]) || in_len < 104)
		return fail("input too short");
	out = fopen(argv[2], "wb");
	if (!out)
		return fail(strerror(errno));
	err = memcmp(in, "PERFILE2", 8) ? enlarge_tracedat(out, times) : enlarge_perfdata(out, times);
	if (fclose(out))
		return fail(strerror(errno));
	return err;
}
