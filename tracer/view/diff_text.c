// SPDX-License-Identifier: GPL-2.0
/* A comparison for people. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "../base/rxs_fmt.h"
#include "rxs_diff_view.h"

static const char *sgr(const struct rxs_diff_report *r, const char *code)
{
	return r->color ? code : "";
}

#define BOLD	"\033[1m"
#define RED	"\033[1;31m"
#define YELLOW	"\033[33m"
#define GREEN	"\033[32m"
#define PLAIN	"\033[0m"

static void side(const struct rxs_diff_report *r, FILE *out, const char *name, const struct rxs_profile *const *p,
		 u32 nr)
{
	char n[RXS_FMT_MAX];
	u64 seen = 0, lost = 0;

	fprintf(out, "%s%-4s%s ", sgr(r, BOLD), name, sgr(r, PLAIN));
	for (u32 i = 0; i < nr; i++) {
		if (i < 4)
			fprintf(out, "%s%s", i ? ", " : "", p[i]->name[0] ? p[i]->name : "-");
		seen += p[i]->seen;
		lost += p[i]->lost;
	}
	if (nr > 4)
		fprintf(out, " and %u more", nr - 4);
	fprintf(out, ": %s packets", rxs_fmt_count(n, sizeof(n), seen));
	if (p[0]->kernel[0])
		fprintf(out, ", kernel %s", p[0]->kernel);
	if (lost)
		fprintf(out, ", %s%s events lost%s", sgr(r, RED), rxs_fmt_count(n, sizeof(n), lost), sgr(r, PLAIN));
	putc('\n', out);
}

static void shape(const struct rxs_diff_report *r, FILE *out)
{
	const struct rxs_diff *d = r->d;

	if (!d->nr_shape) {
		fputs("\nshape: the same\n", out);
		return;
	}
	fputs("\nshape:\n", out);
	for (u32 i = 0; i < d->nr_shape; i++)
		fprintf(out, "  %s%s%s\n", d->shape[i].finding ? sgr(r, RED) : "", d->shape[i].text,
			d->shape[i].finding ? sgr(r, PLAIN) : "");
}

/* One figure: NEW's value and its distance from BASE. */
static void figure(const struct rxs_diff *d, FILE *out, unsigned int metric, int f)
{
	const struct rxs_diff_value *v = &d->m[metric].v[f];
	char n[RXS_FMT_MAX], pct[RXS_FMT_MAX] = "";

	if (rxs_metric_is_time(metric))
		rxs_fmt_ns(n, sizeof(n), (u64)llround(v->new_));
	else
		snprintf(n, sizeof(n), "%.3g", v->new_);
	if (v->base > 0 && fabs(v->new_ / v->base - 1) >= 0.00005)
		snprintf(pct, sizeof(pct), "%+.*f%%", fabs(v->new_ / v->base - 1) < 0.0995 ? 2 :
			 fabs(v->new_ / v->base - 1) < 9.995 ? 1 : 0, (v->new_ / v->base - 1) * 100);
	else
		snprintf(pct, sizeof(pct), "%s", v->base > 0 || v->new_ <= 0 ? "=" : "new");
	fprintf(out, " %8s %8s", n, pct);
}

static void table(const struct rxs_diff_report *r, FILE *out)
{
	const struct rxs_diff *d = r->d;
	char sure[40];

	fprintf(out, "\n%s%-18s %17s %17s %17s %17s%s%s\n", sgr(r, BOLD), "NEW, against BASE", "mean", "p50", "p90",
		"p99", d->method == RXS_DIFF_EXACT ? "" : "  p50 moved", sgr(r, PLAIN));
	for (unsigned int m = 0; m < RXS_METRIC_NR; m++) {
		const struct rxs_diff_value *v = &d->m[m].v[RXS_FIG_P50];

		if (!d->m[m].base_count || !d->m[m].new_count)
			continue;
		fprintf(out, "%-18s", rxs_metric_name(m));
		figure(d, out, m, RXS_FIG_MEAN);
		figure(d, out, m, RXS_FIG_P50);
		figure(d, out, m, RXS_FIG_P90);
		figure(d, out, m, RXS_FIG_P99);
		if (v->tested && v->new_ != v->base)
			fprintf(out, "  %s", rxs_rule_sureness(sure, sizeof(sure), d, m, RXS_FIG_P50,
							       v->new_ > v->base));
		putc('\n', out);
	}
	if (fabs(d->machine) >= 0.005)
		fprintf(out, "\nNEW ran %.1f %% %s in all stages alike; this is taken for the machine's and left out above "
			"(--raw leaves it in)\n", fabs(d->machine) * 100, d->machine > 0 ? "slower" : "faster");
}

static const char *verdict_word(const struct rxs_judgement *j)
{
	switch (j->verdict) {
	case RXS_VERDICT_PASS:
		return "ok";
	case RXS_VERDICT_UNSURE:
		return "UNSURE";
	case RXS_VERDICT_MISSING:
		return "MISSING";
	default:
		return "FAIL";
	}
}

static void verdicts(const struct rxs_diff_report *r, FILE *out)
{
	putc('\n', out);
	for (unsigned int i = 0; i < r->nr_j; i++) {
		const struct rxs_judgement *j = &r->j[i];
		const char *color = j->verdict == RXS_VERDICT_PASS ? GREEN :
				    j->verdict == RXS_VERDICT_UNSURE ? YELLOW : RED;

		fprintf(out, "%s%-7s%s %s  (%s)\n", sgr(r, color), verdict_word(j), sgr(r, PLAIN), j->text, j->rule->text);
		if (j->verdict == RXS_VERDICT_PASS || j->metric < 0)
			continue;
		rxs_diff_pictures(r->d, (unsigned int)j->metric, out, 8, r->utf8);
		if (j->metric < RXS_ST_NR)
			fprintf(out, "        look at: %s\n", rxs_stages[j->metric].advice);
	}
}

int rxs_diff_text(const struct rxs_diff_report *r, FILE *out)
{
	unsigned int fails = rxs_diff_count(r, true), unsure = rxs_diff_count(r, false);
	char method[256];

	side(r, out, "BASE", r->d->base, r->d->nr_base);
	side(r, out, "NEW", r->d->new_, r->d->nr_new);
	fprintf(out, "%s\n", rxs_diff_method_text(r->d, method, sizeof(method)));
	table(r, out);
	shape(r, out);
	verdicts(r, out);
	if (r->graph)
		rxs_diff_explain_text(r->graph, out, sgr(r, BOLD), sgr(r, PLAIN));
	if (fails)
		fprintf(out, "\n%s%u regression%s%s\n", sgr(r, RED), fails, fails == 1 ? "" : "s", sgr(r, PLAIN));
	else
		fprintf(out, "\n%sno regression%s%s\n", sgr(r, GREEN), sgr(r, PLAIN),
			unsure ? "; some differences are beyond their limits, but not sure" : "");
	return ferror(out) ? -EIO : 0;
}
