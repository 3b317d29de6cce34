// SPDX-License-Identifier: GPL-2.0
/* Recording to trace.dat: the kernel's own records, for trace-cmd, KernelShark, and rxscope. */
#include "record.h"

#include <errno.h>
#include <stdlib.h>

#define STEP_RECORDS 4096

static int dat_open(struct record *r)
{
	return rxs_source_open(&r->src, &r->source, &r->e);
}

static int dat_start(struct record *r)
{
	struct rxs_source_info info;
	char *dir;
	int err;

	err = record_out_open(r);
	if (err)
		return err;
	r->src->ops->info(r->src, &info);
	record_say_note(r, &info);
	dir = record_out_dir(r);
	err = dir ? rxs_tracedat_writer_new(&r->dat, dir, info.nr_cpus, &r->e) : -ENOMEM;
	free(dir);
	if (!err)
		err = rxs_ring_set_page_sink(rxs_tracefs_ring(r->src), rxs_tracedat_writer_page, r->dat);
	return err ? err : r->src->ops->start(r->src, &r->e);
}

static void dat_stop(struct record *r)
{
	r->src->ops->stop(r->src);
}

static int dat_step(struct record *r)
{
	struct rxs_raw raw;
	int rc = 1;

	for (int n = 0; n < STEP_RECORDS; n++) {
		rc = r->src->ops->next(r->src, &raw, &r->e);
		if (rc != 1)
			return rc;
		if (raw.kind == RXS_RAW_LOST)
			record_count_lost(r, raw.lost_kind, raw.lost);
		else
			r->events++;
	}
	return rc;
}

static int dat_pollfd(struct record *r)
{
	return r->src->ops->pollfd(r->src);
}

/* The format has each CPU's pages in one piece: there is nothing to be read before the end. */
static int dat_flush(struct record *r)
{
	(void)r;
	return 0;
}

static int dat_finish(struct record *r)
{
	struct rxs_source_info info;
	s64 bytes;

	if (!r->dat)
		return 0;
	r->src->ops->info(r->src, &info);
	bytes = rxs_tracedat_writer_finish(r->dat, r->fd, rxs_tracefs_session(r->src), info.clock, &r->e);
	if (bytes < 0)
		return (int)bytes;
	r->bytes = (u64)bytes;
	return record_out_name(r);
}

static void dat_close(struct record *r)
{
	rxs_tracedat_writer_free(r->dat);
	rxs_source_close(r->src);
}

const struct record_kind record_dat = {
	.open = dat_open,
	.start = dat_start,
	.stop = dat_stop,
	.step = dat_step,
	.pollfd = dat_pollfd,
	.flush = dat_flush,
	.finish = dat_finish,
	.close = dat_close,
};
