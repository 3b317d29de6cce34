// SPDX-License-Identifier: GPL-2.0
/* Recording to .rxs: decoded events, which any rxscope can read. */
#include "record.h"

#include <errno.h>
#include <stdlib.h>

#define STEP_EVENTS 4096

/* Errors of the output end the recording, not the run: what is still in the rings is read and counted. */
static int write_event(void *ctx, const struct rxs_event *ev)
{
	struct record *r = ctx;

	r->events++;
	if (!r->write_err)
		r->write_err = rxs_writer_event(r->writer, ev);
	return 0;
}

static int write_lost(void *ctx, const struct rxs_lost *l)
{
	struct record *r = ctx;

	if (!r->write_err)
		r->write_err = rxs_writer_lost(r->writer, l);
	return 0;
}

static int on_event(void *ctx, const struct rxs_event *ev)
{
	struct record *r = ctx;

	return r->select ? rxs_select_event(r->select, ev) : write_event(r, ev);
}

static void on_lost(void *ctx, const struct rxs_lost *l)
{
	struct record *r = ctx;

	record_count_lost(r, l->kind, l->count);
	if (r->select)
		rxs_select_lost(r->select, l);
	else
		write_lost(r, l);
}

static void on_hop(void *ctx, const struct rxs_packet *p, const struct rxs_hop *h)
{
	struct record *r = ctx;

	(void)h;
	rxs_select_hop(r->select, p);
}

static void on_packet(void *ctx, const struct rxs_packet *p)
{
	struct record *r = ctx;

	if (!r->select || rxs_select_packet(r->select, p))
		r->packets++;
}

static int open_select(struct record *r)
{
	const struct rxs_select_sink sink = { .ctx = r, .event = write_event, .lost = write_lost };
	const struct rxs_filter_opts f = { .expr = r->filter, .dev = r->args->dev };

	return rxs_select_new(&r->select, &f, rxs_run_strtab(r->run), &sink, &r->e);
}

static int rxs_kind_open(struct record *r)
{
	const bool filtered = r->filter || r->args->dev;
	const struct rxs_run_sink sink = {
		.ctx = r, .event = on_event, .lost = on_lost, .packet = on_packet,
		.hop = filtered ? on_hop : NULL,
	};
	const struct rxs_run_opts ro = {
		.source = r->source,
		.stat = { .from = -1, .to = -1 },
		.no_join = !r->args->packets && !filtered,
	};
	int err = rxs_run_open(&r->run, &ro, &sink, &r->e);

	return err || !filtered ? err : open_select(r);
}

static int rxs_kind_start(struct record *r)
{
	struct rxs_source_info info;
	int err;

	err = rxs_run_start(r->run, &r->e);
	if (!err)
		err = record_out_open(r);
	if (err)
		return err;
	rxs_run_info(r->run, &info);
	/* A guest cannot see that its time is counted in instructions; the lab says so. */
	info.deterministic = getenv("RXSCOPE_DETERMINISTIC") != NULL;
	record_say_note(r, &info);
	err = rxs_writer_new(&r->writer, r->fd, &info, rxs_run_strtab(r->run), &r->e);
	if (err)
		return err;
	rxs_writer_set_level(r->writer, (int)r->args->level);
	/* Readable from now on, whatever happens. */
	return record_out_name(r);
}

static void rxs_kind_stop(struct record *r)
{
	rxs_run_stop(r->run);
}

static int rxs_kind_step(struct record *r)
{
	int rc = rxs_run_step(r->run, STEP_EVENTS, &r->e);
	int err = r->select && (rc >= 0 || rc == -EAGAIN) ? rxs_select_flush(r->select) : 0;

	return err ? err : rc;
}

static int rxs_kind_pollfd(struct record *r)
{
	return rxs_run_pollfd(r->run);
}

static int rxs_kind_flush(struct record *r)
{
	return rxs_writer_flush(r->writer);
}

static int rxs_kind_finish(struct record *r)
{
	int err;

	if (!r->writer)
		return 0;
	err = rxs_writer_end(r->writer);
	r->bytes = rxs_writer_bytes(r->writer);
	rxs_writer_close(r->writer);
	r->writer = NULL;
	return err;
}

static void rxs_kind_close(struct record *r)
{
	rxs_select_free(r->select);
	rxs_run_close(r->run);
}

const struct record_kind record_rxs = {
	.open = rxs_kind_open,
	.start = rxs_kind_start,
	.stop = rxs_kind_stop,
	.step = rxs_kind_step,
	.pollfd = rxs_kind_pollfd,
	.flush = rxs_kind_flush,
	.finish = rxs_kind_finish,
	.close = rxs_kind_close,
};
