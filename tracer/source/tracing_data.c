// SPDX-License-Identifier: GPL-2.0
/* The parts of the tracing data, and the cursor that reads them. */
#include "tracing_data.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX_BYTES	(64 << 20)	/* kallsyms of a large kernel has 20 MB */

int tracing_get(struct tracing_cur *c, void *to, u64 len)
{
	ssize_t n;

	if (c->pos > c->end || len > c->end - c->pos)
		return -EBADMSG;
	if (c->mem) {
		memcpy(to, c->mem + c->pos, len);
	} else {
		n = rxs_input_pread(c->in, to, len, c->pos);
		if (n < 0)
			return n;
		if ((u64)n < len)
			return -EBADMSG;
	}
	c->pos += len;
	return 0;
}

int tracing_u16(struct tracing_cur *c, u16 *v)
{
	return tracing_get(c, v, sizeof(*v));
}

int tracing_u32(struct tracing_cur *c, u32 *v)
{
	return tracing_get(c, v, sizeof(*v));
}

int tracing_u64(struct tracing_cur *c, u64 *v)
{
	return tracing_get(c, v, sizeof(*v));
}

int tracing_string(struct tracing_cur *c, char *to, u32 size)
{
	for (u32 i = 0; i < size; i++) {
		int err = tracing_get(c, &to[i], 1);

		if (err || !to[i])
			return err;
	}
	return -EBADMSG;
}

int tracing_text(struct tracing_cur *c, u64 len, char **out)
{
	char *text;
	int err;

	if (len > TEXT_MAX_BYTES || c->pos > c->end || len > c->end - c->pos)
		return -EBADMSG;
	text = malloc(len + 1);
	if (!text)
		return -ENOMEM;
	err = tracing_get(c, text, len);
	if (err) {
		free(text);
		return err;
	}
	text[len] = '\0';
	*out = text;
	return 0;
}

/* The number behind "key" in the line of text that holds name, or -1. */
static long number_in_line(const char *text, const char *name, const char *key)
{
	const char *line = strstr(text, name), *at, *end;

	if (!line)
		return -1;
	end = line + strcspn(line, "\n");
	at = strstr(line, key);
	return at && at < end ? strtol(at + strlen(key), NULL, 10) : -1;
}

/* events/header_page: the kernel's long is the size of commit, a page is what is before data and data. */
static void use_header_page(struct rxs_kernel *k, const char *text)
{
	long commit = number_in_line(text, " commit;", "size:");
	long at = number_in_line(text, " data;", "offset:");
	long size = number_in_line(text, " data;", "size:");

	if (commit == 4 || commit == 8)
		rxs_kernel_set_long(k, commit);
	/* Linux 6.8 made sub-buffers of more than a page possible. */
	if (at > 0 && size > 0 && size < (16 << 20) && (u32)(at + size) > k->page_bytes)
		k->page_bytes = at + size;
}

static int expect(struct tracing_cur *c, const char *what, u32 len)
{
	char have[16];
	int err = tracing_get(c, have, len);

	return err ? err : memcmp(have, what, len) ? -EBADMSG : 0;
}

int tracing_header_info(struct rxs_kernel *k, struct tracing_cur *c)
{
	char *text;
	u64 size;
	int err;

	err = expect(c, "header_page", 12);
	err = err ? err : tracing_u64(c, &size);
	err = err ? err : tracing_text(c, size, &text);
	if (err)
		return err;
	use_header_page(k, text);
	free(text);
	err = expect(c, "header_event", 13);
	err = err ? err : tracing_u64(c, &size);
	err = err ? err : tracing_text(c, size, &text);
	if (!err)
		free(text);
	return err;
}

static int one_format(struct rxs_kernel *k, struct tracing_cur *c, const char *system)
{
	char *text;
	u64 size;
	int err;

	err = tracing_u64(c, &size);
	err = err ? err : tracing_text(c, size, &text);
	if (err)
		return err;
	err = rxs_kernel_add_format(k, system, text, size);
	free(text);
	return err == -EBADMSG ? 0 : err;	/* a damaged format costs its events only */
}

int tracing_ftrace_formats(struct rxs_kernel *k, struct tracing_cur *c)
{
	u32 nr;
	int err;

	err = tracing_u32(c, &nr);
	while (!err && nr--)
		err = one_format(k, c, "ftrace");
	return err;
}

int tracing_formats(struct rxs_kernel *k, struct tracing_cur *c)
{
	char system[256];
	u32 systems, nr;
	int err;

	err = tracing_u32(c, &systems);
	while (!err && systems--) {
		err = tracing_string(c, system, sizeof(system));
		err = err ? err : tracing_u32(c, &nr);
		while (!err && nr--)
			err = one_format(k, c, system);
	}
	return err;
}

int tracing_kallsyms(struct rxs_kernel *k, struct tracing_cur *c)
{
	char *text;
	u32 size;
	int err;

	err = tracing_u32(c, &size);
	err = err ? err : tracing_text(c, size, &text);
	if (!err)
		rxs_kernel_set_kallsyms(k, text, size);
	return err;
}

int tracing_printk_formats(struct rxs_kernel *k, struct tracing_cur *c)
{
	u32 size;
	int err = tracing_u32(c, &size);

	(void)k;
	if (!err && size > c->end - c->pos)
		err = -EBADMSG;
	if (!err)
		c->pos += size;
	return err;
}

int tracing_cmdlines(struct rxs_kernel *k, struct tracing_cur *c)
{
	char *text;
	u64 size;
	int err;

	err = tracing_u64(c, &size);
	err = err ? err : tracing_text(c, size, &text);
	if (err)
		return err;
	err = rxs_kernel_add_cmdlines(k, text);
	free(text);
	return err;
}

