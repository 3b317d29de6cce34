// SPDX-License-Identifier: GPL-2.0
/* Interned strings: an open-addressed hash of ids over an array of strings. */
#include "rxs_strtab.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rxs_fmt.h"

struct rxs_strtab {
	char **str;	/* by id; str[0] is "" */
	u32 nr;
	u32 cap;
	u32 *slot;	/* ids, 0 = free; a power of two, at most half full */
	u32 mask;
};

static u32 hash_bytes(const char *s, size_t len)
{
	u32 h = 2166136261u;	/* FNV-1a */

	for (size_t i = 0; i < len; i++)
		h = (h ^ (u8)s[i]) * 16777619u;
	return h;
}

struct rxs_strtab *rxs_strtab_new(void)
{
	struct rxs_strtab *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->cap = 64;
	t->mask = 127;
	t->str = calloc(t->cap, sizeof(*t->str));
	t->slot = calloc(t->mask + 1, sizeof(*t->slot));
	if (!t->str || !t->slot || !(t->str[0] = strdup(""))) {
		rxs_strtab_free(t);
		errno = ENOMEM;
		return NULL;
	}
	t->nr = 1;
	return t;
}

void rxs_strtab_free(struct rxs_strtab *t)
{
	if (!t)
		return;
	for (u32 i = 0; t->str && i < t->nr; i++)
		free(t->str[i]);
	free(t->str);
	free(t->slot);
	free(t);
}

/* The slot that holds the string, or the free one where it belongs. */
static u32 *find_slot(const struct rxs_strtab *t, const char *s, size_t len)
{
	u32 i = hash_bytes(s, len) & t->mask;

	for (; t->slot[i]; i = (i + 1) & t->mask) {
		const char *have = t->str[t->slot[i]];

		if (!strncmp(have, s, len) && !have[len])
			break;
	}
	return &t->slot[i];
}

static int grow(struct rxs_strtab *t)
{
	u32 cap = t->cap * 2, mask = t->mask * 2 + 1;
	char **str = realloc(t->str, cap * sizeof(*str));
	u32 *slot;

	if (!str)
		return -ENOMEM;
	t->str = str;
	slot = calloc((size_t)mask + 1, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	free(t->slot);
	t->slot = slot;
	t->mask = mask;
	t->cap = cap;
	for (u32 id = 1; id < t->nr; id++)
		*find_slot(t, str[id], strlen(str[id])) = id;
	return 0;
}

/* s is not in the table. The string to enter in its place, or NULL: no memory. */
static char *plain_copy(const char *s, size_t len)
{
	char *copy = strndup(s, len);

	return copy ? rxs_fmt_plain(copy) : NULL;
}

u32 rxs_strtab_intern(struct rxs_strtab *t, const char *s, size_t len_bytes)
{
	size_t len = strnlen(s, len_bytes);
	char *copy;
	u32 *slot;

	if (!len)
		return 0;
	slot = find_slot(t, s, len);
	if (*slot)
		return *slot;
	copy = plain_copy(s, len);
	if (copy && t->nr == t->cap && grow(t)) {
		free(copy);
		copy = NULL;
	}
	if (!copy)
		return 0;
	slot = find_slot(t, copy, len);
	if (*slot) {
		free(copy);
		return *slot;
	}
	t->str[t->nr] = copy;
	*slot = t->nr;
	return t->nr++;
}

u32 rxs_strtab_find(const struct rxs_strtab *t, const char *s, size_t len_bytes)
{
	size_t len = strnlen(s, len_bytes);

	return len ? *find_slot(t, s, len) : 0;
}

const char *rxs_strtab_get(const struct rxs_strtab *t, u32 id)
{
	return id < t->nr ? t->str[id] : "";
}

u32 rxs_strtab_count(const struct rxs_strtab *t)
{
	return t->nr;
}
