// SPDX-License-Identifier: GPL-2.0
/* A comparison as one JSON document, schema rxscope-diff/1 (docs/diff-json.md). It only ever grows. */
#include "json_parts.h"
#include "rxs_diff_view.h"

static void side(struct rxs_json *j, const char *key, const struct rxs_profile *const *p, u32 nr)
{
	rxs_json_arr(j, key);
	for (u32 i = 0; i < nr; i++) {
		rxs_json_obj_flat(j, NULL);
		rxs_json_str(j, "name", p[i]->name);
		rxs_json_str(j, "kernel", p[i]->kernel[0] ? p[i]->kernel : NULL);
		rxs_json_bool(j, "deterministic", p[i]->deterministic);
		rxs_json_u64(j, "packets", p[i]->seen);
		rxs_json_u64(j, "lost", p[i]->lost);
		rxs_json_bool(j, "lost_unknown", p[i]->lost_unknown);
		rxs_json_end(j);
	}
	rxs_json_end(j);
}

static void shape(struct rxs_json *j, const struct rxs_diff *d)
{
	rxs_json_arr(j, "shape");
	for (u32 i = 0; i < d->nr_shape; i++) {
		const struct rxs_shape *s = &d->shape[i];

		rxs_json_obj_flat(j, NULL);
		rxs_json_str(j, "kind", rxs_shape_id(s->kind));
		rxs_json_bool(j, "finding", s->finding);
		rxs_json_str(j, "stage", s->stage < RXS_ST_NR ? rxs_stages[s->stage].id : NULL);
		rxs_json_str(j, "other", s->other < RXS_ST_NR ? rxs_stages[s->other].id : NULL);
		rxs_json_str(j, "reason", s->reason);
		rxs_json_f64(j, "base", s->base);
		rxs_json_f64(j, "new", s->new_);
		rxs_json_str(j, "text", s->text);
		rxs_json_end(j);
	}
	rxs_json_end(j);
}

static void figure(struct rxs_json *j, const char *name, const struct rxs_diff_value *v)
{
	rxs_json_obj_flat(j, name);
	rxs_json_f64(j, "base", v->base);
	rxs_json_f64(j, "new", v->new_);
	rxs_json_f64(j, "new_raw", v->new_raw);
	rxs_json_f64(j, "delta", v->new_ - v->base);
	if (v->base > 0)
		rxs_json_f64(j, "ratio", v->new_ / v->base);
	else
		rxs_json_null(j, "ratio");
	if (v->tested) {
		rxs_json_f64(j, "p_up", v->p_up);
		rxs_json_f64(j, "p_down", v->p_down);
	} else {
		rxs_json_null(j, "p_up");
		rxs_json_null(j, "p_down");
	}
	rxs_json_end(j);
}

static void metrics(struct rxs_json *j, const struct rxs_diff *d)
{
	rxs_json_arr(j, "metrics");
	for (unsigned int m = 0; m < RXS_METRIC_NR; m++) {
		const struct rxs_diff_metric *dm = &d->m[m];

		if (!dm->base_count && !dm->new_count)
			continue;
		rxs_json_obj(j, NULL);
		rxs_json_str(j, "id", rxs_metric_name(m));
		rxs_json_str(j, "unit", rxs_metric_is_time(m) ? "ns" : "count");
		rxs_json_u64(j, "base_count", dm->base_count);
		rxs_json_u64(j, "new_count", dm->new_count);
		for (int f = 0; f < RXS_FIG_NR && dm->base_count && dm->new_count; f++)
			figure(j, rxs_figure_name(f), &dm->v[f]);
		json_hist(j, "base_histogram", &dm->base_hist, true);
		json_hist(j, "new_histogram", &dm->new_hist, true);
		rxs_json_end(j);
	}
	rxs_json_end(j);
}

static void judgements(struct rxs_json *j, const struct rxs_diff_report *r)
{
	rxs_json_arr(j, "judgements");
	for (unsigned int i = 0; i < r->nr_j; i++) {
		const struct rxs_judgement *g = &r->j[i];

		rxs_json_obj_flat(j, NULL);
		rxs_json_str(j, "rule", g->rule->text);
		rxs_json_str(j, "verdict", rxs_verdict_id(g->verdict));
		rxs_json_str(j, "metric", g->metric >= 0 ? rxs_metric_name((unsigned int)g->metric) : NULL);
		rxs_json_str(j, "figure", g->metric >= 0 ? rxs_figure_name(g->rule->figure) : NULL);
		rxs_json_str(j, "text", g->text);
		rxs_json_end(j);
	}
	rxs_json_end(j);
}

/* Only what differs at all: the rest are hundreds of functions. */
static void explain(struct rxs_json *j, const struct rxs_graph_diff *g)
{
	rxs_json_obj(j, "explain");
	rxs_json_str(j, "unit", "instructions");
	rxs_json_u64(j, "base_packets", g->base_packets);
	rxs_json_u64(j, "new_packets", g->new_packets);
	rxs_json_u64(j, "base_lost", g->base_lost);
	rxs_json_u64(j, "new_lost", g->new_lost);
	rxs_json_u64(j, "shortest_call", g->shortest_ns);
	rxs_json_u64(j, "functions_seen", g->nr_rows);
	rxs_json_arr(j, "functions");
	for (u32 i = 0; i < g->nr_rows; i++) {
		const struct rxs_graph_row *r = &g->rows[i];

		if (!rxs_diff_explain_slower(r) && !rxs_diff_explain_called(r))
			continue;
		rxs_json_obj_flat(j, NULL);
		rxs_json_str(j, "function", r->function);
		rxs_json_f64(j, "added_per_packet", r->added_ns);
		rxs_json_f64(j, "added_calls_per_packet", r->added_calls);
		rxs_json_u64(j, "base_calls", r->base_calls);
		rxs_json_u64(j, "new_calls", r->new_calls);
		rxs_json_u64(j, "compared_calls", r->like);
		rxs_json_f64(j, "base_own_per_call", r->base_call_ns);
		rxs_json_f64(j, "new_own_per_call", r->new_call_ns);
		rxs_json_end(j);
	}
	rxs_json_end(j);
	rxs_json_end(j);
}

int rxs_diff_json(const struct rxs_diff_report *r, FILE *out)
{
	struct rxs_json j;

	rxs_json_init(&j, out, true);
	rxs_json_obj(&j, NULL);
	rxs_json_str(&j, "schema", "rxscope-diff/1");
	rxs_json_str(&j, "version", RXS_VERSION);
	rxs_json_str(&j, "verdict", rxs_diff_count(r, true) ? "fail" : "pass");
	rxs_json_u64(&j, "failed", rxs_diff_count(r, true));
	rxs_json_u64(&j, "unsure", rxs_diff_count(r, false));
	rxs_json_str(&j, "method", rxs_diff_method_id(r->d->method));
	rxs_json_f64(&j, "confidence", r->d->confidence);
	rxs_json_u64(&j, "dealings", r->d->dealings);
	rxs_json_f64(&j, "machine", r->d->machine);
	side(&j, "base", r->d->base, r->d->nr_base);
	side(&j, "new", r->d->new_, r->d->nr_new);
	judgements(&j, r);
	shape(&j, r->d);
	metrics(&j, r->d);
	if (r->graph)
		explain(&j, r->graph);
	return rxs_json_close(&j);
}
