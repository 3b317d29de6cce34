// SPDX-License-Identifier: GPL-2.0
/* Numbers for people. */
#include "rxs_fmt.h"

#include <stdio.h>
#include <string.h>

/* n / 1000 with three digits: "1.24", "56.1", "850". Rounding up to 1000 is the caller's. */
static int three_digits(char *buf, size_t size, u64 n)
{
	if (n < 10000 - 5)
		return snprintf(buf, size, "%llu.%02llu", (unsigned long long)((n + 5) / 1000),
				(unsigned long long)((n + 5) % 1000 / 10));
	if (n < 100000 - 50)
		return snprintf(buf, size, "%llu.%llu", (unsigned long long)((n + 50) / 1000),
				(unsigned long long)((n + 50) % 1000 / 100));
	return snprintf(buf, size, "%llu", (unsigned long long)((n + 500) / 1000));
}

const char *rxs_fmt_ns(char *buf, size_t size, u64 ns)
{
	static const char *const unit[] = { "us", "ms", "s" };
	unsigned int u = 0;
	u64 n = ns;	/* thousandths of the unit */
	int len;

	if (ns < 1000) {
		snprintf(buf, size, "%llu ns", (unsigned long long)ns);
		return buf;
	}
	for (; n >= 1000000 - 500 && u < RXS_ARRAY_SIZE(unit) - 1; u++)
		n = (n + 500) / 1000;
	len = three_digits(buf, size, n);
	if (len > 0 && (size_t)len < size)
		snprintf(buf + len, size - len, " %s", unit[u]);
	return buf;
}

const char *rxs_fmt_ns_signed(char *buf, size_t size, s64 ns)
{
	u64 abs = ns < 0 ? 0 - (u64)ns : (u64)ns;

	if (!ns || size < 2)
		return rxs_fmt_ns(buf, size, 0);
	buf[0] = ns < 0 ? '-' : '+';
	rxs_fmt_ns(buf + 1, size - 1, abs);
	return buf;
}

const char *rxs_fmt_count(char *buf, size_t size, u64 n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
	size_t at = 0;

	for (int i = 0; i < len && at + 2 < size; i++) {
		if (i && (len - i) % 3 == 0)
			buf[at++] = ',';
		buf[at++] = digits[i];
	}
	buf[at] = 0;
	return buf;
}

const char *rxs_fmt_short(char *buf, size_t size, u64 n)
{
	static const char prefix[] = "kMGTPE";
	unsigned int p = 0;
	int len;

	if (n < 1000) {
		snprintf(buf, size, "%llu", (unsigned long long)n);
		return buf;
	}
	for (; n >= 1000000 - 500 && prefix[p + 1]; p++)
		n = (n + 500) / 1000;
	len = three_digits(buf, size, n);
	if (len > 0 && (size_t)len < size)
		snprintf(buf + len, size - len, "%c", prefix[p]);
	return buf;
}

const char *rxs_fmt_rate(char *buf, size_t size, u64 n, u64 duration_ns)
{
	size_t len;

	if (!duration_ns) {
		snprintf(buf, size, "-");
		return buf;
	}
	rxs_fmt_short(buf, size, (u64)((double)n * 1e9 / (double)duration_ns + 0.5));
	len = strlen(buf);
	snprintf(buf + len, size - len, "/s");
	return buf;
}

const char *rxs_fmt_bytes(char *buf, size_t size, u64 bytes)
{
	static const char *const unit[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	unsigned int u = 0;
	double n = (double)bytes / 1024;

	if (bytes < 1024) {
		snprintf(buf, size, "%llu B", (unsigned long long)bytes);
		return buf;
	}
	for (; n >= 1023.5 && u < RXS_ARRAY_SIZE(unit) - 1; u++)
		n /= 1024;
	snprintf(buf, size, n < 9.995 ? "%.2f %s" : n < 99.95 ? "%.1f %s" : "%.0f %s", n, unit[u]);
	return buf;
}

const char *rxs_fmt_share(char *buf, size_t size, u64 part, u64 whole)
{
	double pct = whole ? 100.0 * (double)part / (double)whole : 0;

	if (!whole)
		snprintf(buf, size, "-");
	else if (!part || part == whole)
		snprintf(buf, size, "%s %%", part ? "100" : "0");
	else if (pct < 0.05)
		snprintf(buf, size, "<0.1 %%");
	else if (pct >= 99.95 && part < whole)
		snprintf(buf, size, ">99.9 %%");
	else
		snprintf(buf, size, "%.1f %%", pct);
	return buf;
}

const char *rxs_fmt_since(char *buf, size_t size, u64 ts_ns, u64 start_ns)
{
	u64 ns = ts_ns > start_ns ? ts_ns - start_ns : 0;

	snprintf(buf, size, "%llu.%09llu", (unsigned long long)(ns / 1000000000),
		 (unsigned long long)(ns % 1000000000));
	return buf;
}

/* 1 … 8 by share of max, 0 for nothing. */
static unsigned int level_of(u64 value, u64 max)
{
	unsigned int l;

	if (!value || !max)
		return 0;
	l = (unsigned int)((double)value * 8 / (double)max + 0.5);
	return l < 1 ? 1 : l > 8 ? 8 : l;
}

/* One block element: U+2581 + level - 1 (rising from below), or U+258F - level + 1 (growing from the left). */
static size_t put_block(char *at, unsigned char last)
{
	at[0] = (char)0xe2;
	at[1] = (char)0x96;
	at[2] = (char)last;
	return 3;
}

const char *rxs_fmt_spark(char *buf, size_t size, const u64 *value, unsigned int nr, bool utf8)
{
	static const char ascii[] = " .:-=+*#@";
	size_t at = 0;
	u64 max = 0;

	for (unsigned int i = 0; i < nr; i++)
		max = value[i] > max ? value[i] : max;
	for (unsigned int i = 0; i < nr && at + 4 <= size; i++) {
		unsigned int l = level_of(value[i], max);

		if (utf8 && l)
			at += put_block(buf + at, 0x80 + l);
		else
			buf[at++] = ascii[l];
	}
	buf[at] = 0;
	return buf;
}

const char *rxs_fmt_bar(char *buf, size_t size, u64 value, u64 max, unsigned int width, bool utf8)
{
	unsigned int eighths = max ? (unsigned int)((double)value / (double)max * width * 8 + 0.5) : 0;
	size_t at = 0;

	if (eighths > width * 8)
		eighths = width * 8;
	if (value && eighths < 8 && !utf8)
		eighths = 8;
	if (value && !eighths)
		eighths = 1;
	for (; eighths >= 8 && at + 4 <= size; eighths -= 8) {
		if (utf8)
			at += put_block(buf + at, 0x88);
		else
			buf[at++] = '#';
	}
	if (utf8 && eighths && at + 4 <= size)
		at += put_block(buf + at, 0x90 - eighths);
	buf[at] = 0;
	return buf;
}

char *rxs_fmt_plain(char *s)
{
	for (u8 *c = (u8 *)s; *c; c++) {
		if (*c < 0x20 || *c == 0x7f)
			*c = '?';
		else if (*c == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0)
			c[0] = c[1] = '?';
	}
	return s;
}
