// SPDX-License-Identifier: GPL-2.0
/*
 * The report as comma-separated values (RFC 4180): one row per stage, outcome, drop and loss, or with --packets
 * one row per packet with a column per stage. The first column says what the row is.
 */
#include "rxs_view.h"

#include <arpa/inet.h>
#include <string.h>

/* A field, quoted when it must be. */
static void field(FILE *out, const char *s)
{
	putc(',', out);
	if (!s || !s[strcspn(s, ",\"\r\n")]) {
		fputs(s ? s : "", out);
		return;
	}
	putc('"', out);
	for (; *s; s++) {
		if (*s == '"')
			putc('"', out);
		putc(*s, out);
	}
	putc('"', out);
}

static void number(FILE *out, u64 v)
{
	fprintf(out, ",%llu", (unsigned long long)v);
}

static int csv_begin(struct rxs_view *v, const struct rxs_run_info *ri)
{
	FILE *out = v->opts.out;

	(void)ri;
	if (!v->opts.packets && !v->opts.packet_id) {
		fputs("kind,id,detail,function,count,min_ns,p50_ns,p90_ns,p99_ns,p999_ns,max_ns,mean_ns\r\n", out);
		return 0;
	}
	fputs("kind,id,first_ns,total_ns,dev,cpu,len,frames,ethertype,vlan,proto,saddr,sport,daddr,dport,"
	      "outcome,reason,drop_stage,drop_function,merged_into,reader_pid,reader_comm,lost_events", out);
	for (int i = 0; i < RXS_ST_NR; i++)
		fprintf(out, ",%s_ns", rxs_stages[i].id);
	fputs("\r\n", out);
	return 0;
}

static void csv_flow(FILE *out, const struct rxs_flow *f)
{
	int af = f->ipver == 4 ? AF_INET : AF_INET6;
	char addr[64];

	fprintf(out, ",0x%04x,%u,%u", f->ethertype, f->vlan, f->proto);
	field(out, f->ipver ? inet_ntop(af, f->saddr, addr, sizeof(addr)) : "");
	number(out, f->sport);
	field(out, f->ipver ? inet_ntop(af, f->daddr, addr, sizeof(addr)) : "");
	number(out, f->dport);
}

static int csv_packet(struct rxs_view *v, const struct rxs_packet *p)
{
	const struct rxs_strtab *t = v->ri->strtab;
	bool dropped = p->outcome == RXS_OUT_DROPPED;
	FILE *out = v->opts.out;

	if (v->opts.packet_id ? p->id != v->opts.packet_id : !v->opts.packets)
		return 0;
	fprintf(out, "packet,%llu,%llu,%llu", (unsigned long long)p->id, (unsigned long long)p->first_ns,
		(unsigned long long)rxs_packet_total_ns(p));
	field(out, rxs_strtab_get(t, p->dev));
	fprintf(out, ",%d,%u,%u", p->cpu, p->len, p->frames);
	csv_flow(out, &p->flow);
	field(out, rxs_outcome_id(p->outcome));
	field(out, dropped ? rxs_strtab_get(t, p->reason) : rxs_why_id(p->why));
	field(out, dropped && p->drop_stage < RXS_ST_NR ? rxs_stages[p->drop_stage].id : "");
	field(out, rxs_strtab_get(t, p->symbol));
	number(out, p->merged_into);
	number(out, p->nr_readers ? p->reader[0].pid : 0);
	field(out, p->nr_readers ? rxs_strtab_get(t, p->reader[0].comm) : "");
	putc(',', out);
	for (int i = 0; i < RXS_ST_NR; i++) {
		const struct rxs_hop *h = rxs_packet_hop(p, i);

		putc(',', out);
		if (h)
			fprintf(out, "%llu", (unsigned long long)h->ts_ns);
	}
	fputs("\r\n", out);
	return 0;
}

static int csv_lost(struct rxs_view *v, const struct rxs_lost *l)
{
	FILE *out = v->opts.out;

	if (!v->opts.packets)
		return 0;	/* told by a row at the end */
	/* Under a packet's columns: first_ns is when, outcome "lost", reason the kind of loss. */
	fprintf(out, "lost,,%llu,,,%d,,,,,,,,,,lost,%s,,%s,,,,%llu", (unsigned long long)l->until_ns, l->cpu,
		rxs_lost_id(l->kind), rxs_strtab_get(v->ri->strtab, l->symbol), (unsigned long long)l->count);
	for (int i = 0; i < RXS_ST_NR; i++)
		putc(',', out);
	fputs("\r\n", out);
	return 0;
}

static void row(FILE *out, const char *kind, const char *id, const char *detail, const char *function, u64 count,
		const struct rxs_hist *h)
{
	static const double q[] = { 0.5, 0.9, 0.99, 0.999 };

	fputs(kind, out);
	field(out, id);
	field(out, detail);
	field(out, function);
	number(out, count);
	if (h && h->count) {
		number(out, h->min);
		for (unsigned int i = 0; i < RXS_ARRAY_SIZE(q); i++)
			number(out, rxs_hist_quantile(h, q[i]));
		number(out, h->max);
		fprintf(out, ",%.1f", rxs_hist_mean(h));
	} else {
		fputs(",,,,,,,", out);
	}
	fputs("\r\n", out);
}

static int csv_end(struct rxs_view *v, const struct rxs_snapshot *s, const struct rxs_decode_stats *d)
{
	const struct rxs_strtab *t = v->ri->strtab;
	FILE *out = v->opts.out;
	char cpu[16];

	(void)d;
	if (v->opts.packets || v->opts.packet_id)
		return 0;
	for (int i = 0; i < RXS_ST_NR; i++)
		if (s->stage[i].hits)
			row(out, "stage", rxs_stages[i].id, rxs_stages[i].layer, "", s->stage[i].hits,
			    &s->stage[i].from_prev);
	row(out, "total", "delivered", "", "", s->total.count, &s->total);
	if (s->from >= 0 && s->to >= 0)
		row(out, "span", rxs_stages[s->from].id, rxs_stages[s->to].id, "", s->from_to.count, &s->from_to);
	row(out, "outcome", "seen", "", "", s->seen, NULL);
	for (int o = 0; o < RXS_OUT_NR; o++)
		row(out, "outcome", rxs_outcome_id(o), "", "", s->outcome[o], NULL);
	for (u32 i = 0; i < s->nr_drops; i++)
		row(out, "drop", rxs_strtab_get(t, s->drops[i].reason),
		    s->drops[i].stage < RXS_ST_NR ? rxs_stages[s->drops[i].stage].id : "",
		    rxs_strtab_get(t, s->drops[i].symbol), s->drops[i].count, NULL);
	for (u32 i = 0; i < s->nr_losses; i++) {
		snprintf(cpu, sizeof(cpu), "cpu %d", s->losses[i].cpu);
		row(out, "lost", rxs_lost_id(s->losses[i].kind), cpu, rxs_strtab_get(t, s->losses[i].symbol),
		    s->losses[i].count, NULL);
	}
	return 0;
}

const struct rxs_view_ops rxs_view_csv = {
	.name = "csv",
	.begin = csv_begin,
	.packet = csv_packet,
	.lost = csv_lost,
	.end = csv_end,
};
