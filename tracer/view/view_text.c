// SPDX-License-Identifier: GPL-2.0
/* The report for people. Without a terminal it is plain ASCII and the same from run to run. */
#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void text_role(const struct text *t, enum text_role role)
{
	static const char *const sgr[] = {
		[TEXT_PLAIN] = "\033[0m",   [TEXT_HEAD] = "\033[1m",	[TEXT_DIM] = "\033[2m",
		[TEXT_BAD] = "\033[1;31m", [TEXT_GOOD] = "\033[32m",	[TEXT_WARN] = "\033[33m",
	};

	if (t->color)
		fputs(sgr[role], t->out);
}

const char *text_name(const struct text *t, u32 id, const char *unknown)
{
	const char *name = rxs_strtab_get(t->strtab, id);

	return name[0] ? name : unknown;
}

#define SPARK_COLUMNS 16	/* without a terminal */
#define SPARK_MAX 32
#define TABLE_COLUMNS 78	/* of the table of stages without its histograms */

/* Tables on a terminal keep to its width, down to 80 columns. */
static void fit(struct text *t, u32 width)
{
	t->narrow = width && width < 100;
	t->spark = SPARK_COLUMNS;
	if (!width)
		return;
	t->spark = width > TABLE_COLUMNS + 4 ? width - TABLE_COLUMNS : 0;
	if (t->spark > SPARK_MAX)
		t->spark = SPARK_MAX;
}

static int text_begin(struct rxs_view *v, const struct rxs_run_info *ri)
{
	struct text *t = v->priv;

	t->out = v->opts.out;
	t->ri = ri;
	t->strtab = ri->strtab;
	t->top = v->opts.top;
	t->color = ri->color;
	t->utf8 = ri->utf8;
	fit(t, ri->width);
	return 0;
}

static int text_packet(struct rxs_view *v, const struct rxs_packet *p)
{
	struct text *t = v->priv;

	if (v->opts.packet_id) {
		if (p->id != v->opts.packet_id || t->one)
			return 0;
		t->one = rxs_packet_dup(p);
		return t->one ? 0 : -ENOMEM;
	}
	if (!v->opts.packets)
		return 0;
	text_packet_line(t, p);
	t->packets++;
	return 0;
}

static int text_lost(struct rxs_view *v, const struct rxs_lost *l)
{
	struct text *t = v->priv;
	char time[RXS_FMT_MAX], n[RXS_FMT_MAX];

	if (!v->opts.packets || v->opts.packet_id)
		return 0;	/* the report's own section shows the sums */
	text_role(t, TEXT_BAD);
	fprintf(t->out, "%s %s events lost (%s%s%s)", rxs_fmt_since(time, sizeof(time), l->until_ns, 0),
		l->count ? rxs_fmt_count(n, sizeof(n), l->count) : "some", rxs_lost_id(l->kind),
		l->symbol ? " " : "", text_name(t, l->symbol, ""));
	if (l->cpu >= 0)
		fprintf(t->out, " on cpu %d", l->cpu);
	text_role(t, TEXT_PLAIN);
	putc('\n', t->out);
	return 0;
}

static void source_line(const struct text *t)
{
	const struct rxs_source_info *si = &t->ri->source;
	char res[RXS_FMT_MAX];

	text_role(t, TEXT_HEAD);
	for (const char *const *f = t->ri->files; f && *f; f++)
		fprintf(t->out, "%s%s", f == t->ri->files ? "" : ", ", strcmp(*f, "-") ? *f : "standard input");
	text_role(t, TEXT_PLAIN);
	fprintf(t->out, ": %s", si->kind ? si->kind : "?");
	if (si->kernel && si->kernel[0])
		fprintf(t->out, ", kernel %s", si->kernel);
	if (si->nr_cpus)
		fprintf(t->out, ", %u CPU%s", si->nr_cpus, si->nr_cpus == 1 ? "" : "s");
	if (si->clock && si->clock[0])
		fprintf(t->out, ", clock %s", si->clock);
	if (si->clock_res_ns)
		fprintf(t->out, " (resolution %s)", rxs_fmt_ns(res, sizeof(res), si->clock_res_ns));
	putc('\n', t->out);
}

static void cost_line(const struct text *t)
{
	const struct rxs_source_info *si = &t->ri->source;
	char buf[RXS_FMT_MAX];

	if (t->ri->corrected_ns)
		fprintf(t->out, "%s of probe cost subtracted at each hop\n",
			rxs_fmt_ns(buf, sizeof(buf), t->ri->corrected_ns));
	else if (si->probe_cost_ns)
		fprintf(t->out, "each probe costs %s, which is in the times below; --correct subtracts it\n",
			rxs_fmt_ns(buf, sizeof(buf), si->probe_cost_ns));
}

static void header(const struct text *t, const struct rxs_snapshot *s)
{
	char events[RXS_FMT_MAX], dur[RXS_FMT_MAX], lost[RXS_FMT_MAX];

	source_line(t);
	fprintf(t->out, "%s events in %s, ", rxs_fmt_count(events, sizeof(events), s->events),
		rxs_fmt_ns(dur, sizeof(dur), s->duration_ns));
	if (s->lost || s->lost_unknown)
		text_role(t, TEXT_BAD);
	fprintf(t->out, "%s%s lost", s->lost_unknown && s->lost ? "more than " : "",
		s->lost_unknown && !s->lost ? "some" : rxs_fmt_count(lost, sizeof(lost), s->lost));
	text_role(t, TEXT_PLAIN);
	putc('\n', t->out);
	cost_line(t);
	if (t->ri->source.note && t->ri->source.note[0])
		fprintf(t->out, "note: %s\n", t->ri->source.note);
	if (t->ri->filter && t->ri->filter[0])
		fprintf(t->out, "filter: %s\n", t->ri->filter);
}

static int text_end(struct rxs_view *v, const struct rxs_snapshot *s, const struct rxs_decode_stats *d)
{
	struct text *t = v->priv;

	if (v->opts.packet_id) {
		if (!t->one)
			return -ENOENT;
		text_packet_whole(t, t->one, s);
		return 0;
	}
	if (v->opts.packets && t->packets)
		putc('\n', t->out);
	header(t, s);
	text_outcomes(t, s);
	if (!v->opts.packets) {
		text_stages(t, s);
		text_drops(t, s);
		text_napi(t, s);
		text_cpus(t, s);
		text_devs(t, s);
		text_flows(t, s);
		text_causes(t, s);
		text_slowest(t, s);
	}
	text_loss(t, s, d);
	return 0;
}

static void text_free(struct rxs_view *v)
{
	struct text *t = v->priv;

	free(t->one);
}

const struct rxs_view_ops rxs_view_text = {
	.name = "text",
	.priv_bytes = sizeof(struct text),
	.begin = text_begin,
	.packet = text_packet,
	.lost = text_lost,
	.end = text_end,
	.free = text_free,
};
