// SPDX-License-Identifier: GPL-2.0
/* One analysis: sources merged, decoded, joined, filtered, counted. */
#include "rxs_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct rxs_run {
	struct rxs_run_opts opts;
	struct rxs_run_sink sink;
	struct rxs_source *src;
	struct rxs_strtab *strtab;
	struct rxs_decode *decode;
	struct rxs_filter *filter;	/* NULL: all packets */
	struct rxs_path *path;		/* NULL until the first step, and with no_join */
	struct rxs_stat *stat;
	int sink_err;			/* the first error inside a callback of the path engine */
	int pending;			/* what next() said after the last batch, when not 1 */
	struct rxs_err pending_text;
	bool started, ended;
};

static bool filter_is_empty(const struct rxs_filter_opts *o)
{
	return !(o->expr && o->expr[0]) && !o->stage && !o->outcome && !o->dev && !o->slower_than_ns;
}

/* A filter's "no such stage" is a wrong use, as is an expression libpcap does not take. */
static int make_filter(struct rxs_filter **out, const struct rxs_filter_opts *o, struct rxs_err *e)
{
	int err;

	*out = NULL;
	if (filter_is_empty(o))
		return 0;
	err = rxs_filter_new(out, o, e);
	return err == -ENOENT ? -EINVAL : err;
}

static int open_one(struct rxs_source **out, const struct rxs_run_opts *o, const char *uri, struct rxs_err *e)
{
	struct rxs_source_opts so = o->source;

	so.uri = uri;
	return rxs_source_open(out, &so, e);
}

static int open_sources(struct rxs_run *r, const struct rxs_run_opts *o, struct rxs_err *e)
{
	struct rxs_source **src;
	unsigned int nr = 0, n = 0;
	int err = 0;

	while (o->files && o->files[nr])
		nr++;
	if (nr <= 1)
		return open_one(&r->src, o, nr ? o->files[0] : "", e);
	src = calloc(nr, sizeof(*src));
	if (!src)
		return -ENOMEM;
	for (; n < nr && !err; n++)
		err = open_one(&src[n], o, o->files[n], e);
	if (!err)
		err = rxs_merge_open(&r->src, src, nr, e);
	else
		while (--n > 0)
			rxs_source_close(src[n - 1]);
	free(src);
	return err;
}

static void on_packet(void *ctx, const struct rxs_packet *p)
{
	struct rxs_run *r = ctx;
	int err;

	if (r->filter && !rxs_filter_match(r->filter, p, r->strtab))
		return;
	err = rxs_stat_packet(r->stat, p);
	if (err && !r->sink_err)
		r->sink_err = err;
	if (r->sink.packet)
		r->sink.packet(r->sink.ctx, p);
}

static void on_poll(void *ctx, const struct rxs_poll *p)
{
	struct rxs_run *r = ctx;
	int err = rxs_stat_poll(r->stat, p);

	if (err && !r->sink_err)
		r->sink_err = err;
	if (r->sink.poll)
		r->sink.poll(r->sink.ctx, p);
}

static void on_hop(void *ctx, const struct rxs_packet *p, const struct rxs_hop *h)
{
	struct rxs_run *r = ctx;

	if (!r->filter || rxs_filter_match(r->filter, p, r->strtab))
		r->sink.hop(r->sink.ctx, p, h);
}

/* Late, since a live source knows the cost of its probes only once it is attached. */
static int make_path(struct rxs_run *r)
{
	const struct rxs_path_sink sink = { .ctx = r, .packet = on_packet, .poll = on_poll,
					    .hop = r->sink.hop ? on_hop : NULL };
	struct rxs_path_opts po = r->opts.path;
	struct rxs_source_info info;

	if (r->opts.correct && !po.correct_ns) {
		rxs_run_info(r, &info);
		po.correct_ns = info.probe_cost_ns;
	}
	return rxs_path_new(&r->path, r->strtab, &po, &sink);
}

int rxs_run_open(struct rxs_run **out, const struct rxs_run_opts *o, const struct rxs_run_sink *sink,
		 struct rxs_err *e)
{
	struct rxs_run *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	r->opts = *o;
	if (sink)
		r->sink = *sink;
	err = make_filter(&r->filter, &o->filter, e);
	if (err)
		goto fail;
	r->strtab = rxs_strtab_new();
	if (!r->strtab) {
		err = -ENOMEM;
		goto fail;
	}
	err = open_sources(r, o, e);
	if (err)
		goto fail;
	err = rxs_decode_new(&r->decode, r->src, r->strtab, e);
	if (err)
		goto fail;
	err = rxs_stat_new(&r->stat, r->strtab, &o->stat);
	if (err)
		goto fail;
	*out = r;
	return 0;
fail:
	rxs_run_close(r);
	return err;
}

int rxs_run_start(struct rxs_run *r, struct rxs_err *e)
{
	int err = 0;

	if (r->started)
		return 0;
	if (r->src->ops->start)
		err = r->src->ops->start(r->src, e);
	if (!err && !r->opts.no_join)
		err = make_path(r);
	r->started = !err;
	return err;
}

void rxs_run_stop(struct rxs_run *r)
{
	if (r->src->ops->stop)
		r->src->ops->stop(r->src);
}

static int take_lost(struct rxs_run *r, const struct rxs_lost *l)
{
	int err = rxs_stat_lost(r->stat, l);

	if (r->path)
		rxs_path_lost(r->path, l);
	if (r->sink.lost)
		r->sink.lost(r->sink.ctx, l);
	return err;
}

static int take_event(struct rxs_run *r, const struct rxs_event *ev)
{
	int err;

	if (r->sink.event) {
		err = r->sink.event(r->sink.ctx, ev);
		if (err)
			return err;
	}
	if (!r->path)
		return 0;
	err = rxs_stat_event(r->stat, ev);
	if (!err)
		err = rxs_path_event(r->path, ev);
	return err ? err : r->sink_err;
}

/* No more events: the packets still on their way get their outcome. */
static int end_run(struct rxs_run *r, int err)
{
	r->ended = true;
	if (r->path)
		rxs_path_finish(r->path);
	return err ? err : r->sink_err;
}

/* Take one record: 1, or what next() said: 0 the end, -EAGAIN nothing now, or -errno. */
static int take_record(struct rxs_run *r, struct rxs_raw *raw, struct rxs_err *e)
{
	struct rxs_event ev;
	struct rxs_lost lost;
	int err = r->src->ops->next(r->src, raw, e);

	if (err != 1)
		return err;
	err = rxs_decode_record(r->decode, raw, &ev, &lost);
	if (err == 1)
		err = take_event(r, &ev);
	else if (err == 2)
		err = take_lost(r, &lost);
	return err < 0 ? err : 1;
}

int rxs_run_step(struct rxs_run *r, unsigned int max, struct rxs_err *e)
{
	struct rxs_raw raw;
	unsigned int n = 0;
	int rc = 1;

	if (r->ended)
		return 0;
	if (!r->started) {
		rc = rxs_run_start(r, e);
		if (rc)
			return rc;
		rc = 1;
	}
	if (r->pending) {
		rxs_err_set(e, r->pending, "%s", rxs_err_text(&r->pending_text, r->pending));
		rc = r->pending;
	}
	while (rc == 1 && n < max) {
		rc = take_record(r, &raw, &r->pending_text);
		n += rc == 1;
	}
	if (rc == -EAGAIN)
		return n ? (int)n : rc;
	if (n) {
		/* What was taken is told first; the end or the error is told by the next call. */
		r->pending = rc < 0 ? rc : 0;
		return n;
	}
	if (rc < 0)
		rxs_err_set(e, rc, "%s", rxs_err_text(&r->pending_text, rc));
	/* The end, or damaged from here on: what was read so far counts, and gets its outcome. */
	return end_run(r, rc);
}

int rxs_run_pollfd(const struct rxs_run *r)
{
	return r->src->ops->pollfd ? r->src->ops->pollfd(r->src) : -1;
}

int rxs_run_snapshot(const struct rxs_run *r, struct rxs_snapshot **out)
{
	return rxs_stat_snapshot(r->stat, r->path, out);
}

void rxs_run_open_by_stage(const struct rxs_run *r, u64 open[RXS_ST_NR])
{
	memset(open, 0, RXS_ST_NR * sizeof(*open));
	if (r->path && !r->ended)
		rxs_path_open_by_stage(r->path, open);
}

void rxs_run_info(const struct rxs_run *r, struct rxs_source_info *info)
{
	memset(info, 0, sizeof(*info));
	r->src->ops->info(r->src, info);
}

void rxs_run_decode_stats(const struct rxs_run *r, struct rxs_decode_stats *out)
{
	rxs_decode_stats_get(r->decode, out);
}

u64 rxs_run_hook_hits(const struct rxs_run *r, unsigned int hook)
{
	return rxs_decode_hook_hits(r->decode, hook);
}

u64 rxs_run_position_bytes(const struct rxs_run *r)
{
	struct rxs_source *s;
	u64 sum = 0;

	for (unsigned int k = 0; (s = rxs_merge_nth(r->src, k)); k++)
		if (s->ops->position)
			sum += s->ops->position(s);
	return sum;
}

u64 rxs_run_size_bytes(const struct rxs_run *r)
{
	struct rxs_source_info info;
	struct rxs_source *s;
	u64 sum = 0;

	for (unsigned int k = 0; (s = rxs_merge_nth(r->src, k)); k++) {
		memset(&info, 0, sizeof(info));
		s->ops->info(s, &info);
		if (!info.size_bytes)
			return 0;
		sum += info.size_bytes;
	}
	return sum;
}

struct rxs_strtab *rxs_run_strtab(struct rxs_run *r)
{
	return r->strtab;
}

int rxs_run_set_filter(struct rxs_run *r, const struct rxs_filter_opts *o, struct rxs_err *e)
{
	struct rxs_filter *f;
	int err = make_filter(&f, o, e);

	if (err)
		return err;
	rxs_filter_free(r->filter);
	r->filter = f;
	return 0;
}

void rxs_run_close(struct rxs_run *r)
{
	if (!r)
		return;
	rxs_path_free(r->path);
	rxs_stat_free(r->stat);
	rxs_filter_free(r->filter);
	rxs_decode_free(r->decode);
	rxs_source_close(r->src);
	rxs_strtab_free(r->strtab);
	free(r);
}
