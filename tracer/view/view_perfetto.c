// SPDX-License-Identifier: GPL-2.0
/*
 * A trace for ui.perfetto.dev and chrome://tracing, in the Trace Event Format (JSON). Packets are nestable
 * asynchronous slices of the device they came in on, one inner slice per step, since many are on their way at
 * once; interrupts and polls stand on the track of their CPU.
 */
#include <errno.h>
#include <stdlib.h>

#include "../base/rxs_json.h"
#include "rxs_view.h"

#define PID_CPU		1	/* the "process" whose threads are the CPUs */
#define PID_DEV		1000	/* the first device; the others follow */
#define CPUS_MAX	1024

struct perfetto {
	struct rxs_json j;
	u32 *dev;		/* string id by number of the device */
	u32 nr_dev;
	u8 cpu_named[CPUS_MAX / 8];
};

/* ph, ts and pid; the caller ends the object. */
static void event(struct rxs_json *j, const char *ph, const char *name, u64 ts_ns, u32 pid, s32 tid)
{
	rxs_json_obj_flat(j, NULL);
	rxs_json_str(j, "ph", ph);
	rxs_json_str(j, "name", name);
	rxs_json_us(j, "ts", ts_ns);
	rxs_json_u64(j, "pid", pid);
	rxs_json_i64(j, "tid", tid);
}

static void metadata(struct rxs_json *j, const char *what, u32 pid, s32 tid, const char *name)
{
	event(j, "M", what, 0, pid, tid);
	rxs_json_obj(j, "args");
	rxs_json_str(j, "name", name);
	rxs_json_end(j);
	rxs_json_end(j);
}

static void name_cpu(struct perfetto *pf, s16 cpu)
{
	char name[16];

	if (cpu < 0 || cpu >= CPUS_MAX || pf->cpu_named[cpu / 8] >> cpu % 8 & 1)
		return;
	pf->cpu_named[cpu / 8] |= (u8)(1 << cpu % 8);
	snprintf(name, sizeof(name), "CPU %d", cpu);
	metadata(&pf->j, "thread_name", PID_CPU, cpu, name);
}

/* The device's pid, named in the file when it is new; 0 when memory runs out. */
static u32 pid_of(struct perfetto *pf, const struct rxs_strtab *t, u32 dev)
{
	u32 *more;

	for (u32 i = 0; i < pf->nr_dev; i++)
		if (pf->dev[i] == dev)
			return PID_DEV + i;
	more = realloc(pf->dev, (pf->nr_dev + 1) * sizeof(*more));
	if (!more)
		return 0;
	pf->dev = more;
	pf->dev[pf->nr_dev] = dev;
	metadata(&pf->j, "process_name", PID_DEV + pf->nr_dev, 0, dev ? rxs_strtab_get(t, dev) : "device not known");
	return PID_DEV + pf->nr_dev++;
}

static int perfetto_begin(struct rxs_view *v, const struct rxs_run_info *ri)
{
	struct perfetto *pf = v->priv;

	rxs_json_init(&pf->j, v->opts.out, true);
	rxs_json_obj(&pf->j, NULL);
	rxs_json_str(&pf->j, "displayTimeUnit", "ns");
	rxs_json_obj(&pf->j, "otherData");
	rxs_json_str(&pf->j, "writer", "rxscope " RXS_VERSION);
	rxs_json_str(&pf->j, "kernel", ri->source.kernel);
	rxs_json_str(&pf->j, "clock", ri->source.clock);
	rxs_json_end(&pf->j);
	rxs_json_arr(&pf->j, "traceEvents");
	metadata(&pf->j, "process_name", PID_CPU, 0, "CPUs: interrupts and polls");
	return 0;
}

/* Begin or end of a nestable asynchronous slice of packet p. */
static void slice(struct perfetto *pf, const char *ph, const char *name, u64 ts_ns, u32 pid, const struct rxs_packet *p)
{
	event(&pf->j, ph, name, ts_ns, pid, 0);
	rxs_json_str(&pf->j, "cat", "packet");
	rxs_json_hex(&pf->j, "id", p->id);
}

static void packet_args(struct rxs_json *j, const struct rxs_packet *p, const struct rxs_strtab *t)
{
	char flow[160];

	rxs_flow_print(flow, sizeof(flow), &p->flow);
	rxs_json_obj(j, "args");
	rxs_json_u64(j, "packet", p->id);
	rxs_json_str(j, "flow", flow);
	rxs_json_u64(j, "bytes", rxs_packet_frame_bytes(p));
	rxs_json_str(j, "outcome", rxs_outcome_id(p->outcome));
	if (p->reason)
		rxs_json_str(j, "reason", rxs_strtab_get(t, p->reason));
	if (p->merged_into)
		rxs_json_u64(j, "merged_into", p->merged_into);
	if (p->napi.poll_id)
		rxs_json_u64(j, "poll", p->napi.poll_id);
	rxs_json_end(j);
}

/* The packet's own steps one after the other: a slice carries the name of the stage at its end. */
static void steps(struct perfetto *pf, u32 pid, const struct rxs_packet *p, u64 start_ns)
{
	u64 from = start_ns;

	for (u32 i = 0; i < p->nr_hops; i++) {
		const struct rxs_hop *h = &p->hops[i];

		if (h->stage >= RXS_ST_NR || h->ts_ns <= from || RXS_HOP_CLONE_NR(h))
			continue;
		slice(pf, "b", rxs_stages[h->stage].id, from, pid, p);
		rxs_json_obj(&pf->j, "args");
		rxs_json_i64(&pf->j, "cpu", h->cpu);
		rxs_json_end(&pf->j);
		rxs_json_end(&pf->j);
		slice(pf, "e", rxs_stages[h->stage].id, h->ts_ns, pid, p);
		rxs_json_end(&pf->j);
		from = h->ts_ns;
	}
}

static int perfetto_packet(struct rxs_view *v, const struct rxs_packet *p)
{
	struct perfetto *pf = v->priv;
	u64 start = p->nr_hops && p->hops[0].ts_ns < p->first_ns ? p->hops[0].ts_ns : p->first_ns;
	u32 pid = pid_of(pf, v->ri->strtab, p->dev);

	if (!pid)
		return -ENOMEM;
	slice(pf, "b", "packet", start, pid, p);
	packet_args(&pf->j, p, v->ri->strtab);
	rxs_json_end(&pf->j);
	steps(pf, pid, p, start);
	slice(pf, "e", "packet", p->last_ns > start ? p->last_ns : start, pid, p);
	rxs_json_end(&pf->j);
	return 0;
}

static int perfetto_poll(struct rxs_view *v, const struct rxs_poll *p)
{
	struct perfetto *pf = v->priv;
	char name[80];

	name_cpu(pf, p->cpu);
	if (p->irq_ns && p->irq_polls <= 1) {
		event(&pf->j, "i", "interrupt", p->irq_ns, PID_CPU, p->cpu);
		rxs_json_str(&pf->j, "s", "t");
		rxs_json_end(&pf->j);
	}
	if (!p->begin_ns || p->end_ns < p->begin_ns)
		return 0;
	snprintf(name, sizeof(name), "poll %s", rxs_strtab_get(v->ri->strtab, p->dev));
	event(&pf->j, "X", name, p->begin_ns, PID_CPU, p->cpu);
	rxs_json_us(&pf->j, "dur", p->end_ns - p->begin_ns);
	rxs_json_obj(&pf->j, "args");
	rxs_json_u64(&pf->j, "poll", p->id);
	rxs_json_u64(&pf->j, "work", p->work);
	rxs_json_u64(&pf->j, "budget", p->budget);
	rxs_json_bool(&pf->j, "ksoftirqd", p->ksoftirqd);
	rxs_json_bool(&pf->j, "time_squeeze", p->squeezed);
	rxs_json_end(&pf->j);
	rxs_json_end(&pf->j);
	return 0;
}

static int perfetto_lost(struct rxs_view *v, const struct rxs_lost *l)
{
	struct perfetto *pf = v->priv;

	name_cpu(pf, l->cpu);
	event(&pf->j, "i", "events lost", l->until_ns, PID_CPU, l->cpu < 0 ? 0 : l->cpu);
	rxs_json_str(&pf->j, "s", l->cpu < 0 ? "g" : "t");
	rxs_json_obj(&pf->j, "args");
	rxs_json_str(&pf->j, "kind", rxs_lost_id(l->kind));
	rxs_json_u64(&pf->j, "events", l->count);
	rxs_json_end(&pf->j);
	rxs_json_end(&pf->j);
	return 0;
}

static int perfetto_end(struct rxs_view *v, const struct rxs_snapshot *s, const struct rxs_decode_stats *d)
{
	struct perfetto *pf = v->priv;

	(void)s;
	(void)d;
	return rxs_json_close(&pf->j);
}

static void perfetto_free(struct rxs_view *v)
{
	struct perfetto *pf = v->priv;

	free(pf->dev);
}

const struct rxs_view_ops rxs_view_perfetto = {
	.name = "perfetto",
	.priv_bytes = sizeof(struct perfetto),
	.begin = perfetto_begin,
	.packet = perfetto_packet,
	.poll = perfetto_poll,
	.lost = perfetto_lost,
	.end = perfetto_end,
	.free = perfetto_free,
};
