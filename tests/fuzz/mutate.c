// SPDX-License-Identifier: GPL-2.0
/*
 * mutate FILE [TRUNCATIONS FLIPS SEED]: analyses FILE cut off at so many places, and with so many single bits
 * or bytes changed, the same ones for the same seed. Each must end as `rxscope report` would, with status 0 or
 * 4; a crash, a hang or a broken promise ends the program. Prints TAP; to be built with ASan and UBSan.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz_one.h"

#define HANG_SECONDS 20

static uint64_t state;

/* xorshift64*: the same numbers on every machine */
static uint64_t rnd(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 2685821657736338717ull;
}

static uint8_t *load(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = NULL;

	if (!f || fseek(f, 0, SEEK_END))
		return NULL;
	*len = ftell(f);
	rewind(f);
	data = malloc(*len ? *len : 1);
	if (data && fread(data, 1, *len, f) != *len) {
		free(data);
		data = NULL;
	}
	fclose(f);
	return data;
}

/* What is being tried: told by the handler of the signal that ends a hang or a crash. */
static char now[128];

static void on_signal(int sig)
{
	const char *what = sig == SIGALRM ? "hang: " : "crash: ";

	if (write(2, what, strlen(what)) < 0 || write(2, now, strlen(now)) < 0)
		_exit(3);
	_exit(2);
}

static void try_one(const uint8_t *data, size_t len, unsigned long status[2])
{
	alarm(HANG_SECONDS);
	status[fuzz_one(data, len) != 0]++;
	alarm(0);
}

static void truncations(const uint8_t *data, size_t len, unsigned long times, unsigned long status[2])
{
	for (unsigned long i = 0; i < times; i++) {
		/* Half of them in the first part, where all the tables are. */
		size_t cut = i % 2 ? rnd() % len : rnd() % (len / 8 + 1);
		uint8_t *copy = malloc(cut ? cut : 1);	/* of its own size: reading past its end is seen */

		if (!copy)
			abort();
		memcpy(copy, data, cut);
		snprintf(now, sizeof(now), "truncation %lu to %zu bytes\n", i, cut);
		try_one(copy, cut, status);
		free(copy);
	}
}

static void flips(uint8_t *data, size_t len, unsigned long times, unsigned long status[2])
{
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff };

	for (unsigned long i = 0; i < times; i++) {
		size_t at = rnd() % len;
		uint8_t was = data[at], value = i % 2 ? values[rnd() % sizeof(values)] : was ^ 1 << rnd() % 8;

		data[at] = value;
		snprintf(now, sizeof(now), "flip %lu: byte %zu from 0x%02x to 0x%02x\n", i, at, was, value);
		try_one(data, len, status);
		data[at] = was;
	}
}

int main(int argc, char **argv)
{
	unsigned long nr_cuts = argc > 2 ? strtoul(argv[2], NULL, 10) : 1000;
	unsigned long nr_flips = argc > 3 ? strtoul(argv[3], NULL, 10) : 5000;
	unsigned long cut_status[2] = { 0 }, flip_status[2] = { 0 };
	const char *name;
	uint8_t *data;
	size_t len;

	data = argc > 1 ? load(argv[1], &len) : NULL;
	if (!data || !len) {
		fprintf(stderr, "usage: mutate FILE [TRUNCATIONS FLIPS SEED]\n");
		return 2;
	}
	name = strrchr(argv[1], '/') ? strrchr(argv[1], '/') + 1 : argv[1];
	state = argc > 4 ? strtoull(argv[4], NULL, 0) : 20250101;
	signal(SIGALRM, on_signal);
	signal(SIGABRT, on_signal);
	if (fuzz_one(data, len))
		printf("not ok - %s is read as it is\n", name);
	truncations(data, len, nr_cuts, cut_status);
	printf("ok - %s: %lu truncations: %lu read in part, %lu refused\n", name, nr_cuts, cut_status[0],
	       cut_status[1]);
	flips(data, len, nr_flips, flip_status);
	printf("ok - %s: %lu changed bytes: %lu read, %lu refused\n", name, nr_flips, flip_status[0],
	       flip_status[1]);
	free(data);
	return 0;
}
