// SPDX-License-Identifier: GPL-2.0
/* Argument expressions of hooks.def to kprobe fetch arguments, by way of BTF. */
#include "rxs_probes.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kernel takes 63 characters per argument (MAX_ARGSTR_LEN), name included. */
#define ARG_MAX_LEN 63

struct fetch {
	char text[256];		/* so far: "+16($arg1)" */
	u32 size_bytes;		/* of what text stands for; 0 = a register */
	bool is_pointer, is_array;
};

static int wrap(struct fetch *f, long offset)
{
	char inner[sizeof(f->text)];

	if (strlen(f->text) > ARG_MAX_LEN)
		return -EINVAL;
	memcpy(inner, f->text, sizeof(inner));
	snprintf(f->text, sizeof(f->text), "%+ld(%.*s)", offset, ARG_MAX_LEN, inner);
	return 0;
}

/* "sk_buff.dev" at *s, up to the next of ">+-:" or the end. */
static int hop(struct fetch *f, const struct rxs_btf *b, const char **s)
{
	struct rxs_btf_member m;
	char name[64], *dot;
	size_t len = strcspn(*s, ">+-: ");
	int err;

	if (len >= sizeof(name))
		return -EINVAL;
	memcpy(name, *s, len);
	name[len] = '\0';
	*s += len;
	dot = strchr(name, '.');
	if (!dot)
		return -EINVAL;
	*dot = '\0';
	if (!b)
		return -ENODATA;
	err = rxs_btf_member(b, name, dot + 1, &m);
	if (err)
		return -ENODATA;
	f->size_bytes = m.size_bytes;
	f->is_pointer = m.is_pointer;
	f->is_array = m.is_array;
	return wrap(f, m.offset_bytes);
}

/* The type the kernel shall fetch, when the row names none. */
static const char *natural_type(const struct fetch *f)
{
	if (f->is_pointer || !f->size_bytes)
		return "x64";
	switch (f->size_bytes) {
	case 1:
		return "u8";
	case 2:
		return "u16";
	case 4:
		return "u32";
	case 8:
		return "u64";
	default:
		return NULL;
	}
}

/*
 * Which argument it is: the row's number, unless BTF says that this kernel's function has the structure
 * in another place. slot "skb" is a struct sk_buff though the row does not say so.
 */
static int place(const struct rxs_btf *b, const char *func, const char *slot, const char *expr, u32 arg,
		 unsigned int depth)
{
	char name[64];
	const char *gt = strchr(expr, '>');
	size_t len;
	int n;

	if (gt) {
		len = strcspn(gt + 1, ".");
		if (len >= sizeof(name))
			return -EINVAL;
		memcpy(name, gt + 1, len);
		name[len] = '\0';
	} else if (!strcmp(slot, "skb")) {
		strcpy(name, "sk_buff");
	} else {
		return arg;
	}
	n = b ? rxs_btf_func_arg(b, func, arg, name, depth) : -ESRCH;
	return n == -ESRCH ? (int)arg : n;
}

/* One expression to "+200($arg1):x64". -ENODATA: cannot be had in this kernel. */
static int translate(char *out, size_t size, const struct rxs_btf *b, const char *func, const char *slot,
		     const char *expr)
{
	struct fetch f = { .size_bytes = 0 };
	const char *s = expr, *type;
	unsigned int depth = 1;
	char *end;
	int n;

	if (*s == '$')
		return snprintf(out, size, "%s", s) >= (int)size ? -EINVAL : 0;
	if (*s == '*') {
		depth++;
		s++;
	}
	if (!isdigit((unsigned char)*s))
		return -EINVAL;
	n = place(b, func, slot, expr, strtoul(s, &end, 10), depth);
	if (n < 0)
		return -ENODATA;
	s = end;
	snprintf(f.text, sizeof(f.text), "$arg%d", n);
	if (depth == 2)
		wrap(&f, 0);
	while (*s == '>') {
		s++;
		n = hop(&f, b, &s);
		if (n)
			return n;
	}
	type = strchr(s, ':') ? strchr(s, ':') + 1 : natural_type(&f);
	if (!type)
		return -ENODATA;
	if (*s == '+' || *s == '-') {
		n = wrap(&f, strtol(s, &end, 10));
		if (*end && *end != ':')
			return -EINVAL;
	} else if (!strcmp(type, "string") && f.is_pointer) {
		n = wrap(&f, 0);
	} else if (*s && *s != ':') {
		return -EINVAL;
	} else {
		n = 0;
	}
	if (n)
		return n;
	return snprintf(out, size, "%s:%s", f.text, type) >= (int)size ? -EINVAL : 0;
}

int rxs_fetch_args(char **out, const struct rxs_btf *b, const char *func, const char *args)
{
	char word[256], expr[ARG_MAX_LEN + 1], text[2048];
	size_t used = 0, len;
	int err;

	text[0] = '\0';
	for (args += strspn(args, " "); *args && *args != '?'; args += strspn(args, " ")) {
		char *eq;

		len = strcspn(args, " ");
		if (len >= sizeof(word))
			return -EINVAL;
		memcpy(word, args, len);
		word[len] = '\0';
		args += len;
		eq = strchr(word, '=');
		if (!eq)
			return -EINVAL;
		*eq = '\0';
		err = translate(expr, sizeof(expr) - strlen(word) - 1, b, func, word, eq + 1);
		if (err == -ENODATA && !strcmp(word, "skb"))
			return -ENOENT;
		if (err == -ENODATA)
			continue;
		if (err)
			return err;
		used += snprintf(text + used, sizeof(text) - used, "%s%s=%s", used ? " " : "", word, expr);
		if (used >= sizeof(text))
			return -EINVAL;
	}
	*out = strdup(text);
	return *out ? 0 : -ENOMEM;
}

unsigned int rxs_fetch_highest_arg(const char *args)
{
	unsigned int highest = 0, n;

	for (; (args = strchr(args, '=')); ) {
		args++;
		n = strtoul(args + (*args == '*'), NULL, 10);
		if (n > highest)
			highest = n;
	}
	return highest;
}
