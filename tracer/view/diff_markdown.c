// SPDX-License-Identifier: GPL-2.0
/* A comparison as Markdown (GitHub's flavour), for a comment on a pull request, and as GitHub annotations. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "../base/rxs_fmt.h"
#include "rxs_diff_view.h"

/* Text of others inside a table or a line: what Markdown would take for its own is escaped. */
static void put_md(FILE *out, const char *s)
{
	for (; *s; s++) {
		if (strchr("\\`*_{}[]<>#|~", *s))
			putc('\\', out);
		putc(*s == '\n' || *s == '\r' ? ' ' : *s, out);
	}
}

static void verdicts(const struct rxs_diff_report *r, FILE *out)
{
	fputs("\n| | rule | what |\n|---|---|---|\n", out);
	for (unsigned int i = 0; i < r->nr_j; i++) {
		const struct rxs_judgement *j = &r->j[i];

		fprintf(out, "| %s | ", j->verdict == RXS_VERDICT_PASS ? "ok" :
			j->verdict == RXS_VERDICT_UNSURE ? "unsure" : "**FAIL**");
		put_md(out, j->rule->text);
		fputs(" | ", out);
		put_md(out, j->text);
		fputs(" |\n", out);
	}
}

static void pictures(const struct rxs_diff_report *r, FILE *out)
{
	for (unsigned int i = 0; i < r->nr_j; i++) {
		const struct rxs_judgement *j = &r->j[i];

		if (j->verdict == RXS_VERDICT_PASS || j->metric < 0)
			continue;
		fprintf(out, "\n`%s`\n\n```\n", rxs_metric_name((unsigned int)j->metric));
		rxs_diff_pictures(r->d, (unsigned int)j->metric, out, 0, true);
		fputs("```\n", out);
	}
}

static void cell(FILE *out, unsigned int metric, const struct rxs_diff_value *v)
{
	char n[RXS_FMT_MAX];

	if (rxs_metric_is_time(metric))
		fprintf(out, " %s", rxs_fmt_ns(n, sizeof(n), (u64)llround(v->new_)));
	else
		fprintf(out, " %.3g", v->new_);
	if (v->base > 0 && fabs(v->new_ / v->base - 1) >= 0.00005)
		fprintf(out, " (%+.2f %%)", (v->new_ / v->base - 1) * 100);
	fputs(" |", out);
}

static void table(const struct rxs_diff *d, FILE *out)
{
	static const enum rxs_figure shown[] = { RXS_FIG_MEAN, RXS_FIG_P50, RXS_FIG_P90, RXS_FIG_P99, RXS_FIG_MAX };

	fputs("\n<details><summary>all stages, NEW against BASE</summary>\n\n"
	      "| stage | mean | p50 | p90 | p99 | max |\n|---|--:|--:|--:|--:|--:|\n", out);
	for (unsigned int m = 0; m < RXS_METRIC_NR; m++) {
		if (!d->m[m].base_count || !d->m[m].new_count)
			continue;
		fprintf(out, "| `%s` |", rxs_metric_name(m));
		for (unsigned int i = 0; i < RXS_ARRAY_SIZE(shown); i++)
			cell(out, m, &d->m[m].v[shown[i]]);
		putc('\n', out);
	}
	fputs("\n</details>\n", out);
}

int rxs_diff_markdown(const struct rxs_diff_report *r, FILE *out)
{
	unsigned int fails = rxs_diff_count(r, true);
	char method[256];

	if (fails)
		fprintf(out, "### rxscope: %u regression%s\n\n", fails, fails == 1 ? "" : "s");
	else
		fputs("### rxscope: no regression\n\n", out);
	put_md(out, rxs_diff_method_text(r->d, method, sizeof(method)));
	putc('\n', out);
	verdicts(r, out);
	pictures(r, out);
	if (r->graph)
		rxs_diff_explain_markdown(r->graph, out);
	for (u32 i = 0; i < r->d->nr_shape; i++) {
		fputs(i ? "- " : "\nShape:\n\n- ", out);
		put_md(out, r->d->shape[i].text);
		putc('\n', out);
	}
	table(r->d, out);
	return ferror(out) ? -EIO : 0;
}

/* Data of a workflow command: per cent, carriage return and line feed are escaped. */
static void put_github(FILE *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '%' || *s == '\r' || *s == '\n')
			fprintf(out, "%%%02X", (unsigned char)*s);
		else
			putc(*s, out);
	}
}

int rxs_diff_github(const struct rxs_diff_report *r, FILE *out)
{
	for (unsigned int i = 0; i < r->nr_j; i++) {
		const struct rxs_judgement *j = &r->j[i];

		if (j->verdict == RXS_VERDICT_PASS)
			continue;
		fprintf(out, "::%s title=rxscope diff::", rxs_verdict_fails(j->verdict) ? "error" : "warning");
		put_github(out, j->text);
		fputs(" (rule ", out);
		put_github(out, j->rule->text);
		fputs(")\n", out);
	}
	if (!rxs_diff_count(r, true))
		fputs("::notice title=rxscope diff::no regression\n", out);
	return ferror(out) ? -EIO : 0;
}
