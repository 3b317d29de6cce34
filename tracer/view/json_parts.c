// SPDX-License-Identifier: GPL-2.0
/* Pieces of JSON that several documents have in common. */
#include "json_parts.h"

#include <arpa/inet.h>

void json_name(struct rxs_json *j, const char *key, const struct rxs_strtab *t, u32 id)
{
	rxs_json_str(j, key, id ? rxs_strtab_get(t, id) : NULL);
}

static void buckets_of(struct rxs_json *j, const struct rxs_hist *h)
{
	rxs_json_arr_flat(j, "buckets");
	for (u32 b = h->lo; h->bucket && b <= h->hi && b < RXS_HIST_BUCKETS; b++) {
		if (!h->bucket[b])
			continue;
		rxs_json_arr(j, NULL);
		rxs_json_u64(j, NULL, rxs_hist_bucket_low(b));
		rxs_json_u64(j, NULL, h->bucket[b]);
		rxs_json_end(j);
	}
	rxs_json_end(j);
}

void json_hist(struct rxs_json *j, const char *key, const struct rxs_hist *h, bool buckets)
{
	static const struct { const char *name; double q; } quantiles[] = {
		{ "p50", 0.5 }, { "p90", 0.9 }, { "p99", 0.99 }, { "p999", 0.999 },
	};

	rxs_json_obj_flat(j, key);
	rxs_json_u64(j, "count", h->count);
	if (h->count) {
		rxs_json_u64(j, "min", h->min);
		for (unsigned int i = 0; i < RXS_ARRAY_SIZE(quantiles); i++)
			rxs_json_u64(j, quantiles[i].name, rxs_hist_quantile(h, quantiles[i].q));
		rxs_json_u64(j, "max", h->max);
		rxs_json_f64(j, "mean", rxs_hist_mean(h));
		rxs_json_u64(j, "sum", h->sum);
	} else {
		rxs_json_null(j, "min");
		for (unsigned int i = 0; i < RXS_ARRAY_SIZE(quantiles); i++)
			rxs_json_null(j, quantiles[i].name);
		rxs_json_null(j, "max");
		rxs_json_null(j, "mean");
		rxs_json_u64(j, "sum", 0);
	}
	if (buckets)
		buckets_of(j, h);
	rxs_json_end(j);
}

static void or_null(struct rxs_json *j, const char *key, u64 v)
{
	if (v)
		rxs_json_u64(j, key, v);
	else
		rxs_json_null(j, key);
}

void json_source(struct rxs_json *j, const char *key, const struct rxs_run_info *ri, const struct rxs_snapshot *s)
{
	const struct rxs_source_info *si = &ri->source;

	rxs_json_obj(j, key);
	rxs_json_str(j, "kind", si->kind);
	rxs_json_arr_flat(j, "files");
	for (const char *const *f = ri->files; f && *f; f++)
		rxs_json_str(j, NULL, *f);
	rxs_json_end(j);
	rxs_json_str(j, "kernel", si->kernel && si->kernel[0] ? si->kernel : NULL);
	rxs_json_str(j, "clock", si->clock && si->clock[0] ? si->clock : NULL);
	or_null(j, "clock_resolution_ns", si->clock_res_ns);
	or_null(j, "cpus", si->nr_cpus);
	or_null(j, "probe_cost_ns", si->probe_cost_ns);
	rxs_json_u64(j, "corrected_ns", ri->corrected_ns);
	rxs_json_bool(j, "deterministic", si->deterministic);
	rxs_json_str(j, "note", si->note && si->note[0] ? si->note : NULL);
	rxs_json_str(j, "filter", ri->filter ? ri->filter : "");
	rxs_json_u64(j, "events", s->events);
	rxs_json_u64(j, "lost", s->lost);
	rxs_json_bool(j, "lost_unknown", s->lost_unknown);
	rxs_json_u64(j, "duration_ns", s->duration_ns);
	rxs_json_u64(j, "first_ns", s->path.first_ns);
	rxs_json_u64(j, "last_ns", s->path.last_ns);
	rxs_json_end(j);
}

static const char *proto_name(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_ICMP:
		return "icmp";
	case IPPROTO_ICMPV6:
		return "icmp6";
	default:
		return NULL;
	}
}

void json_flow(struct rxs_json *j, const char *key, const struct rxs_flow *f)
{
	char buf[160];

	rxs_json_obj_flat(j, key);
	rxs_flow_print(buf, sizeof(buf), f);
	rxs_json_str(j, "text", buf);
	rxs_json_u64(j, "ethertype", f->ethertype);
	or_null(j, "vlan", f->vlan);
	if (f->ipver) {
		int af = f->ipver == 4 ? AF_INET : AF_INET6;

		rxs_json_u64(j, "ip", f->ipver);
		rxs_json_str(j, "saddr", inet_ntop(af, f->saddr, buf, sizeof(buf)));
		rxs_json_str(j, "daddr", inet_ntop(af, f->daddr, buf, sizeof(buf)));
		rxs_json_u64(j, "proto", f->proto);
		rxs_json_str(j, "proto_name", proto_name(f->proto));
		rxs_json_bool(j, "fragment", f->is_frag);
	}
	if (f->proto == IPPROTO_TCP || f->proto == IPPROTO_UDP) {
		rxs_json_u64(j, "sport", f->sport);
		rxs_json_u64(j, "dport", f->dport);
	} else if (f->proto == IPPROTO_ICMP || f->proto == IPPROTO_ICMPV6) {
		rxs_json_u64(j, "icmp_type", f->icmp_type);
		rxs_json_u64(j, "icmp_code", f->icmp_code);
	}
	rxs_json_end(j);
}

static void json_napi(struct rxs_json *j, const struct rxs_napi_ctx *n)
{
	if (!n->poll_id) {
		rxs_json_null(j, "napi");
		return;
	}
	rxs_json_obj_flat(j, "napi");
	rxs_json_u64(j, "poll", n->poll_id);
	rxs_json_u64(j, "position", n->pos);
	or_null(j, "work", n->work);
	or_null(j, "budget", n->budget);
	or_null(j, "irq_ns", n->irq_ns);
	if (n->irq_ns)
		rxs_json_u64(j, "irq", n->irq);
	else
		rxs_json_null(j, "irq");
	or_null(j, "schedule_ns", n->schedule_ns);
	or_null(j, "softirq_ns", n->softirq_ns);
	or_null(j, "poll_ns", n->poll_ns);
	rxs_json_u64(j, "polls_since_irq", n->irq_polls);
	rxs_json_bool(j, "ksoftirqd", n->ksoftirqd);
	rxs_json_bool(j, "time_squeeze", n->squeezed);
	rxs_json_end(j);
}

static void json_hops(struct rxs_json *j, const struct rxs_packet *p, const struct rxs_strtab *t)
{
	rxs_json_arr(j, "hops");
	for (u32 i = 0; i < p->nr_hops; i++) {
		const struct rxs_hop *h = &p->hops[i];

		rxs_json_obj_flat(j, NULL);
		rxs_json_str(j, "stage", h->stage < RXS_ST_NR ? rxs_stages[h->stage].id : NULL);
		rxs_json_str(j, "op", h->op < RXS_OP_NR ? rxs_ops[h->op] : NULL);
		rxs_json_u64(j, "ts_ns", h->ts_ns);
		rxs_json_i64(j, "cpu", h->cpu);
		or_null(j, "len", h->len);
		json_name(j, "dev", t, h->dev);
		rxs_json_u64(j, "pid", h->pid);
		rxs_json_str(j, "hook", h->hook && h->hook <= rxs_hooks_nr ? rxs_hooks[h->hook - 1].name : NULL);
		rxs_json_bool(j, "shared", h->flags & RXS_HOP_SHARED);
		rxs_json_u64(j, "clone", RXS_HOP_CLONE_NR(h));
		rxs_json_end(j);
	}
	rxs_json_end(j);
}

static const char *merge_id(u32 kind)
{
	static const char *const id[] = {
		[RXS_MERGE_GRO] = "gro", [RXS_MERGE_COALESCE] = "coalesce", [RXS_MERGE_DEFRAG] = "defrag",
	};

	return kind < RXS_ARRAY_SIZE(id) ? id[kind] : NULL;
}

static void json_lineage(struct rxs_json *j, const struct rxs_packet *p)
{
	u32 kept = p->nr_merged < RXS_MERGED_MAX ? p->nr_merged : RXS_MERGED_MAX;

	or_null(j, "merged_into", p->merged_into);
	rxs_json_str(j, "merge_kind", merge_id(p->merge_kind));
	rxs_json_u64(j, "frames", p->frames);
	rxs_json_u64(j, "merged_count", p->nr_merged);
	rxs_json_arr_flat(j, "merged");
	for (u32 i = 0; i < kept; i++)
		rxs_json_u64(j, NULL, p->merged[i]);
	rxs_json_end(j);
	rxs_json_u64(j, "clones", p->clones);
}

static void json_readers(struct rxs_json *j, const struct rxs_packet *p, const struct rxs_strtab *t)
{
	u32 kept = p->nr_readers < RXS_READERS_MAX ? p->nr_readers : RXS_READERS_MAX;

	rxs_json_u64(j, "reads", p->nr_readers);
	rxs_json_arr_flat(j, "readers");
	for (u32 i = 0; i < kept; i++) {
		rxs_json_obj(j, NULL);
		rxs_json_u64(j, "ts_ns", p->reader[i].ts_ns);
		rxs_json_u64(j, "pid", p->reader[i].pid);
		json_name(j, "comm", t, p->reader[i].comm);
		rxs_json_hex(j, "sock", p->reader[i].sock);
		rxs_json_end(j);
	}
	rxs_json_end(j);
}

static void json_explain(struct rxs_json *j, const struct rxs_explain *x)
{
	bool hint = x->cause != RXS_CAUSE_NONE && x->stage < RXS_ST_NR;

	rxs_json_obj_flat(j, "why_slow");
	rxs_json_str(j, "cause", rxs_cause_id(x->cause));
	rxs_json_str(j, "stage", hint ? rxs_stages[x->stage].id : NULL);
	rxs_json_u64(j, "ns", x->ns);
	rxs_json_f64(j, "share", x->share);
	rxs_json_str(j, "text", x->text);
	rxs_json_str(j, "hint", hint ? rxs_stages[x->stage].advice : NULL);
	rxs_json_end(j);
}

void json_packet(struct rxs_json *j, const struct rxs_packet *p, const struct rxs_strtab *t,
		 const struct rxs_explain *x)
{
	bool dropped = p->outcome == RXS_OUT_DROPPED;

	rxs_json_obj(j, NULL);
	rxs_json_u64(j, "id", p->id);
	rxs_json_u64(j, "first_ns", p->first_ns);
	rxs_json_u64(j, "last_ns", p->last_ns);
	rxs_json_u64(j, "total_ns", rxs_packet_total_ns(p));
	rxs_json_str(j, "outcome", rxs_outcome_id(p->outcome));
	rxs_json_str(j, "incomplete_why", p->why ? rxs_why_id(p->why) : NULL);
	json_name(j, "reason", t, p->reason);
	rxs_json_str(j, "drop_stage", dropped && p->drop_stage < RXS_ST_NR ? rxs_stages[p->drop_stage].id : NULL);
	json_name(j, "drop_function", t, p->symbol);
	json_name(j, "dev", t, p->dev);
	or_null(j, "ifindex", p->ifindex);
	or_null(j, "netns", p->netns);
	rxs_json_i64(j, "cpu", p->cpu);
	rxs_json_u64(j, "stream", p->stream);
	rxs_json_u64(j, "len", p->len);
	rxs_json_u64(j, "frame_bytes", rxs_packet_frame_bytes(p));
	rxs_json_hex(j, "skb", p->skb);
	rxs_json_hex(j, "head", p->head);
	rxs_json_hex(j, "sock", p->sock);
	json_flow(j, "flow", &p->flow);
	json_lineage(j, p);
	json_readers(j, p, t);
	json_napi(j, &p->napi);
	json_hops(j, p, t);
	if (x)
		json_explain(j, x);
	rxs_json_end(j);
}
