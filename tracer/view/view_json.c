// SPDX-License-Identifier: GPL-2.0
/* The report as one JSON document, schema rxscope-report/1 (docs/report-json.md). It only ever grows. */
#include "json_parts.h"
#include "rxs_causes.h"

#include <errno.h>

struct view_json {
	struct rxs_json j;
	u64 packets;
};

static int json_begin(struct rxs_view *v, const struct rxs_run_info *ri)
{
	struct view_json *vj = v->priv;

	(void)ri;
	rxs_json_init(&vj->j, v->opts.out, true);
	rxs_json_obj(&vj->j, NULL);
	rxs_json_str(&vj->j, "schema", "rxscope-report/1");
	rxs_json_str(&vj->j, "version", RXS_VERSION);
	/* First, since packets come before the sums are known, and none is kept. */
	if (v->opts.packets || v->opts.packet_id)
		rxs_json_arr(&vj->j, "packet_list");
	return 0;
}

static int json_one_packet(struct rxs_view *v, const struct rxs_packet *p)
{
	struct view_json *vj = v->priv;

	if (v->opts.packet_id ? p->id != v->opts.packet_id : !v->opts.packets)
		return 0;
	json_packet(&vj->j, p, v->ri->strtab, NULL);
	vj->packets++;
	return 0;
}

static int json_lost(struct rxs_view *v, const struct rxs_lost *l)
{
	(void)v;
	(void)l;
	return 0;	/* the member "loss" tells them all, per kind and CPU */
}

static void outcomes(struct rxs_json *j, const struct rxs_snapshot *s)
{
	rxs_json_obj(j, "packets");
	rxs_json_u64(j, "seen", s->seen);
	for (int o = 0; o < RXS_OUT_NR; o++)
		rxs_json_u64(j, rxs_outcome_id(o), s->outcome[o]);
	rxs_json_f64(j, "completeness", s->completeness);
	rxs_json_u64(j, "at_risk", s->path.at_risk);
	rxs_json_obj_flat(j, "incomplete_why");
	for (int w = RXS_WHY_NONE + 1; w < RXS_WHY_NR; w++)
		rxs_json_u64(j, rxs_why_id(w), s->why[w]);
	rxs_json_end(j);
	rxs_json_end(j);
}

static void stages(struct rxs_json *j, const struct rxs_snapshot *s)
{
	rxs_json_arr(j, "stages");
	for (int i = 0; i < RXS_ST_NR; i++) {
		rxs_json_obj(j, NULL);
		rxs_json_str(j, "id", rxs_stages[i].id);
		rxs_json_str(j, "layer", rxs_stages[i].layer);
		rxs_json_u64(j, "hits", s->stage[i].hits);
		rxs_json_u64(j, "open", s->stage[i].open);
		rxs_json_u64(j, "ended", s->stage[i].ended);
		json_hist(j, "from_previous_ns", &s->stage[i].from_prev, true);
		rxs_json_end(j);
	}
	rxs_json_end(j);
	json_hist(j, "total_ns", &s->total, true);
	if (s->from >= 0 && s->to >= 0) {
		rxs_json_obj(j, "from_to");
		rxs_json_str(j, "from", rxs_stages[s->from].id);
		rxs_json_str(j, "to", rxs_stages[s->to].id);
		json_hist(j, "ns", &s->from_to, true);
		rxs_json_end(j);
	}
}

static void drops(struct rxs_json *j, const struct rxs_snapshot *s, const struct rxs_strtab *t)
{
	rxs_json_arr(j, "drops");
	for (u32 i = 0; i < s->nr_drops; i++) {
		const struct rxs_drop_stat *d = &s->drops[i];

		rxs_json_obj_flat(j, NULL);
		json_name(j, "reason", t, d->reason);
		rxs_json_str(j, "stage", d->stage < RXS_ST_NR ? rxs_stages[d->stage].id : NULL);
		json_name(j, "function", t, d->symbol);
		rxs_json_u64(j, "count", d->count);
		rxs_json_end(j);
	}
	rxs_json_end(j);
}

static void napi(struct rxs_json *j, const struct rxs_snapshot *s)
{
	rxs_json_obj(j, "napi");
	rxs_json_u64(j, "irqs", s->irqs);
	rxs_json_u64(j, "polls", s->polls);
	json_hist(j, "packets_per_poll", &s->packets_per_poll, true);
	rxs_json_u64(j, "budget_exhausted", s->budget_exhausted);
	rxs_json_u64(j, "time_squeeze", s->time_squeeze);
	rxs_json_u64(j, "ksoftirqd_polls", s->ksoftirqd_polls);
	rxs_json_end(j);
}

static void cpus(struct rxs_json *j, const struct rxs_snapshot *s)
{
	rxs_json_arr(j, "cpus");
	for (u32 i = 0; i < s->nr_cpus; i++) {
		const struct rxs_cpu_stat *c = &s->cpus[i];

		rxs_json_obj(j, NULL);
		rxs_json_i64(j, "cpu", c->cpu);
		rxs_json_u64(j, "irqs", c->irqs);
		rxs_json_u64(j, "softirqs", c->softirqs);
		rxs_json_u64(j, "softirq_ns", c->softirq_ns);
		rxs_json_u64(j, "polls", c->polls);
		rxs_json_u64(j, "packets", c->packets);
		rxs_json_u64(j, "ksoftirqd_polls", c->ksoftirqd_polls);
		rxs_json_u64(j, "time_squeeze", c->time_squeeze);
		rxs_json_u64(j, "lost", c->lost);
		json_hist(j, "softirq_wait_ns", &c->softirq_wait, false);
		rxs_json_end(j);
	}
	rxs_json_end(j);
}

static void devices(struct rxs_json *j, const struct rxs_snapshot *s, const struct rxs_strtab *t)
{
	rxs_json_arr(j, "devices");
	for (u32 i = 0; i < s->nr_devs; i++) {
		const struct rxs_dev_stat *d = &s->devs[i];

		rxs_json_obj(j, NULL);
		json_name(j, "name", t, d->dev);
		rxs_json_u64(j, "ifindex", d->ifindex);
		rxs_json_u64(j, "netns", d->netns);
		rxs_json_u64(j, "packets", d->packets);
		rxs_json_u64(j, "bytes", d->bytes);
		rxs_json_u64(j, "delivered", d->delivered);
		rxs_json_u64(j, "dropped", d->dropped);
		rxs_json_u64(j, "merged", d->merged);
		rxs_json_u64(j, "polls", d->polls);
		rxs_json_u64(j, "irqs", d->irqs);
		json_hist(j, "total_ns", &d->total, false);
		rxs_json_end(j);
	}
	rxs_json_end(j);
}

static void flows(struct rxs_json *j, const struct rxs_snapshot *s)
{
	rxs_json_arr(j, "flows");
	for (u32 i = 0; i < s->nr_flows; i++) {
		const struct rxs_flow_stat *f = &s->flows[i];

		rxs_json_obj(j, NULL);
		json_flow(j, "flow", &f->flow);
		rxs_json_u64(j, "packets", f->packets);
		rxs_json_u64(j, "bytes", f->bytes);
		rxs_json_u64(j, "frames", f->frames);
		rxs_json_u64(j, "dropped", f->dropped);
		rxs_json_u64(j, "first_ns", f->first_ns);
		rxs_json_u64(j, "last_ns", f->last_ns);
		json_hist(j, "total_ns", &f->total, false);
		rxs_json_end(j);
	}
	rxs_json_end(j);
	rxs_json_u64(j, "flows_not_kept", s->flows_not_kept);
}

static void losses(struct rxs_json *j, const struct rxs_snapshot *s, const struct rxs_strtab *t)
{
	rxs_json_arr(j, "loss");
	for (u32 i = 0; i < s->nr_losses; i++) {
		const struct rxs_lost_stat *l = &s->losses[i];

		rxs_json_obj_flat(j, NULL);
		rxs_json_str(j, "kind", rxs_lost_id(l->kind));
		rxs_json_i64(j, "cpu", l->cpu);
		rxs_json_u64(j, "events", l->count);
		rxs_json_u64(j, "times", l->times);
		rxs_json_u64(j, "first_ns", l->first_ns);
		rxs_json_u64(j, "last_ns", l->last_ns);
		json_name(j, "function", t, l->symbol);
		rxs_json_end(j);
	}
	rxs_json_end(j);
}

static void causes(struct rxs_json *j, const struct rxs_snapshot *s, const struct rxs_strtab *t)
{
	struct rxs_causes c;

	rxs_causes_of(&c, s, t);
	rxs_json_obj(j, "why_slow");
	rxs_json_u64(j, "tail", c.tail);
	rxs_json_u64(j, "explained", c.explained);
	rxs_json_u64(j, "threshold_ns", c.threshold_ns);
	rxs_json_arr(j, "causes");
	for (u32 i = 0; i < c.nr; i++) {
		const struct rxs_cause_sum *r = &c.sum[i];
		bool hint = r->cause != RXS_CAUSE_NONE && r->stage < RXS_ST_NR;

		rxs_json_obj_flat(j, NULL);
		rxs_json_str(j, "cause", rxs_cause_id(r->cause));
		rxs_json_str(j, "text", rxs_cause_text(r->cause));
		rxs_json_u64(j, "packets", r->packets);
		rxs_json_f64(j, "share", (double)r->packets / (double)c.explained);
		rxs_json_u64(j, "ns", r->ns);
		rxs_json_str(j, "stage", hint ? rxs_stages[r->stage].id : NULL);
		rxs_json_str(j, "hint", hint ? rxs_stages[r->stage].advice : NULL);
		rxs_json_end(j);
	}
	rxs_json_end(j);
	rxs_json_end(j);
}

static void slowest(struct rxs_json *j, const struct rxs_snapshot *s, const struct rxs_view *v)
{
	u32 nr = s->nr_slowest < v->opts.top ? s->nr_slowest : v->opts.top;
	struct rxs_explain x;

	rxs_json_arr(j, "slowest");
	for (u32 i = 0; i < nr; i++) {
		rxs_explain_packet(&x, s->slowest[i], s, v->ri->strtab);
		json_packet(j, s->slowest[i], v->ri->strtab, &x);
	}
	rxs_json_end(j);
}

static void unused(struct rxs_json *j, const struct rxs_snapshot *s, const struct rxs_decode_stats *d)
{
	const struct rxs_path_stats *p = &s->path;

	rxs_json_obj(j, "decode");
	rxs_json_u64(j, "records", d->events);
	rxs_json_u64(j, "decoded", d->decoded);
	rxs_json_u64(j, "foreign", d->foreign);
	rxs_json_u64(j, "unusable", d->unusable);
	rxs_json_u64(j, "malformed", d->malformed);
	rxs_json_end(j);
	rxs_json_obj(j, "not_joined");
	rxs_json_u64(j, "unmatched_end", p->unmatched_end);
	rxs_json_u64(j, "unmatched_app", p->unmatched_app);
	rxs_json_u64(j, "unmatched_socket", p->unmatched_socket);
	rxs_json_u64(j, "skipped_descriptors", p->skipped_desc);
	rxs_json_u64(j, "out_of_order", p->out_of_order);
	rxs_json_u64(j, "negative", p->negative);
	rxs_json_u64(j, "clones", p->clones);
	rxs_json_u64(j, "hops_dropped", p->hops_dropped);
	rxs_json_end(j);
}

static int json_end(struct rxs_view *v, const struct rxs_snapshot *s, const struct rxs_decode_stats *d)
{
	struct view_json *vj = v->priv;
	struct rxs_json *j = &vj->j;

	if (v->opts.packets || v->opts.packet_id)
		rxs_json_end(j);
	json_source(j, "source", v->ri, s);
	outcomes(j, s);
	stages(j, s);
	drops(j, s, v->ri->strtab);
	napi(j, s);
	cpus(j, s);
	devices(j, s, v->ri->strtab);
	flows(j, s);
	losses(j, s, v->ri->strtab);
	causes(j, s, v->ri->strtab);
	slowest(j, s, v);
	unused(j, s, d);
	if (v->opts.packet_id && !vj->packets)
		return rxs_json_close(j) ? -EIO : -ENOENT;
	return rxs_json_close(j);
}

const struct rxs_view_ops rxs_view_json = {
	.name = "json",
	.priv_bytes = sizeof(struct view_json),
	.begin = json_begin,
	.packet = json_one_packet,
	.lost = json_lost,
	.end = json_end,
};
