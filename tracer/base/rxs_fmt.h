/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers for people: durations, counts, rates, bytes, shares, sparklines. All write at most size bytes with the
 * NUL and return buf, so that they can stand in an argument list. Never locale-dependent.
 */
#ifndef RXS_FMT_H
#define RXS_FMT_H

#include "rxs_types.h"

/* Enough for any of the functions below but the sparkline. */
#define RXS_FMT_MAX 32

/* A duration with three digits and its unit, at most 7 columns: "0 ns", "850 ns", "1.24 us", "56.1 ms", "12.0 s". */
const char *rxs_fmt_ns(char *buf, size_t size, u64 ns);
/* The same with a sign, for differences: "+1.24 us", "-80 ns", "0 ns". */
const char *rxs_fmt_ns_signed(char *buf, size_t size, s64 ns);
/* "40,782" */
const char *rxs_fmt_count(char *buf, size_t size, u64 n);
/* Three digits and a prefix, at most 5 columns: "0", "999", "1.02k", "45.1k", "3.20M". */
const char *rxs_fmt_short(char *buf, size_t size, u64 n);
/* Events per second over duration_ns: "12.3k/s"; "-" when the duration is 0. */
const char *rxs_fmt_rate(char *buf, size_t size, u64 n, u64 duration_ns);
/* Powers of 1024: "512 B", "1.50 KiB", "20.0 MiB". */
const char *rxs_fmt_bytes(char *buf, size_t size, u64 bytes);
/*
 * part of whole in per cent: "0 %", "0.1 %", "12.3 %", "100 %". Never rounds to 0 or 100 what is not:
 * "<0.1 %", ">99.9 %". "-" when whole is 0.
 */
const char *rxs_fmt_share(char *buf, size_t size, u64 part, u64 whole);
/* A time of the source clock relative to start, in seconds with nine digits: "1.203456789". */
const char *rxs_fmt_since(char *buf, size_t size, u64 ts_ns, u64 start_ns);
/*
 * In place: control characters (C0, DEL, and C1 as UTF-8) become '?'. For what a recording says of itself, or a task:
 * a terminal would obey them. Returns s.
 */
char *rxs_fmt_plain(char *s);

/* One column of a picture of values by their height: of nr values each one character of the levels below. */
#define RXS_SPARK_BYTES(nr) ((nr) * 3 + 1)
/*
 * Values as columns, scaled to the highest; a value above 0 is never drawn as empty. utf8: block elements
 * (U+2581 … U+2588), else one of ".:-=+*#@". buf holds RXS_SPARK_BYTES(nr).
 */
const char *rxs_fmt_spark(char *buf, size_t size, const u64 *value, unsigned int nr, bool utf8);
/* A bar of at most width columns for value of max; part columns are eighths with utf8. buf: 3 × width + 1. */
const char *rxs_fmt_bar(char *buf, size_t size, u64 value, u64 max, unsigned int width, bool utf8);

#endif
