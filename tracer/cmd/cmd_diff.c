// SPDX-License-Identifier: GPL-2.0
/* rxscope diff: two recordings, or two groups of them, compared. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "../run/rxs_graph_read.h"
#include "rxs_gate.h"

struct diff_args {
	bool explain;
	struct rxs_gate_args gate;
};

const struct rxs_opt rxs_opts_diff[] = {
	RXS_OPT_FLAG(struct diff_args, explain, "explain", 0,
		     "name the functions whose instruction count differs, of two recordings that rxscope lab "
		     "--deterministic --graph made"),
	RXS_GATE_ROWS(struct diff_args, gate),
	RXS_OPT_END
};

static int add_all(struct rxs_profiles *set, char **file, int nr, const struct rxs_gate_args *a)
{
	int status = RXS_EXIT_OK;

	for (int i = 0; i < nr && !status; i++)
		status = rxs_profiles_add(set, file[i], a);
	return status;
}

static bool is_filtered(const struct rxs_filter_args *f)
{
	return f->expr || f->stage || f->outcome || f->dev || f->slower_than_ns;
}

static int read_graph(struct rxs_graph **out, const char *recording)
{
	struct rxs_err e = { "" };
	char file[PATH_MAX];
	int err = rxs_graph_name(file, sizeof(file), recording);

	if (!err && access(file, R_OK))
		err = rxs_err_set(&e, -errno, "cannot read %s: %s; rxscope lab --deterministic --graph -o %s makes it",
				  file, strerror(errno), recording);
	if (!err)
		err = rxs_graph_read(out, file, &e);
	return err ? rxs_cmd_fail_file(err, &e) : RXS_EXIT_OK;
}

static int explain(struct rxs_graph_diff **out, char *const *file, const struct rxs_profile *base,
		   const struct rxs_profile *new_)
{
	struct rxs_graph *gb = NULL, *gn = NULL;
	int status = RXS_EXIT_OK, err;

	if (!base->deterministic || !new_->deterministic)
		return rxs_cmd_error(RXS_EXIT_USAGE, "--explain compares recordings of rxscope lab --deterministic "
				     "--graph; %s is none", file[base->deterministic ? 1 : 0]);
	status = read_graph(&gb, file[0]);
	if (!status)
		status = read_graph(&gn, file[1]);
	if (!status) {
		err = rxs_graph_compare(out, gb, base->seen, gn, new_->seen);
		status = err ? rxs_cmd_fail(err, NULL) : RXS_EXIT_OK;
	}
	rxs_graph_free(gb);
	rxs_graph_free(gn);
	return status;
}

int rxs_cmd_diff(int argc, char **argv)
{
	struct rxs_profiles base = { 0 }, new_ = { 0 };
	struct rxs_graph_diff *graph = NULL;
	struct diff_args a = { 0 };
	struct rxs_args args;
	int status = rxs_cmd_args(argc, argv, &a, &args);

	if (status >= 0)
		return status;
	if (args.dashdash ? !args.nr || !args.nr_rest : args.nr != 2)
		return rxs_cmd_error(RXS_EXIT_USAGE, "two recordings are compared: rxscope diff BASE NEW, or groups: "
				     "rxscope diff BASE... -- NEW...");
	if (a.explain && args.dashdash)
		return rxs_cmd_error(RXS_EXIT_USAGE, "--explain takes two recordings, no groups");
	if (a.explain && is_filtered(&a.gate.filter))
		return rxs_cmd_error(RXS_EXIT_USAGE, "--explain looks at all packets; leave out the filter");
	status = rxs_gate_check(&a.gate);
	if (!status)
		status = add_all(&base, args.arg, args.dashdash ? args.nr : 1, &a.gate);
	if (!status)
		status = args.dashdash ? add_all(&new_, args.rest, args.nr_rest, &a.gate) :
			 add_all(&new_, args.arg + 1, 1, &a.gate);
	if (!status && a.explain)
		status = explain(&graph, args.arg, base.p[0], new_.p[0]);
	a.gate.graph = graph;
	if (!status)
		status = rxs_gate(&base, &new_, &a.gate);
	rxs_graph_diff_free(graph);
	rxs_profiles_free(&base);
	rxs_profiles_free(&new_);
	return status;
}
