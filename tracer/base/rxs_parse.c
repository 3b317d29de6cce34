// SPDX-License-Identifier: GPL-2.0
/* Numbers with units, and the nearest name: what the option parser needs of text. */
#include "rxs_opt.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct unit {
	const char *name;
	u64 factor;
};

/*
 * A decimal number with at most nine digits after the point, times the unit that follows. Integer arithmetic:
 * "0.1s" is 100,000,000 ns and not one less.
 */
static int parse_scaled(const char *s, const struct unit *units, unsigned int nr, u64 bare, u64 *out)
{
	u64 whole = 0, frac = 0, frac_div = 1, factor = bare, add;
	bool digits = false;

	for (; isdigit((unsigned char)*s); s++, digits = true)
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, (u64)(*s - '0'), &whole))
			return -ERANGE;
	if (*s == '.')
		for (s++; isdigit((unsigned char)*s); s++, digits = true)
			if (frac_div < 1000000000) {
				frac = frac * 10 + (*s - '0');
				frac_div *= 10;
			}
	if (!digits)
		return -EINVAL;
	if (*s) {
		unsigned int i;

		for (i = 0; i < nr && strcmp(s, units[i].name); i++)
			;
		if (i == nr)
			return -EINVAL;
		factor = units[i].factor;
	} else if (!factor && (whole || frac)) {
		return -EINVAL;
	}
	if (__builtin_mul_overflow(whole, factor, &whole))
		return -ERANGE;
	add = (u64)((unsigned __int128)frac * factor / frac_div);
	return __builtin_add_overflow(whole, add, out) ? -ERANGE : 0;
}

int rxs_parse_count(const char *s, u64 *out)
{
	static const struct unit units[] = {
		{ "k", 1000 }, { "K", 1000 }, { "M", 1000000 }, { "G", 1000000000 },
	};

	return parse_scaled(s, units, RXS_ARRAY_SIZE(units), 1, out);
}

int rxs_parse_bytes(const char *s, u64 *out_bytes)
{
	static const struct unit units[] = {
		{ "B", 1 },	   { "k", 1 << 10 },   { "K", 1 << 10 },   { "KiB", 1 << 10 },
		{ "M", 1 << 20 },  { "MiB", 1 << 20 }, { "G", 1ULL << 30 }, { "GiB", 1ULL << 30 },
	};

	return parse_scaled(s, units, RXS_ARRAY_SIZE(units), 1, out_bytes);
}

int rxs_parse_time(const char *s, u64 unit_ns, u64 *out_ns)
{
	static const struct unit units[] = {
		{ "ns", 1 },
		{ "us", 1000 },
		{ "\u00b5s", 1000 },	/* micro sign */
		{ "\u03bcs", 1000 },	/* Greek mu */
		{ "ms", 1000000 },
		{ "s", 1000000000 },
		{ "m", 60000000000ULL },
		{ "min", 60000000000ULL },
		{ "h", 3600000000000ULL },
	};

	return parse_scaled(s, units, RXS_ARRAY_SIZE(units), unit_ns, out_ns);
}

#define NEAR_MAX 32

/* Damerau-Levenshtein distance (optimal string alignment) of words of at most NEAR_MAX bytes. */
static unsigned int distance(const char *a, size_t la, const char *b, size_t lb)
{
	unsigned int d[NEAR_MAX + 1][NEAR_MAX + 1];

	for (size_t i = 0; i <= la; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= lb; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= la; i++) {
		for (size_t j = 1; j <= lb; j++) {
			unsigned int best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	}
	return d[la][lb];
}

const char *rxs_nearest(const char *s, const char *const *names, unsigned int nr)
{
	size_t len = strlen(s);
	unsigned int best = NEAR_MAX;
	const char *near = NULL;

	if (!len || len > NEAR_MAX)
		return NULL;
	for (unsigned int i = 0; i < nr; i++) {
		size_t lb = names[i] ? strlen(names[i]) : 0;
		unsigned int d, longer = len > lb ? len : lb;

		if (!lb || lb > NEAR_MAX)
			continue;
		d = distance(s, len, names[i], lb);
		if (d < best && d * 3 <= longer + 2) {
			best = d;
			near = names[i];
		}
	}
	return near;
}
