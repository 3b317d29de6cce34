// SPDX-License-Identifier: GPL-2.0
/* Text report: single packets, and why they were slow. */
#include "rxs_causes.h"
#include "text.h"

static const char *merge_word(u32 kind)
{
	switch (kind) {
	case RXS_MERGE_GRO:
		return "GRO";
	case RXS_MERGE_COALESCE:
		return "coalesced in the socket's queue";
	case RXS_MERGE_DEFRAG:
		return "fragments joined";
	default:
		return "?";
	}
}

static void readers(const struct text *t, const struct rxs_packet *p)
{
	u32 nr = p->nr_readers < RXS_READERS_MAX ? p->nr_readers : RXS_READERS_MAX;

	for (u32 i = 0; i < nr; i++) {
		const struct rxs_reader *r = &p->reader[i];

		fprintf(t->out, "%s%s/%u", i ? ", " : " to ", text_name(t, r->comm, "pid"), r->pid);
	}
	if (p->nr_readers > nr)
		fprintf(t->out, " and %u more", p->nr_readers - nr);
}

/* The outcome with what belongs to it: reader, reason, survivor, cause. */
static void outcome(const struct text *t, const struct rxs_packet *p)
{
	bool bad = p->outcome == RXS_OUT_DROPPED || p->outcome == RXS_OUT_INCOMPLETE;

	text_role(t, bad ? TEXT_BAD : TEXT_PLAIN);
	fputs(rxs_outcome_id(p->outcome), t->out);
	switch (p->outcome) {
	case RXS_OUT_DELIVERED:
		readers(t, p);
		break;
	case RXS_OUT_DROPPED:
		fprintf(t->out, " %s after %s", text_name(t, p->reason, "without a reason"),
			p->drop_stage < RXS_ST_NR ? rxs_stages[p->drop_stage].id : "-");
		if (p->symbol)
			fprintf(t->out, " by %s", text_name(t, p->symbol, "-"));
		break;
	case RXS_OUT_MERGED:
		if (p->merged_into)
			fprintf(t->out, " into #%llu", (unsigned long long)p->merged_into);
		fprintf(t->out, " (%s)", merge_word(p->merge_kind));
		break;
	case RXS_OUT_INCOMPLETE:
		fprintf(t->out, " (%s)", rxs_why_id(p->why));
		break;
	default:
		break;
	}
	if (bad)
		text_role(t, TEXT_PLAIN);
}

/* Static tracepoints alone tell no headers. */
static const char *flow_text(char *buf, size_t size, const struct rxs_packet *p)
{
	rxs_flow_print(buf, size, &p->flow);
	return buf[0] ? buf : "headers not recorded";
}

void text_packet_line(const struct text *t, const struct rxs_packet *p)
{
	char time[RXS_FMT_MAX], total[RXS_FMT_MAX], flow[160];

	fprintf(t->out, "%s #%-6llu %-8s %8s  %s, %u bytes", rxs_fmt_since(time, sizeof(time), p->first_ns, 0),
		(unsigned long long)p->id, text_name(t, p->dev, "-"),
		rxs_fmt_ns(total, sizeof(total), rxs_packet_total_ns(p)), flow_text(flow, sizeof(flow), p),
		rxs_packet_frame_bytes(p));
	if (p->frames > 1)
		fprintf(t->out, ", %u frames", p->frames);
	fputs(": ", t->out);
	outcome(t, p);
	putc('\n', t->out);
}

static void napi_line(const struct text *t, const struct rxs_napi_ctx *n)
{
	if (!n->poll_id)
		return;
	if (n->irq_ns)
		fprintf(t->out, "interrupt %u, ", n->irq);
	fprintf(t->out, "poll %llu: packet %u", (unsigned long long)n->poll_id, n->pos);
	if (n->work)
		fprintf(t->out, " of %u", n->work);
	if (n->budget)
		fprintf(t->out, ", budget %u", n->budget);
	if (n->irq_polls > 1)
		fprintf(t->out, ", poll %u since the interrupt", n->irq_polls);
	fprintf(t->out, ", by %s%s\n", n->ksoftirqd ? "ksoftirqd" : "the softirq on leaving the interrupt",
		n->squeezed ? ", which then ran out of time (time_squeeze)" : "");
}

static void lineage(const struct text *t, const struct rxs_packet *p)
{
	u32 kept = p->nr_merged < RXS_MERGED_MAX ? p->nr_merged : RXS_MERGED_MAX;

	if (p->nr_merged) {
		fprintf(t->out, "%u wire frames became this packet; merged into it:", p->frames);
		for (u32 i = 0; i < kept; i++)
			fprintf(t->out, " #%llu", (unsigned long long)p->merged[i]);
		fprintf(t->out, "%s\n", kept < p->nr_merged ? " ..." : "");
	}
	if (p->clones)
		fprintf(t->out, "cloned %u time%s (taps, raw or multicast sockets)\n", p->clones,
			p->clones == 1 ? "" : "s");
}

static void hop_notes(const struct text *t, const struct rxs_packet *p, const struct rxs_hop *h,
		      const struct rxs_hop *prev)
{
	if (!prev || h->cpu != prev->cpu)
		fprintf(t->out, " cpu %d", h->cpu);
	if (h->dev && (!prev || h->dev != prev->dev) && !(prev == NULL && h->dev == p->dev))
		fprintf(t->out, " %s", text_name(t, h->dev, ""));
	if (h->op != RXS_OP_PASS && h->op != RXS_OP_ENTER && h->op < RXS_OP_NR)
		fprintf(t->out, " %s", rxs_ops[h->op]);
	if (h->flags & RXS_HOP_CLONE)
		fputs(" (clone)", t->out);
	if (h->hook && h->hook <= rxs_hooks_nr) {
		const struct rxs_hook_info *k = &rxs_hooks[h->hook - 1];

		text_role(t, TEXT_DIM);
		fprintf(t->out, "  %s%s%s", k->group, k->group[0] ? ":" : "", k->name);
		text_role(t, TEXT_PLAIN);
	}
}

#define FALL_COLUMNS 32

/* Where in the packet's time the step before this hop lies. */
static void hop_bar(const struct text *t, u64 from_ns, u64 to_ns, u64 total_ns)
{
	unsigned int a = total_ns ? (unsigned int)((double)from_ns / (double)total_ns * FALL_COLUMNS) : 0;
	unsigned int b = total_ns ? (unsigned int)((double)to_ns / (double)total_ns * FALL_COLUMNS) : 0;

	if (a >= FALL_COLUMNS)
		a = FALL_COLUMNS - 1;
	if (b <= a)
		b = a + 1;
	fprintf(t->out, "|%*s", (int)a, "");
	for (unsigned int i = a; i < b; i++)
		putc(to_ns > from_ns ? '=' : '.', t->out);
	fprintf(t->out, "%*s|", (int)(FALL_COLUMNS - b), "");
}

static void waterfall(const struct text *t, const struct rxs_packet *p)
{
	u64 start = p->nr_hops && p->hops[0].ts_ns < p->first_ns ? p->hops[0].ts_ns : p->first_ns;
	u64 total = p->last_ns > start ? p->last_ns - start : 0;
	char at_s[RXS_FMT_MAX], step[RXS_FMT_MAX];

	text_role(t, TEXT_HEAD);
	fprintf(t->out, "%8s %9s  %s", "at", "step", "stage");
	text_role(t, TEXT_PLAIN);
	putc('\n', t->out);
	for (u32 i = 0; i < p->nr_hops; i++) {
		const struct rxs_hop *h = &p->hops[i];
		int prev = rxs_packet_prev(p, i);
		u64 at = h->ts_ns > start ? h->ts_ns - start : 0, from = at;

		if (prev >= 0)
			from = p->hops[prev].ts_ns > start ? p->hops[prev].ts_ns - start : 0;
		if (from > at)
			from = at;
		fprintf(t->out, "%8s %9s  %-18s ", rxs_fmt_ns(at_s, sizeof(at_s), at),
			prev >= 0 ? rxs_fmt_ns_signed(step, sizeof(step), (s64)(at - from)) : "",
			h->stage < RXS_ST_NR ? rxs_stages[h->stage].id : "?");
		hop_bar(t, from, at, total);
		hop_notes(t, p, h, i ? h - 1 : NULL);
		putc('\n', t->out);
	}
}

static void why(const struct text *t, const struct rxs_packet *p, const struct rxs_snapshot *s, const char *indent)
{
	struct rxs_explain x;

	rxs_explain_packet(&x, p, s, t->strtab);
	fprintf(t->out, "%s%s\n", indent, x.text);
	if (x.cause == RXS_CAUSE_NONE || x.stage >= RXS_ST_NR)
		return;
	text_role(t, TEXT_DIM);
	fprintf(t->out, "%slook at: %s", indent, rxs_stages[x.stage].advice);
	text_role(t, TEXT_PLAIN);
	putc('\n', t->out);
}

void text_packet_whole(const struct text *t, const struct rxs_packet *p, const struct rxs_snapshot *s)
{
	char flow[160], total[RXS_FMT_MAX], time[RXS_FMT_MAX];

	text_role(t, TEXT_HEAD);
	fprintf(t->out, "packet #%llu", (unsigned long long)p->id);
	text_role(t, TEXT_PLAIN);
	fprintf(t->out, ": %s, %u bytes on %s at %s\n", flow_text(flow, sizeof(flow), p),
		rxs_packet_frame_bytes(p), text_name(t, p->dev, "(device not known)"),
		rxs_fmt_since(time, sizeof(time), p->first_ns, 0));
	outcome(t, p);
	fprintf(t->out, " after %s: %s\n", rxs_fmt_ns(total, sizeof(total), rxs_packet_total_ns(p)),
		rxs_outcome_meaning(p->outcome));
	if (p->outcome == RXS_OUT_INCOMPLETE)
		fprintf(t->out, "%s\n", rxs_why_meaning(p->why));
	napi_line(t, &p->napi);
	lineage(t, p);
	putc('\n', t->out);
	waterfall(t, p);
	putc('\n', t->out);
	why(t, p, s, "");
}

void text_packet_steps(const struct text *t, const struct rxs_packet *p)
{
	char total[RXS_FMT_MAX], step[RXS_FMT_MAX];

	fprintf(t->out, "#%llu ", (unsigned long long)p->id);
	outcome(t, p);
	fprintf(t->out, ", %s", rxs_fmt_ns(total, sizeof(total), rxs_packet_total_ns(p)));
	for (u32 i = 0; i < p->nr_hops; i++) {
		const struct rxs_hop *h = &p->hops[i];
		int prev = rxs_packet_prev(p, i);
		u64 from = prev >= 0 ? p->hops[prev].ts_ns : h->ts_ns;

		fprintf(t->out, "\n%s %s", h->stage < RXS_ST_NR ? rxs_stages[h->stage].id : "?",
			rxs_fmt_ns_signed(step, sizeof(step), h->ts_ns > from ? (s64)(h->ts_ns - from) : 0));
		if (h->op != RXS_OP_PASS && h->op != RXS_OP_ENTER && h->op < RXS_OP_NR)
			fprintf(t->out, " %s", rxs_ops[h->op]);
	}
}

void text_slowest(const struct text *t, const struct rxs_snapshot *s)
{
	u32 nr = s->nr_slowest < t->top ? s->nr_slowest : t->top;

	if (!nr)
		return;
	putc('\n', t->out);
	text_role(t, TEXT_HEAD);
	fputs("slowest packets", t->out);
	text_role(t, TEXT_PLAIN);
	fputs("  (report --packet N shows one in full)\n", t->out);
	for (u32 i = 0; i < nr; i++) {
		text_packet_line(t, s->slowest[i]);
		why(t, s->slowest[i], s, "    ");
	}
}

void text_causes(const struct text *t, const struct rxs_snapshot *s)
{
	char a[RXS_FMT_MAX], b[RXS_FMT_MAX], c[RXS_FMT_MAX];
	struct rxs_causes sum;

	rxs_causes_of(&sum, s, t->strtab);
	if (!sum.explained)
		return;
	putc('\n', t->out);
	text_role(t, TEXT_HEAD);
	fputs("why slow", t->out);
	text_role(t, TEXT_PLAIN);
	fprintf(t->out, "  the slowest hundredth: %s packets of %s and more", rxs_fmt_count(a, sizeof(a), sum.tail),
		rxs_fmt_ns(b, sizeof(b), sum.threshold_ns));
	if (sum.explained < sum.tail)
		fprintf(t->out, "; the slowest %s of them", rxs_fmt_count(c, sizeof(c), sum.explained));
	putc('\n', t->out);
	for (u32 i = 0; i < sum.nr; i++) {
		const struct rxs_cause_sum *r = &sum.sum[i];

		fprintf(t->out, "  %7s  %-36s  mean %s\n",
			rxs_fmt_share(a, sizeof(a), r->packets, sum.explained), rxs_cause_text(r->cause),
			rxs_fmt_ns(b, sizeof(b), r->ns / r->packets));
		if (r->cause == RXS_CAUSE_NONE || r->stage >= RXS_ST_NR)
			continue;
		text_role(t, TEXT_DIM);
		fprintf(t->out, "           look at: %s", rxs_stages[r->stage].advice);
		text_role(t, TEXT_PLAIN);
		putc('\n', t->out);
	}
}
