// SPDX-License-Identifier: GPL-2.0
/* perf.data as a source. */
#include "src_perfdata.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define MAGIC		"PERFILE2"
#define MAGIC_SWAPPED	"2ELIFREP"
#define MAGIC_OLD	"PERFFILE"

static int perfdata_probe(const void *head, size_t len)
{
	if (len < 16)
		return 0;
	return !memcmp(head, MAGIC, 8) || !memcmp(head, MAGIC_SWAPPED, 8) || !memcmp(head, MAGIC_OLD, 8) ?
	       100 : 0;
}

/* COMM: pid, tid, name. FORK: pid, ppid, tid, ptid; a thread is called as the one that made it. */
static int take_task(struct perfdata *p, const struct perfdata_entry *e)
{
	const char *comm;

	if (perfdata_u32(e->data) == PERF_RECORD_COMM && e->len > 16)
		return rxs_kernel_set_comm(&p->kernel, perfdata_u32(e->data + 12),
					   (const char *)e->data + 16, e->len - 16);
	if (perfdata_u32(e->data) != PERF_RECORD_FORK || e->len < 24)
		return 0;
	comm = rxs_kernel_comm(&p->kernel, perfdata_u32(e->data + 20));
	if (comm) {
		char copy[RXS_COMM_BYTES];

		memcpy(copy, comm, sizeof(copy));
		return rxs_kernel_set_comm(&p->kernel, perfdata_u32(e->data + 16), copy, sizeof(copy));
	}
	return 0;
}

/* LOST: id, how many. LOST_SAMPLES: how many. */
static bool give_lost(const struct perfdata_entry *e, u64 since_ns, struct rxs_raw *r)
{
	u32 at = perfdata_u32(e->data) == PERF_RECORD_LOST ? 16 : 8;

	if (e->len < at + 8)
		return false;
	*r = (struct rxs_raw){
		.kind = RXS_RAW_LOST,
		.lost_kind = RXS_LOST_READER,
		.ts_ns = e->ts_ns,
		.cpu = e->cpu,
		.lost = perfdata_u64(e->data + at),
		.lost_since_ns = since_ns,
	};
	return r->lost != 0;
}

/* The end, after what could not be read was told. */
static int give_end(struct perfdata *p, struct rxs_raw *r)
{
	if (!p->damaged)
		return 0;
	p->damaged = false;
	snprintf(p->note, sizeof(p->note), "%s is damaged or cut off: a part of it could not be read",
		 p->in->name);
	*r = (struct rxs_raw){
		.kind = RXS_RAW_LOST,
		.lost_kind = RXS_LOST_FILE,
		.ts_ns = p->last_ns,
		.cpu = -1,
	};
	return 1;
}

static int perfdata_next(struct rxs_source *s, struct rxs_raw *r, struct rxs_err *e)
{
	const struct perfdata_entry *entry;
	struct perfdata *p = s->priv;
	u64 since_ns;
	int ret;

	for (;;) {
		while ((entry = perfdata_order_take(&p->order, &since_ns))) {
			if (__builtin_expect(entry->kind == PERFDATA_SAMPLE, 1)) {
				r->kind = RXS_RAW_TEP;
				r->ts_ns = p->last_ns = entry->ts_ns;
				r->data = entry->data;
				r->len_bytes = entry->len;
				r->cpu = entry->cpu;
				r->stream = 0;
				return 1;
			}
			if (entry->kind == PERFDATA_LOST && give_lost(entry, since_ns, r))
				return 1;
			if (entry->kind == PERFDATA_TASK && take_task(p, entry))
				return -ENOMEM;
		}
		if (p->ended)
			return give_end(p, r);
		ret = perfdata_more(p, false);
		if (ret == -EAGAIN)
			return ret;
		if (ret < 0)
			return rxs_err_set(e, ret, "%s: %s", p->in->name, strerror(-ret));
		if (!ret) {
			p->ended = true;
			perfdata_order_end(&p->order);
		}
	}
}

/* perf writes attributes and formats first: wait for them, so that what was recorded is known. */
static int begin_pipe(struct perfdata *p, struct rxs_err *e)
{
	int ret = 1;

	while (ret > 0 && !p->has_formats && !p->order.heap_nr)
		ret = perfdata_more(p, true);
	if (ret < 0)
		return rxs_err_set(e, ret, "%s: %s", p->in->name, strerror(-ret));
	if (!p->has_formats)
		return rxs_err_set(e, -EBADMSG, "%s: %s", p->in->name, p->damaged ?
				   "damaged or cut off perf.data (event formats)" :
				   "holds no tracepoints or kprobes; record with "
				   "perf record $(rxscope probes list --for perf)");
	return 0;
}

static int check_attrs(struct perfdata *p, struct rxs_err *e)
{
	for (u32 i = 0; i < p->nr_attrs; i++)
		if (p->attr[i].tracepoint && !p->attr[i].time_off)
			return rxs_err_set(e, -EBADMSG, "%s: recorded without time stamps; record with "
					   "perf record -T", p->in->name);
	return 0;
}

static void perfdata_free(struct perfdata *p)
{
	perfdata_streams_free(p);
	perfdata_order_free(&p->order);
	rxs_kernel_free(&p->kernel);
	free(p->attr);
	free(p->id);
	free(p);
}

static int perfdata_open(struct rxs_source *s, const struct rxs_source_opts *o, struct rxs_err *e)
{
	struct perfdata *p;
	char head[8] = "";
	int err;

	(void)o;
	err = rxs_input_peek(s->in, head, sizeof(head), e);
	if (err < 0)
		return err;
	if (!memcmp(head, MAGIC_SWAPPED, 8))
		return rxs_err_set(e, -EBADMSG, "%s: recorded on a machine of the other byte order; such "
				   "recordings can only be read on one", s->in->name);
	if (!memcmp(head, MAGIC_OLD, 8))
		return rxs_err_set(e, -EBADMSG, "%s: a perf.data from before 2010, which is not known here",
				   s->in->name);
	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->in = s->in;
	err = perfdata_order_init(&p->order);
	err = err ? err : perfdata_read_head(p, e);
	if (!err && p->pipe_mode)
		err = begin_pipe(p, e);
	err = err ? err : check_attrs(p, e);
	if (err) {
		perfdata_free(p);
		return err;
	}
	s->priv = p;
	return 0;
}

static int perfdata_pollfd(struct rxs_source *s)
{
	struct perfdata *p = s->priv;

	return p->in->is_pipe ? p->in->fd : -1;
}

static u64 perfdata_position(struct rxs_source *s)
{
	struct perfdata *p = s->priv;

	return p->pipe_mode ? p->in->pos : p->pos;
}

static const char *perfdata_comm(struct rxs_source *s, int pid)
{
	struct perfdata *p = s->priv;

	return rxs_kernel_comm(&p->kernel, pid);
}

static const char *clock_name(s32 clockid)
{
	switch (clockid) {
	case 0:
		return "realtime";
	case 1:
		return "mono";
	case 4:
		return "mono_raw";
	case 7:
		return "boot";
	case 11:
		return "tai";
	default:
		return "perf";
	}
}

static void perfdata_info(struct rxs_source *s, struct rxs_source_info *i)
{
	struct perfdata *p = s->priv;

	*i = (struct rxs_source_info){
		.kind = "perf.data",
		.name = p->in->name,
		.kernel = p->release,
		.clock = clock_name(p->clockid),
		.clock_res_ns = p->clock_res_ns ? p->clock_res_ns : 1,
		.nr_cpus = p->nr_cpus,
		.size_bytes = p->in->size_bytes,
		.note = p->note,
		.tep = p->kernel.tep,
	};
}

static void perfdata_close(struct rxs_source *s)
{
	perfdata_free(s->priv);
}

const struct rxs_source_ops rxs_source_perfdata = {
	.name = "perf.data",
	.probe = perfdata_probe,
	.open = perfdata_open,
	.next = perfdata_next,
	.pollfd = perfdata_pollfd,
	.position = perfdata_position,
	.comm = perfdata_comm,
	.info = perfdata_info,
	.close = perfdata_close,
};
