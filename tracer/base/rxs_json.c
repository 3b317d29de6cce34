// SPDX-License-Identifier: GPL-2.0
/* JSON written as it comes. */
#include "rxs_json.h"

#include <errno.h>
#include <math.h>
#include <string.h>

void rxs_json_init(struct rxs_json *j, FILE *out, bool pretty)
{
	memset(j, 0, sizeof(*j));
	j->out = out;
	j->pretty = pretty;
}

/* Length of the valid UTF-8 sequence at s (RFC 3629: no overlong forms, no surrogates), 0 when there is none. */
static size_t utf8_len(const unsigned char *s, size_t left)
{
	static const struct { u8 lo, hi, second_lo, second_hi, len; } lead[] = {
		{ 0x00, 0x7f, 0x00, 0x00, 1 }, { 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(lead); i++) {
		if (s[0] < lead[i].lo || s[0] > lead[i].hi)
			continue;
		if (left < lead[i].len)
			return 0;
		if (lead[i].len > 1 && (s[1] < lead[i].second_lo || s[1] > lead[i].second_hi))
			return 0;
		for (unsigned int k = 2; k < lead[i].len; k++)
			if ((s[k] & 0xc0) != 0x80)
				return 0;
		return lead[i].len;
	}
	return 0;
}

static void put_escaped(FILE *out, unsigned char c)
{
	static const char plain[] = "\"\\\b\f\n\r\t", after[] = "\"\\bfnrt";
	const char *at = c ? strchr(plain, c) : NULL;

	if (at)
		fprintf(out, "\\%c", after[at - plain]);
	else if (c < 0x20 || c == 0x7f)
		fprintf(out, "\\u%04x", c);
	else
		putc(c, out);
}

static void put_string(FILE *out, const char *s, size_t len)
{
	const unsigned char *p = (const unsigned char *)s;

	putc('"', out);
	while (len) {
		size_t n = utf8_len(p, len);

		if (n == 1)
			put_escaped(out, *p);
		else if (n)
			fwrite(p, 1, n, out);
		else
			fputs("\\ufffd", out);
		n = n ? n : 1;
		p += n;
		len -= n;
	}
	putc('"', out);
}

static bool on_one_line(const struct rxs_json *j)
{
	return j->flat && j->depth >= j->flat;
}

static void new_line(struct rxs_json *j, unsigned int depth)
{
	if (j->pretty)
		fprintf(j->out, "\n%*s", (int)depth * 2, "");
}

/* What stands before a value: comma, line, name. */
static void begin_value(struct rxs_json *j, const char *key)
{
	if (j->depth) {
		bool flat = on_one_line(j);

		if (j->used[j->depth - 1])
			fputs(flat && j->pretty ? ", " : ",", j->out);
		if (!flat)
			new_line(j, j->depth);
		j->used[j->depth - 1] = 1;
	}
	if (key) {
		put_string(j->out, key, strlen(key));
		fputs(j->pretty ? ": " : ":", j->out);
	}
}

static void begin_nest(struct rxs_json *j, const char *key, char open, char close, bool flat)
{
	if (j->depth == RXS_JSON_DEPTH) {
		j->misused = true;
		return;
	}
	begin_value(j, key);
	putc(open, j->out);
	j->close[j->depth] = close;
	j->used[j->depth] = 0;
	j->depth++;
	if (flat && !j->flat)
		j->flat = j->depth;
}

void rxs_json_obj(struct rxs_json *j, const char *key)
{
	begin_nest(j, key, '{', '}', false);
}

void rxs_json_arr(struct rxs_json *j, const char *key)
{
	begin_nest(j, key, '[', ']', false);
}

void rxs_json_obj_flat(struct rxs_json *j, const char *key)
{
	begin_nest(j, key, '{', '}', true);
}

void rxs_json_arr_flat(struct rxs_json *j, const char *key)
{
	begin_nest(j, key, '[', ']', true);
}

void rxs_json_end(struct rxs_json *j)
{
	bool flat = on_one_line(j);

	if (!j->depth) {
		j->misused = true;
		return;
	}
	if (j->flat == j->depth)
		j->flat = 0;
	j->depth--;
	if (j->used[j->depth] && !flat)
		new_line(j, j->depth);
	putc(j->close[j->depth], j->out);
}

void rxs_json_strn(struct rxs_json *j, const char *key, const char *s, size_t len_bytes)
{
	begin_value(j, key);
	put_string(j->out, s, len_bytes);
}

void rxs_json_str(struct rxs_json *j, const char *key, const char *s)
{
	if (s)
		rxs_json_strn(j, key, s, strlen(s));
	else
		rxs_json_null(j, key);
}

void rxs_json_u64(struct rxs_json *j, const char *key, u64 v)
{
	begin_value(j, key);
	fprintf(j->out, "%llu", (unsigned long long)v);
}

void rxs_json_i64(struct rxs_json *j, const char *key, s64 v)
{
	begin_value(j, key);
	fprintf(j->out, "%lld", (long long)v);
}

void rxs_json_f64(struct rxs_json *j, const char *key, double v)
{
	begin_value(j, key);
	if (isfinite(v))
		fprintf(j->out, "%.6g", v);
	else
		fputs("null", j->out);
}

void rxs_json_bool(struct rxs_json *j, const char *key, bool v)
{
	begin_value(j, key);
	fputs(v ? "true" : "false", j->out);
}

void rxs_json_null(struct rxs_json *j, const char *key)
{
	begin_value(j, key);
	fputs("null", j->out);
}

void rxs_json_us(struct rxs_json *j, const char *key, u64 ns)
{
	begin_value(j, key);
	fprintf(j->out, "%llu.%03llu", (unsigned long long)(ns / 1000), (unsigned long long)(ns % 1000));
}

void rxs_json_hex(struct rxs_json *j, const char *key, u64 v)
{
	begin_value(j, key);
	fprintf(j->out, "\"0x%llx\"", (unsigned long long)v);
}

int rxs_json_close(struct rxs_json *j)
{
	while (j->depth)
		rxs_json_end(j);
	putc('\n', j->out);
	if (j->misused)
		return -EINVAL;
	return ferror(j->out) ? -EIO : 0;
}
