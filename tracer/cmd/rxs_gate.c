// SPDX-License-Identifier: GPL-2.0
/* Profiles of recordings, rules, judging, output: what diff and baseline have in common. */
#include "rxs_gate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../view/rxs_diff_view.h"

#define RULES_MAX 256

static int push(struct rxs_profiles *set, struct rxs_profile *p)
{
	struct rxs_profile **more = realloc(set->p, (set->nr + 1) * sizeof(*more));

	if (!more) {
		rxs_profile_free(p);
		return rxs_cmd_fail(-ENOMEM, NULL);
	}
	set->p = more;
	set->p[set->nr++] = p;
	return RXS_EXIT_OK;
}

void rxs_profiles_free(struct rxs_profiles *set)
{
	for (u32 i = 0; i < set->nr; i++)
		rxs_profile_free(set->p[i]);
	free(set->p);
	set->p = NULL;
	set->nr = 0;
}

struct collect {
	struct rxs_profiler *pr;
	int err;
	bool stop;
};

static void note(struct collect *c, int err)
{
	if (err && !c->err)
		c->err = err;
	c->stop |= err != 0;
}

static void on_packet(void *ctx, const struct rxs_packet *p)
{
	struct collect *c = ctx;

	note(c, rxs_profiler_packet(c->pr, p));
}

static void on_poll(void *ctx, const struct rxs_poll *p)
{
	struct collect *c = ctx;

	note(c, rxs_profiler_poll(c->pr, p));
}

static bool is_cut(const struct rxs_snapshot *s)
{
	for (u32 i = 0; i < s->nr_losses; i++)
		if (s->losses[i].kind == RXS_LOST_FILE)
			return true;
	return false;
}

static int finish(struct rxs_profiles *set, struct collect *c, struct rxs_run *run, const char *file)
{
	struct rxs_source_info info;
	struct rxs_profile *p;
	struct rxs_snapshot *s;
	bool cut;
	int err = rxs_run_snapshot(run, &s);

	if (err)
		return rxs_cmd_fail(err, NULL);
	rxs_run_info(run, &info);
	info.name = file;
	cut = is_cut(s);
	err = c->err ? c->err : rxs_profiler_finish(c->pr, s, &info, rxs_run_strtab(run), &p);
	rxs_snapshot_free(s);
	if (err)
		return rxs_cmd_fail(err, NULL);
	if (!cut)
		return push(set, p);
	rxs_profile_free(p);
	return rxs_cmd_error(RXS_EXIT_BADFILE, "%s is damaged or cut off: half a recording cannot be compared", file);
}

static int add_recording(struct rxs_profiles *set, const char *file, const struct rxs_gate_args *a)
{
	const char *files[] = { file, NULL };
	const struct rxs_run_opts ro = {
		.files = files,
		.filter = { .expr = a->filter.expr, .stage = a->filter.stage, .outcome = a->filter.outcome,
			    .dev = a->filter.dev, .slower_than_ns = a->filter.slower_than_ns },
		.stat = { .from = -1, .to = -1, .nr_slowest = 1 },
		.correct = a->correct,
	};
	struct collect c = { 0 };
	const struct rxs_run_sink sink = { .ctx = &c, .packet = on_packet, .poll = on_poll };
	struct rxs_err e = { "" };
	struct rxs_run *run = NULL;
	int err = rxs_profiler_new(&c.pr), status;

	if (err)
		return rxs_cmd_fail(err, NULL);
	err = rxs_run_open(&run, &ro, &sink, &e);
	if (!err)
		err = rxs_run_to_end(run, &c.stop, &e);
	status = err ? rxs_cmd_fail_file(err, &e) : finish(set, &c, run, file);
	rxs_run_close(run);
	rxs_profiler_free(c.pr);
	return status;
}

static bool is_baseline(FILE *f)
{
	static const char magic[] = "rxscope-baseline";
	char head[sizeof(magic)] = "";
	size_t n = fread(head, 1, sizeof(magic) - 1, f);

	rewind(f);
	return n == sizeof(magic) - 1 && !memcmp(head, magic, n);
}

static int add_baseline(struct rxs_profiles *set, FILE *f, const char *file)
{
	struct rxs_err e = { "" };
	unsigned int line = 0;
	struct rxs_profile *p;
	int rc, status = RXS_EXIT_OK;

	while (!status && (rc = rxs_profile_load(f, &line, &p, &e)) == 1)
		status = push(set, p);
	if (!status && rc < 0)
		status = rxs_cmd_error(rc == -ENOMEM ? RXS_EXIT_INTERNAL : RXS_EXIT_BADFILE, "%s: %s", file,
				       rxs_err_text(&e, rc));
	return status;
}

int rxs_profiles_add(struct rxs_profiles *set, const char *file, const struct rxs_gate_args *a)
{
	FILE *f = strcmp(file, "-") ? fopen(file, "re") : NULL;
	bool baseline = f && is_baseline(f);
	int status;

	status = baseline ? add_baseline(set, f, file) : add_recording(set, file, a);
	if (f)
		fclose(f);
	return status;
}

struct rules {
	struct rxs_rule r[RULES_MAX];
	unsigned int nr;
};

static int add_rule(struct rules *rules, const char *text, struct rxs_err *e)
{
	if (rules->nr == RULES_MAX)
		return rxs_err_set(e, -EINVAL, "more than %d rules", RULES_MAX);
	return rxs_rule_parse(&rules->r[rules->nr++], text, e);
}

/* One rule a line; # begins a comment. */
static int add_rules_file(struct rules *rules, const char *file, struct rxs_err *e)
{
	FILE *f = fopen(file, "re");
	char *line = NULL;
	size_t cap = 0;
	int err = 0;

	if (!f)
		return rxs_err_set(e, -EINVAL, "cannot read the rules in %s: %s", file, strerror(errno));
	while (!err && getline(&line, &cap, f) >= 0) {
		line[strcspn(line, "#")] = 0;
		if (line[strspn(line, " \t\r\n")])
			err = add_rule(rules, line, e);
	}
	free(line);
	fclose(f);
	return err;
}

static int read_rules(struct rules *rules, const struct rxs_gate_args *a, struct rxs_err *e)
{
	int err = a->rules ? add_rules_file(rules, a->rules, e) : 0;

	for (unsigned int i = 0; i < a->fail_on.nr && !err; i++)
		err = add_rule(rules, a->fail_on.v[i], e);
	return err;
}

static int read_opts(const struct rxs_gate_args *a, struct rxs_diff_opts *o)
{
	char *end;
	double percent = strtod(a->confidence, &end);

	if (a->exact && a->noisy)
		return rxs_cmd_error(RXS_EXIT_USAGE, "--exact and --noisy exclude each other");
	if (a->json + a->junit + a->markdown + a->github > 1)
		return rxs_cmd_error(RXS_EXIT_USAGE, "one format for standard output; --also FORMAT=FILE writes others");
	if (end == a->confidence || (*end && strcmp(end, "%")) || !(percent >= 50 && percent < 100))
		return rxs_cmd_error(RXS_EXIT_USAGE, "--confidence takes 50 to 99.99 per cent, not '%s'", a->confidence);
	o->confidence = percent / 100;
	o->exact = a->exact ? 1 : a->noisy ? 0 : -1;
	o->raw = a->raw;
	return RXS_EXIT_OK;
}

/* Checked before the recordings are read: a mistyped format should not cost minutes. */
static int check_also(const struct rxs_gate_args *a)
{
	char format[16];

	for (unsigned int i = 0; i < a->also.nr; i++) {
		const char *eq = strchr(a->also.v[i], '=');

		snprintf(format, sizeof(format), "%.*s", eq ? (int)(eq - a->also.v[i]) : 0, a->also.v[i]);
		if (!eq || !eq[1] || !rxs_diff_view_find(format))
			return rxs_cmd_error(RXS_EXIT_USAGE,
					     "--also takes text|json|junit|markdown|github=FILE, not '%s'",
					     a->also.v[i]);
	}
	return RXS_EXIT_OK;
}

static int write_also(const struct rxs_diff_report *r, const char *also)
{
	const char *eq = strchr(also, '='), *file = eq + 1;
	char format[16];
	FILE *f = fopen(file, "we");
	int err;

	if (!f)
		return rxs_cmd_error(RXS_EXIT_INTERNAL, "cannot write %s: %s", file, strerror(errno));
	snprintf(format, sizeof(format), "%.*s", (int)(eq - also), also);
	err = rxs_diff_view_find(format)->write(r, f);
	if (fclose(f) || err)
		return rxs_cmd_error(RXS_EXIT_INTERNAL, "cannot write %s: %s", file, strerror(err ? -err : errno));
	return RXS_EXIT_OK;
}

static int write_all(const struct rxs_diff_report *r, const struct rxs_gate_args *a)
{
	const char *format = a->json ? "json" : a->junit ? "junit" : a->markdown ? "markdown" :
			     a->github ? "github" : "text";
	struct rxs_diff_report plain = *r;
	int err = rxs_diff_view_find(format)->write(r, stdout), status;

	if (err && err != -EIO)
		return rxs_cmd_fail(err, NULL);
	status = rxs_cmd_flush(stdout, RXS_EXIT_OK);
	plain.color = plain.utf8 = false;
	for (unsigned int i = 0; i < a->also.nr && !status; i++)
		status = write_also(&plain, a->also.v[i]);
	return status;
}

/* Now, unless reproducible output is wanted: https://reproducible-builds.org/specs/source-date-epoch/ */
static s64 now_s(void)
{
	const char *fixed = getenv("SOURCE_DATE_EPOCH");
	char *end;
	long long s = fixed ? strtoll(fixed, &end, 10) : 0;

	return fixed && *fixed && !*end && s >= 0 && s <= UINT32_MAX ? s : (s64)time(NULL);
}

static int judge(const struct rxs_diff *d, const struct rules *rules, const struct rxs_gate_args *a)
{
	struct rxs_diff_report r = { .d = d, .graph = a->graph, .now_s = now_s(), .color = rxs_cmd_color(stdout),
				     .utf8 = rxs_cmd_utf8(stdout) };
	struct rxs_judgement *j;
	int status, err = rxs_rule_judge(d, rules->r, rules->nr, &j, &r.nr_j);

	if (err)
		return rxs_cmd_fail(err, NULL);
	r.j = j;
	status = write_all(&r, a);
	if (!status && rxs_diff_count(&r, true))
		status = RXS_EXIT_FINDING;
	free(j);
	return status;
}

int rxs_gate_check(const struct rxs_gate_args *a)
{
	struct rules *rules = calloc(1, sizeof(*rules));
	struct rxs_diff_opts o = { 0 };
	struct rxs_err e = { "" };
	int status = read_opts(a, &o), err;

	if (!status)
		status = check_also(a);
	if (!status) {
		err = rules ? read_rules(rules, a, &e) : -ENOMEM;
		status = err ? rxs_cmd_fail(err, &e) : RXS_EXIT_OK;
	}
	free(rules);
	return status;
}

static bool all_deterministic(const struct rxs_profiles *set)
{
	for (u32 i = 0; i < set->nr; i++)
		if (!set->p[i]->deterministic)
			return false;
	return true;
}

static int compare(struct rules *rules, const struct rxs_profiles *base, const struct rxs_profiles *new_,
		   const struct rxs_gate_args *a, const struct rxs_diff_opts *o)
{
	struct rxs_diff *d;
	int status, err = rxs_diff_new(&d, (const struct rxs_profile *const *)base->p, base->nr,
				       (const struct rxs_profile *const *)new_->p, new_->nr, o);

	if (err)
		return rxs_cmd_fail(err, NULL);
	status = judge(d, rules, a);
	rxs_diff_free(d);
	return status;
}

int rxs_gate(const struct rxs_profiles *base, const struct rxs_profiles *new_, const struct rxs_gate_args *a)
{
	bool exact = a->exact || (!a->noisy && all_deterministic(base) && all_deterministic(new_));
	struct rules *rules = calloc(1, sizeof(*rules));
	struct rxs_diff_opts o = { 0 };
	struct rxs_err e = { "" };
	int status, err = rules ? read_rules(rules, a, &e) : -ENOMEM;

	status = err ? rxs_cmd_fail(err, &e) : read_opts(a, &o);
	if (!status) {
		if (!rules->nr)
			rules->nr = rxs_rule_defaults(rules->r, exact);
		rxs_rule_figures(rules->r, rules->nr, &o);
		status = compare(rules, base, new_, a, &o);
	}
	free(rules);
	return status;
}
