// SPDX-License-Identifier: GPL-2.0
/*
 * Several sources as one, in time order: each source keeps one record ready, the earliest goes out.
 * A handful of sources is usual (host and guest, parts per CPU), so a linear look beats a heap.
 */
#include "rxs_source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct merge_input {
	struct rxs_source *src;
	struct rxs_raw raw;	/* the record that is ready, when have */
	bool have;
	bool ended;
};

struct merge {
	struct merge_input *in;
	unsigned int nr;
	int last;		/* whose record was given out: its bytes are borrowed until the next call */
	char note[1024];
};

static const struct rxs_source_ops merge_ops;

static int merge_start(struct rxs_source *s, struct rxs_err *e)
{
	struct merge *m = s->priv;
	int err;

	for (unsigned int i = 0; i < m->nr; i++) {
		struct rxs_source *src = m->in[i].src;

		err = src->ops->start ? src->ops->start(src, e) : 0;
		if (err)
			return err;
	}
	return 0;
}

static void merge_stop(struct rxs_source *s)
{
	struct merge *m = s->priv;

	for (unsigned int i = 0; i < m->nr; i++)
		if (m->in[i].src->ops->stop)
			m->in[i].src->ops->stop(m->in[i].src);
}

/* 1: a record is ready; 0: this source has ended; -EAGAIN or another -errno. */
static int fill(struct merge_input *in, unsigned int index, struct rxs_err *e)
{
	int ret;

	if (in->have)
		return 1;
	if (in->ended)
		return 0;
	ret = in->src->ops->next(in->src, &in->raw, e);
	if (ret > 0) {
		in->have = true;
		in->raw.stream = index;
	} else if (!ret) {
		in->ended = true;
	}
	return ret;
}

static int merge_next(struct rxs_source *s, struct rxs_raw *r, struct rxs_err *e)
{
	struct merge *m = s->priv;
	struct merge_input *first = NULL;
	bool wait = false;
	int ret;

	if (m->last >= 0)
		m->in[m->last].have = false;
	m->last = -1;
	for (unsigned int i = 0; i < m->nr; i++) {
		ret = fill(&m->in[i], i, e);
		if (ret == -EAGAIN)
			wait = true;
		else if (ret < 0)
			return ret;
		if (ret > 0 && (!first || m->in[i].raw.ts_ns < first->raw.ts_ns))
			first = &m->in[i];
	}
	/* A source that has nothing now may still come with an earlier one. */
	if (wait)
		return -EAGAIN;
	if (!first)
		return 0;
	*r = first->raw;
	m->last = first - m->in;
	return 1;
}

static int merge_pollfd(struct rxs_source *s)
{
	struct merge *m = s->priv;

	/* The one that keeps the others waiting. */
	for (unsigned int i = 0; i < m->nr; i++) {
		struct rxs_source *src = m->in[i].src;
		int fd = src->ops->pollfd ? src->ops->pollfd(src) : -1;

		if (fd >= 0 && !m->in[i].have && !m->in[i].ended)
			return fd;
	}
	return -1;
}

static u64 merge_position(struct rxs_source *s)
{
	struct merge *m = s->priv;
	u64 sum = 0;

	for (unsigned int i = 0; i < m->nr; i++)
		if (m->in[i].src->ops->position)
			sum += m->in[i].src->ops->position(m->in[i].src);
	return sum;
}

static const char *merge_comm(struct rxs_source *s, int pid)
{
	struct merge *m = s->priv;
	const char *name = NULL;

	for (unsigned int i = 0; !name && i < m->nr; i++)
		if (m->in[i].src->ops->comm)
			name = m->in[i].src->ops->comm(m->in[i].src, pid);
	return name;
}

static void add_note(struct merge *m, const char *text)
{
	size_t have = strlen(m->note);

	snprintf(m->note + have, sizeof(m->note) - have, "%s%s", have ? "; " : "", text);
}

/* Times of different clocks are merged all the same, but nobody may take them for comparable unawares. */
static void make_note(struct merge *m)
{
	struct rxs_source_info first = { 0 }, i;
	char text[512];

	m->note[0] = '\0';
	for (unsigned int k = 0; k < m->nr; k++) {
		memset(&i, 0, sizeof(i));
		m->in[k].src->ops->info(m->in[k].src, &i);
		if (i.note && *i.note)
			add_note(m, i.note);
		if (!k)
			first = i;
		else if (strcmp(first.clock ? first.clock : "", i.clock ? i.clock : "")) {
			snprintf(text, sizeof(text), "clocks differ: %s has \"%s\", %s has \"%s\"; "
				 "times between the two are not comparable", first.name, first.clock,
				 i.name, i.clock);
			add_note(m, text);
		}
	}
}

static void merge_info(struct rxs_source *s, struct rxs_source_info *info)
{
	struct merge *m = s->priv;

	make_note(m);
	m->in[0].src->ops->info(m->in[0].src, info);
	info->note = m->note;
}

static void merge_close(struct rxs_source *s)
{
	struct merge *m = s->priv;

	for (unsigned int i = 0; i < m->nr; i++)
		rxs_source_close(m->in[i].src);
	free(m->in);
	free(m);
}

static const struct rxs_source_ops merge_ops = {
	.name = "merge",
	.start = merge_start,
	.stop = merge_stop,
	.next = merge_next,
	.pollfd = merge_pollfd,
	.position = merge_position,
	.comm = merge_comm,
	.info = merge_info,
	.close = merge_close,
};

int rxs_merge_open(struct rxs_source **out, struct rxs_source **src, unsigned int nr, struct rxs_err *e)
{
	struct rxs_source *s;
	struct merge *m;

	if (!nr || nr > UINT16_MAX)
		return rxs_err_set(e, -EINVAL, "%u recordings cannot be merged", nr);
	s = calloc(1, sizeof(*s));
	m = calloc(1, sizeof(*m));
	if (m)
		m->in = calloc(nr, sizeof(*m->in));
	if (!s || !m || !m->in) {
		if (m)
			free(m->in);
		free(m);
		free(s);
		for (unsigned int i = 0; i < nr; i++)
			rxs_source_close(src[i]);
		return -ENOMEM;
	}
	for (unsigned int i = 0; i < nr; i++)
		m->in[i].src = src[i];
	m->nr = nr;
	m->last = -1;
	s->ops = &merge_ops;
	s->priv = m;
	*out = s;
	return 0;
}

struct rxs_source *rxs_merge_nth(struct rxs_source *s, unsigned int k)
{
	struct merge *m;

	if (s->ops != &merge_ops)
		return k ? NULL : s;
	m = s->priv;
	return k < m->nr ? m->in[k].src : NULL;
}
