// SPDX-License-Identifier: GPL-2.0
/* Text report: outcomes, and what was lost or could not be joined. */
#include "text.h"

/* The order in which outcomes are told: what one hopes for first. */
static const enum rxs_outcome outcome_order[] = {
	RXS_OUT_DELIVERED, RXS_OUT_CONSUMED, RXS_OUT_FORWARDED, RXS_OUT_MERGED,
	RXS_OUT_DROPPED,   RXS_OUT_OPEN,     RXS_OUT_INCOMPLETE,
};

void text_outcomes(const struct text *t, const struct rxs_snapshot *s)
{
	char n[RXS_FMT_MAX], share[RXS_FMT_MAX], rate[RXS_FMT_MAX];

	putc('\n', t->out);
	text_role(t, TEXT_HEAD);
	fprintf(t->out, "%s packet%s seen", rxs_fmt_count(n, sizeof(n), s->seen), s->seen == 1 ? "" : "s");
	text_role(t, TEXT_PLAIN);
	fprintf(t->out, ", %s\n", rxs_fmt_rate(rate, sizeof(rate), s->seen, s->duration_ns));
	for (unsigned int i = 0; i < RXS_ARRAY_SIZE(outcome_order); i++) {
		enum rxs_outcome o = outcome_order[i];

		if (!s->outcome[o])
			continue;
		fprintf(t->out, "  %-12s %11s  %7s  %s\n", rxs_outcome_id(o),
			rxs_fmt_count(n, sizeof(n), s->outcome[o]),
			rxs_fmt_share(share, sizeof(share), s->outcome[o], s->seen), rxs_outcome_meaning(o));
	}
}

static void loss_row(const struct text *t, const struct rxs_lost_stat *l)
{
	char n[RXS_FMT_MAX], times[RXS_FMT_MAX], from[RXS_FMT_MAX], to[RXS_FMT_MAX], cpu[16] = "-";

	if (l->cpu >= 0)
		snprintf(cpu, sizeof(cpu), "%d", l->cpu);
	fprintf(t->out, "  %-8s %4s %12s %7s", rxs_lost_id(l->kind), cpu,
		l->count ? rxs_fmt_count(n, sizeof(n), l->count) : "not known",
		rxs_fmt_count(times, sizeof(times), l->times));
	if (l->last_ns)
		fprintf(t->out, "  %s .. %s", rxs_fmt_since(from, sizeof(from), l->first_ns, 0),
			rxs_fmt_since(to, sizeof(to), l->last_ns, 0));
	if (l->symbol)
		fprintf(t->out, "  %s", text_name(t, l->symbol, ""));
	putc('\n', t->out);
}

static void incomplete_line(const struct text *t, const struct rxs_snapshot *s)
{
	char n[RXS_FMT_MAX];
	bool first = true;

	for (int w = RXS_WHY_NONE + 1; w < RXS_WHY_NR; w++) {
		if (!s->why[w])
			continue;
		fprintf(t->out, "%s%s %s", first ? ": " : ", ", rxs_fmt_count(n, sizeof(n), s->why[w]),
			rxs_why_id(w));
		first = false;
	}
}

/* Completeness as a percentage that is 100 only when nothing is missing. */
static void completeness(const struct text *t, const struct rxs_snapshot *s)
{
	u64 missing = s->outcome[RXS_OUT_INCOMPLETE];
	char share[RXS_FMT_MAX], n[RXS_FMT_MAX];

	fprintf(t->out, "completeness %s", s->seen ?
		rxs_fmt_share(share, sizeof(share), s->seen - missing, s->seen) : "100 %");
	if (missing) {
		fprintf(t->out, ", %s incomplete", rxs_fmt_count(n, sizeof(n), missing));
		incomplete_line(t, s);
	} else {
		fputs(": every packet seen has its beginning and its end", t->out);
	}
	if (s->why[RXS_WHY_REUSED] && !s->path.releases)
		fputs("\nTCP frees what it uses in __kfree_skb(), which was not recorded; rxscope probes sets kprobes up", t->out);
	putc('\n', t->out);
}

static void at_risk(const struct text *t, const struct rxs_snapshot *s)
{
	char n[RXS_FMT_MAX];

	if (s->path.at_risk)
		fprintf(t->out, "%s of the others were on their way during a loss, or may have been: steps of theirs may be missing\n",
			rxs_fmt_count(n, sizeof(n), s->path.at_risk));
	if (s->path.hops_dropped)
		fprintf(t->out, "%s steps were not kept, of packets that went in a loop\n",
			rxs_fmt_count(n, sizeof(n), s->path.hops_dropped));
}

struct leftover {
	const char *what;
	u64 n;
};

static void leftovers(const struct text *t, const char *title, const struct leftover *l, unsigned int nr)
{
	char n[RXS_FMT_MAX];
	bool first = true;

	for (unsigned int i = 0; i < nr; i++) {
		if (!l[i].n)
			continue;
		fprintf(t->out, "%s%s %s", first ? title : ", ", rxs_fmt_count(n, sizeof(n), l[i].n), l[i].what);
		first = false;
	}
	if (!first)
		putc('\n', t->out);
}

void text_loss(const struct text *t, const struct rxs_snapshot *s, const struct rxs_decode_stats *d)
{
	const struct leftover unused[] = {
		{ "of types no stage stands for", d->foreign },
		{ "without the fields that make them usable", d->unusable },
		{ "malformed", d->malformed },
	};
	const struct leftover unjoined[] = {
		{ "frees of other skbs (mostly sent ones)", s->path.unmatched_end },
		{ "reads of packets whose way was not seen", s->path.unmatched_app },
		{ "socket entries of packets whose way was not seen", s->path.unmatched_socket },
		{ "descriptors that became no packet", s->path.skipped_desc },
		{ "events older than the one before", s->path.out_of_order },
		{ "steps back in time between CPUs (counted as 0 ns)", s->path.negative },
	};

	putc('\n', t->out);
	text_role(t, TEXT_HEAD);
	if (!s->nr_losses)
		fputs("loss: none known", t->out);
	else
		fputs("loss      cpu       events   times  between", t->out);
	text_role(t, TEXT_PLAIN);
	putc('\n', t->out);
	text_role(t, TEXT_BAD);
	for (u32 i = 0; i < s->nr_losses; i++)
		loss_row(t, &s->losses[i]);
	text_role(t, TEXT_PLAIN);
	completeness(t, s);
	at_risk(t, s);
	leftovers(t, "events not used: ", unused, RXS_ARRAY_SIZE(unused));
	leftovers(t, "not joined: ", unjoined, RXS_ARRAY_SIZE(unjoined));
}
