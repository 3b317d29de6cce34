// SPDX-License-Identifier: GPL-2.0
/* Formats of trace events, taken apart and written anew. */
#include "rxs_format_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS_MAX	256
#define SYMBOLS_MAX	4096
#define WORD_BYTES	RXS_FORMAT_WORD_BYTES

struct text {
	char *buf;
	size_t len, max;
	int err;
};

static void add(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *t, const char *fmt, ...)
{
	size_t room;
	va_list ap;
	char *more;
	int n;

	if (t->max - t->len < 512) {
		more = realloc(t->buf, t->max * 2 + 1024);
		if (!more)
			t->err = -ENOMEM;
		if (t->err)
			return;
		t->buf = more;
		t->max = t->max * 2 + 1024;
	}
	room = t->max - t->len;
	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->len, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		t->err = -EBADMSG;
	else
		t->len += n;
}

/* A name at p, at most WORD_BYTES - 1 long; its length, 0 = none. */
static size_t word(const char *p, char to[WORD_BYTES])
{
	size_t len = 0;

	if (!isalpha((unsigned char)*p) && *p != '_')
		return 0;
	while (isalnum((unsigned char)p[len]) || p[len] == '_')
		len++;
	if (len >= WORD_BYTES)
		return 0;
	memcpy(to, p, len);
	to[len] = '\0';
	return len;
}

int rxs_format_head(const char *text, struct rxs_format_head *h)
{
	const char *p;
	char *end;
	size_t len;
	long id;

	if (strncmp(text, "name: ", 6))
		return -EBADMSG;
	len = word(text + 6, h->name);
	if (!len)
		return -EBADMSG;
	p = text + 6 + len;
	if (strncmp(p, "\nID: ", 5) || !isdigit((unsigned char)p[5]))
		return -EBADMSG;
	id = strtol(p + 5, &end, 10);
	if (*end != '\n' || id < 0 || id > UINT16_MAX)
		return -EBADMSG;
	h->id = id;
	return 0;
}

/* The number behind key in a line that ends at end, or -1. */
static long number(const char *line, const char *end, const char *key)
{
	const char *p = strstr(line, key);
	char *stop;
	long v;

	if (!p || p >= end)
		return -1;
	p += strlen(key);
	if (!isdigit((unsigned char)*p))
		return -1;
	v = strtol(p, &stop, 10);
	return *stop == ';' && v <= UINT16_MAX ? v : -1;
}

/* "field:TYPE NAME;" or "field:TYPE NAME[N];": the name, and whether it is an array. */
static int field_name(const char *decl, const char *semicolon, char name[WORD_BYTES], bool *is_array)
{
	const char *end = semicolon, *p;

	*is_array = false;
	if (end[-1] == ']') {
		*is_array = true;
		while (end > decl && *end != '[')
			end--;
	}
	for (p = end; p > decl && (isalnum((unsigned char)p[-1]) || p[-1] == '_'); p--)
		;
	if (p == decl || p == end || (size_t)(end - p) != word(p, name))
		return -EBADMSG;
	return 0;
}

static bool has_word(const char *p, const char *end, const char *what)
{
	size_t len = strlen(what);

	for (; p + len <= end; p++)
		if (!memcmp(p, what, len))
			return true;
	return false;
}

/* How many bytes an element of an array of that type has: the kernel's names for integers end in their width. */
static unsigned int element_bytes(const char *decl, const char *end)
{
	static const struct {
		const char *name;
		u8 bytes;
	} types[] = {
		{ "char", 1 }, { "8", 1 }, { "short", 2 }, { "16", 2 }, { "64", 8 }, { "long", 8 }, { "*", 8 },
		{ "32", 4 }, { "int", 4 },
	};

	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(types); i++)
		if (has_word(decl, end, types[i].name))
			return types[i].bytes;
	return 1;
}

static const char *integer(unsigned int bytes, bool is_signed)
{
	switch (bytes) {
	case 1:
		return is_signed ? "s8" : "u8";
	case 2:
		return is_signed ? "s16" : "u16";
	case 4:
		return is_signed ? "s32" : "u32";
	default:
		return is_signed ? "s64" : "u64";
	}
}

/* One line "field:DECLARATION; offset:N; size:N; signed:N;". Its name goes to name. */
static int add_field(struct text *t, const char *line, char name[WORD_BYTES])
{
	const char *decl = line + 6, *end = line + strcspn(line, "\n"), *semicolon = strchr(decl, ';');
	long offset = number(line, end, "offset:"), size = number(line, end, "size:");
	bool is_signed = number(line, end, "signed:") == 1, is_array, is_loc;
	unsigned int element;

	if (!semicolon || semicolon >= end || semicolon == decl || offset < 0 || size < 0 ||
	    field_name(decl, semicolon, name, &is_array))
		return -EBADMSG;
	is_loc = has_word(decl, semicolon, "__data_loc ") || has_word(decl, semicolon, "__rel_loc ");
	if (is_loc) {
		add(t, "\tfield:%s %s[] %s;", has_word(decl, semicolon, "__rel_loc ") ? "__rel_loc" : "__data_loc",
		    has_word(decl, semicolon, "char") ? "char" : "u8", name);
	} else if (is_array || (size != 1 && size != 2 && size != 4 && size != 8)) {
		element = element_bytes(decl, semicolon);
		if (size % element)
			element = 1;
		add(t, "\tfield:%s %s[%ld];", has_word(decl, semicolon, "char") ? "char" :
		    integer(element, is_signed), name, size / element);
	} else {
		add(t, "\tfield:%s %s;", integer(size, is_signed), name);
	}
	add(t, "\toffset:%ld;\tsize:%ld;\tsigned:%d;\n", offset, size, is_signed);
	return 0;
}

/* The list "{ N, \"NAME\" }, …" of __print_symbolic(REC->FIELD, …). */
static void add_symbols(struct text *t, const char *print, const char *field)
{
	char call[WORD_BYTES + 32], name[WORD_BYTES];
	const char *p;
	unsigned int nr = 0;
	char *end;

	snprintf(call, sizeof(call), "__print_symbolic(REC->%s, ", field);
	p = strstr(print, call);
	for (p = p ? p + strlen(call) : ""; nr < SYMBOLS_MAX; nr++) {
		unsigned long v;
		size_t len;

		p += strspn(p, " ,");
		if (*p != '{')
			break;
		p += 1 + strspn(p + 1, " ");
		v = strtoul(p, &end, 0);
		if (end == p)	/* an enum that the kernel did not resolve */
			break;
		p = end + strspn(end, " ,");
		if (*p != '"')
			break;
		len = word(p + 1, name);
		if (!len || p[1 + len] != '"')
			break;
		if (!nr)
			add(t, "print fmt: \"%%s\", __print_symbolic(REC->%s", field);
		add(t, ", { %lu, \"%s\" }", v, name);
		p += 2 + len;
		p += strspn(p, " ");
		if (*p++ != '}')
			break;
	}
	add(t, nr ? ")\n" : "print fmt: \"\"\n");
}

int rxs_format_clean(const char *text, const char *symbolic, char **out)
{
	struct rxs_format_head head;
	struct text t = { 0 };
	const char *line, *print;
	unsigned int fields = 0;
	bool common = true, has_symbolic = false;
	char name[WORD_BYTES];

	if (rxs_format_head(text, &head))
		return -EBADMSG;
	print = strstr(text, "\nprint fmt:");
	add(&t, "name: %s\nID: %u\nformat:\n", head.name, head.id);
	for (line = text; *line && (!print || line < print); line += strcspn(line, "\n"), line += *line == '\n') {
		const char *p = line + strspn(line, " \t");

		if (strncmp(p, "field:", 6))
			continue;
		if (++fields > FIELDS_MAX)
			break;
		/* libtraceevent takes the fields up to the first empty line as those that all events have. */
		if (common && fields > 1 && !has_word(p, p + strcspn(p, ";"), " common_")) {
			common = false;
			add(&t, "\n");
		}
		if (add_field(&t, p, name)) {
			free(t.buf);
			return -EBADMSG;
		}
		has_symbolic |= symbolic && !strcmp(name, symbolic);
	}
	add(&t, "\n");
	if (print && has_symbolic)
		add_symbols(&t, print, symbolic);
	else
		add(&t, "print fmt: \"\"\n");
	if (!fields && !t.err)
		t.err = -EBADMSG;
	if (t.err) {
		free(t.buf);
		return t.err;
	}
	*out = t.buf;
	return 0;
}
