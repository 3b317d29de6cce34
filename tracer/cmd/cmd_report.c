// SPDX-License-Identifier: GPL-2.0
/* rxscope report: what happened to every packet of a recording, and where the time went. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../view/rxs_causes.h"
#include "rxs_analysis.h"

struct report_args {
	bool json, csv, packets, strict, correct;
	struct rxs_filter_args filter;
	const char *from, *to;
	u64 packet;
	u32 top;
};

const struct rxs_opt rxs_opts_report[] = {
	RXS_OPT_FLAG(struct report_args, json, "json", 0, "one JSON document, schema rxscope-report/1"),
	RXS_OPT_FLAG(struct report_args, csv, "csv", 0, "comma-separated values"),
	RXS_OPT_FLAG(struct report_args, packets, "packets", 0, "one line (JSON: one entry) per packet as well"),
	RXS_OPT_U64(struct report_args, packet, "packet", 0, "ID", NULL, 1, 0,
		    "this packet alone, step by step"),
	RXS_FILTER_ROWS(struct report_args, filter),
	RXS_OPT_TEXT(struct report_args, from, "from", 0, "STAGE", NULL, "measure from this stage (with --to)"),
	RXS_OPT_TEXT(struct report_args, to, "to", 0, "STAGE", NULL, "measure to this stage (with --from)"),
	RXS_OPT_FLAG(struct report_args, correct, "correct", 0,
		     "subtract the measured cost of a probe at each hop"),
	RXS_OPT_U32(struct report_args, top, "top", 0, "N", "10", 1, RXS_CAUSES_KEEP,
		    "rows of the lists of flows and of slowest packets"),
	RXS_OPT_FLAG(struct report_args, strict, "strict", 0, "exit with 1 when events were lost"),
	RXS_OPT_END
};

struct report {
	struct rxs_view *view;
	int view_err;	/* the first */
	bool stop;	/* the output is gone: no use in going on */
};

static void note(struct report *r, int err)
{
	if (!err)
		return;
	if (!r->view_err)
		r->view_err = err;
	r->stop = true;
}

static void on_packet(void *ctx, const struct rxs_packet *p)
{
	struct report *r = ctx;

	note(r, rxs_view_packet(r->view, p));
}

static void on_lost(void *ctx, const struct rxs_lost *l)
{
	struct report *r = ctx;

	note(r, rxs_view_lost(r->view, l));
}

static int check_args(const struct report_args *a, struct rxs_run_opts *ro)
{
	int status;

	if (a->json && a->csv)
		return rxs_cmd_error(RXS_EXIT_USAGE, "--json and --csv exclude each other");
	if (!a->from != !a->to)
		return rxs_cmd_error(RXS_EXIT_USAGE, "--from and --to go together");
	status = rxs_stage_option("from", a->from, &ro->stat.from);
	return status ? status : rxs_stage_option("to", a->to, &ro->stat.to);
}

/* The end of the report. A file's error comes after what was good in it. */
static int finish(struct report *rep, struct rxs_run *run, const struct report_args *a, int err,
		  const struct rxs_err *e)
{
	struct rxs_decode_stats ds;
	struct rxs_snapshot *s;
	bool lost;
	int rc;

	rc = rxs_run_snapshot(run, &s);
	if (rc)
		return rxs_cmd_fail(rc, NULL);
	rxs_run_decode_stats(run, &ds);
	lost = s->lost || s->lost_unknown;
	rc = rep->view_err ? rep->view_err : rxs_view_end(rep->view, s, &ds);
	rxs_snapshot_free(s);
	if (rc == -ENOENT)
		return rxs_cmd_error(RXS_EXIT_USAGE, "no packet %llu here (or the filter refuses it)",
				     (unsigned long long)a->packet);
	if (rc && rc != -EIO)
		return rxs_cmd_fail(rc, NULL);
	rc = rxs_cmd_flush(stdout, RXS_EXIT_OK);
	if (rc)
		return rc;
	if (err)
		return rxs_cmd_fail_file(err, e);
	if (lost && a->strict)
		return rxs_cmd_error(RXS_EXIT_FINDING, "events were lost (--strict)");
	return RXS_EXIT_OK;
}

static int report(const struct report_args *a, const struct rxs_run_opts *ro)
{
	const struct rxs_view_opts vo = {
		.out = stdout, .packets = a->packets, .packet_id = a->packet, .top = a->top,
	};
	struct report rep = { .view = rxs_view_new(a->json ? "json" : a->csv ? "csv" : "text", &vo) };
	const struct rxs_run_sink sink = { .ctx = &rep, .packet = on_packet, .lost = on_lost };
	struct rxs_run_info ri;
	struct rxs_err e = { "" };
	struct rxs_run *run;
	int err, status;

	if (!rep.view)
		return rxs_cmd_fail(-errno, NULL);
	err = rxs_run_open(&run, ro, &sink, &e);
	if (err) {
		rxs_view_free(rep.view);
		return rxs_cmd_fail_file(err, &e);
	}
	rxs_run_info_for_view(&ri, run, ro->files, ro->filter.expr, a->correct, stdout);
	note(&rep, rxs_view_begin(rep.view, &ri));
	err = rxs_run_to_end(run, &rep.stop, &e);
	status = finish(&rep, run, a, err, &e);
	rxs_view_free(rep.view);
	rxs_run_close(run);
	return status;
}

int rxs_cmd_report(int argc, char **argv)
{
	struct rxs_run_opts ro = { .stat = { .from = -1, .to = -1, .nr_slowest = RXS_CAUSES_KEEP } };
	struct report_args a = { 0 };
	struct rxs_inputs in;
	struct rxs_args args;
	int status = rxs_cmd_args(argc, argv, &a, &args);

	if (status >= 0)
		return status;
	status = check_args(&a, &ro);
	if (status)
		return status;
	status = rxs_inputs_of(&in, &args, &a.filter, &ro.filter);
	if (!status) {
		ro.files = in.files;
		ro.correct = a.correct;
		status = report(&a, &ro);
	}
	rxs_inputs_free(&in);
	return status;
}
