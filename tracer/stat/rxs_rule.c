// SPDX-License-Identifier: GPL-2.0
/* What makes a comparison fail. */
#include "rxs_rule.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/rxs_fmt.h"
#include "../base/rxs_opt.h"

static const char *const verdict_id[] = {
	[RXS_VERDICT_PASS] = "pass", [RXS_VERDICT_FAIL] = "fail",
	[RXS_VERDICT_UNSURE] = "unsure", [RXS_VERDICT_MISSING] = "missing",
};

const char *rxs_verdict_id(enum rxs_verdict v)
{
	return (unsigned int)v < RXS_ARRAY_SIZE(verdict_id) ? verdict_id[v] : "";
}

bool rxs_verdict_fails(enum rxs_verdict v)
{
	return v == RXS_VERDICT_FAIL || v == RXS_VERDICT_MISSING;
}

/* "5%", "200ns", "1.5us", "3": a number with what it counts. */
static int parse_limit(struct rxs_rule *r, const char *s, struct rxs_err *e)
{
	bool relative = *s == '+' || *s == '-', time = r->metric < 0 || rxs_metric_is_time((unsigned int)r->metric);
	size_t len = strlen(s);
	char *end;
	u64 ns;

	if (relative && (*s == '-') != r->down)
		return rxs_err_set(e, -EINVAL, "rule '%s': after %c a limit has the sign %c", r->text,
				   r->down ? '<' : '>', r->down ? '-' : '+');
	s += relative;
	if (len > 1 && s[strlen(s) - 1] == '%') {
		r->ratio = strtod(s, &end) / 100;
		if (!relative || end == s || *end != '%' || end[1] || !(r->ratio >= 0) || isinf(r->ratio))
			return rxs_err_set(e, -EINVAL, "rule '%s': '%s' is no share such as +5%%", r->text, s);
		r->has_ratio = true;
		return 0;
	}
	if (time ? rxs_parse_time(s, 0, &ns) : rxs_parse_count(s, &ns))
		return rxs_err_set(e, -EINVAL, "rule '%s': '%s' is no limit; write +5%%, %s", r->text, s,
				   time ? "+200ns or 50us" : "+3 or 64");
	*(relative ? &r->delta : &r->bound) = (double)ns;
	*(relative ? &r->has_delta : &r->has_bound) = true;
	return 0;
}

static int parse_metric(struct rxs_rule *r, const char *name, struct rxs_err *e)
{
	const char *names[RXS_METRIC_NR], *near;

	r->metric = -1;
	if (!strcmp(name, "*"))
		return 0;
	r->metric = rxs_metric_by_name(name);
	if (r->metric >= 0)
		return 0;
	for (unsigned int m = 0; m < RXS_METRIC_NR; m++)
		names[m] = rxs_metric_name(m);
	near = rxs_nearest(name, names, RXS_METRIC_NR);
	return rxs_err_set(e, -EINVAL, "rule '%s': no stage '%s'%s%s%s", r->text, name, near ? "; did you mean '" : "",
			   near ? near : "", near ? "'?" : "");
}

static int parse_figure_rule(struct rxs_rule *r, struct rxs_err *e)
{
	char copy[sizeof(r->text)], *dot, *op, *limit, *save = NULL;
	int err, f;

	memcpy(copy, r->text, sizeof(copy));
	op = strpbrk(copy, "<>");
	dot = strchr(copy, '.');
	if (!op || !dot || dot > op)
		return rxs_err_set(e, -EINVAL,
				   "rule '%s' is not understood; write shape, lost, or STAGE.p99>+5%%,+200ns", r->text);
	r->down = *op == '<';
	*op = *dot = 0;
	err = parse_metric(r, copy, e);
	if (err)
		return err;
	f = rxs_figure_by_name(dot + 1);
	if (f < 0)
		return rxs_err_set(e, -EINVAL, "rule '%s': no figure '%s'; there are mean, p50, p90, p99, p999, min, max",
				   r->text, dot + 1);
	r->figure = (enum rxs_figure)f;
	for (limit = strtok_r(op + 1, ",", &save); limit && !err; limit = strtok_r(NULL, ",", &save))
		err = parse_limit(r, limit, e);
	if (!err && !r->has_ratio && !r->has_delta && !r->has_bound)
		return rxs_err_set(e, -EINVAL, "rule '%s' has no limit; write +5%% or +200ns or 50us", r->text);
	return err;
}

int rxs_rule_parse(struct rxs_rule *r, const char *text, struct rxs_err *e)
{
	size_t len = 0;

	memset(r, 0, sizeof(*r));
	r->metric = -1;
	for (; *text; text++) {
		if (isspace((unsigned char)*text))
			continue;
		if (len + 1 >= sizeof(r->text))
			return rxs_err_set(e, -EINVAL, "rule '%.40s...' is too long", r->text);
		r->text[len++] = *text;
	}
	r->kind = !strcmp(r->text, "shape") ? RXS_RULE_SHAPE : !strcmp(r->text, "lost") ? RXS_RULE_LOST :
		  RXS_RULE_FIGURE;
	return r->kind == RXS_RULE_FIGURE ? parse_figure_rule(r, e) : 0;
}

unsigned int rxs_rule_defaults(struct rxs_rule r[4], bool exact)
{
	/*
	 * Exact: the median is what most packets cost, to the instruction. Mean and tail also hold the timer ticks
	 * that happen to fall on a packet, and move with any change of the program. So does the way of the scheduler
	 * to the reader: some hundred instructions more or less, with where things lie in memory.
	 */
	static const char *const text[2][4] = {
		{ "shape", "*.p50>+5%,+100ns", "total.p50>+5%,+200ns" },
		{ "shape", "*.p50>+0.1%,+4ns", "app.p50>+1%,+200ns", "total.p50>+1%,+200ns" },
	};
	unsigned int nr = 0;

	for (; nr < 4 && text[exact][nr]; nr++) {
		rxs_rule_parse(&r[nr], text[exact][nr], NULL);
		r[nr].optional = true;
	}
	return nr;
}

void rxs_rule_figures(const struct rxs_rule *r, unsigned int nr, struct rxs_diff_opts *o)
{
	for (unsigned int i = 0; i < nr; i++) {
		if (r[i].kind != RXS_RULE_FIGURE)
			continue;
		if (r[i].metric >= 0)
			o->test[r[i].metric] |= (u8)(1 << r[i].figure);
		for (unsigned int m = 0; r[i].metric < 0 && m < RXS_ST_NR; m++)
			o->test[m] |= (u8)(1 << r[i].figure);
	}
}

static const char *value_text(char *buf, size_t size, unsigned int metric, double v)
{
	if (rxs_metric_is_time(metric))
		return rxs_fmt_ns(buf, size, (u64)llround(v));
	snprintf(buf, size, "%.3g", v);
	return buf;
}

/* Small differences of big times would drown in three digits: tell them to a tenth of a nanosecond. */
static const char *delta_text(char *buf, size_t size, unsigned int metric, double d)
{
	if (!rxs_metric_is_time(metric))
		snprintf(buf, size, "%+.3g", d);
	else if (fabs(d) < 100 && d != rint(d))
		snprintf(buf, size, "%+.1f ns", d);
	else
		rxs_fmt_ns_signed(buf, size, llround(d));
	return buf;
}

const char *rxs_rule_change(char *buf, size_t size, unsigned int metric, double base, double new_)
{
	char b[RXS_FMT_MAX], n[RXS_FMT_MAX], d[RXS_FMT_MAX];

	value_text(b, sizeof(b), metric, base);
	value_text(n, sizeof(n), metric, new_);
	delta_text(d, sizeof(d), metric, new_ - base);
	if (base > 0)
		snprintf(buf, size, "%s -> %s (%+.*f %%, %s)", b, n, fabs(new_ / base - 1) < 0.1 ? 2 : 1,
			 (new_ / base - 1) * 100, d);
	else
		snprintf(buf, size, "%s -> %s (%s)", b, n, d);
	return buf;
}

const char *rxs_rule_sureness(char *buf, size_t size, const struct rxs_diff *d, unsigned int metric,
			      enum rxs_figure f, bool up)
{
	const struct rxs_diff_value *v = &d->m[metric].v[f];
	double p = up ? v->p_up : v->p_down;

	if (d->method == RXS_DIFF_EXACT)
		snprintf(buf, size, "exact");
	else if (!v->tested)
		snprintf(buf, size, "not tested");
	else if (p >= 0.5)
		snprintf(buf, size, "chance");
	else if (p < 0.0001)
		snprintf(buf, size, ">99.99 %% sure");
	else
		snprintf(buf, size, p < 0.001 ? "%.2f %% sure" : "%.1f %% sure", (1 - p) * 100);
	return buf;
}

/* In the deterministic lab a nanosecond is an instruction, and people ask for these. */
static void add_instructions(const struct rxs_diff *d, unsigned int metric, const struct rxs_diff_value *v, char *text,
			     size_t size)
{
	bool deterministic = d->method == RXS_DIFF_EXACT && rxs_metric_is_time(metric);
	double more = v->new_ - v->base;
	size_t len = strlen(text);

	for (u32 i = 0; i < d->nr_base; i++)
		deterministic &= d->base[i]->deterministic;
	for (u32 i = 0; i < d->nr_new; i++)
		deterministic &= d->new_[i]->deterministic;
	if (deterministic && more != 0)
		snprintf(text + len, size - len, ": %.*f %s instructions per packet", more == rint(more) ? 0 : 1,
			 fabs(more), more > 0 ? "more" : "fewer");
}

static bool exceeded(const struct rxs_rule *r, const struct rxs_diff_value *v)
{
	double sign = r->down ? -1 : 1, rise = sign * (v->new_ - v->base);

	if (r->has_bound && sign * (v->new_raw - r->bound) <= 0)
		return false;
	if (!r->has_ratio && !r->has_delta)
		return true;
	if (rise <= 0)
		return false;
	/* Rounding must not turn "equal" into "more". */
	if (r->has_ratio && rise <= r->ratio * v->base * (1 + 1e-12))
		return false;
	return !r->has_delta || rise > r->delta;
}

static void judge_metric(const struct rxs_diff *d, const struct rxs_rule *r, unsigned int metric,
			 struct rxs_judgement *j)
{
	const struct rxs_diff_metric *m = &d->m[metric];
	const struct rxs_diff_value *v = &m->v[r->figure];
	bool relative = r->has_ratio || r->has_delta;
	char change[120], sure[40];

	j->rule = r;
	j->metric = (int)metric;
	if (!m->new_count || (relative && !m->base_count)) {
		bool both = !m->new_count && !m->base_count;

		j->verdict = both && r->optional ? RXS_VERDICT_PASS : RXS_VERDICT_MISSING;
		snprintf(j->text, sizeof(j->text), "%s was not measured in %s", rxs_metric_name(metric),
			 both && r->optional ? "either" : !m->new_count ? "NEW" : "BASE");
		return;
	}
	if (!exceeded(r, v))
		j->verdict = RXS_VERDICT_PASS;
	else if (!relative || rxs_diff_sure(d, metric, r->figure, !r->down))
		j->verdict = RXS_VERDICT_FAIL;
	else	/* as likely as not by chance: not worth a warning */
		j->verdict = v->tested && (r->down ? v->p_down : v->p_up) >= 0.5 ? RXS_VERDICT_PASS :
			     RXS_VERDICT_UNSURE;
	snprintf(j->text, sizeof(j->text), "%s.%s: %s, %s", rxs_metric_name(metric), rxs_figure_name(r->figure),
		 rxs_rule_change(change, sizeof(change), metric, v->base, v->new_),
		 rxs_rule_sureness(sure, sizeof(sure), d, metric, r->figure, !r->down));
	add_instructions(d, metric, v, j->text, sizeof(j->text));
}

static void judge_shape(const struct rxs_diff *d, const struct rxs_rule *r, struct rxs_judgement *j)
{
	unsigned int nr = 0;

	j->rule = r;
	j->metric = -1;
	for (u32 i = 0; i < d->nr_shape; i++) {
		if (!d->shape[i].finding)
			continue;
		if (!nr++)
			snprintf(j->text, sizeof(j->text), "%s", d->shape[i].text);
	}
	j->verdict = nr ? RXS_VERDICT_FAIL : RXS_VERDICT_PASS;
	if (!nr)
		snprintf(j->text, sizeof(j->text), "the path has the same shape");
	else if (nr > 1)
		snprintf(j->text + strlen(j->text), sizeof(j->text) - strlen(j->text), " (and %u more)", nr - 1);
}

static void judge_lost(const struct rxs_diff *d, const struct rxs_rule *r, struct rxs_judgement *j)
{
	bool unknown = false;
	u64 lost = 0;

	j->rule = r;
	j->metric = -1;
	for (u32 i = 0; i < d->nr_new; i++) {
		lost += d->new_[i]->lost;
		unknown |= d->new_[i]->lost_unknown;
	}
	j->verdict = lost || unknown ? RXS_VERDICT_FAIL : RXS_VERDICT_PASS;
	snprintf(j->text, sizeof(j->text), "%s%llu events of NEW were lost", unknown ? "more than " : "",
		 (unsigned long long)lost);
}

/* Is there a rule of the stage's own, for the same figure? It takes the place of the one for every stage. */
static bool has_own(const struct rxs_rule *every, const struct rxs_rule *r, unsigned int nr, unsigned int metric)
{
	for (unsigned int i = 0; i < nr; i++) {
		if (r[i].kind == RXS_RULE_FIGURE && r[i].metric == (int)metric && r[i].figure == every->figure &&
		    r[i].down == every->down)
			return true;
	}
	return false;
}

/* A rule for every stage: those that do not pass, or one line that all do. Stages of one side only are shape's. */
static unsigned int judge_all(const struct rxs_diff *d, const struct rxs_rule *every, const struct rxs_rule *r,
			      unsigned int nr, struct rxs_judgement *j)
{
	unsigned int n = 0, measured = 0;

	for (unsigned int m = 0; m < RXS_ST_NR; m++) {
		if (!d->m[m].base_count || !d->m[m].new_count || has_own(every, r, nr, m))
			continue;
		measured++;
		judge_metric(d, every, m, &j[n]);
		n += j[n].verdict != RXS_VERDICT_PASS;
	}
	if (n)
		return n;
	j->rule = every;
	j->metric = -1;
	j->verdict = measured ? RXS_VERDICT_PASS : RXS_VERDICT_MISSING;
	snprintf(j->text, sizeof(j->text), measured ? "all %u stages keep to it" :
		 "no stage was measured on both sides", measured);
	return 1;
}

int rxs_rule_judge(const struct rxs_diff *d, const struct rxs_rule *r, unsigned int nr,
		   struct rxs_judgement **out, unsigned int *nr_out)
{
	struct rxs_judgement *j = calloc((size_t)nr * RXS_ST_NR + 1, sizeof(*j));
	unsigned int n = 0;

	if (!j)
		return -ENOMEM;
	for (unsigned int i = 0; i < nr; i++) {
		if (r[i].kind == RXS_RULE_SHAPE)
			judge_shape(d, &r[i], &j[n++]);
		else if (r[i].kind == RXS_RULE_LOST)
			judge_lost(d, &r[i], &j[n++]);
		else if (r[i].metric < 0)
			n += judge_all(d, &r[i], r, nr, &j[n]);
		else
			judge_metric(d, &r[i], (unsigned int)r[i].metric, &j[n++]);
	}
	*out = j;
	*nr_out = n;
	return 0;
}
