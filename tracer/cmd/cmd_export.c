// SPDX-License-Identifier: GPL-2.0
/* rxscope export: the packets of a recording in a format of other tools. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rxs_analysis.h"

struct export_args {
	struct rxs_filter_args filter;
	const char *to, *output;
	bool correct;
};

const struct rxs_opt rxs_opts_export[] = {
	RXS_OPT_CHOICE(struct export_args, to, "to", 't', "FORMAT", NULL, "pcapng|perfetto|json|csv",
		       "what to write"),
	RXS_OPT_TEXT(struct export_args, output, "output", 'o', "FILE", "-", "where to, - is standard output"),
	RXS_FILTER_ROWS(struct export_args, filter),
	RXS_OPT_FLAG(struct export_args, correct, "correct", 0,
		     "subtract the measured cost of a probe at each hop"),
	RXS_OPT_END
};

struct export {
	struct rxs_view *view;
	int err;	/* the view's first */
	bool stop;
};

static void note(struct export *x, int err)
{
	if (!err)
		return;
	if (!x->err)
		x->err = err;
	x->stop = true;
}

static void on_packet(void *ctx, const struct rxs_packet *p)
{
	struct export *x = ctx;

	note(x, rxs_view_packet(x->view, p));
}

static void on_poll(void *ctx, const struct rxs_poll *p)
{
	struct export *x = ctx;

	note(x, rxs_view_poll(x->view, p));
}

static void on_lost(void *ctx, const struct rxs_lost *l)
{
	struct export *x = ctx;

	note(x, rxs_view_lost(x->view, l));
}

/* The view's end, and what goes wrong with the output. The file's own error is told last. */
static int finish(struct export *x, struct rxs_run *run, FILE *out, int err, const struct rxs_err *e)
{
	struct rxs_decode_stats ds;
	struct rxs_snapshot *s;
	int rc = rxs_run_snapshot(run, &s);

	if (rc)
		return rxs_cmd_fail(rc, NULL);
	rxs_run_decode_stats(run, &ds);
	if (!x->err)
		x->err = rxs_view_end(x->view, s, &ds);
	rxs_snapshot_free(s);
	if (x->err && x->err != -EIO)
		return rxs_cmd_fail(x->err, NULL);
	rc = rxs_cmd_flush(out, RXS_EXIT_OK);
	return rc ? rc : err ? rxs_cmd_fail_file(err, e) : RXS_EXIT_OK;
}

static int export_to(const struct export_args *a, const struct rxs_run_opts *ro, FILE *out)
{
	const struct rxs_view_opts vo = { .out = out, .packets = true };
	struct export x = { .view = rxs_view_new(a->to, &vo) };
	const struct rxs_run_sink sink = { .ctx = &x, .packet = on_packet, .poll = on_poll, .lost = on_lost };
	struct rxs_err e = { "" };
	struct rxs_run_info ri;
	struct rxs_run *run;
	int err, status;

	if (!x.view)
		return rxs_cmd_fail(-errno, NULL);
	err = rxs_run_open(&run, ro, &sink, &e);
	if (err) {
		rxs_view_free(x.view);
		return rxs_cmd_fail_file(err, &e);
	}
	rxs_run_info_for_view(&ri, run, ro->files, ro->filter.expr, a->correct, out);
	note(&x, rxs_view_begin(x.view, &ri));
	err = rxs_run_to_end(run, &x.stop, &e);
	status = finish(&x, run, out, err, &e);
	rxs_view_free(x.view);
	rxs_run_close(run);
	return status;
}

static int export_file(const struct export_args *a, const struct rxs_run_opts *ro)
{
	bool to_stdout = !strcmp(a->output, "-");
	FILE *out = to_stdout ? stdout : fopen(a->output, "we");
	int status;

	if (!out)
		return rxs_cmd_error(RXS_EXIT_CANNOT, "cannot write %s: %s", a->output, strerror(errno));
	if (!strcmp(a->to, "pcapng") && isatty(fileno(out)))
		return rxs_cmd_error(RXS_EXIT_USAGE,
				     "pcapng is not for a terminal: name a file with -o, or pipe it on");
	status = export_to(a, ro, out);
	if (!to_stdout && fclose(out) && !status)
		status = rxs_cmd_error(RXS_EXIT_INTERNAL, "cannot write %s: %s", a->output, strerror(errno));
	return status;
}

int rxs_cmd_export(int argc, char **argv)
{
	struct rxs_run_opts ro = { .stat = { .from = -1, .to = -1 } };
	struct export_args a = { 0 };
	struct rxs_inputs in;
	struct rxs_args args;
	int status = rxs_cmd_args(argc, argv, &a, &args);

	if (status >= 0)
		return status;
	if (!a.to)
		return rxs_cmd_error(RXS_EXIT_USAGE, "export to what? Give --to pcapng, perfetto, json or csv");
	status = rxs_inputs_of(&in, &args, &a.filter, &ro.filter);
	if (!status) {
		ro.files = in.files;
		ro.correct = a.correct;
		status = export_file(&a, &ro);
	}
	rxs_inputs_free(&in);
	return status;
}
