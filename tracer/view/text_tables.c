// SPDX-License-Identifier: GPL-2.0
/* Text report: the tables. */
#include "rxs_bins.h"
#include "text.h"

static void head(const struct text *t, const char *text)
{
	putc('\n', t->out);
	text_role(t, TEXT_HEAD);
	fputs(text, t->out);
	text_role(t, TEXT_PLAIN);
	putc('\n', t->out);
}

static void quantile(const struct text *t, const struct rxs_hist *h, double q)
{
	char buf[RXS_FMT_MAX];

	fprintf(t->out, " %8s", h->count ? rxs_fmt_ns(buf, sizeof(buf), rxs_hist_quantile(h, q)) : "-");
}

static void latency_row(const struct text *t, const char *name, u64 hits, const struct rxs_hist *h,
			const struct rxs_scale *scale)
{
	u64 bins[RXS_BINS_MAX];
	char n[RXS_FMT_MAX], max[RXS_FMT_MAX], spark[RXS_SPARK_BYTES(RXS_BINS_MAX)];

	fprintf(t->out, "%-18s %10s", name, rxs_fmt_count(n, sizeof(n), hits));
	quantile(t, h, 0.5);
	quantile(t, h, 0.9);
	quantile(t, h, 0.99);
	quantile(t, h, 0.999);
	fprintf(t->out, " %8s", h->count ? rxs_fmt_ns(max, sizeof(max), h->max) : "-");
	if (h->count && t->spark) {
		rxs_scale_bins(scale, h, bins);
		fprintf(t->out, "  |%s|", rxs_fmt_spark(spark, sizeof(spark), bins, scale->nr, t->utf8));
	}
	putc('\n', t->out);
}

/* A row whose time runs from somewhere else than the previous stage. */
static void span_row(const struct text *t, const char *name, const struct rxs_hist *h)
{
	const struct rxs_hist *one[] = { h };
	struct rxs_scale scale;

	rxs_scale_of(&scale, one, 1, t->spark);
	latency_row(t, name, h->count, h, &scale);
}

static void span_rows(const struct text *t, const struct rxs_snapshot *s)
{
	char name[64];

	if (s->total.count)
		span_row(t, "total (delivered)", &s->total);
	if (s->from < 0 || s->to < 0)
		return;
	snprintf(name, sizeof(name), "%s > %s", rxs_stages[s->from].id, rxs_stages[s->to].id);
	span_row(t, name, &s->from_to);
}

void text_stages(const struct text *t, const struct rxs_snapshot *s)
{
	const struct rxs_hist *all[RXS_ST_NR];
	struct rxs_scale scale;
	char lo[RXS_FMT_MAX], hi[RXS_FMT_MAX];

	for (int i = 0; i < RXS_ST_NR; i++)
		all[i] = &s->stage[i].from_prev;
	rxs_scale_of(&scale, all, RXS_ST_NR, t->spark);
	putc('\n', t->out);
	text_role(t, TEXT_HEAD);
	fprintf(t->out, "%-18s %10s %8s %8s %8s %8s %8s", "stage, from previous", "hits", "p50", "p90", "p99", "p99.9",
		"max");
	if (scale.hi > scale.lo && t->spark)
		fprintf(t->out, "  %s .. %s", rxs_fmt_ns(lo, sizeof(lo), scale.lo),
			rxs_fmt_ns(hi, sizeof(hi), scale.hi));
	text_role(t, TEXT_PLAIN);
	putc('\n', t->out);
	for (int i = 0; i < RXS_ST_NR; i++)
		if (s->stage[i].hits)
			latency_row(t, rxs_stages[i].id, s->stage[i].hits, all[i], &scale);
	span_rows(t, s);
}

void text_drops(const struct text *t, const struct rxs_snapshot *s)
{
	char n[RXS_FMT_MAX];

	if (!s->nr_drops)
		return;
	head(t, "dropped                          count  after stage         freed by");
	for (u32 i = 0; i < s->nr_drops; i++) {
		const struct rxs_drop_stat *d = &s->drops[i];

		text_role(t, TEXT_BAD);
		fprintf(t->out, "%-26s", text_name(t, d->reason, "(no reason given)"));
		text_role(t, TEXT_PLAIN);
		fprintf(t->out, " %11s  %-18s  %s\n", rxs_fmt_count(n, sizeof(n), d->count),
			d->stage < RXS_ST_NR ? rxs_stages[d->stage].id : "-", text_name(t, d->symbol, "-"));
	}
}

void text_napi(const struct text *t, const struct rxs_snapshot *s)
{
	const struct rxs_hist *h = &s->packets_per_poll;
	char a[RXS_FMT_MAX], b[RXS_FMT_MAX], c[RXS_FMT_MAX];

	if (!s->polls && !s->irqs)
		return;
	putc('\n', t->out);
	text_role(t, TEXT_HEAD);
	fputs("NAPI", t->out);
	text_role(t, TEXT_PLAIN);
	fprintf(t->out, "  %s polls after %s interrupts; packets per poll: mean %.2f, p50 %llu, p99 %llu, max %llu\n",
		rxs_fmt_count(a, sizeof(a), s->polls), rxs_fmt_count(b, sizeof(b), s->irqs), rxs_hist_mean(h),
		(unsigned long long)rxs_hist_quantile(h, 0.5), (unsigned long long)rxs_hist_quantile(h, 0.99),
		(unsigned long long)h->max);
	fprintf(t->out, "      budget used up in %s polls, time_squeeze %s, polled by ksoftirqd %s of polls\n",
		rxs_fmt_count(a, sizeof(a), s->budget_exhausted), rxs_fmt_count(b, sizeof(b), s->time_squeeze),
		rxs_fmt_share(c, sizeof(c), s->ksoftirqd_polls, s->polls));
}

static void cpu_row(const struct text *t, const struct rxs_cpu_stat *u)
{
	char a[RXS_FMT_MAX], b[RXS_FMT_MAX], c[RXS_FMT_MAX], d[RXS_FMT_MAX];
	const struct rxs_hist *w = &u->softirq_wait;

	fprintf(t->out, "%3d %9s", u->cpu, rxs_fmt_count(a, sizeof(a), u->softirqs));
	quantile(t, w, 0.5);
	quantile(t, w, 0.99);
	fprintf(t->out, " %9s %10s  %8s %7s", rxs_fmt_count(a, sizeof(a), u->polls),
		rxs_fmt_count(b, sizeof(b), u->packets), rxs_fmt_count(c, sizeof(c), u->time_squeeze),
		rxs_fmt_count(d, sizeof(d), u->lost));
	if (!t->narrow)
		fprintf(t->out, " %10s  %10s", rxs_fmt_count(a, sizeof(a), u->irqs),
			rxs_fmt_ns(b, sizeof(b), u->softirq_ns));
	putc('\n', t->out);
}

void text_cpus(const struct text *t, const struct rxs_snapshot *s)
{
	if (!s->nr_cpus)
		return;
	head(t, t->narrow ? "cpu  softirqs wait p50 wait p99     polls    packets  squeezed    lost" :
	     "cpu  softirqs wait p50 wait p99     polls    packets  squeezed    lost       irqs  in softirq");
	for (u32 i = 0; i < s->nr_cpus; i++)
		cpu_row(t, &s->cpus[i]);
}

void text_devs(const struct text *t, const struct rxs_snapshot *s)
{
	char a[RXS_FMT_MAX], b[RXS_FMT_MAX], c[RXS_FMT_MAX], d[RXS_FMT_MAX], e[RXS_FMT_MAX];

	if (!s->nr_devs)
		return;
	head(t, t->narrow ? "device            packets       bytes  delivered  dropped      p50      p99" :
	     "device            packets       bytes  delivered  dropped      p50      p99      max   merged");
	for (u32 i = 0; i < s->nr_devs; i++) {
		const struct rxs_dev_stat *v = &s->devs[i];

		fprintf(t->out, "%-14s %10s  %10s %10s %8s", text_name(t, v->dev, "(not known)"),
			rxs_fmt_count(a, sizeof(a), v->packets), rxs_fmt_bytes(b, sizeof(b), v->bytes),
			rxs_fmt_count(c, sizeof(c), v->delivered), rxs_fmt_count(d, sizeof(d), v->dropped));
		quantile(t, &v->total, 0.5);
		quantile(t, &v->total, 0.99);
		if (!t->narrow) {
			quantile(t, &v->total, 1.0);
			fprintf(t->out, " %8s", rxs_fmt_count(e, sizeof(e), v->merged));
		}
		putc('\n', t->out);
	}
}

void text_flows(const struct text *t, const struct rxs_snapshot *s)
{
	u32 nr = s->nr_flows < t->top ? s->nr_flows : t->top;
	int room = t->narrow ? 40 : 50;
	char a[RXS_FMT_MAX], b[RXS_FMT_MAX], c[RXS_FMT_MAX], flow[160];

	if (!s->nr_flows)
		return;
	putc('\n', t->out);
	text_role(t, TEXT_HEAD);
	fprintf(t->out, "%-*s %10s %8s %8s %8s%s", room, "flow", "packets", "dropped", "p50", "p99",
		t->narrow ? "" : "       bytes");
	text_role(t, TEXT_PLAIN);
	putc('\n', t->out);
	for (u32 i = 0; i < nr; i++) {
		const struct rxs_flow_stat *f = &s->flows[i];

		rxs_flow_print(flow, sizeof(flow), &f->flow);
		fprintf(t->out, "%-*s %10s %8s", room, flow, rxs_fmt_count(a, sizeof(a), f->packets),
			rxs_fmt_count(b, sizeof(b), f->dropped));
		quantile(t, &f->total, 0.5);
		quantile(t, &f->total, 0.99);
		if (!t->narrow)
			fprintf(t->out, "  %10s", rxs_fmt_bytes(c, sizeof(c), f->bytes));
		putc('\n', t->out);
	}
	if (s->nr_flows > nr || s->flows_not_kept)
		fprintf(t->out, "and %u more flows%s%s%s\n", s->nr_flows - nr, s->flows_not_kept ? "; " : "",
			s->flows_not_kept ? rxs_fmt_count(a, sizeof(a), s->flows_not_kept) : "",
			s->flows_not_kept ? " packets were of flows beyond the table's bound" : "");
}
