// SPDX-License-Identifier: GPL-2.0
/*
 * One pass over /proc/kallsyms. Its 100,000 lines cost an emulated machine a fifth of a second, so they
 * are read once and kept: the look-up by name says which functions exist before the kernel is asked to
 * probe them, and the one by address names the function that dropped a packet.
 */
#include "rxs_ksyms.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ksym {
	u64 addr;
	u32 name;	/* offset into text */
	u32 module;	/* offset into text, 0 = the kernel itself */
};

struct rxs_ksyms {
	char *text;	/* the file; names are cut out of it in place */
	size_t len;
	struct ksym *v;	/* by address */
	u32 nr, max;
	u32 *slots;	/* 1 + index into v, open addressing by base name */
	u32 mask;
	bool addresses;
};

static int read_file(struct rxs_ksyms *k, const char *path)
{
	size_t max = 16 << 20;
	ssize_t n = 0;
	int fd, err;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	k->text = malloc(max);
	while (k->text) {
		if (k->len + 65536 > max) {
			char *more = realloc(k->text, max *= 2);

			if (!more)
				break;
			k->text = more;
		}
		n = read(fd, k->text + k->len, max - k->len - 1);
		if (n <= 0 && !(n < 0 && errno == EINTR))
			break;
		k->len += n > 0 ? n : 0;
	}
	err = n < 0 ? -errno : n > 0 || !k->text ? -ENOMEM : 0;
	if (!err)
		k->text[k->len] = '\0';
	close(fd);
	return err;
}

static int append(struct rxs_ksyms *k, u64 addr, u32 name, u32 module)
{
	if (k->nr == k->max) {
		u32 max = k->max ? k->max * 2 : 65536;
		struct ksym *v = realloc(k->v, max * sizeof(*v));

		if (!v)
			return -ENOMEM;
		k->v = v;
		k->max = max;
	}
	k->v[k->nr++] = (struct ksym){ addr, name, module };
	k->addresses |= addr != 0;
	return 0;
}

/* "ffffffff81000000 T name" or "… t name<TAB>[module]"; other types than T t W w are no functions. */
static int parse(struct rxs_ksyms *k)
{
	char *p = k->text, *end = k->text + k->len;

	while (p < end) {
		char *nl = memchr(p, '\n', end - p), *q, *name, *tab;
		u64 addr = strtoull(p, &q, 16);
		u32 module = 0;

		if (!nl)
			nl = end;
		*nl = '\0';
		if (nl - q > 3 && q[0] == ' ' && strchr("TtWw", q[1]) && q[2] == ' ') {
			name = q + 3;
			tab = strchr(name, '\t');
			if (tab) {
				*tab = '\0';
				if (tab[1] == '[' && nl[-1] == ']') {
					nl[-1] = '\0';
					module = tab + 2 - k->text;
				}
			}
			if (append(k, addr, name - k->text, module))
				return -ENOMEM;
		}
		p = nl + 1;
	}
	return 0;
}

static u32 base_len(const char *name)
{
	return strcspn(name, ".");
}

static u32 hash(const char *s, u32 len)
{
	u32 h = 2166136261u;	/* FNV-1a */

	for (u32 i = 0; i < len; i++)
		h = (h ^ (u8)s[i]) * 16777619u;
	return h;
}

static int index_names(struct rxs_ksyms *k)
{
	u32 slots = 1024;

	while (slots < 2 * k->nr)
		slots *= 2;
	k->slots = calloc(slots, sizeof(*k->slots));
	if (!k->slots)
		return -ENOMEM;
	k->mask = slots - 1;
	for (u32 n = 0; n < k->nr; n++) {
		const char *name = k->text + k->v[n].name;
		u32 i = hash(name, base_len(name)) & k->mask;

		while (k->slots[i])
			i = (i + 1) & k->mask;
		k->slots[i] = n + 1;
	}
	return 0;
}

static int by_addr(const void *a, const void *b)
{
	const struct ksym *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static bool is_sorted(const struct rxs_ksyms *k)
{
	for (u32 i = 1; i < k->nr; i++)
		if (k->v[i - 1].addr > k->v[i].addr)
			return false;
	return true;
}

/* k->text is read: make the tables. Frees k on error. */
static int finish(struct rxs_ksyms **out, struct rxs_ksyms *k)
{
	int err;

	err = parse(k);
	if (err)
		goto fail;
	if (!is_sorted(k))
		qsort(k->v, k->nr, sizeof(*k->v), by_addr);
	err = index_names(k);
	if (err)
		goto fail;
	*out = k;
	return 0;
fail:
	rxs_ksyms_free(k);
	return err;
}

int rxs_ksyms_open(struct rxs_ksyms **out, const char *path, struct rxs_err *e)
{
	struct rxs_ksyms *k = calloc(1, sizeof(*k));
	int err;

	if (!k)
		return -ENOMEM;
	err = read_file(k, path);
	if (err) {
		rxs_err_set(e, err, "cannot read %s: %s", path, strerror(-err));
		rxs_ksyms_free(k);
		return err;
	}
	err = finish(&k, k);
	if (err)
		return err;
	if (!k->nr) {
		rxs_ksyms_free(k);
		return rxs_err_set(e, -ENODATA, "%s has no functions", path);
	}
	*out = k;
	return 0;
}

int rxs_ksyms_parse(struct rxs_ksyms **out, char *text, size_t len)
{
	struct rxs_ksyms *k = calloc(1, sizeof(*k));

	if (!k) {
		free(text);
		return -ENOMEM;
	}
	k->text = text;
	k->len = len;
	return finish(out, k);
}

void rxs_ksyms_free(struct rxs_ksyms *k)
{
	if (!k)
		return;
	free(k->text);
	free(k->v);
	free(k->slots);
	free(k);
}

u32 rxs_ksyms_count(const struct rxs_ksyms *k)
{
	return k->nr;
}

bool rxs_ksyms_has_addresses(const struct rxs_ksyms *k)
{
	return k->addresses;
}

/* ".constprop.0", ".isra.0", and the two together in either order. */
static bool is_whole_copy(const char *suffix)
{
	while (*suffix) {
		if (!strncmp(suffix, ".constprop.", 11))
			suffix += 11;
		else if (!strncmp(suffix, ".isra.", 6))
			suffix += 6;
		else
			return false;
		suffix += strspn(suffix, "0123456789");
	}
	return true;
}

const char *rxs_ksyms_find(const struct rxs_ksyms *k, const char *name, bool suffixes)
{
	const char *copy = NULL;
	u32 len = strlen(name);

	for (u32 i = hash(name, base_len(name)) & k->mask; k->slots[i]; i = (i + 1) & k->mask) {
		const char *s = k->text + k->v[k->slots[i] - 1].name;

		if (strncmp(s, name, len))
			continue;
		if (!s[len])
			return s;
		if (suffixes && !copy && s[len] == '.' && is_whole_copy(s + len))
			copy = s;
	}
	return copy;
}

const char *rxs_ksyms_at(const struct rxs_ksyms *k, u64 addr, u64 *start, const char **module)
{
	u32 lo = 0, hi = k->nr;

	if (!k->addresses)
		return NULL;
	while (lo < hi) {
		u32 mid = lo + (hi - lo) / 2;

		if (k->v[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NULL;
	*start = k->v[lo - 1].addr;
	*module = k->v[lo - 1].module ? k->text + k->v[lo - 1].module : "";
	return k->text + k->v[lo - 1].name;
}
